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
  const below = problems.at(path);
  return { name: readWord(below, 'name', name), namespace: readWord(below, 'namespace', namespace) };
}

const keys: Keys<TableProps> = { name: true, namespace: true };

/** They are part of a path in HDFS. */
function readWord(problems: Problems, path: string, value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(value)) return value;
  const what = value === undefined ? 'is missing' : `${shown(value)} names no table`;
  problems.add(path, what, 'use letters, digits, `_`, `-` and `.`');
  return '';
}
