/**
 * A configuration file as YAML that readers of YAML 1.1 and 1.2 take alike: a string that either could take for something
 * else is quoted, text of several lines is a block literal. Keys keep their order; a field that is `undefined` is left out.
 * The keys of a `Map` may be integers, and are integers to the reader.
 *
 * This is code of its own, because a thousand parties are some 35 000 objects and 10 000 files.
 *
 * @throws {TypeError} when anything but plain data is found; the message begins with its path: `spec.ports[0].port`
 */
export const yaml = (file: object): string => written(file, { resolve: (value) => value, takesMaps: true });

/**
 * A Kubernetes manifest in the same YAML. Its keys are strings: a `Map` is no plain data here.
 *
 * @param resolve makes plain data of a value that is not, or returns it as it is
 * @returns one document, ended by a newline; between several belongs a line `---`
 */
export const manifestYaml = (manifest: object, resolve: Resolve = (value) => value): string =>
  written(manifest, { resolve, takesMaps: false });

function written(root: object, options: Options): string {
  const document: Document = { text: '', path: [], ...options };
  try {
    if (!isPlainMap(root, document)) refuse(root);
    addMap(document, root, 0, start);
  } catch (error) {
    const message = error instanceof Error ? error.message : error;
    const path = document.path.length > 0 ? `${spelled(document.path)}: ` : '';
    throw new TypeError(`${path}${message}`, { cause: error });
  }
  return `${document.text}\n`;
}

type Resolve = (value: unknown) => unknown;

interface Options {
  readonly resolve: Resolve;
  readonly takesMaps: boolean;
}

interface Document extends Options {
  /** So far, up to the end of a line. */
  text: string;
  /** The way to a value that is refused: each level adds its step to the front while the error leaves it. */
  readonly path: (string | number)[];
}

/** What follows a key or a dash: a scalar, or lines at `depth` of which the first, after a dash, stands beside it. */
function add(document: Document, value: unknown, depth: number, afterDash: boolean): void {
  if (typeof value === 'string') document.text += string(value, depth);
  else if (typeof value === 'number' && Number.isFinite(value)) document.text += number(value);
  else if (typeof value === 'boolean' || value === null) document.text += ` ${value}`;
  else if (Array.isArray(value)) addList(document, value, depth, afterDash ? beside : line(depth));
  else if (isPlainMap(value, document)) addMap(document, value, depth, afterDash ? beside : line(depth));
  else add(document, resolved(document, value), depth, afterDash);
}

function resolved({ resolve }: Document, value: unknown): unknown {
  const data = resolve(value);
  return Object.is(data, value) ? refuse(value) : data;
}

function addMap(document: Document, map: PlainMap, depth: number, first: Lead): void {
  const before = document.text.length;
  const lead = () => (document.text.length === before ? first : line(depth));
  if (map instanceof Map) for (const [name, value] of map) addField(document, name, value, depth, lead());
  else
    for (const name of Object.keys(map))
      addField(document, name, (map as Readonly<Record<string, unknown>>)[name], depth, lead());
  if (document.text.length === before) document.text += ' {}';
}

function addField(document: Document, name: string, value: unknown, depth: number, lead: Lead): void {
  if (value === undefined) return;
  try {
    document.text += key(name, depth, lead);
    add(document, value, deeper(depth), false);
  } catch (error) {
    document.path.unshift(name);
    throw error;
  }
}

function addList(document: Document, list: readonly unknown[], depth: number, first: Lead): void {
  for (let index = 0; index < list.length; index++) {
    document.text += `${index === 0 ? first.text : line(depth).text}-`;
    try {
      add(document, list[index], deeper(depth), true);
    } catch (error) {
      document.path.unshift(index);
      throw error;
    }
  }
  if (list.length === 0) document.text += ' []';
}

function deeper(depth: number): number {
  if (depth >= 200) throw new Error('is more than 200 levels deep; does it contain itself?');
  return depth + 1;
}

type PlainMap = Readonly<Record<string, unknown>> | ReadonlyMap<string | number, unknown>;

function isPlainMap(value: unknown, { takesMaps }: Options): value is PlainMap {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || (takesMaps && prototype === Map.prototype);
}

/** What comes before a key or a dash, and the keys that were written after it. */
interface Lead {
  readonly text: string;
  readonly keys: Map<string, string>;
}

const lead = (text: string): Lead => ({ text, keys: new Map() });
const start = lead('');
const beside = lead(' ');
/** Where a line begins. */
const line = (depth: number): Lead => (lines[depth] ??= lead(`\n${indent(depth)}`));
const lines: Lead[] = [];
const indent = (depth: number): string => '  '.repeat(depth);

/** Readers look for the colon of a key within 1024 characters; a longer key is marked as one. */
function key(name: unknown, depth: number, { text: before, keys }: Lead): string {
  if (Number.isSafeInteger(name)) return `${before}${name}:`;
  if (typeof name !== 'string') refuse(name);
  const known = keys.get(name);
  if (known !== undefined) return known;
  const text = inline(name);
  return text.length <= 1000 ? remember(keys, name, `${before}${text}:`) : `${before}? ${text}${line(depth).text}:`;
}

function string(text: string, depth: number): string {
  const known = strings.get(text);
  if (known !== undefined) return known;
  return isBlock(text) ? block(text, depth) : remember(strings, text, ` ${inline(text)}`);
}

// The same few hundred keys and words make most of a federation: looking them up halves the time.
const strings = new Map<string, string>();

function remember(known: Map<string, string>, text: string, form: string): string {
  if (text.length <= 100 && known.size < 10_000) known.set(text, form);
  return form;
}

/** YAML 1.1 knows an exponent only after a point: `1.0e+21`. */
const number = (value: number): string =>
  Number.isSafeInteger(value) ? ` ${value}` : ` ${value}`.replace(/^( -?\d+)e/, '$1.0e');

const inline = (text: string): string => (plain.test(text) && !reserved.test(text) ? text : quoted(text));

/** Begins like a word, a path or an option (`--port`), or is a quantity (`500m`, `4Gi`): a string to every reader. */
const plain = /^(?:(?:--?)?[A-Za-z_/](?:[\w/.,;=+$()~?@%-]|:(?=[^ ])| (?=[^ :#]))*|[1-9]\d*(?:m|[KMGT]i))$/;

/** Booleans and nulls of YAML 1.1, and what package `yaml` 2.9 takes for a number without digits before its exponent. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|-?e[-+]?[\d_]+)$/i;

/** Text of several lines, printable, the last of them not blank: readers disagree about other text. */
function isBlock(text: string): boolean {
  if (!text.includes('\n') || unprintable.test(text)) return false;
  const end = text.trimEnd().length;
  return end > 0 && /^[ \t]*\n*$/.test(text.slice(end));
}

function block(text: string, depth: number): string {
  const indentation = /^[ \t\n]/.test(text) ? '2' : '';
  const chomping = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const content = chomping === '-' ? text : text.slice(0, -1);
  return ` |${indentation}${chomping}\n${content.replace(/^(?=.)/gm, indent(depth))}`;
}

function quoted(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new Error('holds half of a surrogate pair, which UTF-8 cannot express');
  if (/["\\]/.test(text) && !/['\t\n]/.test(text) && !unprintable.test(text)) return `'${text}'`;
  return JSON.stringify(text).replace(
    unprintableCharacters,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Controls, line breaks other than `\n`, the byte order mark, halves of a surrogate pair, and what is no character. */
const unprintable = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
const unprintableCharacters = new RegExp(unprintable, 'gu');

function refuse(value: unknown): never {
  const type = typeof value;
  const what =
    type === 'object' ? `a ${value?.constructor?.name}` : value === undefined ? type : `${type} ${String(value)}`;
  throw new Error(`${what} is not plain data`);
}

const spelled = (path: readonly (string | number)[]): string =>
  path
    .map((step) =>
      typeof step === 'number' ? `[${step}]` : /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
    )
    .join('')
    .replace(/^\./, '');
