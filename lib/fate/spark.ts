import type { Sizing } from './sizes';

type Worker = Pick<Sizing, 'containers'>;

/**
 * Cores that a Spark worker offers, and FATE Flow's ledger has: what its container may take, in whole cores, as far as its
 * memory gives an executor to each.
 */
export const workerCores = (worker: Worker): number => {
  const cores = Math.floor(worker.containers.sparkWorker.limits.cpu);
  return Math.max(1, Math.min(cores, Math.floor(workerMemoryMiB(worker) / leastExecutorMiB)));
};

/** Memory that a Spark worker offers to executors, in MiB. */
export const workerMemoryMiB = ({ containers }: Worker): number =>
  Math.floor((containers.sparkWorker.limits.memoryGiB * 1024) / (1 + pythonOverhead));

/**
 * Memory of an executor for which a job does not ask, in MiB: what belongs to one core. However many cores it has, there is
 * an executor's memory wherever a core is free.
 */
export const executorMemoryMiB = (worker: Worker): number => Math.floor(workerMemoryMiB(worker) / workerCores(worker));

/**
 * Memory beside an executor's own, as a part of it: Python processes, buffers, the worker itself.
 *
 * @see Spark, `spark.kubernetes.memoryOverheadFactor` of jobs that are not JVM's
 */
const pythonOverhead = 0.4;

/** Executors of less refuse to start. @see Spark 2.4, `UnifiedMemoryManager` */
export const leastExecutorMiB = 450;
