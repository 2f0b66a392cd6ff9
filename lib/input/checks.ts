import { isDnsLabel, isDnsName, isHostIpv4 } from './addresses';
import type { Problems } from './problems';
import { shown } from './shown';

export { shown };

/** Declarations come from JavaScript and from configuration files too: whether this is a map at all. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map of options that was declared; anything else is reported, and reading goes on without any option. */
export function readMap<T extends object>(
  problems: Problems,
  path: string,
  value: T | undefined,
  remedy = 'use a map, or leave it out',
): Partial<T> {
  if (value === undefined || isMap(value)) return value ?? {};
  problems.add(path, `${shown(value)} is no map`, remedy);
  return {};
}

/** The list that was declared; anything else is reported, and reading goes on with the fallback. */
export function readList<T>(
  problems: Problems,
  path: string,
  value: readonly T[] | undefined,
  fallback: readonly T[],
): readonly T[] {
  if (value === undefined || Array.isArray(value)) return value ?? fallback;
  problems.add(path, `${shown(value)} is no list`, 'use a list, or leave it out');
  return fallback;
}

/** Reports keys that are not among `known`, where a typing error would otherwise leave a default in place. */
export function checkKeys(problems: Problems, value: object, known: readonly string[]): void {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  const [what, remedy] = ['is not known here', `use ${known.join(', ')}`];
  problems.addFirst(unknown.map((key) => ({ path: keyPath(key), what, remedy })));
}

/** A key that its author chose, as a step of a path: `storageclass`, `["example.com/pool"]`. */
export const keyPath = (key: string): string => (/^[A-Za-z_]\w{0,99}$/.test(key) ? key : `[${shown(key)}]`);

/** The flag that was declared, or the fallback; what only looks like one is reported: `'false'` would count as true. */
export function readFlag(problems: Problems, path: string, value: unknown, fallback: boolean): boolean {
  if (typeof value === 'boolean' || value === undefined) return value ?? fallback;
  problems.add(path, `${shown(value)} is no choice`, 'use true or false, without quotes');
  return fallback;
}

export function checkInteger(problems: Problems, path: string, value: unknown, from: number, to: number): void {
  if (!Number.isInteger(value)) problems.add(path, `${shown(value)} is not an integer`, `use ${from} to ${to}`);
  else if (Number(value) < from || Number(value) > to) {
    problems.add(path, `${shown(value)} is out of range`, `use ${from} to ${to}`);
  }
}

export const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && 1 <= Number(value) && Number(value) <= 65535;

export function checkPort(problems: Problems, path: string, value: unknown): void {
  checkInteger(problems, path, value, 1, 65535);
}

/** The choice that was made, or the fallback; a choice that is none is reported. */
export function readOneOf<T extends string>(
  problems: Problems,
  path: string,
  value: T | undefined,
  known: readonly T[],
  fallback: T,
): T {
  if (value === undefined) return fallback;
  checkOneOf(problems, path, value, known);
  return known.includes(value) ? value : fallback;
}

export function checkOneOf(problems: Problems, path: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== 'string' || !known.includes(value))
    problems.add(path, `${shown(value)} is not known`, `use ${known.join(', ')}`);
}

export function checkDnsLabel(problems: Problems, path: string, value: unknown, example: string): void {
  if (typeof value !== 'string' || !isDnsLabel(value)) {
    problems.add(
      path,
      `${shown(value)} is no DNS label`,
      `use lower-case letters, digits and hyphens, such as "${example}"`,
    );
  }
}

export function checkHostName(problems: Problems, path: string, value: unknown, example: string): void {
  if (typeof value !== 'string' || !isDnsName(value)) {
    problems.add(path, `${shown(value)} is no host name`, `use one such as "${example}", without scheme and port`);
  }
}

/** Name of a Kubernetes object: DNS labels joined by dots. */
export function checkObjectName(problems: Problems, path: string, value: unknown, example: string): void {
  if (typeof value !== 'string' || value.length > 253 || !value.split('.').every(isDnsLabel)) {
    problems.add(path, `${shown(value)} names no Kubernetes object`, `use a name such as "${example}"`);
  }
}

/** A value and where its author wrote it. */
export interface Declared<Value> {
  readonly path: string;
  readonly value: Value;
}

export function checkUnique(problems: Problems, values: readonly Declared<unknown>[], remedy: string): void {
  const first = new Map<unknown, string>();
  for (const { path, value } of values) {
    const taken = first.get(value);
    if (taken === undefined) first.set(value, path);
    else problems.add(path, `${shown(value)} is already ${taken}`, remedy);
  }
}

/** What an address may be. nginx connects to IPv4 literals only and sends everything else to itself, without a word. */
export type AddressKind = 'ipv4' | 'ipv4 or name';

export function checkHostAddress(problems: Problems, path: string, address: unknown, kind: AddressKind): void {
  if (typeof address === 'string' && (isHostIpv4(address) || (kind === 'ipv4 or name' && isDnsName(address)))) return;
  const forms = kind === 'ipv4' ? 'an IPv4 literal such as "192.0.2.72"' : 'an IPv4 literal or a lower-case DNS name';
  problems.add(path, `${shown(address)} is no address of a host`, `use ${forms}`);
}
