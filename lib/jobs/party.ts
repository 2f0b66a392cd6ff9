import { isId } from '../federation/party-id';
import { shown } from '../input/checks';
import type { Problems } from '../input/problems';

/** The id of a party that takes part; 0, which is nobody's, and a problem for anything else. */
export function readParty(problems: Problems, path: string, id: unknown): number {
  if (isId(id)) return id;
  problems.add(path, id === undefined ? 'is missing' : `${shown(id)} is no id of a party`, 'use one such as 40000');
  return 0;
}
