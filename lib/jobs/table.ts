import { isMap, type Keys, readPart, shown } from '../input/checks';
import type { Problems } from '../input/problems';

/** A table of a party, by which name it was uploaded. */
export interface TableProps {
  /** Name, such as `credit_guest`. */
  readonly name: string;
  /** What keeps names of one project from those of another. @default 'experiment' */
  readonly namespace?: string;
}

/** The same, the default filled in. */
export type Table = Required<TableProps>;

/** The table that was declared; a problem, and no name, where none was. */
export function readTable(problems: Problems, path: string, declared: unknown): Table {
  if (!isMap(declared)) {
    problems.add(
      path,
      declared === undefined ? 'is missing' : `${shown(declared)} is no map`,
      'use { namespace, name } of a table',
    );
    return { name: '', namespace: '' };
  }
  const table: Partial<TableProps> = readPart<TableProps>(problems, path, declared as unknown as TableProps, keys);
  const { name, namespace = 'experiment' } = table;
  for (const [key, value] of Object.entries({ name, namespace })) checkWord(problems.at(path), key, value);
  return { name: `${name}`, namespace };
}

const keys: Keys<TableProps> = { name: true, namespace: true };

/** They are part of a path in HDFS. */
function checkWord(problems: Problems, path: string, value: unknown): void {
  if (typeof value === 'string' && /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(value)) return;
  problems.add(
    path,
    value === undefined ? 'is missing' : `${shown(value)} names no table`,
    'use letters, digits, `_`, `-` and `.`',
  );
}
