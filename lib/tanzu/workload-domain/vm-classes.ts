import { checkNames, checkObjectName, checkUnique, isMap, readList, shown } from '../../input/checks';
import type { Problems } from '../../input/problems';
import { type CustomVmClassProps, readCustomVmClass, type VmClass, vmClasses, vmClassNames } from '../vm-classes';

/** A default class, another one that exists, or one to make. */
export type VmClassProps =
  | VmClass
  | {
      /** Name of a class that somebody else has made. */
      readonly existing: string;
    }
  | {
      /** The class to make. */
      readonly create: CustomVmClassProps;
    };

/** VM classes of a vSphere Namespace. */
export interface VmClassesPlan {
  /** All of them, as declared; none where a namespace that exists has its own. */
  readonly names: readonly string[];
  /** Those among them that are made. */
  readonly create: readonly Required<CustomVmClassProps>[];
}

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
    const own = `${vmClassNames.join(', ')}; another class as { existing: … } or { create: … }`;
    if (!vmClassNames.includes(declared)) problems.add('', `${shown(declared)} is no default VM class`, `use ${own}`);
    return [{ name: declared }];
  }
  if ('create' in declared && isMap(declared.create))
    return [created(readCustomVmClass(problems.at('create'), declared.create))];
  if ('existing' in declared && !('create' in declared)) {
    checkNames(problems, declared, ['existing']);
    checkObjectName(problems, 'existing', declared.existing, 'fate-worker');
    return [{ name: declared.existing }];
  }
  problems.add('', `${shown(declared)} is no VM class`, 'use a name, { existing: … } or { create: … }');
  return [];
}

const created = (create: Required<CustomVmClassProps>): NamedClass => ({ name: create.name, create });
