import { partyData } from '../fate/releases/data';
import type { PartyVolume } from '../fate/sizes';
import { backupName } from '../federation/backup';
import { certificateDays } from '../federation/certificates';
import type { ExchangePlan } from '../federation/exchange';
import type { PartyPlan } from '../federation/party';
import type { Block, Page } from '../formats/page';
import { inSingleQuotes } from '../formats/shell';
import { day, daysAfter } from '../input/days';
import { dataClaim } from '../kubernetes/data-volume';
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
  sourceText,
} from './failures';
import { certificateSecretOf, jobsAtWork, podsOf, rerunJob, restartPulsar, stopJob } from './failures/lines';

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

/** Whoever reads it comes first. */
const actorsFor = (plan: PartyPlan | ExchangePlan): readonly Actor[] => [
  ...('id' in plan ? (['party', 'exchange'] as const) : (['exchange', 'party'] as const)),
  'other party',
  'platform',
  'authority',
];

/** What several failures take, which stands once. */
const shared = (
  plan: PartyPlan | ExchangePlan,
): readonly { readonly name: string; readonly lines: readonly string[] }[] =>
  'id' in plan
    ? [
        { name: 'Jobs at work', lines: jobsAtWork(plan) },
        { name: 'Stop a job', lines: stopJob(plan) },
        { name: 'Run a job again', lines: rerunJob(plan) },
        { name: 'Restart Pulsar', lines: restartPulsar(plan) },
      ].filter(({ lines }) => lines.length > 0)
    : [];

/** Lines without those of the first look, and with the name of what stands under another heading. */
function own(plan: PartyPlan | ExchangePlan, lines: readonly string[]): readonly string[] {
  const known = firstLook(plan);
  const text = shared(plan).reduce(
    (left, { name, lines }) => left.replace(`${lines.join('\n')}\n`, `# ${name}: see “Lines for jobs”\n`),
    lines.map((line) => `${line}\n`).join(''),
  );
  return text.split('\n').filter((line) => line !== '' && !known.includes(line));
}

const onCall = (plan: PartyPlan | ExchangePlan, facts: RunbookFacts, parts: Parts): readonly Block[] => [
  heading('First', 'first'),
  { text: 'This looks at all of it, and says what does not hold and who has to act:' },
  { shell: [...whichCluster(plan), `kubefate-tanzu diagnose ${typed(facts)} ${parts.selection}`] },
  { text: 'By hand, in this order. What is above a layer that is broken says nothing of its own.' },
  { shell: firstLook(plan) },
  heading('What do you see?', 'signs'),
  { head: ['What you see', 'What it is', 'Who acts first'], rows: parts.entries.map(signRow(plan)) },
  heading('How long it takes', 'times'),
  ...times,
  heading('Lines for jobs', 'job-lines'),
  ...shared(plan).flatMap(({ name, lines }): readonly Block[] => [{ text: `${name}:` }, { shell: lines }]),
  {
    text: 'What is said of jobs and data is of this release, and of FATE 1.6.1 where the paper says it. Words in CAPITALS are for you to fill in.',
  },
  ...actorsFor(plan).flatMap((actor): readonly Block[] => {
    const own = parts.entries.filter(({ failure }) => failure.acts[0] === actor);
    if (own.length === 0) return [];
    return [
      heading(`For ${actorText(plan)(actor)}`, `acts-${actor.replace(' ', '-')}`),
      ...own.flatMap((entry) => entryBlocks(entry, plan)),
    ];
  }),
  heading('Does it work again?', 'proof'),
  ...parts.proof,
];

/** The declaration, as it is typed. */
function typed({ declaration = 'federation.yaml' }: RunbookFacts): string {
  return /^[\w./-]+$/.test(declaration) ? declaration : inSingleQuotes(declaration);
}

const heading = (heading: string, id: string): Block => ({ heading, level: 2, id });

const madeByKubeFate = ({ namespace }: PartyPlan | ExchangePlan): string =>
  `${namespace} is made by KubeFATE, whose chart has names of its own for workloads and containers: commands for failures are not on this page.`;

const whichCluster = ({ access: { kubeconfig, context } }: PartyPlan | ExchangePlan): readonly string[] => [
  ...(kubeconfig === undefined ? [] : [`export KUBECONFIG=${inSingleQuotes(kubeconfig)}`]),
  ...(context === undefined ? [] : [`kubectl config use-context ${inSingleQuotes(context)}`]),
];

const firstLook = (plan: PartyPlan | ExchangePlan): readonly string[] => [
  'kubectl get nodes',
  inNamespace(plan, 'get pods -o wide'),
  inNamespace(plan, 'get events --field-selector type=Warning --sort-by=.lastTimestamp'),
  ...('sizing' in plan ? [inNamespace(plan, 'get pvc')] : []),
  inNamespace(plan, 'get service'),
];

const signRow =
  (plan: PartyPlan | ExchangePlan) =>
  ({ id, failure }: Entry) => [failure.sign, { text: failure.title, to: id }, actorText(plan)(failure.acts[0])];

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
  const { shows, remedy } = handling;
  const [check, commands] = [own(plan, handling.check), own(plan, handling.commands)];
  const said = failure.effects.filter(({ releases }) => releases?.includes(plan.fate) ?? true);
  return [
    { heading: failure.title, level: 3, id },
    { text: `\`${id}\`: ${failure.sign}` },
    ...(check.length > 0 ? [{ shell: check }] : []),
    {
      text: `It is this if ${check.length > 0 || handling.check.length === 0 ? 'you see' : 'the first look shows'} ${shows}`,
    },
    { text: `Then: ${remedy} Who acts: ${failure.acts.map(actorText(plan)).join(', ')}.` },
    ...(commands.length > 0 ? [{ shell: commands }] : []),
    { items: [...(failure.time ? [failure.time] : []), ...said].map(claimText) },
  ];
}

const claimText = ({ says, source }: Claim): string => `${says} (${sourceText(source)})`;

const actorText =
  (plan: PartyPlan | ExchangePlan) =>
  (actor: Actor): string =>
    ({
      party: 'id' in plan ? `party ${plan.id}` : 'the party',
      'other party': 'the other party',
      exchange: 'who runs the exchange',
      platform: 'who runs vSphere',
      authority: 'who keeps the certificate authority',
    })[actor];

function addressesOfParty({ id, addresses, ports, exchange, ingress: { hosts } }: PartyPlan) {
  const own = exchange
    ? [
        [`nginx of party ${id}, which the exchange calls`, endpoint(addresses?.nginx, ports.nginx)],
        [`Pulsar of party ${id}, to which the exchange leads`, endpoint(addresses?.pulsar, ports.pulsar)],
        ['nginx of the exchange', endpoint(exchange.nginx.address, exchange.nginx.port)],
        ['Traffic Server of the exchange', endpoint(exchange.trafficServer.address, exchange.trafficServer.port)],
      ]
    : [];
  return [...own, ...Object.entries(hosts).map(([ui, host]) => [ui, `\`${host}\``])];
}

const addressesOfExchange = ({ addresses, ports, parties }: ExchangePlan) => [
  ['nginx of the exchange, which parties call', endpoint(addresses?.nginx, ports.nginx)],
  ['Traffic Server of the exchange, to which Pulsars connect', endpoint(addresses?.trafficServer, ports.trafficServer)],
  ...parties.flatMap(({ id, nginx, pulsar }) => [
    [`nginx of party ${id}`, endpoint(nginx.address, nginx.port)],
    [`Pulsar of party ${id}`, endpoint(pulsar.address, pulsar.port)],
  ]),
];

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
    rows: Object.values(partyData).map(({ what, volumes }) => [
      what,
      volumes.flatMap((volume) => claims(plan, volume)).join(', '),
      volumes.map((volume) => `${plan.sizing.volumesGiB[volume]}`).join(', '),
    ]),
  },
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

const claims = ({ sizing: { datanodes } }: PartyPlan, volume: PartyVolume): readonly string[] =>
  Array.from({ length: volume === 'datanode' ? datanodes : 1 }, (_, i) => `\`${dataClaim(volume, i)}\``);

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
