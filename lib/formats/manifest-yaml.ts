/**
 * A Kubernetes manifest as YAML that readers of YAML 1.1 and 1.2 take alike: a string that either could take for something
 * else is quoted, text of several lines is a block literal. Keys keep their order. As in JSON, `undefined` is left out of a
 * map and null in a list.
 *
 * This is code of its own because a thousand parties are some 35 000 objects; configuration files use package `yaml`.
 *
 * @returns one document, ended by a newline; between several belongs a line `---`
 * @throws {TypeError} when the manifest holds anything but plain data; the message begins with the path: `spec.ports[0].port`
 */
export function manifestYaml(manifest: object): string {
  const path: Path = [];
  try {
    return isMap(manifest) ? mapping(manifest, '', '', path) || '{}\n' : refuse(manifest);
  } catch (error) {
    throw new TypeError(`${spelled(path)}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

type Path = (string | number)[];

/** The lines of a map, none for an empty one. Its first key stands after `lead`, the others after `indent`. */
function mapping(map: Readonly<Record<string, unknown>>, indent: string, lead: string, path: Path): string {
  let lines = '';
  for (const name of Object.keys(map)) {
    const value = map[name];
    if (value === undefined) continue;
    path.push(name);
    lines += (lines === '' ? lead : indent) + key(name, indent) + field(value, indent, path);
    path.pop();
  }
  return lines;
}

/** What follows a key and its colon. */
function field(value: unknown, indent: string, path: Path): string {
  if (typeof value !== 'object' || value === null) return ` ${scalar(value, indent)}\n`;
  const inner = deeper(indent, path);
  if (Array.isArray(value)) return value.length === 0 ? ' []\n' : `\n${sequence(value, inner, inner, path)}`;
  if (!isMap(value)) return refuse(value);
  const lines = mapping(value, inner, inner, path);
  return lines === '' ? ' {}\n' : `\n${lines}`;
}

/** The lines of a list. Its first dash stands after `lead`, the others after `indent`. */
function sequence(list: readonly unknown[], indent: string, lead: string, path: Path): string {
  let lines = '';
  for (let index = 0; index < list.length; index++) {
    path.push(index);
    lines += `${index === 0 ? lead : indent}- ${item(list[index], indent, path)}`;
    path.pop();
  }
  return lines;
}

/** What follows a dash: the first key of a map, or the first dash of a list, stands on the same line. */
function item(value: unknown, indent: string, path: Path): string {
  if (typeof value !== 'object' || value === null) return `${scalar(value, indent)}\n`;
  const inner = deeper(indent, path);
  if (Array.isArray(value)) return sequence(value, inner, '', path) || '[]\n';
  return isMap(value) ? mapping(value, inner, '', path) || '{}\n' : refuse(value);
}

function deeper(indent: string, path: Path): string {
  if (path.length > 200) throw new Error('is more than 200 levels deep; does it contain itself?');
  return `${indent}  `;
}

function isMap(value: object): value is Readonly<Record<string, unknown>> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Readers look for the colon of a key within 1024 characters; a longer key is marked as one. */
function key(name: string, indent: string): string {
  const text = isPlain(name) ? name : quoted(name);
  return text.length <= 1000 ? `${text}:` : `? ${text}\n${indent}:`;
}

function scalar(value: unknown, indent: string): string {
  if (typeof value === 'string') return isPlain(value) ? value : isBlock(value) ? block(value, indent) : quoted(value);
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isFinite(value) ? number(value) : refuse(value);
}

/** YAML 1.1 knows an exponent only after a point: `1.0e+21`. */
const number = (value: number): string => String(value).replace(/^(-?\d+)e/, '$1.0e');

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

function block(text: string, indent: string): string {
  const indentation = /^[ \t\n]/.test(text) ? '2' : '';
  const chomping = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const lines = chomping === '-' ? text : text.slice(0, -1);
  return `|${indentation}${chomping}\n${lines.replace(/^(?=.)/gm, `${indent}  `)}`;
}

function quoted(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new Error('holds half of a surrogate pair, which UTF-8 cannot express');
  if (/["\\]/.test(text) && !/['\t\n]/.test(text) && !unprintable.test(text)) return `'${text}'`;
  return JSON.stringify(text).replace(
    unprintableCharacters,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
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

const spelled = (path: Path): string =>
  path
    .map((step) =>
      typeof step === 'number' ? `[${step}]` : /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
    )
    .join('')
    .replace(/^\./, '');
