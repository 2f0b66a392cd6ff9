import type { Quantity, Resources } from '../kubernetes/quantities';

/** Containers of an FLC, each in a pod of its own; in some releases of FATE `fateboard` is in that of `fateflow`. */
export type PartyContainer =
  | 'mysql'
  | 'fateflow'
  | 'fateboard'
  | 'client'
  | 'sparkMaster'
  | 'sparkWorker'
  | 'namenode'
  | 'datanode'
  | 'nginx'
  | 'pulsar';

/** Pods of an FLC, by the container that gives each its name. */
export type PartyPod = PartyContainer;

export const partyPods = [
  'mysql',
  'fateflow',
  'fateboard',
  'client',
  'sparkMaster',
  'sparkWorker',
  'namenode',
  'datanode',
  'nginx',
  'pulsar',
] as const satisfies readonly PartyPod[];

/** Persistent volumes of an FLC, one claim per pod. */
export type PartyVolume = 'mysql' | 'fateflow' | 'client' | 'namenode' | 'datanode' | 'pulsar';

export const partyVolumes = [
  'mysql',
  'fateflow',
  'client',
  'namenode',
  'datanode',
  'pulsar',
] as const satisfies readonly PartyVolume[];

/**
 * What a highly available Pulsar has beside its brokers, which are `pulsar` among the containers. Bookies have the volume `pulsar`,
 * each one of its own.
 */
export type PulsarPart = 'zookeeper' | 'bookie' | 'recovery' | 'proxy';

/**
 * What each part may take. All of its memory is promised, and as much of its CPU as the preset promises a broker: a part that has no
 * memory is a part that is lost.
 */
export const pulsarPartLimits: Readonly<Record<PulsarPart, Quantity>> = {
  zookeeper: { cpu: 1, memoryGiB: 1 },
  bookie: { cpu: 2, memoryGiB: 4 },
  recovery: { cpu: 1, memoryGiB: 1 },
  proxy: { cpu: 2, memoryGiB: 2 },
};

/** Least memory of their limits, in GiB: FATE's messages are up to 100 MiB, and a bookie has several at hand. */
export const leastPulsarPartGiB: Readonly<Record<PulsarPart, number>> = {
  zookeeper: 0.5,
  bookie: 2,
  recovery: 1,
  proxy: 1,
};

/** ZooKeepers and brokers: of three, one may be lost. */
export const pulsarReplicas = { zookeeper: 3, broker: 3, proxy: 2 } as const;

/**
 * How many bookies have a message. A topic begins on as many as there are copies, and goes on with another one when one of them is lost:
 * so there is one bookie more than copies. Three copies on three bookies would keep what there is, and take nothing new until the third
 * is back.
 *
 * @see BookKeeper 4.12 and 4.14, `LedgerCreateOp`, `LedgerHandle.ensembleChangeLoop`
 */
export const copiesOn = (bookies: number): number => (bookies > 3 ? 3 : 2);

/** Containers of an exchange, in pods of their own. */
export type ExchangeContainer = 'trafficServer' | 'nginx';

/**
 * - `reference`: the figures of the paper's sample files. Below its own guideline; fits the cluster that it draws.
 * - `minimum`: the guideline's minima as limits, half or less of the CPU promised. For best-effort VM classes.
 * - `production`: the guideline's minima promised in full. For guaranteed VM classes, nothing overcommitted. HDFS loses nothing
 *   with a datanode, and goes on without it.
 * - `neuralNetwork`: `production`, with more CPU and memory for FATE Flow.
 */
export type SizingPreset = 'reference' | 'minimum' | 'production' | 'neuralNetwork';

/** Every figure of an FLC. */
export interface Sizing {
  /** What each container is promised and may take. */
  readonly containers: Readonly<Record<PartyContainer, Resources>>;
  /** Size of each claim, in GiB. */
  readonly volumesGiB: Readonly<Record<PartyVolume, number>>;
  /** Spark worker pods, at most one per node. */
  readonly sparkWorkers: number;
  /** Datanode pods of HDFS; none of one that somebody else runs. */
  readonly datanodes: number;
  /** Copies that HDFS keeps of what Spark writes. */
  readonly replication: number;
}

/** The paper's minima, as limits. @see White paper, "Sizing Guidelines" */
export const guideline = {
  /** Of any pod but a Spark worker. */
  pod: { cpu: 4, memoryGiB: 8 },
  sparkWorker: { cpu: 8, memoryGiB: 16 },
  volumeGiB: 5,
  /** FATE Flow and the datanodes hold at least this many times the dataset. */
  datasetCopies: 2,
} as const;

/**
 * Least memory of a container's limit in GiB where a Java process is in it. FATE Board takes its heap of 2 GiB at once, and a JVM
 * has more than a heap. Daemons of Spark and Hadoop take three quarters of theirs, and a worker has its executors beside it.
 * Pulsar makes a quarter of its limit its heap; 2 GiB are what the paper's sample promises it.
 */
export const leastMemoryGiB: Readonly<Partial<Record<PartyContainer, number>>> = {
  fateboard: 2.5,
  sparkMaster: 1,
  sparkWorker: 2,
  namenode: 1,
  datanode: 1,
  pulsar: 2,
};

/** FATE Board's image starts its JVM with a fixed heap of 2 GiB. @see KubeFATE v1.6.1, image `fateboard` */
const fateboard: Quantity = { cpu: 1, memoryGiB: 3 };
const besideFateboard = (pod: Quantity): Quantity => ({
  cpu: pod.cpu - fateboard.cpu,
  memoryGiB: pod.memoryGiB - fateboard.memoryGiB,
});

const inFull = (limits: Quantity): Resources => ({ requests: limits, limits });
const sharingCpu = (limits: Quantity, cpu: number): Resources => ({ requests: { ...limits, cpu }, limits });
const promising = (cpu: number, memoryGiB: number, limits: Quantity): Resources => ({
  requests: { cpu, memoryGiB },
  limits,
});

const everyPod = (resources: Resources) => ({
  mysql: resources,
  client: resources,
  sparkMaster: resources,
  namenode: resources,
  datanode: resources,
  nginx: resources,
  pulsar: resources,
});
const everyVolume = (size: number) => ({
  mysql: size,
  fateflow: size,
  client: size,
  namenode: size,
  datanode: size,
  pulsar: size,
});

const one = { sparkWorkers: 1, replication: 1 } as const;

/** Datanodes are the release's where a preset has none. */
type Preset = Omit<Sizing, 'datanodes'> & Partial<Pick<Sizing, 'datanodes'>>;

const production: Preset = {
  containers: {
    ...everyPod(inFull(guideline.pod)),
    fateflow: inFull(guideline.pod),
    fateboard: inFull(fateboard),
    sparkWorker: inFull(guideline.sparkWorker),
  },
  volumesGiB: { ...everyVolume(20), fateflow: 50, datanode: 50 },
  // The loss of a node takes one of each at most: jobs go on with what is left. FATE Flow asks for three copies.
  sparkWorkers: 2,
  datanodes: 3,
  replication: 2,
};

/** Every figure of each preset. */
export const sizingPresets: Readonly<Record<SizingPreset, Preset>> = {
  reference: {
    containers: {
      ...everyPod(promising(0.25, 1, guideline.pod)),
      pulsar: promising(0.25, 2, guideline.pod),
      fateflow: promising(1, 2, guideline.pod),
      fateboard: promising(0.25, fateboard.memoryGiB, fateboard),
      // The sample gives limits only; the chart's own requests of 1 CPU and 2Gi stay beside them.
      sparkWorker: promising(1, 2, guideline.sparkWorker),
    },
    volumesGiB: { mysql: 1, fateflow: 10, client: 1, namenode: 3, datanode: 10, pulsar: 1 },
    ...one,
  },
  minimum: {
    containers: {
      ...everyPod(sharingCpu(guideline.pod, 1)),
      fateflow: sharingCpu(besideFateboard(guideline.pod), 1),
      fateboard: sharingCpu(fateboard, 0.5),
      sparkWorker: sharingCpu(guideline.sparkWorker, 4),
    },
    volumesGiB: everyVolume(guideline.volumeGiB),
    ...one,
  },
  production,
  neuralNetwork: {
    ...production,
    containers: { ...production.containers, fateflow: inFull({ cpu: 8, memoryGiB: 32 }) },
  },
};
