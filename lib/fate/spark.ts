import type { Sizing } from './sizes';

type Worker = Pick<Sizing, 'containers'>;

/** Cores that a Spark worker offers: what its container may take, in whole cores. */
export const workerCores = ({ containers }: Worker): number =>
  Math.max(1, Math.floor(containers.sparkWorker.limits.cpu));

/**
 * Memory that a Spark worker offers to executors, in MiB: three quarters of its container's. The rest is for the worker
 * itself and for Python processes, which Spark does not count as executor memory.
 */
export const workerMemoryMiB = ({ containers }: Worker): number =>
  Math.floor(containers.sparkWorker.limits.memoryGiB * 1024 * 0.75);
