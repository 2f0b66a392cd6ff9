import { partyData } from '../fate/releases/data';
import { certificateDays } from '../federation/certificates';
import type { ExchangePlan } from '../federation/exchange';
import type { PartyPlan } from '../federation/party';
import type { Block, Page } from '../formats/page';
import { day, daysAfter } from '../input/days';
import { dataClaim } from '../kubernetes/data-volume';
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
import { certificateSecretOf, kubectl } from './failures/lines';

/** A certificate that a member has, or trusts. */
export interface KnownCertificate {
  readonly name: string;
  readonly ends: Date;
}

/** What to do when something fails, for whoever is on call at a party. It has nothing that others alone need. */
export const partyRunbook = (
  plan: PartyPlan,
  others: readonly number[],
  certificates: readonly KnownCertificate[] = [],
): Page =>
  page(plan, `party ${plan.id}`, certificates, {
    entries: entriesOf(({ party }) => party?.({ plan, others })),
    addresses: addressesOfParty(plan),
    data: dataOf(plan),
  });

/** The same of an exchange. */
export const exchangeRunbook = (plan: ExchangePlan, certificates: readonly KnownCertificate[] = []): Page =>
  page(plan, 'the exchange', certificates, {
    entries: entriesOf(({ exchange }) => exchange?.({ plan })),
    addresses: addressesOfExchange(plan),
    data: [
      {
        text: 'The exchange keeps nothing: what it was declared as is all of it. Keep the declaration, and its Secret.',
      },
    ],
  });

interface Parts {
  readonly entries: readonly Entry[];
  readonly addresses: readonly (readonly string[])[];
  readonly data: readonly Block[];
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

function page(
  plan: PartyPlan | ExchangePlan,
  who: string,
  certificates: readonly KnownCertificate[],
  { entries, addresses, data }: Parts,
): Page {
  const title = `${plan.namespace}: when something fails at ${who} of ${plan.domain}`;
  const facts: readonly Block[] = [
    heading('Addresses', 'addresses'),
    { head: ['What', 'Where'], rows: addresses },
    heading('Certificates', 'certificates'),
    ...certificateBlocks(plan, certificates),
    heading('Data', 'data'),
    ...data,
    heading('Upgrade', 'upgrade'),
    { text: `FATE ${plan.fate} is deployed. What it takes to get to another release, of all members on one day:` },
    { shell: ['kubefate-tanzu upgrade deployed.yaml federation.yaml'] },
    heading('vSphere', 'vsphere'),
    ...vSphere,
  ];
  if (plan.driver === 'kubefate') return { title, blocks: [{ text: madeByKubeFate(plan) }, ...facts] };
  return {
    title,
    blocks: [
      heading('First', 'first'),
      {
        text: 'Look at these, in this order. Begin with the lowest layer that is broken: what is above it says nothing of its own.',
      },
      { shell: firstLook(plan) },
      heading('What do you see?', 'signs'),
      { head: ['Layer', 'Sign', 'Then'], rows: entries.map(signRow) },
      heading('How long it takes', 'times'),
      ...times,
      heading('Failures', 'failures'),
      {
        text: 'What is said of jobs and data is of this release, and of FATE 1.6.1 where the paper says it. Words in CAPITALS are for you to fill in.',
      },
      ...entries.flatMap((entry) => entryBlocks(entry, plan)),
      ...facts,
    ],
  };
}

const heading = (heading: string, id: string): Block => ({ heading, level: 2, id });

const madeByKubeFate = ({ namespace }: PartyPlan | ExchangePlan): string =>
  `${namespace} is made by KubeFATE, whose chart has names of its own for workloads and containers: commands for failures are not on this page.`;

const firstLook = (plan: PartyPlan | ExchangePlan): readonly string[] => [
  ...(plan.access.kubeconfig === undefined ? [] : [`export KUBECONFIG='${shellQuoted(plan.access.kubeconfig)}'`]),
  ...(plan.access.context === undefined ? [] : [`kubectl config use-context '${shellQuoted(plan.access.context)}'`]),
  'kubectl get nodes',
  kubectl(plan, 'get pods -o wide'),
  kubectl(plan, 'get events --field-selector type=Warning --sort-by=.lastTimestamp'),
  ...('sizing' in plan ? [kubectl(plan, 'get pvc')] : []),
  kubectl(plan, 'get service'),
];

const shellQuoted = (text: string): string => text.replaceAll("'", `'"'"'`);

const signRow = ({ id, failure }: Entry) => [failure.layer, failure.sign, { text: failure.title, to: id }];

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
  const { check, shows, remedy, commands } = handling;
  const said = failure.effects.filter(({ releases }) => releases?.includes(plan.fate) ?? true);
  return [
    { heading: failure.title, level: 3, id },
    { text: failure.sign },
    ...(check.length > 0 ? [{ shell: check }] : []),
    { text: `It is this if you see ${shows}` },
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
    { shell: [kubectl(plan, `get secret ${secret} -o yaml | kubefate-tanzu certificates check -`)] },
  ];
}

/** What is on which claim. */
const dataOf = ({ sizing: { volumesGiB, datanodes } }: PartyPlan): readonly Block[] => [
  {
    head: ['Data', 'Claims', 'GiB each'],
    rows: Object.values(partyData).map(({ what, volumes }) => [
      what,
      volumes
        .flatMap((volume) =>
          Array.from({ length: volume === 'datanode' ? datanodes : 1 }, (_, i) => `\`${dataClaim(volume, i)}\``),
        )
        .join(', '),
      volumes.map((volume) => `${volumesGiB[volume]}`).join(', '),
    ]),
  },
];

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
