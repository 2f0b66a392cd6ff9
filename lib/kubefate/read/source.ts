import { shown } from '../../input/checks';
import type { Problems } from '../../input/problems';
import { chartVersion, exponent, exponentFrom } from '../chart';
import { laterKeys, type ReasonsByKey, reasonFor } from './chart-keys';
import { type Located, type LocatedMap, place, type Scalar } from './located';

/** Something in a `cluster.yaml`, or missing from it, that this library does otherwise. */
export interface Difference {
  /** The key: `nginx.exchange.grpcPort`. */
  readonly path: string;
  /** Its line; none for what is missing. */
  readonly line?: number;
  /** What the file says; passwords are not repeated. */
  readonly found: string;
  /** What this library does, and why. */
  readonly reason: string;
}

/**
 * A `cluster.yaml` being read: whatever nobody takes from it is a difference in the end. A key without a value counts as
 * missing, as it does for the chart.
 */
export class Source {
  readonly #taken = new Set<Located>();
  readonly #differences: Difference[] = [];

  constructor(
    private readonly problems: Problems,
    private readonly root: LocatedMap,
  ) {
    for (const leaf of leaves(root)) this.#checkLeaf(leaf);
  }

  /** The value at a path, without taking it. */
  find(path: string): Located | undefined {
    let found: Located | undefined;
    let map: Located['value'] = this.root;
    for (const [step] of path.matchAll(/[^.[\]]+/g)) {
      found = map instanceof Map ? map.get(step) : Array.isArray(map) ? map[Number(step)] : undefined;
      map = found?.value ?? null;
    }
    return found;
  }

  /** The value and all below it count as read. */
  take(found: Located): void {
    this.#taken.add(found);
  }

  /** Takes what says nothing else than this library does by itself. */
  takeIf(path: string, value: unknown): void {
    const found = this.find(path);
    if (found !== undefined && JSON.stringify(plain(found)) === JSON.stringify(value)) this.take(found);
  }

  text(path: string): string | undefined {
    return this.#scalar(path, (value) => typeof value === 'string', 'is no text', 'write it in quotes');
  }

  flag(path: string): boolean | undefined {
    return this.#scalar(path, (value) => typeof value === 'boolean', 'is neither true nor false', 'use one of the two');
  }

  integer(path: string, from: number, to: number): number | undefined {
    const fits = (value: Scalar): value is number =>
      Number.isInteger(value) && from <= Number(value) && Number(value) <= to;
    return this.#scalar(path, fits, 'does not fit', `use a number from ${from} to ${to}, without quotes`);
  }

  /** Number or text: a quantity of Kubernetes. */
  quantity(path: string): string | undefined {
    const found = this.#scalar(path, (value) => typeof value !== 'boolean', 'is no quantity', 'use one such as 8Gi');
    return found === undefined ? undefined : `${found}`;
  }

  list(path: string): readonly Located[] {
    const found = this.find(path);
    if (Array.isArray(found?.value) && found.value.length > 0) return found.value;
    if (found !== undefined && !isEmpty(found)) this.refuse(found, 'is no list', 'begin its items with "- "');
    else if (found !== undefined) this.take(found);
    return [];
  }

  map(path: string): LocatedMap {
    const found = this.find(path);
    if (found?.value instanceof Map && found.value.size > 0) return found.value;
    if (found !== undefined && !isEmpty(found)) this.refuse(found, 'is no map', 'indent its keys below it');
    else if (found !== undefined) this.take(found);
    return new Map();
  }

  require<T>(path: string, value: T | undefined): T | undefined {
    const found = this.find(path);
    if (value === undefined && (found === undefined || found.value === null)) {
      this.problems.add(place({ line: found?.line ?? 1, path }), 'is missing', 'KubeFATE needs it');
    }
    return value;
  }

  refuse(at: Located, what: string, remedy: string): void {
    this.take(at);
    const value = at.value instanceof Map || Array.isArray(at.value) ? '' : `${shown(at.value)} `;
    this.problems.add(place(at), `${value}${what}`, remedy);
  }

  /** Names what the file says, or leaves out, and this library does otherwise. */
  differ(path: string, missing: string, reason: string): void {
    const found = this.find(path);
    if (found === undefined) this.#differences.push({ path, found: missing, reason });
    else {
      this.take(found);
      this.#differences.push({ path, line: found.line, found: shownValue(found), reason });
    }
  }

  /** All differences, those of the keys that nobody took among them, in the order of the file; what is missing last. */
  differences(reasons: ReasonsByKey): readonly Difference[] {
    const rest = leaves(this.root, this.#taken).map((leaf) => ({
      path: leaf.path,
      line: leaf.line,
      found: shownValue(leaf),
      reason: reasonFor(reasons, leaf.path) ?? `is no key of the chart ${chartVersion}, and KubeFATE ignores it`,
    }));
    const last = Number.POSITIVE_INFINITY;
    return [...this.#differences, ...rest].sort((a, b) => (a.line ?? last) - (b.line ?? last));
  }

  #scalar<T extends Scalar>(
    path: string,
    fits: (value: Scalar) => value is T,
    what: string,
    remedy: string,
  ): T | undefined;
  #scalar(path: string, fits: (value: Scalar) => boolean, what: string, remedy: string): Scalar | undefined {
    const found = this.find(path);
    if (found === undefined) return undefined;
    this.take(found);
    const { value } = found;
    if (value === null) return undefined;
    if (value instanceof Map || Array.isArray(value)) this.refuse(found, what, remedy);
    else if (fits(value as Scalar)) return value as Scalar;
    else this.refuse(found, what, remedy);
    return undefined;
  }

  #checkLeaf(leaf: Located): void {
    const later = Object.entries(laterKeys).find(([key]) => leaf.path === key || leaf.path.startsWith(`${key}.`));
    if (later) {
      this.problems.add(
        place(leaf),
        `is a key of chart ${later[1]}, not of ${chartVersion}`,
        `give a file for chart ${chartVersion}`,
      );
    }
    if (typeof leaf.value === 'number' && leaf.value >= exponentFrom) {
      this.problems.add(
        place(leaf),
        `${leaf.value} becomes ${exponent(leaf.value)} in the chart`,
        'use less than 1000000, or quotes where the chart takes text',
      );
    }
  }
}

/** Go's readers make no difference between these where a map or a list belongs. */
const isEmpty = ({ value }: Located): boolean =>
  value === null || (value instanceof Map ? value.size === 0 : Array.isArray(value) && value.length === 0);

/** Scalars, and maps and lists without anything in them. */
function leaves(map: LocatedMap, without: ReadonlySet<Located> = new Set()): Located[] {
  const below = (at: Located): Located[] => {
    if (without.has(at)) return [];
    const children = at.value instanceof Map ? [...at.value.values()] : Array.isArray(at.value) ? at.value : [];
    return children.length > 0 ? children.flatMap(below) : [at];
  };
  return [...map.values()].flatMap(below);
}

/** As data. */
export function plain({ value }: Located): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

const shownValue = (at: Located): string =>
  /password$/i.test(at.path) ? 'a password' : at.value === null ? 'nothing' : shown(plain(at)).slice(0, 200);
