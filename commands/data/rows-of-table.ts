import { closeSync, openSync, readSync } from 'node:fs';
import { counted } from '../../lib/input/counted';
import { printable } from '../../lib/input/shown';
import type { UploadPlan } from '../../lib/jobs/upload';
import { rowsIn, type SentRows } from '../flow/flow-client';
import { Mistake } from '../mistake';

/**
 * Rows of a file, without the mark that Windows begins it with and FATE takes for a part of the first name.
 *
 * @throws {Mistake} of one of which FATE would make no table, as its beginning shows
 */
export function rowsOfTable(file: string, { delimiter, columns }: Pick<UploadPlan, 'delimiter' | 'columns'>): SentRows {
  const start = startOf(file);
  if (start.length === 0) throw new Mistake(`${file} is empty; its first line has to name the columns`);
  if (wide.some((mark) => start.subarray(0, 2).equals(mark)))
    throw new Mistake(`${file} is UTF-16, which FATE cannot read; save it as UTF-8`);
  const skipped = start.subarray(0, 3).equals(utf8) ? 3 : 0;
  const [head = '', row, next] = start.subarray(skipped).toString().split(/\r?\n/);
  const names = head.split(delimiter).map((name) => name.trim());
  const isWhole = next !== undefined || start.length < mostOfHead;
  const fault =
    faultOfNames(names, columns) ??
    (row && isWhole ? faultOfRow(row.split(delimiter).length, names.length) : undefined);
  if (fault !== undefined) throw new Mistake(`${file}:${fault}`);
  if (!row) throw new Mistake(`${file} has no rows`);
  return rowsIn(file, skipped);
}

/** FATE splits every line where the delimiter is, whatever is in quotes. */
function faultOfNames(names: readonly string[], columns: UploadPlan['columns']): string | undefined {
  if (names.length === 1) return `1: is one column, ${shown(names)}; name what is between columns by --delimiter`;
  const quoted = names.find((name) => /^["']/.test(name));
  if (quoted !== undefined)
    return `1: ${shown([quoted])} is in quotes, which FATE takes for a part of it; leave them out`;
  const nameless = names.indexOf('');
  if (nameless !== -1) return `1: column ${nameless + 1} has no name; give it one`;
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) return `1: ${shown([twice])} is there twice; give each column a name of its own`;
  const [option, lacking] =
    Object.entries(columns).find(([, name]) => name !== undefined && !names.includes(name)) ?? [];
  if (lacking === undefined) return undefined;
  return `1: there is no column ${lacking}, but ${shown(names)}; name one of them by --${option}`;
}

const faultOfRow = (has: number, named: number): string | undefined =>
  has === named ? undefined : `2: has ${counted(has, 'column')}, and the first line ${named}; give every row as many`;

const utf8 = Buffer.from([0xef, 0xbb, 0xbf]);
const wide = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/** More than names of columns take. */
const mostOfHead = 2 ** 22;

function startOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(mostOfHead);
    return start.subarray(0, readSync(file, start));
  } finally {
    closeSync(file);
  }
}

const shown = (names: readonly string[]): string =>
  printable(names.length > 12 ? `${names.slice(0, 12).join(', ')} …` : names.join(', '));
