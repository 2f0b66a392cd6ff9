import { type Bounds, boundsText, checkKeys, isMap, isWithin, shown } from '../input/checks';
import type { Problems } from '../input/problems';

/** CPU in vCPUs, memory in GiB. */
export interface Quantity {
  /** vCPUs: 0.5 is `500m` in Kubernetes. */
  readonly cpu: number;
  /** Memory in GiB: 0.5 is `512Mi`. */
  readonly memoryGiB: number;
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

/** Whether this is a CPU and a memory within their bounds; reports what is not. */
export function checkQuantity(
  problems: Problems,
  value: unknown,
  bounds: Readonly<Record<keyof Quantity, Bounds>> = quantityBounds,
): value is Quantity {
  if (!isMap(value)) {
    problems.add('', `${shown(value)} is no map`, 'use one such as { cpu: 4, memoryGiB: 8 }');
    return false;
  }
  const before = problems.count;
  checkKeys<Quantity>(problems, value, { cpu: true, memoryGiB: true });
  for (const unit of quantityUnits) {
    if (isWithin(value[unit], bounds[unit])) continue;
    problems.add(unit, `${shown(value[unit])} is no size that it can have`, `use ${boundsText(bounds[unit])}`);
  }
  return problems.count === before;
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

/** Number that a Kubernetes quantity stands for: 0.5 for `500m`, 1024 for `1Ki`; `undefined` for other text. */
export function quantityNumber(text: string): number | undefined {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (suffix === 'm') return Number(digits) / 1000;
  const factor = factors[suffix];
  return factor === undefined ? undefined : Number(digits) * factor;
}

const factors: Readonly<Record<string, number | undefined>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Bytes of a GiB. */
export const gibi = 2 ** 30;
