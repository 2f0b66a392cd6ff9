import { checkKeys, checkObjectName, readFlag, readInteger, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import { type Quantity, quantityBounds } from '../kubernetes/quantities';

/**
 * The default VM classes of vSphere with Tanzu. `guaranteed` ones reserve all of their CPU and memory on the hosts,
 * `best-effort` ones nothing. Names are no order: `8xlarge` has the memory of `4xlarge`. Compare vCPUs, then memory.
 *
 * @see vm-operator, `config/virtualmachineclasses`
 * @see White paper, "Sizing Guidelines"
 */
export const vmClasses = {
  'best-effort-xsmall': { cpu: 2, memoryGiB: 2, guaranteed: false },
  'best-effort-small': { cpu: 2, memoryGiB: 4, guaranteed: false },
  'best-effort-medium': { cpu: 2, memoryGiB: 8, guaranteed: false },
  'best-effort-large': { cpu: 4, memoryGiB: 16, guaranteed: false },
  'best-effort-xlarge': { cpu: 4, memoryGiB: 32, guaranteed: false },
  'best-effort-2xlarge': { cpu: 8, memoryGiB: 64, guaranteed: false },
  'best-effort-4xlarge': { cpu: 16, memoryGiB: 128, guaranteed: false },
  'best-effort-8xlarge': { cpu: 32, memoryGiB: 128, guaranteed: false },
  'guaranteed-xsmall': { cpu: 2, memoryGiB: 2, guaranteed: true },
  'guaranteed-small': { cpu: 2, memoryGiB: 4, guaranteed: true },
  'guaranteed-medium': { cpu: 2, memoryGiB: 8, guaranteed: true },
  'guaranteed-large': { cpu: 4, memoryGiB: 16, guaranteed: true },
  'guaranteed-xlarge': { cpu: 4, memoryGiB: 32, guaranteed: true },
  'guaranteed-2xlarge': { cpu: 8, memoryGiB: 64, guaranteed: true },
  'guaranteed-4xlarge': { cpu: 16, memoryGiB: 128, guaranteed: true },
  'guaranteed-8xlarge': { cpu: 32, memoryGiB: 128, guaranteed: true },
} as const satisfies Record<string, Quantity & { readonly guaranteed: boolean }>;

/** Name of a default VM class. */
export type VmClass = keyof typeof vmClasses;

export const vmClassNames: readonly string[] = Object.keys(vmClasses);

/** Workers that one pool of a Tanzu Kubernetes cluster can have. */
export const mostWorkers = 150;

/** A VM class of one's own: 1 to 960 whole vCPUs, 1 to 24,576 whole GiB. */
export interface CustomVmClassProps extends Quantity {
  /** Name of a Kubernetes object, and of no default class: `fate-worker`. */
  readonly name: string;
  /**
   * Whether all of its CPU and memory is reserved on the hosts. Once reserved, it is taken back in vCenter only: the vSphere
   * provider 4.17 does not send a reservation of nothing.
   * @default false
   */
  readonly guaranteed?: boolean;
}

/** A class of one's own, defaults filled in; reports what is none. */
export function readCustomVmClass(problems: Problems, declared: CustomVmClassProps): Required<CustomVmClassProps> {
  checkKeys<CustomVmClassProps>(problems, declared, { name: true, cpu: true, memoryGiB: true, guaranteed: true });
  const { name } = declared;
  checkObjectName(problems, 'name', name, 'fate-worker');
  if (vmClassNames.includes(name))
    problems.add('name', `${shown(name)} is a default VM class`, 'use a name of its own');
  const cpu = readInteger(problems, 'cpu', declared.cpu, 1, quantityBounds.cpu.to, 'vCPU');
  const { to } = quantityBounds.memoryGiB;
  const memoryGiB = readInteger(problems, 'memoryGiB', declared.memoryGiB, 1, to, 'GiB');
  const guaranteed = readFlag(problems, 'guaranteed', declared.guaranteed, false);
  return { name, cpu, memoryGiB, guaranteed };
}
