import type { JobLanguage } from '../../fate/releases';
import { type Bounds, boundsText, checkNames, isMap, isWithin, shown } from '../../input/checks';
import type { Problems } from '../../input/problems';

/** What a parameter of an algorithm may be. */
export type Parameter = Kind & {
  /** The language that has it alone. @default both have */
  readonly only?: JobLanguage['kind'];
};

type Kind =
  | { readonly kind: 'whole' | 'number'; readonly bounds: Bounds }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  /** Name of a class of PyTorch. */
  | { readonly kind: 'class'; readonly example: string }
  | { readonly kind: 'layers' };

/** Parameters of an algorithm: one that is forgotten is a type error. */
export type ParameterTable<Parameters> = Readonly<Record<keyof Parameters, Parameter>>;

export const whole = (from: number, to: number): Parameter => ({ kind: 'whole', bounds: { from, to } });

export const between = (from: number, to: number): Parameter => ({ kind: 'number', bounds: { from, to } });

export const oneOf = (...of: readonly string[]): Parameter => ({ kind: 'choice', of });

/** Reports what the algorithm does not have, in FATE at all or in this release, and values that it does not take. */
export function checkParameters(
  problems: Problems,
  declared: Readonly<Record<string, unknown>>,
  table: Readonly<Record<string, Parameter>>,
  language: JobLanguage['kind'],
  release: string,
): void {
  checkNames(problems, declared, Object.keys(table));
  for (const [name, parameter] of Object.entries(table)) {
    const value = declared[name];
    if (value === undefined) continue;
    if (parameter.only !== undefined && parameter.only !== language)
      problems.add(name, `is nothing that FATE ${release} has for this algorithm`, 'leave it out');
    else checkParameter(problems, name, value, parameter);
  }
}

function checkParameter(problems: Problems, name: string, value: unknown, parameter: Parameter): void {
  switch (parameter.kind) {
    case 'whole':
    case 'number':
      if (isWithin(value, parameter.bounds) && (parameter.kind === 'number' || Number.isInteger(value))) return;
      problems.add(
        name,
        `${shown(value)} is not taken`,
        `use a ${parameter.kind === 'whole' ? 'whole number' : 'number'}, ${boundsText(parameter.bounds)}`,
      );
      return;
    case 'choice':
      if (typeof value === 'string' && parameter.of.includes(value)) return;
      problems.add(name, `${shown(value)} is not known`, `use ${parameter.of.join(', ')}`);
      return;
    case 'class':
      checkClass(problems, name, value, parameter.example);
      return;
    case 'layers':
      checkLayers(problems.at(name), value);
  }
}

function checkClass(problems: Problems, path: string, value: unknown, example: string): void {
  if (typeof value !== 'string' || !className.test(value))
    problems.add(path, `${shown(value)} is no class of PyTorch`, `use one such as ${example}`);
}

const className = /^[A-Z][A-Za-z0-9]{0,63}$/;

function checkLayers(problems: Problems, layers: unknown): void {
  if (!Array.isArray(layers) || layers.length === 0 || layers.length > mostLayers) {
    const remedy = `use a list of 1 to ${mostLayers}, such as [{ layer: Linear, in_features: 30, out_features: 1 }]`;
    problems.add('', `${shown(layers)} are no layers`, remedy);
    return;
  }
  for (const [i, layer] of layers.entries()) checkLayer(problems.at(`[${i}]`), layer);
}

const mostLayers = 1000;

function checkLayer(problems: Problems, declared: unknown): void {
  if (!isMap(declared)) {
    problems.add('', `${shown(declared)} is no map`, 'use its class as layer, and the arguments of it');
    return;
  }
  const { layer, ...args } = declared;
  checkClass(problems, 'layer', layer, 'Linear');
  for (const [name, value] of Object.entries(args)) {
    if (!/^[a-z]\w{0,63}$/.test(name) || !isArgument(value))
      problems.add(
        name,
        `${shown(value)} is no argument of a layer`,
        'use a number, a flag, a text, or a list of numbers',
      );
  }
}

const isArgument = (value: unknown): boolean =>
  Number.isFinite(value) ||
  typeof value === 'boolean' ||
  typeof value === 'string' ||
  (Array.isArray(value) && value.every(Number.isFinite));

/** Those entries that are there: of each of the others FATE has a default of its own. */
export const given = (parameters: object): object =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
