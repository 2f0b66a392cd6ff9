import { partyData } from '../fate/releases/data';
import { backupName } from '../federation/backup';
import { certificateDays } from '../federation/certificates';
import type { PartyDescriptor } from '../federation/descriptor';
import { ownVolumes } from '../federation/engines';
import type { ExchangePlan } from '../federation/exchange';
import { isJoined } from '../federation/neighbours';
import type { PartyPlan } from '../federation/party';
import { retentionName } from '../federation/retention';
import type { Block, Page } from '../formats/page';
import { inSingleQuotes, shellWord } from '../formats/shell';
import { counted } from '../input/counted';
import { day, daysAfter } from '../input/days';
import { partyClaims } from '../operations/claims';
import { inNamespace } from '../operations/kubectl';
import { type RestorableParty, restoreSteps } from '../operations/restore';
import type { ManualStep } from '../operations/step';
import {
  type Actor,
  type Claim,
  drawnSeconds,
  expectedSeconds,
  type Failure,
  failureIds,
  failures,
  type Handling,
  type Layer,
  type Source,
} from './failures';
import {
  certificateSecretOf,
  countedCores,
  endOfLogs,
  jobsAtWork,
  podsOf,
  renewCertificate,
  rerunJob,
  restartPulsar,
  sparkState,
  statsOfTopics,
  stopJob,
  waysToOthers,
} from './failures/lines';
import { podIsBack } from './failures/source';

/** A certificate that a member has, or trusts. */
export interface KnownCertificate {
  readonly name: string;
  readonly ends: Date;
}

/** What a page says beside the plan. */
export interface RunbookFacts {
  /** File of the declaration, for the commands that read it. @default federation.yaml */
  readonly declaration?: string;
  /** What the member shows, and whom it trusts. @default not known */
  readonly certificates?: readonly KnownCertificate[];
}

/**
 * What to do when something fails, for whoever is on call at a party. It has nothing that others alone need.
 *
 * @param others ids of the other parties, as far as they are known
 */
export const partyRunbook = (plan: PartyPlan, others: readonly number[], facts: RunbookFacts = {}): Page =>
  page(plan, `party ${plan.id}`, facts, {
    entries: entriesOf(({ party }) => party?.({ plan, others })),
    addresses: addressesOfParty(plan),
    data: dataOf(plan),
    proof: [
      {
        text: 'FATE’s toy example, of this party alone and with each other one. Then the failed jobs, which the entries above say how to run again.',
      },
      { shell: [`kubefate-tanzu verify ${typed(facts)} --party ${plan.id}`] },
    ],
    selection: `--party ${plan.id}`,
  });

/** The same of an exchange. */
export const exchangeRunbook = (plan: ExchangePlan, facts: RunbookFacts = {}): Page =>
  page(plan, 'the exchange', facts, {
    entries: entriesOf(({ exchange }) => exchange?.({ plan })),
    addresses: addressesOfExchange(plan),
    data: [
      {
        text: 'The exchange keeps nothing: its declaration and its Secret are all of it. Keep both somewhere else, too.',
      },
    ],
    proof: [{ text: 'Have two parties run `kubefate-tanzu verify`, each as the guest of the other.' }],
    selection: '--exchange',
  });

interface Parts {
  readonly entries: readonly Entry[];
  readonly addresses: readonly (readonly string[])[];
  readonly data: readonly Block[];
  /** How it is seen that all works again. */
  readonly proof: readonly Block[];
  /** Which of the declared members it is, as commands take it. */
  readonly selection: string;
}

interface Entry {
  readonly id: string;
  readonly failure: Failure;
  readonly handling: Handling;
}

const entriesOf = (at: (failure: Failure) => Handling | undefined): readonly Entry[] =>
  failureIds.flatMap((id) => {
    const handling = at(failures[id]);
    return handling === undefined ? [] : [{ id, failure: failures[id], handling }];
  });

function page(plan: PartyPlan | ExchangePlan, who: string, facts: RunbookFacts, parts: Parts): Page {
  const title = `${plan.namespace}: when something fails at ${who} of ${plan.domain}`;
  const reference: readonly Block[] = [
    heading('Addresses', 'addresses'),
    { head: ['What', 'Where'], rows: parts.addresses },
    heading('Certificates', 'certificates'),
    ...certificateBlocks(plan, facts.certificates ?? []),
    heading('Data', 'data'),
    ...parts.data,
    heading('Upgrade, and removal', 'upgrade'),
    { text: `FATE ${plan.fate} is deployed. What it takes to get to another release, and to leave:` },
    {
      shell: [
        `kubefate-tanzu upgrade deployed.yaml ${typed(facts)}`,
        `kubefate-tanzu remove ${typed(facts)} ${parts.selection}`,
      ],
    },
    heading('vSphere', 'vsphere'),
    ...vSphere,
  ];
  if (plan.driver === 'kubefate') return { title, blocks: [{ text: madeByKubeFate(plan) }, ...reference] };
  return { title, blocks: [...onCall(plan, facts, parts), ...reference] };
}

const onCall = (plan: PartyPlan | ExchangePlan, facts: RunbookFacts, parts: Parts): readonly Block[] => [
  heading('First', 'first'),
  { text: 'This looks at all of it, and says what does not hold, who has to act, and where on this page it is:' },
  { shell: [...whichCluster(plan), `kubefate-tanzu diagnose ${typed(facts)} ${parts.selection}`] },
  {
    text: 'Without it, look, and go to the first row that shows something: what is above says nothing of its own then.',
  },
  { shell: firstLook(plan) },
  {
    head: ['It shows in', 'Go to'],
    rows: placesOf(parts).map(({ shows, title, id }) => [shows, { text: title, to: id }]),
  },
  ...placesOf(parts).flatMap(({ title, id, entries }) => [
    heading(title, id),
    { head: ['What you see', 'Who acts first'], rows: entries.map(signRow(plan)) },
    ...entries.flatMap((entry) => entryBlocks(entry, plan)),
  ]),
  heading('Lines', 'lines'),
  { text: 'What several of the above take. Words in CAPITALS are yours to fill in.' },
  ...shared(plan, typed(facts)).map(({ name, lines }) => ({ shell: [`# ${name}`, ...lines] })),
  heading('Does it work again?', 'proof'),
  ...parts.proof,
  heading('How long it takes', 'times'),
  ...times,
];

/** Where somebody sees that something is wrong, from the bottom up. */
const places: readonly {
  readonly title: string;
  readonly id: string;
  readonly shows: string;
  readonly layers: readonly Layer[];
}[] = [
  { title: 'The cluster', id: 'at-cluster', shows: '`kubectl` itself, vCenter, nodes, volumes', layers: ['platform'] },
  { title: 'Pods', id: 'at-pods', shows: 'pods that are not Running or not ready', layers: ['pods'] },
  {
    title: 'Between members',
    id: 'at-members',
    shows: 'calls and messages of other members, certificates, routes',
    layers: ['network', 'certificates', 'routes'],
  },
  {
    title: 'Programs',
    id: 'at-programs',
    shows: 'FATE Flow, MySQL, nginx, Pulsar, HDFS or Spark, and what they log',
    layers: ['FATE Flow', 'Pulsar', 'HDFS', 'Spark'],
  },
  { title: 'Jobs', id: 'at-jobs', shows: 'jobs alone, which wait, stand still or fail', layers: ['jobs'] },
];

const placesOf = ({ entries }: Parts) =>
  places
    .map((place) => ({ ...place, entries: entries.filter(({ failure }) => place.layers.includes(failure.layer)) }))
    .filter(({ entries }) => entries.length > 0);

interface SharedLines {
  readonly name: string;
  readonly lines: readonly string[];
}

/** What several failures take, which stands once; by the declaration's file, where that is named. */
const shared = (plan: PartyPlan | ExchangePlan, declaration?: string): readonly SharedLines[] =>
  [
    { name: workloadLines, lines: aboutWorkload(plan) },
    ...('id' in plan ? sharedOfParty(plan) : []),
    { name: 'Renew the certificate', lines: renewCertificate(plan, declaration) },
  ].filter(({ lines }) => lines.length > 0);

const sharedOfParty = (plan: PartyPlan): readonly SharedLines[] => [
  { name: 'Jobs at work', lines: jobsAtWork(plan) },
  { name: 'End of a job’s logs', lines: endOfLogs(plan) },
  { name: 'Stop a job', lines: stopJob(plan) },
  { name: 'Run a job again', lines: rerunJob(plan) },
  { name: 'Cores, as FATE Flow counts them', lines: countedCores(plan) },
  { name: 'Workers and cores, as Spark has them', lines: sparkState(plan) },
  { name: plan.exchange ? 'Ways to the exchange' : 'Ways to other parties', lines: waysToOthers(plan) },
  { name: 'Topics of Pulsar', lines: statsOfTopics(plan) },
  { name: 'Restart Pulsar', lines: restartPulsar(plan) },
];

const workloadLines = 'Workload';

const aboutWorkload = (plan: PartyPlan | ExchangePlan): readonly string[] => [
  `workload=${'id' in plan ? 'statefulset/fateflow' : 'deployment/nginx'}`,
  inNamespace(plan, 'logs "$workload" --all-containers --tail=50'),
  inNamespace(plan, 'rollout status "$workload" --timeout=10m'),
];

/** What is typed for one failure alone, and the names of lines that stand elsewhere. */
function own(plan: PartyPlan | ExchangePlan, lines: readonly string[]) {
  let left = lines.map((line) => `${line}\n`).join('');
  const names = shared(plan).flatMap(({ name, lines }) => {
    const text = lines.map((line) => `${line}\n`).join('');
    if (!left.includes(text)) return [];
    left = left.replace(text, '');
    return [name];
  });
  const rest = left.split('\n').filter((line) => line !== '' && !isSeenFirst(plan, line));
  const [log, ...others] = [rest.filter(isAboutWorkload), rest.filter((line) => !isAboutWorkload(line))];
  return {
    lines: others.flat(),
    names: log.length > 0 ? [workloadLines, ...names] : names,
  };
}

/** Whether the first look has shown it. */
const isSeenFirst = (plan: PartyPlan | ExchangePlan, line: string): boolean =>
  !/ -o (?!wide)/.test(line) && firstLook(plan).some((look) => line.startsWith(look.replace(/^(.* get \w+).*$/, '$1')));

const isAboutWorkload = (line: string): boolean =>
  / logs \S+( -c \w+)? --tail=50$| rollout status \S+ --timeout=\w+$/.test(line);

/** The declaration, as it is typed. */
const typed = ({ declaration = 'federation.yaml' }: RunbookFacts): string => shellWord(declaration);

const heading = (heading: string, id: string): Block => ({ heading, level: 2, id });

const madeByKubeFate = ({ namespace }: PartyPlan | ExchangePlan): string =>
  `${namespace} is made by KubeFATE, whose chart has names of its own for workloads and containers: commands for failures are not on this page.`;

const whichCluster = ({ access: { kubeconfig, context } }: PartyPlan | ExchangePlan): readonly string[] => [
  ...(kubeconfig === undefined ? [] : [`export KUBECONFIG=${inSingleQuotes(kubeconfig)}`]),
  ...(context === undefined ? [] : [`kubectl config use-context ${inSingleQuotes(context)}`]),
];

const firstLook = (plan: PartyPlan | ExchangePlan): readonly string[] => [
  'kubectl get nodes -o wide',
  inNamespace(plan, 'get pods -o wide'),
  inNamespace(plan, 'get events --field-selector type=Warning --sort-by=.lastTimestamp'),
  ...('sizing' in plan ? [inNamespace(plan, 'get pvc')] : []),
  inNamespace(plan, 'get service'),
];

const signRow =
  (plan: PartyPlan | ExchangePlan) =>
  ({ id, failure }: Entry) => [{ text: failure.sign, to: id }, actorText(plan)(failure.acts[0])];

const times: readonly Block[] = [
  {
    head: ['What', 'Back within, as the paper says', 'What is drawn for that'],
    rows: [
      [
        'A pod that restarts',
        `${expectedSeconds.pod} s`,
        `Probes see that it answers within ${drawnSeconds.seen} s of its first answer. Its own start was not measured on its image.`,
      ],
      [
        'The VM of a node that crashed, by vSphere HA',
        `${expectedSeconds.crashedVm / 60} minute after it is noticed`,
        'Nothing: vSphere does it.',
      ],
      [
        'The VM of a node that was shut down or powered off',
        `${expectedSeconds.stoppedVm / 60} minutes`,
        `Its pods stay its own for ${drawnSeconds.evicted / 60} minutes from when the node is known to be away.`,
      ],
      [
        'All pods of a party, once the VM is back',
        `${expectedSeconds.flc / 60} minutes`,
        `None is killed for a slow start before ${drawnSeconds.patience / 60} minutes.`,
      ],
    ],
  },
];

function entryBlocks({ id, failure, handling }: Entry, plan: PartyPlan | ExchangePlan): readonly Block[] {
  const [look, then] = [own(plan, handling.check), own(plan, handling.commands)];
  const what = `\`${id}\`${looksText(handling, look)}: ${handling.shows}`;
  const remedy = `Then: ${handling.remedy}${actsText(plan, failure)}${linesText(then.names)}`;
  const effects = effectsText(plan, failure);
  return [
    { heading: failure.title, level: 3, id },
    ...(look.lines.length > 1 ? [{ shell: look.lines }] : []),
    ...(then.lines.length > 0
      ? [{ items: [what, remedy] }, { shell: then.lines }, { text: effects }]
      : [{ items: [what, remedy, effects] }]),
  ];
}

/** Where one looks, unless that stands above. */
function looksText({ check }: Handling, { lines, names }: ReturnType<typeof own>): string {
  const all = [...(lines.length === 1 ? lines.map((line) => `\`${line}\``) : []), ...names.map(quoted)];
  if (all.length > 0) return `, by ${all.join(', ')}`;
  return lines.length === 0 && check.length > 0 ? ', by the first look' : '';
}

const quoted = (name: string): string => `“${name}”`;

function effectsText({ fate }: PartyPlan | ExchangePlan, { time, effects }: Failure): string {
  const said = effects.filter(({ releases }) => releases?.includes(fate) ?? true);
  // How long a pod takes stands in the table of times.
  return [...(time === undefined || time === podIsBack ? [] : [time]), ...said].map(claimText).join(' ');
}

/** Nothing where it is for the reader alone. */
function actsText(plan: PartyPlan | ExchangePlan, { acts }: Failure): string {
  const names = [...new Set(acts.map(actorText(plan)))];
  return names.every((name) => name === you) ? '' : ` Who acts: ${names.join(', then ')}.`;
}

const linesText = (names: readonly string[]): string =>
  names.length > 0 ? ` Lines: ${names.map(quoted).join(', ')}.` : '';

/** What is marked with nothing was read: the catalogue says where. */
const claimText = ({ says, source }: Claim): string => {
  const mark = markOf(source);
  return mark === undefined ? says : `${says.replace(/\.$/, '')} (${mark}).`;
};

function markOf(source: Source): string | undefined {
  if (source.by === 'measurement') return `measured, ${source.program}`;
  if (source.by === 'paper') return source.by;
  return source.by === 'this library' && source.file.endsWith('.md') ? source.file : undefined;
}

const you = 'you';

const actorText =
  (plan: PartyPlan | ExchangePlan) =>
  (actor: Actor): string =>
    ({
      member: you,
      party: 'id' in plan ? you : 'the party',
      'other party': 'the other party',
      exchange: 'id' in plan ? (plan.peers ? 'the other party' : 'who runs the exchange') : you,
      platform: 'who runs vSphere',
      authority: 'who keeps the certificate authority',
    })[actor];

function addressesOfParty(plan: PartyPlan) {
  const { id, addresses, ports, exchange, otherExchanges = [], peers, ingress } = plan;
  const { hosts } = ingress;
  const callers = exchange ? 'the exchange calls' : 'other parties call';
  const own = isJoined(plan)
    ? [
        [`nginx of party ${id}, which ${callers}`, endpoint(addresses?.nginx, ports.nginx)],
        [
          `Pulsar of party ${id}, to which ${exchange ? 'the exchange leads' : 'those of others connect'}`,
          endpoint(addresses?.pulsar, ports.pulsar),
        ],
      ]
    : [];
  const others = exchange
    ? [
        ['nginx of the exchange', endpoint(exchange.nginx.address, exchange.nginx.port)],
        ['Traffic Server of the exchange', endpoint(exchange.trafficServer.address, exchange.trafficServer.port)],
        ...otherExchanges.map(({ nginx, egress = [] }) => [
          `Where the exchange at ${nginx.address} calls from, by which other parties do`,
          egress.length > 0 ? egress.map((range) => `\`${range}\``).join(', ') : 'not declared',
        ]),
      ]
    : addressesOf(peers);
  return [...own, ...others, ...Object.entries(hosts).map(([ui, host]) => [ui, `\`${host}\``])];
}

const addressesOfExchange = ({ addresses, ports, parties }: ExchangePlan) => [
  ['nginx of the exchange, which parties call', endpoint(addresses?.nginx, ports.nginx)],
  ['Traffic Server of the exchange, to which Pulsars connect', endpoint(addresses?.trafficServer, ports.trafficServer)],
  ...addressesOf(parties),
];

const addressesOf = (parties: readonly PartyDescriptor[] = []) =>
  parties.flatMap(({ id, nginx, pulsar }) => [
    [`nginx of party ${id}`, endpoint(nginx.address, nginx.port)],
    [`Pulsar of party ${id}`, endpoint(pulsar.address, pulsar.port)],
  ]);

const endpoint = (address: string | undefined, port: number): string =>
  address === undefined ? `not declared, port ${port}` : `\`${address}:${port}\``;

function certificateBlocks(
  plan: PartyPlan | ExchangePlan,
  certificates: readonly KnownCertificate[],
): readonly Block[] {
  const secret = certificateSecretOf(plan);
  return [
    ...(certificates.length > 0
      ? [
          {
            head: ['Certificate', 'Renew from', 'Ends'],
            rows: certificates.map(({ name, ends }) => [
              `\`${name}\``,
              day(daysAfter(ends, -certificateDays.soon)),
              day(ends),
            ]),
          },
        ]
      : [{ text: 'Until when it holds, and what is wrong with it:' }]),
    { shell: [inNamespace(plan, `get secret ${secret} -o yaml | kubefate-tanzu certificates check -`)] },
  ];
}

/** What is on which claim, and how it comes back. */
const dataOf = (plan: PartyPlan): readonly Block[] => [
  {
    head: ['Data', 'Claims', 'GiB each'],
    rows: Object.values(partyData).map(({ what, volumes }) => {
      const own = ownVolumes(plan).filter((volume) => volumes.some((it) => it === volume));
      if (own.length === 0) return [what, 'none: somebody else runs what has them', ''];
      return [
        what,
        own.flatMap((volume) => partyClaims(plan, volume).map((claim) => `\`${claim}\``)).join(', '),
        own.map((volume) => `${plan.sizing.volumesGiB[volume]}`).join(', '),
      ];
    }),
  },
  ...retentionBlocks(plan),
  ...(isRestorable(plan)
    ? [
        {
          text: `Records and models are in backups, which CronJob ${backupName} makes at \`${plan.backup.schedule}\`. Whether it does, and how they come back:`,
        },
        { shell: [inNamespace(plan, `get cronjob,jobs ${podsOf(backupName)}`)] },
        ...restoreSteps(plan).flatMap(stepBlocks),
      ]
    : [
        {
          text: 'No backups are declared: what was deleted or spoilt does not come back. `backup` in the declaration makes some.',
        },
      ]),
];

const retentionBlocks = (plan: PartyPlan): readonly Block[] =>
  plan.retention === undefined
    ? []
    : [
        {
          text: `Of jobs that have ended logs stay for ${counted(plan.retention.logsDays, 'day')} and files for ${counted(plan.retention.jobsDays, 'day')}: CronJob ${retentionName} looks at \`${plan.retention.schedule}\`. Whether it does:`,
        },
        { shell: [inNamespace(plan, `get cronjob,jobs ${podsOf(retentionName)}`)] },
      ];

const isRestorable = (plan: PartyPlan): plan is RestorableParty => plan.backup !== undefined;

function stepBlocks({ what, commands, withFiles = [] }: ManualStep, i: number): readonly Block[] {
  const files: readonly Block[] = withFiles.length > 0 ? [{ text: 'With files:' }, { shell: withFiles }] : [];
  return [{ text: `${i + 1}. ${what}` }, ...(commands.length > 0 ? [{ shell: commands }] : []), ...files];
}

/** @see White paper, "Test Tools" */
const vSphere: readonly Block[] = [
  {
    shell: [
      'kubectl vsphere login --server=SUPERVISOR --vsphere-username=USER --tanzu-kubernetes-cluster-namespace=NAMESPACE --tanzu-kubernetes-cluster-name=CLUSTER',
      'kubectl config use-context NAMESPACE   # on the Supervisor',
      'kubectl get tanzukubernetesclusters,clusters,machines',
    ],
  },
  {
    items: [
      'State of the cluster and of its nodes: vSphere Client, Workload Management, Namespaces, then Compute.',
      'Storage: vSphere Client, the cluster, Monitor, vSAN, Skyline Health; Resyncing Objects after a lost disk or host.',
      'High availability: the cluster, Configure, vSphere Availability, is on; Monitor, vSphere HA, says what it restarts.',
    ],
  },
];
