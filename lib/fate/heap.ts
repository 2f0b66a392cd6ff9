import type { Resources } from '../kubernetes/quantities';

/**
 * Heap of a JVM that has its container to itself, in MiB. The daemons of Spark and Hadoop take 1 GB otherwise, however much
 * their containers have.
 */
export const heapMiB = ({ limits }: Resources): number => Math.floor(limits.memoryGiB * 1024 * heapPart);

/** Beside the heap are threads, classes and buffers. */
const heapPart = 0.75;

/** `PULSAR_MEM`: a quarter of the container for the heap, half for buffers, the rest for everything else of the JVM. */
export function pulsarMemory({ limits }: Resources): string {
  const heap = Math.floor(limits.memoryGiB * 256);
  return `-Xms${heap}m -Xmx${heap}m -XX:MaxDirectMemorySize=${2 * heap}m`;
}
