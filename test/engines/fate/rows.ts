import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Rows of a CSV file, each by the names of its columns. */
export type Rows = readonly ReadonlyMap<string, string>[];

export const rowsOf = (path: string): Rows => rowsIn(readFileSync(path, 'utf8'));

/** Of what FATE Flow has put into an archive. */
export const rowsOfArchive = (path: string): Rows =>
  rowsIn(execFileSync('tar', ['-xzOf', path, '--wildcards', '*.csv'], { encoding: 'utf8', maxBuffer: 2 ** 26 }));

function rowsIn(text: string): Rows {
  const [header = [], ...rows] = text.trim().split('\n').map(fieldsOf);
  return rows.map((row) => new Map(header.map((name, i) => [name, row[i] ?? ''])));
}

/** Commas in quotes are no ends. */
const fieldsOf = (line: string): readonly string[] => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
