import { shown } from '../input/checks';
import type { Problems } from '../input/problems';

/** Reports what names no column: more than a line, or the commas and quotes between columns. */
export function checkColumn(problems: Problems, path: string, name: unknown): void {
  if (typeof name === 'string' && columnName.test(name)) return;
  const what = name === undefined ? 'is missing' : `${shown(name)} names no column`;
  problems.add(path, what, 'use a name in the first line of the file, such as "y"');
}

const columnName = /^[^\p{C}\p{Zl}\p{Zp},"]{1,128}$/u;
