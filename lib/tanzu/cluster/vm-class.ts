import { isMap, shown } from '../../input/checks';
import type { Problems } from '../../input/problems';
import type { Quantity } from '../../kubernetes/quantities';
import type { CustomVmClassProps } from '../vm-classes';
import { readCustomVmClass, type VmClass, vmClasses } from '../vm-classes';

/** A VM class and what it gives a node. */
export type SizedVmClass = Required<CustomVmClassProps>;

/** What the VM classes of a cluster have to be. */
export interface VmClassRules {
  /** All CPU and memory reserved. */
  readonly guaranteed: boolean;
  readonly belowGuideline: boolean;
}

/** Least classes of nodes. @see White paper, "Sizing Guidelines" */
export const leastVmClass = { controlPlane: 'small', worker: '2xlarge' } as const;

export type NodeRole = keyof typeof leastVmClass;

export const defaultVmClass = (role: NodeRole, { guaranteed }: VmClassRules): VmClass =>
  `${guaranteed ? 'guaranteed' : 'best-effort'}-${leastVmClass[role]}`;

/** The class that was declared, default or one's own; reports what has no size, or too little of it. */
export function planVmClass(
  problems: Problems,
  declared: VmClass | CustomVmClassProps,
  role: NodeRole,
  rules: VmClassRules,
): SizedVmClass {
  const vmClass =
    typeof declared === 'string' || !isMap(declared)
      ? readDefault(problems, declared)
      : readCustomVmClass(problems, declared);
  if (vmClass === undefined) return { name: '', cpu: 0, memoryGiB: 0, guaranteed: false };
  const enough = fitting(role, rules).join(', ');
  if (rules.guaranteed && !vmClass.guaranteed) {
    problems.add('', `${shown(vmClass.name)} reserves nothing for production`, `use ${enough}`);
  } else if (!rules.belowGuideline && !holds(vmClass, vmClasses[defaultVmClass(role, rules)])) {
    const { name, cpu, memoryGiB } = vmClass;
    problems.add(
      '',
      `${shown(name)} (${cpu} vCPU, ${memoryGiB} GiB) is below the guideline`,
      `use ${enough}, or accept it with belowGuideline: true`,
    );
  }
  return vmClass;
}

function readDefault(problems: Problems, name: unknown): SizedVmClass | undefined {
  if (isDefault(name)) return { name, ...vmClasses[name] };
  problems.add(
    '',
    `${shown(name)} is no default VM class`,
    `use ${Object.keys(vmClasses).join(', ')}, or describe your own: { name, cpu, memoryGiB, guaranteed }`,
  );
  return undefined;
}

const isDefault = (name: unknown): name is VmClass => typeof name === 'string' && Object.hasOwn(vmClasses, name);

const fitting = (role: NodeRole, rules: VmClassRules): readonly string[] =>
  Object.entries(vmClasses)
    .filter(([, size]) => holds(size, vmClasses[defaultVmClass(role, rules)]))
    .filter(([, { guaranteed }]) => guaranteed || !rules.guaranteed)
    .map(([name]) => name);

const holds = (size: Quantity, least: Quantity): boolean => size.cpu >= least.cpu && size.memoryGiB >= least.memoryGiB;
