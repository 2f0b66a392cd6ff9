/**
 * A Kubernetes manifest as YAML that readers of YAML 1.1 and 1.2 take alike: a string that either could take for something
 * else is quoted, text of several lines is a block literal. Keys keep their order. As in JSON, `undefined` is left out of a
 * map and null in a list.
 *
 * This is code of its own because a thousand parties are some 35 000 objects; configuration files use package `yaml`.
 *
 * @param resolve makes plain data of a value that is not; without it there is no such value
 * @returns one document, ended by a newline; between several belongs a line `---`
 * @throws {TypeError} when the manifest holds anything but plain data; the message begins with the path: `spec.ports[0].port`
 */
export function manifestYaml(manifest: object, resolve: Resolve = refuse): string {
  const document: Document = { text: '', path: [], resolve };
  try {
    if (!isMap(manifest)) refuse(manifest);
    addMap(document, manifest, 0, '');
  } catch (error) {
    const message = error instanceof Error ? error.message : error;
    throw new TypeError(`${spelled(document.path)}: ${message}`, { cause: error });
  }
  return `${document.text}\n`;
}

type Resolve = (value: unknown, path: readonly (string | number)[]) => unknown;

/** What is written so far, up to the end of a line, and the way to the value that comes next. */
interface Document {
  text: string;
  readonly path: (string | number)[];
  readonly resolve: Resolve;
}

/** A value after its key or dash. What takes lines of its own stands at `depth`, or begins after the dash. */
function add(document: Document, value: unknown, depth: number, afterDash: boolean): void {
  if (typeof value === 'string') document.text += string(value, depth);
  else if (typeof value === 'number' && Number.isFinite(value)) document.text += number(value);
  else if (typeof value === 'boolean') document.text += value ? ' true' : ' false';
  else if (value === null || value === undefined) document.text += ' null';
  else if (document.path.length > 200) throw new Error('is more than 200 levels deep; does it contain itself?');
  else if (Array.isArray(value)) addList(document, value, depth, afterDash ? ' ' : lineAt(depth));
  else if (isMap(value)) addMap(document, value, depth, afterDash ? ' ' : lineAt(depth));
  else add(document, document.resolve(value, document.path), depth, afterDash);
}

function addMap(document: Document, map: Readonly<Record<string, unknown>>, depth: number, lead: string): void {
  let line = lead;
  let empty = true;
  for (const name of Object.keys(map)) {
    const value = map[name];
    if (value === undefined) continue;
    document.path.push(name);
    document.text += line + key(name, depth);
    add(document, value, depth + 1, false);
    document.path.pop();
    line = lineAt(depth);
    empty = false;
  }
  if (empty) document.text += ' {}';
}

function addList(document: Document, list: readonly unknown[], depth: number, lead: string): void {
  if (list.length === 0) document.text += ' []';
  for (let index = 0; index < list.length; index++) {
    document.path.push(index);
    document.text += index === 0 ? `${lead}-` : `${lineAt(depth)}-`;
    add(document, list[index], depth + 1, true);
    document.path.pop();
  }
}

const lines: string[] = [];
function lineAt(depth: number): string {
  return (lines[depth] ??= `\n${'  '.repeat(depth)}`);
}

function isMap(value: object): value is Readonly<Record<string, unknown>> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Readers look for the colon of a key within 1024 characters; a longer key is marked as one. */
function key(name: string, depth: number): string {
  const text = isPlain(name) ? name : quoted(name);
  return text.length <= 1000 ? `${text}:` : `? ${text}${lineAt(depth)}:`;
}

function string(text: string, depth: number): string {
  return isPlain(text) ? ` ${text}` : isBlock(text) ? block(text, depth) : ` ${quoted(text)}`;
}

/** YAML 1.1 knows an exponent only after a point: `1.0e+21`. */
const number = (value: number): string => ` ${value}`.replace(/^( -?\d+)e/, '$1.0e');

const isPlain = (text: string): boolean => plain.test(text) && !reserved.test(text);

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
  return ` |${indentation}${chomping}\n${content.replace(/^(?=.)/gm, '  '.repeat(depth))}`;
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
  const what =
    typeof value === 'object' && value !== null ? `a ${value.constructor.name}` : `${typeof value} ${String(value)}`;
  throw new Error(`${what} is not plain data`);
}

const spelled = (path: readonly (string | number)[]): string =>
  path
    .map((step) =>
      typeof step === 'number' ? `[${step}]` : /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
    )
    .join('')
    .replace(/^\./, '');
