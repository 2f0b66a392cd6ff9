import type { Sizing } from './sizes';

/** A program that is called. */
export interface Server {
  readonly host: string;
  readonly port: number;
}

/** What computes a party's jobs. */
export type Spark = OwnSpark | ExternalSpark;

interface AnySpark {
  /** Several ones where one takes over from another. */
  readonly masters: readonly Server[];
  readonly workers: SparkWorkers;
}

export interface OwnSpark extends AnySpark {
  readonly isExternal: false;
}

/** One that somebody else runs, through whose firewalls drivers and executors call one another. */
export interface ExternalSpark extends AnySpark {
  readonly isExternal: true;
  /** Where workers find drivers. None: at the address of the pod that they run in. */
  readonly driverHost?: string;
  readonly ports: SparkPorts;
  readonly python: SparkPython;
}

/** Rows of as many ports each: of drivers, of what they hold for executors, and of executors. The first free one is taken. */
export type SparkPorts = Readonly<Record<'drivers' | 'blocks' | 'executors', readonly [from: number, to: number]>>;

/** Of workers. */
export interface SparkPython {
  /** None: what Spark takes. */
  readonly executable?: string;
  /** Directories of FATE's code. None: those of the worker's own environment. */
  readonly path: readonly string[];
}

/** Name of a Service in the words of a job: executors of somebody else's Spark are outside of the party's namespace. */
export const nameForJobs = (
  { name }: { readonly name: string },
  { spark, namespace }: { readonly spark: Spark; readonly namespace: string },
): string => (spark.isExternal ? `${name}.${namespace}.svc` : name);

/** Workers of a Spark that a party's jobs have, and what each of them offers to executors. */
export interface SparkWorkers {
  readonly count: number;
  readonly cores: number;
  readonly memoryMiB: number;
}

/**
 * Those that a party has of its own. What a container may take of CPU is cores, in whole ones, as far as its memory gives an executor
 * to each.
 */
export function ownWorkers({ sparkWorkers, containers }: Pick<Sizing, 'sparkWorkers' | 'containers'>): SparkWorkers {
  const { cpu, memoryGiB } = containers.sparkWorker.limits;
  const memoryMiB = Math.floor((memoryGiB * 1024) / (1 + pythonOverhead));
  const cores = Math.max(1, Math.min(Math.floor(cpu), Math.floor(memoryMiB / leastExecutorMiB)));
  return { count: sparkWorkers, cores, memoryMiB };
}

/** All cores that there are for jobs: what FATE Flow's ledger has. */
export const sparkCores = ({ count, cores }: SparkWorkers): number => count * cores;

/**
 * Memory of an executor for which a job does not ask, in MiB: what belongs to one core. However many cores it has, there is
 * an executor's memory wherever a core is free.
 */
export const executorMemoryMiB = ({ cores, memoryMiB }: SparkWorkers): number => Math.floor(memoryMiB / cores);

/**
 * Memory beside an executor's own, as a part of it: Python processes, buffers, the worker itself.
 *
 * @see Spark, `spark.kubernetes.memoryOverheadFactor` of jobs that are not JVM's
 */
const pythonOverhead = 0.4;

/** Executors of less refuse to start. @see Spark 2.4, `UnifiedMemoryManager` */
export const leastExecutorMiB = 450;
