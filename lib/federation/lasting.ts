import type { FateRelease } from '../fate/releases';
import { services } from '../fate/services';
import type { PartyVolume } from '../fate/sizes';
import { madeClaims, sizedClaims, sizedSet, volumePods } from './claims';
import { ownVolumes } from './engines';
import type { ExchangePlan } from './exchange';
import type { PartyPlan } from './party';
import { administer, forgetParty } from './pulsar';

/** What a party has from its first update on: its volumes, its database or other members remember it. */
export interface LastingPartyValues {
  readonly id: number;
  readonly namespace: string;
  readonly domain: string;
  /** Whose formats its data are in. */
  readonly fate: FateRelease;
  /** None for the cluster's default one. */
  readonly storageClasses: PartyPlan['storageClasses'];
  /** Claims that were there before. None of a party that was made before there was such a thing. */
  readonly existingClaims?: PartyPlan['existingClaims'];
  readonly volumesGiB: Readonly<Record<PartyVolume, number>>;
  readonly datanodes: number;
  /** None where one process is all of Pulsar. */
  readonly bookies?: number;
  /** Where its Pulsar is that somebody else runs. @default it has its own */
  readonly pulsar?: string;
  /** Where its records are. */
  readonly database: string;
  /** Which HDFS has its tables. */
  readonly tables: string;
  /** Address of the exchange's Traffic Server. */
  readonly exchange?: string;
  /** The same of each other party's Pulsar, by id, where there is no exchange. */
  readonly peers?: Readonly<Record<number, string>>;
}

export const lastingPartyValues = (plan: PartyPlan): LastingPartyValues => {
  const { id, namespace, domain, fate, storageClasses, existingClaims, sizing, mysql, hdfs, pulsar, exchange, peers } =
    plan;
  const { address, port } = exchange?.trafficServer ?? {};
  return {
    id,
    namespace,
    domain,
    fate,
    storageClasses,
    existingClaims,
    volumesGiB: sizing.volumesGiB,
    datanodes: sizing.datanodes,
    bookies: pulsar.cluster?.bookies,
    pulsar: pulsar.isExternal ? `${pulsar.host}:${pulsar.port}` : undefined,
    database: `${mysql.host}:${mysql.port}/${mysql.name}`,
    tables: hdfs.uri,
    exchange: exchange && `${address}:${port}`,
    peers: peers && Object.fromEntries(peers.map((peer) => [peer.id, `${peer.pulsar.address}:${peer.pulsar.port}`])),
  };
};

/**
 * What an update does not do although it looks like it, and the way that works: a text for each such value that is another
 * than before.
 *
 * @param before what is known of the update before
 */
export function lastingPartyChanges(before: Partial<LastingPartyValues>, plan: PartyPlan): readonly string[] {
  const now = lastingPartyValues(plan);
  const changed = singleValues.filter((key) => before[key] !== undefined && before[key] !== now[key]);
  return [
    ...changed.map((key) => {
      const change = `${key} of party ${now.id} was ${before[key]} and is ${now[key] ?? 'nowhere'} now`;
      return [`${change}: ${consequences[key].what}`, ...(consequences[key].remedy?.(plan) ?? [])].join('\n');
    }),
    ...peerChanges(before.peers, plan),
    ...classChange(before.storageClasses, plan),
    ...ownVolumes(plan).flatMap((volume) => [
      ...claimChange(volume, before, plan),
      ...volumeChange(volume, before, plan),
    ]),
    ...fewerDatanodes(before.datanodes, plan),
    ...otherPulsar(before, plan),
  ];
}

/** Another release is an upgrade, which has a plan of its own. */
type SingleValue = Exclude<
  keyof LastingPartyValues,
  'fate' | 'peers' | 'storageClasses' | 'existingClaims' | 'volumesGiB' | 'datanodes' | 'bookies' | 'pulsar'
>;

const singleValues = [
  'id',
  'namespace',
  'domain',
  'database',
  'tables',
  'exchange',
] as const satisfies readonly SingleValue[];

const forgetParties = (plan: PartyPlan): readonly string[] => [
  `  ${administer(plan, 'clusters list')}`,
  `  ${forgetParty(plan, '<id>')}  # of each other party`,
  restartPulsar(plan),
];

const restartPulsar = ({ namespace, pulsar }: PartyPlan): string =>
  pulsar.isExternal
    ? `  and have whoever runs ${pulsar.host} restart its brokers`
    : `  kubectl -n ${namespace} ${pulsar.cluster ? 'rollout restart statefulset/pulsar' : 'delete pod pulsar-0'}`;

/** Of parties that were known before, and are now at another address, or behind an exchange. */
function peerChanges(before: LastingPartyValues['peers'] = {}, plan: PartyPlan): string[] {
  const { id, exchange } = plan;
  const now = lastingPartyValues(plan).peers;
  const moved = Object.entries(before).filter(([peer, was]) =>
    now === undefined ? exchange !== undefined : (now[Number(peer)] ?? was) !== was,
  );
  if (moved.length === 0) return [];
  const changes = moved.map(
    ([peer, was]) => `that of party ${peer} was ${was} and is ${now?.[Number(peer)] ?? 'behind the exchange'} now`,
  );
  return [
    [
      `Pulsars of others have moved, and that of party ${id} goes on calling the old addresses: ${changes.join('; ')}. After this update:`,
      ...moved.map(([peer]) => `  ${forgetParty(plan, peer)}`),
      restartPulsar(plan),
    ].join('\n'),
  ];
}

const consequences: Readonly<
  Record<SingleValue, { readonly what: string; readonly remedy?: (plan: PartyPlan) => readonly string[] }>
> = {
  id: { what: "jobs, models and volumes stay the old one's. Put it back, and declare another party beside it" },
  namespace: { what: 'the data stay in the old one, and the new one starts empty. Put it back' },
  domain: {
    what: 'all members change it together, with new certificates, and its Pulsar goes on calling the names that it knows. After this update:',
    remedy: forgetParties,
  },
  database: {
    what: 'records of jobs and models stay in the old one, and FATE Flow makes empty tables in the new one. Put it back, or stop FATE Flow and read a dump of the old one into the new one before',
  },
  tables: {
    what: 'tables stay in the old one, and FATE Flow looks for each where it was written. Put it back, or upload again what jobs are to read',
  },
  exchange: {
    what: 'its Pulsar goes on calling the old address for every party that it knows already. After this update:',
    remedy: forgetParties,
  },
};

function classChange(before: LastingPartyValues['storageClasses'] | undefined, plan: PartyPlan): string[] {
  const { id, storageClasses, existingClaims } = plan;
  const changed = ownVolumes(plan).filter(
    (volume) =>
      before !== undefined && existingClaims[volume] === undefined && before[volume] !== storageClasses[volume],
  );
  if (changed.length === 0) return [];
  return [
    `storage class of ${changed.join(', ')} of party ${id} is another now: claims that exist stay with the old one. Put it back`,
  ];
}

/** What is on a volume does not move, and a StatefulSet takes no other claims. */
function claimChange(volume: PartyVolume, before: Partial<LastingPartyValues>, plan: PartyPlan): string[] {
  const { id, namespace, existingClaims } = plan;
  const was = before.existingClaims?.[volume];
  const is = existingClaims[volume];
  if (before.datanodes === undefined || was === is) return [];
  const named = (claim: string | undefined) => (claim === undefined ? 'its own' : `claim ${claim}`);
  const { statefulSet } = sizedSet(volume, volumePods(plan));
  return [
    [
      `volume ${volume} of party ${id} was ${named(was)} and is ${named(is)} now: what is on it stays there. Put it back; or stop its pod and copy all that the old claim has to the new one before this update, and where files are applied, take away what they cannot replace:`,
      `  kubectl -n ${namespace} delete statefulset ${statefulSet}`,
    ].join('\n'),
  ];
}

/** A StatefulSet gives its size to claims that it makes, and never to those that it finds. */
function volumeChange(
  volume: PartyVolume,
  { volumesGiB, datanodes, bookies }: Partial<LastingPartyValues>,
  { id, namespace, sizing, existingClaims }: PartyPlan,
): string[] {
  const before = volumesGiB?.[volume];
  const now = sizing.volumesGiB[volume];
  if (before === undefined || before === now) return [];
  const change = `volumesGiB.${volume} of party ${id} was ${before} and is ${now} now`;
  if (now < before) return [`${change}: a claim never becomes smaller. Put it back`];
  const pods = { datanodes: datanodes ?? sizing.datanodes, bookies, existingClaims };
  const size = JSON.stringify({ spec: { resources: { requests: { storage: `${now}Gi` } } } });
  const isExisting = existingClaims[volume] !== undefined; // which no StatefulSet knows the size of
  return [
    [
      `${change}: claims that exist stay as they are, and pods restart. Before this update grow the claims, whose class must allow it${isExisting ? '' : ', and let go of the pods'}:`,
      ...sizedClaims(volume, pods).map((claim) => `  kubectl -n ${namespace} patch pvc ${claim} -p '${size}'`),
      ...(isExisting
        ? []
        : [`  kubectl -n ${namespace} delete statefulset ${sizedSet(volume, pods).statefulSet} --cascade=orphan`]),
    ].join('\n'),
  ];
}

/** A block of a file is lost when it was on none but them. */
function fewerDatanodes(
  before: number | undefined,
  { id, namespace, hdfs, sizing: { datanodes: now } }: PartyPlan,
): string[] {
  if (before === undefined || before <= now || hdfs.isExternal) return [];
  return [
    [
      `datanodes of party ${id} was ${before} and is ${now} now: the last ones end, and HDFS loses what only they hold. Before this update have each keep a copy of all, which takes its room; or put it back, and they find their claims:`,
      `  kubectl -n ${namespace} exec namenode-0 -- hdfs dfs -setrep -w ${before} /`,
    ].join('\n'),
  ];
}

function otherPulsar(before: Partial<LastingPartyValues>, plan: PartyPlan): string[] {
  const [was, is] = [before.bookies, plan.pulsar.cluster?.bookies];
  if (before.datanodes === undefined) return [];
  if (before.pulsar !== lastingPartyValues(plan).pulsar) return [movedPulsar(before, plan)];
  if (was === is) return [];
  if (was === undefined || is === undefined) return [replacedPulsar(plan)];
  if (was < is) return [];
  return [
    `pulsar.cluster.bookies of party ${plan.id} was ${was} and is ${is} now: the last ones end, and messages are lost that only they hold. Put it back`,
  ];
}

/** From one of its own to one that somebody else runs, back, or from one such to another. */
function movedPulsar(before: Partial<LastingPartyValues>, plan: PartyPlan): string {
  const { id, namespace, pulsar } = plan;
  const now = lastingPartyValues(plan).pulsar ?? 'its own';
  const what = `Pulsar of party ${id} was ${before.pulsar ?? 'its own'} and is ${now} now: messages do not move, and jobs that run wait for theirs. Update between jobs; the party's address for messages is another one, too, which ${plan.exchange ? 'the exchange has' : 'other parties have'} to be told by its descriptor.`;
  if (!pulsar.isExternal) return what;
  const { volumesGiB: _, ...had } = { datanodes: plan.sizing.datanodes, ...before };
  const claims = before.pulsar === undefined ? madeClaims('pulsar', had) : [];
  if (claims.length === 0) return what;
  return [
    `${what} After this update nobody needs what its own has left:`,
    `  kubectl -n ${namespace} delete pvc ${claims.join(' ')} --ignore-not-found`,
  ].join('\n');
}

/**
 * Messages do not move. Claims that were left when it was so before have messages of jobs that ended long ago, and other parties at the
 * addresses of then. A StatefulSet takes no other claims, and what is declared no more stays where nobody takes it away.
 */
function replacedPulsar(plan: PartyPlan): string {
  const { id, namespace } = plan;
  const { cluster } = plan.pulsar;
  const { pulsar, pulsarBookie, pulsarZookeeper, pulsarProxy } = services;
  const left = cluster ? [pulsar] : [pulsar, pulsarBookie, pulsarZookeeper];
  const remove = (what: string) => `  kubectl -n ${namespace} delete ${what} --ignore-not-found`;
  const found = madeClaims('pulsar', volumePods(plan));
  return [
    `Pulsar of party ${id} becomes ${cluster ? 'highly available' : 'one process'}: messages do not move, and jobs that run wait for theirs. Update between jobs. Before this update take away what it would find of an earlier time:`,
    ...(found.length > 0
      ? [remove(`pvc ${found.join(' ')}`)]
      : [`  whatever is on claim ${plan.existingClaims.pulsar}, which has to be empty`]),
    'and where files are applied, what they do not replace:',
    remove(`statefulset ${left.map(({ name }) => name).join(' ')}`),
    ...(cluster ? [] : [remove(`deployment ${pulsarProxy.name}`)]),
  ].join('\n');
}

/** What an exchange has from its first update on, and the parties with it. */
export interface LastingExchangeValues {
  readonly namespace: string;
  readonly domain: string;
  readonly fate: FateRelease;
  /** Where Traffic Server is reached; none where its LoadBalancer is to say so. */
  readonly trafficServer?: string;
}

export const lastingExchangeValues = ({
  namespace,
  domain,
  fate,
  addresses,
  ports,
}: ExchangePlan): LastingExchangeValues => ({
  namespace,
  domain,
  fate,
  trafficServer: addresses && `${addresses.trafficServer}:${ports.trafficServer}`,
});

/** As {@link lastingPartyChanges}, of an exchange. */
export function lastingExchangeChanges(before: Partial<LastingExchangeValues>, plan: ExchangePlan): readonly string[] {
  const now = lastingExchangeValues(plan);
  return (Object.keys(ofExchange) as (keyof LastingExchangeValues)[])
    .filter((key) => before[key] !== undefined && now[key] !== undefined && before[key] !== now[key])
    .map((key) => `${key} of the exchange was ${before[key]} and is ${now[key]} now: ${ofExchange[key]}`);
}

const ofExchange: Readonly<Record<keyof LastingExchangeValues, string>> = {
  namespace:
    'its LoadBalancers are made anew, with other addresses unless they are reserved, and parties go on calling the old ones. Put it back',
  domain: 'all members change it together, with new certificates, and until then no party is found',
  fate: 'parties of the other release find their jobs refused until they have followed, each by the plan of its own upgrade',
  trafficServer:
    "every party's Pulsar goes on calling the old one for those that it knows already. Keep both until each party has updated, and done what its update says",
};
