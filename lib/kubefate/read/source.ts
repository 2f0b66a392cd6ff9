import type { Driver } from '../../federation/hosting';
import { shown } from '../../input/checks';
import type { Problems } from '../../input/problems';
import { printable, short } from '../../input/shown';
import { exponent, exponentFrom } from '../chart';
import { type ReasonsByKey, reasonFor } from '../charts/reasons';
import { isSecret, type Located, type LocatedMap, place, type Scalar } from './located';

/** Something in a `cluster.yaml`, or missing from it, that this library does otherwise. Every text is one printable line. */
export type Difference = SettingDifference | DataDifference;

interface Found {
  /** The key: `nginx.exchange.grpcPort`. */
  readonly path: string;
  /** Its line; none for what is missing. */
  readonly line?: number;
  /** What the file says; passwords are not repeated. */
  readonly found: string;
  /** What this library does, and why. */
  readonly reason: string;
}

/** A setting that changes. */
export interface SettingDifference extends Found {
  readonly concerns: 'setting';
}

/** Data that stay where they are, while the declared party starts without them. */
export interface DataDifference extends Found {
  readonly concerns: 'data';
  /** With whom as the party's driver it starts without them. */
  readonly drivers: readonly Driver[];
}

/** What the reader has to know of any chart. */
export interface ReadChart {
  readonly version: string;
  readonly reasons: ReasonsByKey;
  readonly later: Readonly<Record<string, string>>;
}

/**
 * A `cluster.yaml` being read: whatever nobody takes from it is a difference in the end. What Go's templates take for empty
 * counts as missing, as it does for the chart.
 */
export class Source {
  readonly #taken = new Set<Located>();
  readonly #refused = new Set<Located>();
  readonly #differences: Difference[] = [];

  constructor(
    private readonly problems: Problems,
    private readonly root: LocatedMap,
  ) {}

  /** Reports keys of later charts, and numbers that the chart would write otherwise. */
  checkLeaves(chart: ReadChart): void {
    for (const leaf of leaves(this.root)) this.#checkLeaf(leaf, chart);
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

  /** Whether the file says anything here that is not empty. */
  says(path: string): boolean {
    const found = this.find(path);
    return found !== undefined && !isEmpty(found);
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
    return this.#scalar(
      path,
      (value): value is string => typeof value === 'string',
      'is no text',
      'write it in quotes',
    );
  }

  /** In quotes, too: the chart writes it without. */
  flag(path: string): boolean | undefined {
    const fits = (value: Scalar) => typeof value === 'boolean' || value === 'true' || value === 'false';
    const found = this.#scalar(path, fits, 'is neither true nor false', 'use one of the two');
    return found === undefined ? undefined : found === true || found === 'true';
  }

  /** In quotes, too: the chart writes it without. */
  integer(path: string, from: number, to: number): number | undefined {
    const fits = (value: Scalar) => {
      const number = typeof value === 'string' && /^[1-9]\d*$/.test(value) ? Number(value) : value;
      return Number.isInteger(number) && from <= Number(number) && Number(number) <= to;
    };
    const found = this.#scalar(path, fits, 'does not fit', `use a number from ${from} to ${to}`);
    return found === undefined ? undefined : Number(found);
  }

  /** Number or text: a quantity of Kubernetes. */
  quantity(path: string): string | undefined {
    const found = this.#scalar(path, (value) => value !== true, 'is no quantity', 'use one such as 8Gi');
    return found === undefined ? undefined : `${found}`;
  }

  list(path: string): readonly Located[] {
    const found = this.find(path);
    if (found === undefined) return [];
    if (isEmpty(found)) this.take(found);
    else if (Array.isArray(found.value)) return found.value;
    else this.refuse(found, 'is no list', 'begin its items with "- "');
    return [];
  }

  map(path: string): LocatedMap {
    const found = this.find(path);
    if (found === undefined) return new Map();
    if (isEmpty(found)) this.take(found);
    else if (found.value instanceof Map) return found.value;
    else this.refuse(found, 'is no map', 'indent its keys below it');
    return new Map();
  }

  require<T>(path: string, value: T | undefined): T | undefined {
    const found = this.find(path);
    if (value !== undefined || (found !== undefined && !isEmpty(found))) return value;
    this.problems.add(place({ line: found?.line ?? 1, path }), 'is missing', 'KubeFATE needs it');
    return undefined;
  }

  /** Reports a value, once. */
  refuse(at: Located, what: string, remedy: string): void {
    if (this.#refused.has(at)) return;
    this.#refused.add(at);
    this.take(at);
    const value = at.value instanceof Map || Array.isArray(at.value) ? '' : `${shown(at.value)} `;
    this.problems.add(place(at), `${value}${what}`, remedy);
  }

  /** Reports what is wrong with the plan of what was read, at the key that it was read from. */
  refuseAt(path: string, what: string, remedy: string): void {
    this.problems.add(place({ line: this.find(path)?.line ?? 1, path }), what, remedy);
  }

  /** Names what the file says, or leaves out, and this library does otherwise. */
  differ(path: string, missing: string, reason: string): void {
    this.#differences.push({ ...this.#found(path, missing), reason, concerns: 'setting' });
  }

  /** Names data that the declared party starts without. */
  leave(path: string, missing: string, reason: string, drivers: readonly Driver[] = ['native', 'kubefate']): void {
    this.#differences.push({ ...this.#found(path, missing), reason, concerns: 'data', drivers });
  }

  /**
   * All differences, those of the keys that nobody took among them: what concerns data first, else in the order of the file;
   * what is missing last.
   */
  differences({ version, reasons }: ReadChart): readonly Difference[] {
    const rest = leaves(this.root, this.#taken).flatMap((leaf): Difference[] => {
      const known = reasonFor(reasons, leaf.path);
      if (known !== undefined && isEmpty(leaf)) return [];
      const reason = known ?? `is no key of the chart ${version}, and KubeFATE ignores it`;
      return [{ path: leaf.path, line: leaf.line, found: shownValue(leaf), reason, concerns: 'setting' }];
    });
    const last = Number.POSITIVE_INFINITY;
    return [...this.#differences, ...rest]
      .sort((a, b) => rank(a) - rank(b) || (a.line ?? last) - (b.line ?? last))
      .map((each) => ({ ...each, path: plainPath(each.path) }));
  }

  #found(path: string, missing: string) {
    const found = this.find(path);
    if (found === undefined) return { path, found: missing };
    this.take(found);
    return { path, line: found.line, found: shownValue(found) };
  }

  #scalar<T extends Scalar>(
    path: string,
    fits: (value: Scalar) => value is T,
    what: string,
    remedy: string,
  ): T | undefined;
  #scalar(path: string, fits: (value: Scalar) => boolean, what: string, remedy: string): Scalar | undefined;
  #scalar(path: string, fits: (value: Scalar) => boolean, what: string, remedy: string): Scalar | undefined {
    const found = this.find(path);
    if (found === undefined) return undefined;
    this.take(found);
    if (isEmpty(found)) return undefined;
    const { value } = found;
    if (!(value instanceof Map || Array.isArray(value)) && fits(value as Scalar)) return value as Scalar;
    this.refuse(found, what, remedy);
    return undefined;
  }

  #checkLeaf(leaf: Located, { version, later: keys }: ReadChart): void {
    const later = Object.entries(keys).find(([key]) => leaf.path === key || leaf.path.startsWith(`${key}.`));
    if (later) {
      this.problems.add(
        place(leaf),
        `is a key of chart ${later[1]}, not of ${version}`,
        `leave it out, or give a file for chart ${later[1]}`,
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

/** What `default`, `if` and `with` of Go's templates take for nothing. */
const isEmpty = ({ value }: Located): boolean =>
  !value || (value instanceof Map ? value.size === 0 : Array.isArray(value) && value.length === 0);

const rank = ({ concerns }: Difference): number => (concerns === 'data' ? 0 : 1);

/** Keys are whatever somebody wrote. */
const plainPath = (path: string): string => short(printable(path), 200);

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

const shownValue = (at: Located): string => {
  const [key = ''] = /[^.]*$/.exec(at.path) ?? [];
  if (isSecret(key)) return 'a password';
  return at.value === null ? 'nothing' : shown(plain(at));
};
