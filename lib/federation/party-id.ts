import { checkInteger, shown } from '../input/checks';
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

/** The id by which a party is named; 0, which is nobody's, and a problem for anything else. */
export function readPartyId(problems: Problems, path: string, id: unknown): number {
  if (isId(id)) return id;
  problems.add(path, id === undefined ? 'is missing' : `${shown(id)} is no id of a party`, 'use one such as 40000');
  return 0;
}
