import { type Bounds, boundsText, checkKeys, isMap, isWithin, shown } from '../input/checks';
import type { Problems } from '../input/problems';

/** CPU in vCPUs, memory in GiB. */
export interface Quantity {
  /** vCPUs: 0.5 is `500m` in Kubernetes. */
  readonly cpu: number;
  /** Memory in GiB: 0.5 is `512Mi`. */
  readonly memoryGiB: number;
}

/** CPU and memory as a person writes them: in numbers, or as Kubernetes spells them. */
export type QuantityProps = NumericQuantity | SpelledQuantity;

interface NumericQuantity extends Quantity {
  /** Not beside `memoryGiB`. @default none */
  readonly memory?: never;
}

/** As in a manifest: `{ cpu: '500m', memory: '1Gi' }`. */
interface SpelledQuantity {
  /** vCPUs; `500m` is half of one. */
  readonly cpu: string | number;
  /** `1Gi`, `512Mi`; bytes without a suffix. */
  readonly memory: string;
  /** Not beside `memory`. @default none */
  readonly memoryGiB?: never;
}

/** {@link Resources} as a person writes them. */
export interface ResourcesProps {
  /** What the scheduler reserves on a node; never more than `limits`. */
  readonly requests: QuantityProps;
  /** CPU beyond is withheld; a container with more memory is killed. */
  readonly limits: QuantityProps;
}

/** What a container is promised (`requests`) and what it may take at most (`limits`). */
export interface Resources {
  /** What the scheduler reserves on a node; never more than `limits`. */
  readonly requests: Quantity;
  /** CPU beyond is withheld; a container with more memory is killed. */
  readonly limits: Quantity;
}

/** Of one container or node: from what Kubernetes and a container runtime can tell from nothing to vSphere's largest machine. */
export const quantityBounds: Readonly<Record<keyof Quantity, Bounds>> = {
  cpu: { from: 0.001, to: 960, unit: 'vCPU' },
  memoryGiB: { from: 0.006, to: 24_576, unit: 'GiB' },
};

/** Of a volume in GiB, up to vSphere's largest virtual disk of 62 TiB. */
export const volumeBounds: Bounds = { from: 1, to: 63_488, unit: 'GiB' };

/** A CPU and a memory within their bounds, in numbers; reports what is none. */
export function readQuantity(
  problems: Problems,
  declared: unknown,
  bounds: Readonly<Record<keyof Quantity, Bounds>> = quantityBounds,
): Quantity | undefined {
  if (!isMap(declared)) {
    const remedy = "use one such as { cpu: 4, memoryGiB: 8 } or { cpu: '500m', memory: '1Gi' }";
    problems.add('', `${shown(declared)} is no map`, remedy);
    return undefined;
  }
  const before = problems.count;
  checkKeys<QuantityProps>(problems, declared, { cpu: true, memoryGiB: true, memory: true });
  if (declared['memory'] !== undefined && declared['memoryGiB'] !== undefined) {
    problems.add('memory', 'is there beside memoryGiB', 'use one of the two');
    return undefined;
  }
  const quantity = isSpelled(declared) ? numbers(declared) : declared;
  for (const unit of quantityUnits) {
    if (isWithin(quantity[unit], bounds[unit])) continue;
    const key = keyOf(declared, unit);
    problems.add(
      key,
      `${shown(declared[key])} is no size that it can have`,
      `use ${limitsText(declared, unit, bounds)}`,
    );
  }
  return problems.count === before
    ? { cpu: Number(quantity['cpu']), memoryGiB: Number(quantity['memoryGiB']) }
    : undefined;
}

const isSpelled = (declared: unknown): boolean =>
  isMap(declared) &&
  (declared['memory'] !== undefined || (typeof declared['cpu'] === 'string' && declared['memoryGiB'] === undefined));

const numbers = ({ cpu, memory }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  cpu: typeof cpu === 'string' ? quantityNumber(cpu) : cpu,
  memoryGiB: typeof memory === 'string' ? (quantityNumber(memory) ?? Number.NaN) / gibi : undefined,
});

/** The key under which a quantity has its CPU or memory. */
export const keyOf = (declared: unknown, unit: keyof Quantity): string =>
  unit === 'memoryGiB' && isSpelled(declared) ? 'memory' : unit;

/** An amount in the spelling of what was declared. */
export const amountText = (declared: unknown, unit: keyof Quantity, quantity: Quantity): string =>
  isSpelled(declared) ? spelledQuantity(quantity)[unit === 'cpu' ? 'cpu' : 'memory'] : `${quantity[unit]}`;

function limitsText(
  declared: unknown,
  unit: keyof Quantity,
  { cpu, memoryGiB }: Readonly<Record<keyof Quantity, Bounds>>,
): string {
  if (!isSpelled(declared)) return boundsText(unit === 'cpu' ? cpu : memoryGiB);
  const least = { cpu: cpu.from, memoryGiB: Math.ceil(memoryGiB.from * 1024) / 1024 };
  const most = { cpu: cpu.to, memoryGiB: memoryGiB.to };
  return `${amountText(declared, unit, least)} to ${amountText(declared, unit, most)}`;
}

export const quantityUnits = ['cpu', 'memoryGiB'] as const satisfies readonly (keyof Quantity)[];

/** Resources as Kubernetes spells them. */
export const spelledResources = ({ requests, limits }: Resources) => ({
  requests: spelledQuantity(requests),
  limits: spelledQuantity(limits),
});

const spelledQuantity = ({ cpu, memoryGiB }: Quantity) => ({
  cpu: Number.isInteger(cpu) ? `${cpu}` : `${Math.round(cpu * 1000)}m`,
  memory: Number.isInteger(memoryGiB) ? `${memoryGiB}Gi` : `${Math.round(memoryGiB * 1024)}Mi`,
});

/**
 * Number that a Kubernetes quantity stands for: 0.5 for `500m`, 1024 for `1Ki`; `undefined` for other text and for less than
 * nothing.
 *
 * @see Kubernetes, `apimachinery/pkg/api/resource/quantity.go`
 */
export function quantityNumber(text: string): number | undefined {
  const [, digits, suffix = '', power] =
    /^\+?(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([-+]?\d{1,3}))?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(`${digits}e${power ?? powersOfTen[suffix] ?? 0}`) * 1024 ** (powersOf1024[suffix] ?? 0);
}

const powersOfTen: Readonly<Record<string, number | undefined>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

const powersOf1024: Readonly<Record<string, number | undefined>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };

/** Bytes of a GiB. */
export const gibi = 2 ** 30;
