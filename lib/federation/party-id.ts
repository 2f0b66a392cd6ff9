import { checkInteger } from '../input/checks';
import type { Problems } from '../input/problems';

/** A party's id, which is a label of its names and a key of route tables. */
export const isId = (id: unknown): id is number =>
  typeof id === 'number' && Number.isInteger(id) && 1 <= id && id <= mostId;

const mostId = 999_999_999;

export function checkId(problems: Problems, id: unknown): void {
  checkInteger(problems, 'id', id, 1, mostId);
}

/** The id that was declared; 0, which is nobody's, and a problem for anything else. */
export function readId(problems: Problems, id: unknown): number {
  checkId(problems, id);
  return isId(id) ? id : 0;
}
