import { services } from '../fate/services';
import { leastPulsarPartGiB, type PulsarPart, pulsarPartLimits, type Sizing } from '../fate/sizes';
import { checkInteger, checkKeys, isMap, type Keys, readInteger, readMap, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import type { Quantity, Resources, ResourcesProps } from '../kubernetes/quantities';
import type { Driver } from './hosting';
import { soundResources } from './sizing';

/** What a party's Pulsar keeps, for how long, and in how many places. */
export interface PulsarProps {
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
   * Minutes for which a message stays after it was read; FATE's `topic_ttl`. A Spark worker that fails in between finds it again.
   * @default 3
   */
  readonly readMinutes?: number;
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

/** What a party's Pulsar keeps, decided. */
export interface PulsarPlan {
  readonly backlogGiB: number;
  readonly unreadMinutes?: number;
  readonly readMinutes: number;
  /** None where one process is all of it. */
  readonly cluster?: PulsarClusterPlan;
}

/** A Pulsar of several pods, decided. Brokers and volumes are with those of other components. */
export interface PulsarClusterPlan {
  readonly bookies: number;
  readonly containers: Readonly<Record<PulsarPart, Resources>>;
}

/** Whose pods take the messages of other parties. */
export const pulsarDoor = ({ pulsar: { cluster } }: { readonly pulsar: PulsarPlan }): string =>
  services[cluster ? 'pulsarProxy' : 'pulsar'].name;

/** Where commands of Pulsar are run, as kubectl takes it: of several brokers one that runs. */
export const brokerPod = ({ pulsar: { cluster } }: { readonly pulsar: PulsarPlan }): string =>
  cluster ? `statefulset/${services.pulsar.name}` : `${services.pulsar.name}-0`;

export function planPulsar(
  problems: Problems,
  props: PulsarProps | undefined,
  { containers, volumesGiB: { pulsar: volumeGiB } }: Pick<Sizing, 'containers' | 'volumesGiB'>,
  driver: Driver,
): PulsarPlan {
  const declared = readMap(problems, '', props);
  checkKeys(problems, declared, keys);
  const { backlogGiB = Math.max(1, Math.floor(volumeGiB / 2)), unreadMinutes, readMinutes = 3 } = declared;
  checkInteger(problems, 'backlogGiB', backlogGiB, 1, volumeGiB);
  if (unreadMinutes !== undefined) checkInteger(problems, 'unreadMinutes', unreadMinutes, 1, year);
  checkInteger(problems, 'readMinutes', readMinutes, 1, year);
  const below = problems.at('cluster');
  const cluster = planCluster(below, declared.cluster, containers.pulsar);
  if (cluster && driver === 'kubefate')
    below.add('', "is not in KubeFATE's charts, which have one process", 'leave it out, or use driver "native"');
  return { backlogGiB, unreadMinutes, readMinutes, cluster };
}

const keys: Keys<PulsarProps> = { backlogGiB: true, unreadMinutes: true, readMinutes: true, cluster: true };
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
