import { isDnsLabel, isDnsName, isHostIpv4, isHostName, isHttpUrl } from './addresses';
import { plain, plainAround } from './plain';
import { Problems } from './problems';
import { shown } from './shown';

export { shown };

/** Declarations come from JavaScript and from configuration files too: whether this is a map at all. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What a public function was given, as plain data. Whoever calls it may be a program without types, and the value be from a
 * file of somebody else.
 */
export const readDeclaration = <T extends object>(problems: Problems, declared: T): T =>
  readMap(problems, '', plain(declared) as T | undefined) as T;

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

/** One of the maps that a declaration consists of, as plain data; keys that it does not have are reported. */
export function readPart<T extends object>(
  problems: Problems,
  path: string,
  value: T | undefined,
  known: Keys<T>,
): Partial<T> {
  const part = readMap(problems, path, plain(value) as T | undefined);
  checkNames(problems.at(path), part, Object.keys(known));
  return part;
}

/** For what is wrong with the values of a part; lost where it is no map, of which {@link readPart} has told. */
export const problemsBelow = (problems: Problems, path: string, part: unknown): Problems =>
  part === undefined || isMap(plain(part)) ? problems.at(path) : Problems.none();

/** As {@link readPart}, of what may hold values that are known late, and programs' own objects. */
export function readConfig<T extends object>(problems: Problems, config: T, known: Keys<T>): T {
  const remedy = `use one with ${Object.keys(known).join(', ')}`;
  const read = readMap<T>(problems, '', (plainAround(config) ?? null) as T, remedy);
  checkNames(problems, read, Object.keys(known));
  return read as T;
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

/** Every key of some properties, of each choice in a union: one that is forgotten is a type error, as is one too many. */
export type Keys<Props> = Readonly<Record<Props extends unknown ? keyof Props : never, true>>;

/**
 * Reports keys that properties do not have, where a typing error would otherwise leave a default in place. Whose keys they are
 * is said, and never inferred: `checkKeys<NodeTaint>(problems, taint, { key: true, value: true, effect: true })`.
 */
export function checkKeys<Props = never>(
  problems: Problems,
  value: object,
  known: [Props] extends [never] ? never : Keys<Props>,
): void {
  checkNames(problems, value, Object.keys(known));
}

/** Reports entries of a map whose names are not among `known`. */
export function checkNames(problems: Problems, value: object, known: readonly string[]): void {
  const unknown = Problems.none();
  const remedy = `use ${known.join(', ')}`;
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) unknown.add(keyPath(key), 'is not known here', remedy);
  }
  problems.addFirst(unknown);
}

/** A key that its author chose, as a step of a path: `storageclass`, `["example.com/pool"]`. */
export const keyPath = (key: string): string => (/^[A-Za-z_]\w{0,99}$/.test(key) ? key : `[${shown(key)}]`);

/** The flag that was declared, or the fallback; what only looks like one is reported: `'false'` would count as true. */
export function readFlag(problems: Problems, path: string, value: unknown, fallback: boolean): boolean {
  if (typeof value === 'boolean' || value === undefined) return value ?? fallback;
  problems.add(path, `${shown(value)} is no choice`, 'use true or false, without quotes');
  return fallback;
}

/** The text that was declared, a name of others such as vCenter's; empty, and a problem, for anything else. */
export function readText(problems: Problems, path: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '' && lineOfText.test(value)) return value;
  if (value === undefined) problems.add(path, 'is missing', 'give it as a text');
  else problems.add(path, `${shown(value)} names nothing`, 'use a text of one line that is not empty');
  return '';
}

/** Tags of vCenter are the longest. */
const lineOfText = /^[^\p{C}\p{Zl}\p{Zp}]{1,256}$/u;

/** The name of a file that was declared; none, and a problem, for anything else. */
export function readFileName(problems: Problems, path: string, value: unknown, example: string): string | undefined {
  if (isFileName(value)) return value;
  problems.add(path, `${shown(value)} is no name`, `use one such as "${example}"`);
  return undefined;
}

export const isFileName = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** A number from here to there, both included. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
  /** For messages: `GiB`. */
  readonly unit?: string;
}

export const boundsText = ({ from, to, unit }: Bounds): string =>
  `${from} to ${to}${unit === undefined ? '' : ` ${unit}`}`;

export const isWithin = (value: unknown, { from, to }: Bounds): value is number =>
  typeof value === 'number' && from <= value && value <= to;

export function checkInteger(
  problems: Problems,
  path: string,
  value: unknown,
  from: number,
  to: number,
  unit?: string,
) {
  const bounds = { from, to, unit };
  if (!Number.isInteger(value)) problems.add(path, `${shown(value)} is not an integer`, `use ${boundsText(bounds)}`);
  else if (!isWithin(value, bounds)) problems.add(path, `${shown(value)} is out of range`, `use ${boundsText(bounds)}`);
}

/** The integer that was declared; `from`, and a problem, for anything else. */
export function readInteger(
  problems: Problems,
  path: string,
  value: unknown,
  from: number,
  to: number,
  unit?: string,
): number {
  checkInteger(problems, path, value, from, to, unit);
  return Number.isInteger(value) && isWithin(value, { from, to }) ? value : from;
}

const ports: Bounds = { from: 1, to: 65535 };

export const isPort = (value: unknown): value is number => Number.isInteger(value) && isWithin(value, ports);

export function checkPort(problems: Problems, path: string, value: unknown): void {
  checkInteger(problems, path, value, ports.from, ports.to);
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

/** Reports what is not of a form that `example` has. */
export function checkPattern(problems: Problems, path: string, value: unknown, pattern: RegExp, example: string): void {
  if (typeof value !== 'string' || !pattern.test(value))
    problems.add(path, `${shown(value)} is no ${path}`, `use one such as "${example}"`);
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

/** The label that was declared; the example, and a problem, for anything else. */
export function readDnsLabel(problems: Problems, path: string, value: unknown, example: string): string {
  checkDnsLabel(problems, path, value, example);
  return typeof value === 'string' && isDnsLabel(value) ? value : example;
}

export function checkHostName(problems: Problems, path: string, value: unknown, example: string): void {
  if (typeof value !== 'string' || !isDnsName(value)) {
    problems.add(path, `${shown(value)} is no host name`, `use one such as "${example}", without scheme and port`);
  }
}

/** An http or https URL; who may read the object that it goes into would read a password, too. */
export function checkHttpUrl(problems: Problems, path: string, url: unknown, example: string): void {
  if (isHttpUrl(url)) return;
  const remedy = `use one such as "${example}"`;
  // Its text may hold a password and stays out of the message.
  if (typeof url === 'string' && url.includes('@')) problems.add(path, 'has a user', remedy);
  else problems.add(path, `${shown(url)} is no http or https URL`, remedy);
}

/** Name of a Kubernetes object: DNS labels joined by dots. */
export function checkObjectName(problems: Problems, path: string, value: unknown, example: string): void {
  if (!isObjectName(value)) {
    problems.add(path, `${shown(value)} names no Kubernetes object`, `use a name such as "${example}"`);
  }
}

const isObjectName = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 253 && value.split('.').every(isDnsLabel);

/** The name that was declared; the example, and a problem, for anything else. */
export function readObjectName(problems: Problems, path: string, value: unknown, example: string): string {
  checkObjectName(problems, path, value, example);
  return isObjectName(value) ? value : example;
}

/** A value and where its author wrote it. */
export interface Declared<Value> {
  readonly path: string;
  readonly value: Value;
}

/** As {@link readList}, each entry with its path; none of what is no list. */
export const readEntries = <T>(
  problems: Problems,
  path: string,
  value: readonly T[] | undefined,
): readonly Declared<T>[] => readList(problems, path, value, []).map((value, i) => ({ path: `${path}[${i}]`, value }));

/** As {@link readEntries}; of a list that is left out, which means something else than an empty one, nothing. */
export const readGivenEntries = <T>(
  problems: Problems,
  path: string,
  value: readonly T[] | undefined,
): readonly Declared<T>[] | undefined => (value === undefined ? undefined : readEntries(problems, path, value));

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

export const isHostAddress = (address: unknown, kind: AddressKind): address is string =>
  typeof address === 'string' && (isHostIpv4(address) || (kind === 'ipv4 or name' && isHostName(address)));

/** Reports what others cannot reach, and what would lead them to a place that is not theirs to reach. */
export function checkHostAddress(problems: Problems, path: string, address: unknown, kind: AddressKind): void {
  if (isHostAddress(address, kind)) return;
  const literal = 'an IPv4 literal such as "192.0.2.72"';
  const forms = kind === 'ipv4' ? literal : `${literal}, or a lower-case name such as "pulsar.example.com"`;
  const own = 'neither a link-local or reserved one nor one inside of a cluster';
  problems.add(path, `${shown(address)} is no address that others reach`, `use ${forms}; ${own}`);
}
