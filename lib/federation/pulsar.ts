import { forgetPulsar } from '../fate/forget-pulsar';
import type { FateRelease } from '../fate/releases';
import { services } from '../fate/services';
import { leastPulsarPartGiB, type PulsarPart, pulsarPartLimits, type Sizing } from '../fate/sizes';
import { checkInteger, checkKeys, isMap, type Keys, readInteger, readMap, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import type { Quantity, Resources, ResourcesProps } from '../kubernetes/quantities';
import type { Agreement } from './agreement';
import { readExternal } from './engines';
import {
  type ExternalPulsar,
  type ExternalPulsarProps,
  example,
  ownServer,
  type PulsarServer,
  planExternalPulsar,
} from './external-pulsar';
import type { Driver } from './hosting';
import { isJoined, type Joining } from './neighbours';
import { soundResources } from './sizing';

/** A Pulsar of the party's own, or one that somebody else runs. */
export type PulsarProps = OwnPulsarProps | ElsewherePulsarProps;

/** What FATE has any Pulsar do. */
interface AnyPulsarProps {
  /**
   * Minutes for which a message stays after it was read; FATE's `topic_ttl`. A Spark worker that fails in between finds it again.
   * @default 3
   */
  readonly readMinutes?: number;
}

/** A Pulsar that somebody else runs, in the place of the party's own. */
export interface ElsewherePulsarProps extends AnyPulsarProps {
  /** Where it is. */
  readonly external: ExternalPulsarProps;
}

/** What a party's own Pulsar keeps, for how long, and in how many places. */
export interface OwnPulsarProps extends AnyPulsarProps {
  /**
   * Unread messages that one topic may hold, in whole GiB. FATE has several topics for each table that it sends. Whoever
   * sends more waits until some are read.
   * @default half of the volume, at least 1
   */
  readonly backlogGiB?: number;
  /**
   * Minutes after which a message is thrown away that nobody has read, at this party or at the one that it is for: the job
   * that waits for it fails.
   * @default never; FATE throws away what a job leaves
   */
  readonly unreadMinutes?: number;
  /**
   * Has Pulsar survive the loss of a node: three ZooKeepers, three bookies or more, three brokers, and two proxies where the party has
   * an exchange. One of each may be lost, and messages go on. Messages do not move from the one process, or back.
   * @default false, one process
   * @see White paper, "Setting up a vSphere HA Pulsar Cluster"
   */
  readonly cluster?: boolean | PulsarClusterProps;
}

/** A Pulsar of several pods. Brokers have what is declared as `resources.pulsar`, and each bookie a volume of `volumesGiB.pulsar`. */
export interface PulsarClusterProps {
  /**
   * Pods that keep messages, 3 to 150. Of three a message is on two, of more on three: one may be away, and there are still enough of
   * them for a new topic. With four there are four nodes to be.
   * @default 3
   */
  readonly bookies?: number;
  /** Resources of single parts in the place of the defaults. @default by part, with as much of the CPU promised as a broker's */
  readonly resources?: Readonly<Partial<Record<PulsarPart, ResourcesProps>>>;
}

/** A party's Pulsar, decided. */
export type PulsarPlan = OwnPulsarPlan | ExternalPulsarPlan;

/** What a party's own Pulsar keeps, decided. */
export interface OwnPulsarPlan extends PulsarServer {
  readonly isExternal: false;
  readonly public?: undefined;
  readonly readMinutes: number;
  readonly backlogGiB: number;
  readonly unreadMinutes?: number;
  /** None where one process is all of it. */
  readonly cluster?: PulsarClusterPlan;
}

/** A Pulsar that somebody else runs, decided. What it keeps, and on what, is theirs. */
export interface ExternalPulsarPlan extends ExternalPulsar, Readonly<Partial<Record<OwnKey, undefined>>> {
  readonly isExternal: true;
  readonly readMinutes: number;
}

/** A Pulsar of several pods, decided. Brokers and volumes are with those of other components. */
export interface PulsarClusterPlan {
  readonly bookies: number;
  readonly containers: Readonly<Record<PulsarPart, Resources>>;
}

interface HasPulsar {
  readonly pulsar: PulsarPlan;
}

/** Whose pods take the messages of other parties, where the party has a Pulsar of its own. */
export const pulsarDoor = ({ pulsar: { cluster } }: HasPulsar): string =>
  services[cluster ? 'pulsarProxy' : 'pulsar'].name;

/** Where commands of the party's own Pulsar are run, as kubectl takes it: of several brokers one that runs. */
export const brokerPod = ({ pulsar: { cluster } }: HasPulsar): string =>
  cluster ? `statefulset/${services.pulsar.name}` : `${services.pulsar.name}-0`;

/** Pulsar's tool where it is run: in a pod of the party's own, or wherever it is for one that somebody else runs. */
export const adminTool = ({ pulsar }: HasPulsar): string =>
  pulsar.isExternal ? `bin/pulsar-admin --admin-url http://${pulsar.host}:${pulsar.adminPort}` : 'bin/pulsar-admin';

/** A command where that tool is. */
export const besidePulsar = (plan: HasPulsar & { readonly namespace: string }, command: string): string =>
  plan.pulsar.isExternal ? command : `kubectl -n ${plan.namespace} exec ${brokerPod(plan)} -- ${command}`;

/** What Pulsar's administration is told or asked, as it is typed. */
export const administer = (plan: HasPulsar & { readonly namespace: string }, command: string): string =>
  besidePulsar(plan, `${adminTool(plan)} ${command}`);

/** Has the party's Pulsar forget that of another one. */
export const forgetParty = (plan: HasPulsar & { readonly namespace: string }, id: number | string): string =>
  besidePulsar(plan, forgetPulsar(id, adminTool(plan)));

/** Where the party's pods reach one that somebody else runs: at its door, and at the brokers that they are sent on to. */
export const pulsarHosts = ({ host, brokers }: ExternalPulsarPlan): readonly string[] => [
  ...new Set([host, ...brokers]),
];

/** Services that the party's cluster publishes. */
export const publicServices = ({ pulsar }: HasPulsar): readonly string[] => [
  services.nginx.name,
  ...(pulsar.isExternal ? [] : [services.pulsarPublicTls.name]),
];

/**
 * Whether pods of the party have its certificate: nginx proves by it who calls, and a Pulsar of its own shows it.
 *
 * @param joined that it is to meet others, though no descriptor is known yet
 */
export const hasCertificate = (
  plan: HasPulsar & Joining & Pick<Agreement, 'transport'>,
  joined = isJoined(plan),
): boolean => joined && (plan.transport === 'mutual-tls' || !plan.pulsar.isExternal);

/** What else decides about a Pulsar. */
interface PulsarFacts {
  readonly sizing: Pick<Sizing, 'containers' | 'volumesGiB'>;
  readonly driver: Driver;
  readonly fate: FateRelease;
  readonly isJoined: boolean;
}

export function planPulsar(problems: Problems, props: PulsarProps | undefined, facts: PulsarFacts): PulsarPlan {
  const declared = readMap<Partial<OwnPulsarProps & ElsewherePulsarProps>>(problems, '', props);
  const { external, readMinutes = 3, ...own } = declared;
  checkInteger(problems, 'readMinutes', readMinutes, 1, year);
  if (external === undefined) return { ...planOwn(problems, own, facts), readMinutes };
  const elsewhere = readExternal<ExternalPulsarProps>(problems, { external }, `{ host: "${example}" }`);
  return {
    isExternal: true,
    readMinutes,
    ...planExternalPulsar(problems.at('external'), elsewhere ?? unread, facts),
  };
}

const unread: ExternalPulsarProps = { host: example, public: { address: example } };

function planOwn(
  problems: Problems,
  declared: Pick<OwnPulsarProps, OwnKey>,
  { sizing, driver, fate }: PulsarFacts,
): Omit<OwnPulsarPlan, 'readMinutes'> {
  const { pulsar: volumeGiB } = sizing.volumesGiB;
  checkKeys(problems, declared, ownKeys);
  const { backlogGiB = Math.max(1, Math.floor(volumeGiB / 2)), unreadMinutes } = declared;
  checkInteger(problems, 'backlogGiB', backlogGiB, 1, volumeGiB);
  if (unreadMinutes !== undefined) checkInteger(problems, 'unreadMinutes', unreadMinutes, 1, year);
  const below = problems.at('cluster');
  const cluster = planCluster(below, declared.cluster, sizing.containers.pulsar);
  if (cluster && driver === 'kubefate')
    below.add('', "is not in KubeFATE's charts, which have one process", 'leave it out, or use driver "native"');
  return { ...ownServer(fate), isExternal: false, backlogGiB, unreadMinutes, cluster };
}

type OwnKey = Exclude<keyof OwnPulsarProps, keyof AnyPulsarProps>;

const ownKeys: Keys<Pick<OwnPulsarProps, OwnKey>> = { backlogGiB: true, unreadMinutes: true, cluster: true };
const year = 525_600;

function planCluster(problems: Problems, declared: unknown, broker: Resources): PulsarClusterPlan | undefined {
  if (declared === undefined || declared === false) return undefined;
  const props = declared === true ? {} : declared;
  if (!isMap(props)) {
    problems.add('', `${shown(props)} is no cluster`, 'use true, or { bookies: 3 }');
    return undefined;
  }
  checkKeys<PulsarClusterProps>(problems, props, { bookies: true, resources: true });
  const { bookies = 3, resources } = props;
  const containers = usualContainers(broker);
  return {
    bookies: readInteger(problems, 'bookies', bookies, 3, 150),
    containers: {
      ...containers,
      ...soundResources(problems.at('resources'), resources, containers, leastPulsarPartGiB),
    },
  };
}

function usualContainers({ requests, limits }: Resources): PulsarClusterPlan['containers'] {
  const promised = requests.cpu / limits.cpu;
  const resources = (part: Quantity): Resources => ({
    requests: { ...part, cpu: Math.max(0.001, Math.round(part.cpu * promised * 1000) / 1000) },
    limits: part,
  });
  const { zookeeper, bookie, recovery, proxy } = pulsarPartLimits;
  return {
    zookeeper: resources(zookeeper),
    bookie: resources(bookie),
    recovery: resources(recovery),
    proxy: resources(proxy),
  };
}
