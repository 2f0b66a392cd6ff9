import { checkInteger, checkKeys, checkObjectName, checkUnique, isMap, readList, shown } from '../declaration/checks';
import type { Problems } from '../problems';
import type { Quantity } from '../sizing';
import { type VmClass, vmClasses } from '../tanzu';

/** A VM class that is made. */
export interface CustomVmClassProps extends Quantity {
  readonly name: string;
  /**
   * Whether all of its CPU and memory is reserved on the hosts. Once reserved, it is taken back in vCenter only: the vSphere
   * provider 4.17 does not send a reservation of nothing.
   * @default false
   */
  readonly guaranteed?: boolean;
}

/** A default class, another one that exists, or one to make. */
export type VmClassProps = VmClass | { readonly existing: string } | { readonly create: CustomVmClassProps };

export interface VmClassesPlan {
  /** All of them, for the vSphere Namespace. */
  readonly names: readonly string[];
  readonly create: readonly Required<CustomVmClassProps>[];
}

const defaults: readonly string[] = Object.keys(vmClasses);

/** @param offersAll whether a declaration without classes means all default ones, and not none in particular */
export function planVmClasses(
  problems: Problems,
  declared: readonly VmClassProps[] | undefined,
  offersAll: boolean,
): VmClassesPlan {
  const undeclared = offersAll ? (Object.keys(vmClasses) as VmClass[]) : [];
  const classes = readList<VmClassProps>(problems, '', declared, undeclared).flatMap((vmClass, i) =>
    planVmClass(problems.at(`[${i}]`), vmClass),
  );
  checkUnique(
    problems,
    classes.map(({ name }, i) => ({ path: `[${i}]`, value: name })),
    'name a class once',
  );
  return { names: classes.map(({ name }) => name), create: classes.flatMap(({ create }) => create ?? []) };
}

interface NamedClass {
  readonly name: string;
  readonly create?: Required<CustomVmClassProps>;
}

function planVmClass(problems: Problems, declared: VmClassProps): readonly NamedClass[] {
  if (!isMap(declared)) {
    const own = `${defaults.join(', ')}; another class as { existing: … } or { create: … }`;
    if (!defaults.includes(declared)) problems.add('', `${shown(declared)} is no default VM class`, `use ${own}`);
    return [{ name: declared }];
  }
  if ('create' in declared && isMap(declared.create))
    return [created(readCustomVmClass(problems.at('create'), declared.create))];
  if ('existing' in declared && !('create' in declared)) {
    checkKeys(problems, declared, ['existing']);
    checkObjectName(problems, 'existing', declared.existing, 'fate-worker');
    return [{ name: declared.existing }];
  }
  problems.add('', `${shown(declared)} is no VM class`, 'use a name, { existing: … } or { create: … }');
  return [];
}

const created = (create: Required<CustomVmClassProps>): NamedClass => ({ name: create.name, create });

/** A class of one's own, defaults filled in; reports what is none. */
export function readCustomVmClass(problems: Problems, declared: CustomVmClassProps): Required<CustomVmClassProps> {
  checkKeys(problems, declared, ['name', 'cpu', 'memoryGiB', 'guaranteed']);
  const { name, cpu, memoryGiB, guaranteed = false } = declared;
  checkObjectName(problems, 'name', name, 'fate-worker');
  if (defaults.includes(name)) problems.add('name', `${shown(name)} is a default VM class`, 'use a name of its own');
  checkInteger(problems, 'cpu', cpu, 1, 960);
  checkInteger(problems, 'memoryGiB', memoryGiB, 1, 24_576);
  if (typeof guaranteed !== 'boolean') {
    problems.add('guaranteed', `${shown(guaranteed)} is no choice`, 'use true or false');
  }
  return { name, cpu, memoryGiB, guaranteed };
}
