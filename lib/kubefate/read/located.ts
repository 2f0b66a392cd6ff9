import type { Alias, LineCounter, Node, YAMLMap } from 'yaml';
import { shown } from '../../input/checks';
import type { Problems } from '../../input/problems';

/** A value of a file, and where it stands. */
export interface Located {
  /** `nginx.exchange.ip`, `imagePullSecrets[0].name` */
  readonly path: string;
  /** Line of its key, from 1. */
  readonly line: number;
  readonly value: Scalar | readonly Located[] | LocatedMap;
}

export type Scalar = string | number | boolean | null;
export type LocatedMap = ReadonlyMap<string, Located>;

/** How a message names a place in the file: `line 5, nginx.exchange.ip`. */
export const place = ({ line, path }: Pick<Located, 'line' | 'path'>): string =>
  path === '' ? `line ${line}` : `line ${line}, ${path}`;

/**
 * The map that a YAML file is, as Go's reader takes it (YAML 1.1), with the line of everything in it. Reports what is no
 * such file, and what a hostile one would do to its reader.
 */
export function readYaml(problems: Problems, text: string): LocatedMap {
  const none: LocatedMap = new Map();
  if (typeof text !== 'string') {
    problems.add('', `${shown(text)} is no text`, 'give the content of the file');
    return none;
  }
  if (text.length > mostCharacters) {
    problems.add('line 1', `the file has ${text.length} characters`, `KubeFATE stores ${mostCharacters} at most`);
    return none;
  }
  const yaml = yamlPackage();
  const lines = new yaml.LineCounter();
  const document = parsed(yaml, text, lines);
  if ('message' in document) {
    const { line } = lines.linePos(document.offset);
    const content = text.split('\n')[line - 1] ?? '';
    if (isSecret(content)) problems.add(`line ${line}`, 'is no YAML', 'write what is secret in quotes');
    else problems.add(`line ${line}`, `${shown(content.trim().slice(0, 60))} is no YAML`, document.message);
    return none;
  }
  const reader: Reader = { yaml, problems, lines, resolve: (alias) => alias.resolve(document), left: mostValues };
  const root = located(reader, document.contents, { path: '', line: 1 }, 0);
  if (root.value instanceof Map) return root.value;
  problems.add('line 1', 'the file is no map', 'begin with name, namespace, chartName and chartVersion');
  return none;
}

/** Whether what stands here, or under this key, is not to be repeated. */
export const isSecret = (text: string): boolean => /pass(?!ive)|token|credential/i.test(text);

/** Base64 of the file has room for 64 KiB in KubeFATE's database. */
const mostCharacters = 48 * 1024;

/** More than a file of this size holds, unless aliases multiply what it holds. */
const mostValues = 50_000;

/** Deeper than any key of the charts. */
const mostLevels = 50;

type YamlPackage = typeof import('yaml');

/** Loaded with the first file: most programs read none, and it takes a fifth of the time that cdk8s takes. */
const yamlPackage = (): YamlPackage => require('yaml');

function parsed(yaml: YamlPackage, text: string, lineCounter: LineCounter) {
  try {
    const document = yaml.parseDocument(text, { version: '1.1', lineCounter, uniqueKeys: false, prettyErrors: false });
    const [error] = document.errors;
    if (error === undefined) return document;
    const message = error.code === 'MULTIPLE_DOCS' ? 'give one document, of one cluster' : error.message;
    return { message, offset: error.pos[0] };
  } catch (error) {
    return { message: error instanceof RangeError ? 'it is nested too deeply' : `${error}`, offset: 0 };
  }
}

interface Reader {
  readonly yaml: YamlPackage;
  readonly problems: Problems;
  readonly lines: LineCounter;
  readonly resolve: (alias: Alias) => Node | undefined;
  /** Values that may still come. */
  left: number;
  /** The outermost alias around the value that is being read. */
  alias?: Place | undefined;
}

type Place = Pick<Located, 'path' | 'line'>;

function located(reader: Reader, node: Node | null | undefined, at: Place, level: number): Located {
  if (--reader.left < 0 || level > mostLevels) {
    if (reader.left !== exhausted) {
      const what = reader.alias ? 'stands for more than a cluster has' : 'is nested too deeply';
      reader.problems.add(place(reader.alias ?? at), what, 'write out what the chart reads');
    }
    reader.left = exhausted;
    return { ...at, value: null };
  }
  const { yaml } = reader;
  if (yaml.isAlias(node)) return aliased(reader, node, at, level);
  if (yaml.isMap(node)) return { ...at, value: entries(reader, node, at, level) };
  if (yaml.isSeq(node)) {
    const items = node.items as (Node | null)[];
    const item = (each: Node | null, index: number) =>
      located(reader, each, { path: `${at.path}[${index}]`, line: lineOf(reader, each) ?? at.line }, level + 1);
    return { ...at, value: items.map(item) };
  }
  return { ...at, value: scalar(yaml, node) };
}

function aliased(reader: Reader, alias: Alias, at: Place, level: number): Located {
  const target = reader.resolve(alias);
  if (target === undefined) {
    const what = isSecret(at.path) ? 'an alias' : `*${alias.source}`;
    reader.problems.add(place(at), `${what} stands for nothing`, 'set the anchor before it, or write the value');
    return { ...at, value: null };
  }
  const around = reader.alias;
  reader.alias ??= at;
  const found = located(reader, target, at, level + 1);
  reader.alias = around;
  return found;
}

const exhausted = Number.NEGATIVE_INFINITY;

function entries(reader: Reader, map: YAMLMap, { path }: Place, level: number): LocatedMap {
  const found = new Map<string, Located>();
  for (const { key, value } of map.items as { key: Node; value: Node | null }[]) {
    if (reader.left === exhausted) break;
    const line = lineOf(reader, key) ?? 1;
    const name = reader.yaml.isScalar(key) ? (key.source ?? `${key.value}`) : undefined;
    const at = { path: path === '' ? `${name}` : `${path}.${name}`, line };
    const first = name === undefined ? undefined : found.get(name);
    if (name === undefined) {
      reader.problems.add(place({ line, path }), 'has a key that is no text', 'use the keys of the chart');
    } else if (name === '<<') {
      reader.problems.add(place(at), 'merges another map into this one', 'write the keys out');
    } else if (first !== undefined) {
      reader.problems.add(place(at), `is already in line ${first.line}`, 'keep one of the two');
    } else {
      found.set(name, located(reader, value, at, level + 1));
    }
  }
  return found;
}

const lineOf = ({ lines }: Reader, node: Node | null): number | undefined =>
  node?.range ? lines.linePos(node.range[0]).line : undefined;

function scalar({ isScalar }: YamlPackage, node: Node | null | undefined): Scalar {
  if (!isScalar(node)) return null;
  const { value, source } = node;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' ? value : `${source}`; // dates, and whatever else YAML 1.1 makes of a text
}
