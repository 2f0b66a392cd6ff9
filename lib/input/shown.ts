/**
 * Any value as a message shows it: on one line, in printable characters, and short. A text looks as in JSON; of what is
 * long, wide or deep only the beginning is shown. Never throws, whatever a value does when it is read.
 */
export function shown(value: unknown): string {
  try {
    return short(written(value, 0), longestValue);
  } catch {
    return 'a value that cannot be read';
  }
}

/**
 * Text that terminals and build servers take for nothing else: controls, marks that reorder or hide what is around them,
 * and unusual spaces are escaped, and so is what begins a command in a log: `::error::`, `##vso[…]`.
 */
export const printable = (text: string): string =>
  text.replace(unprintable, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });

/** A text, or its beginning where it is longer. */
export const short = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest)}…` : text;

/** What somebody else says, as a line for people: short, and nothing in it that a terminal would take for a command. */
export const oneLine = (said: string, longest: number): string =>
  short(printable(said.replace(/\s+/g, ' ').trim()), longest);

const unprintable = /(?! )[\p{C}\p{Z}]|(?<=^:):|(?<=#)#/gu;

const longestValue = 300;
const longestText = 100;
const mostEntries = 10;
const deepest = 4;

function written(value: unknown, depth: number): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return value === BigInt.asIntN(256, value) ? `${value}n` : 'a large bigint';
  if (typeof value === 'symbol') return printable(short(String(value), longestText));
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return `${value}`;
  if (Array.isArray(value)) return depth === deepest ? '[…]' : `[${listed(value, depth)}]`;
  return depth === deepest ? '{…}' : `{${mapped(value, depth)}}`;
}

const listed = (list: readonly unknown[], depth: number): string =>
  joined(
    Array.from(list.slice(0, mostEntries), (value) => written(value, depth + 1)),
    list.length,
  );

function mapped(map: object, depth: number): string {
  const keys = Object.keys(map);
  const entries = keys
    .slice(0, mostEntries)
    .map((key) => `${quoted(key)}:${written((map as Readonly<Record<string, unknown>>)[key], depth + 1)}`);
  return joined(entries, keys.length);
}

const joined = (entries: readonly string[], all: number): string =>
  [...entries, ...(all > entries.length ? ['…'] : [])].join(',');

const quoted = (text: string): string =>
  text.length > longestText
    ? `${printable(JSON.stringify(`${text.slice(0, longestText)}…`))} (${text.length} characters)`
    : printable(JSON.stringify(text));
