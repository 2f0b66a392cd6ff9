import { readOneOf } from '../input/checks';
import type { Problems } from '../input/problems';

/** What a notebook has to begin with: the white paper's credit cards, from a file to a prediction. */
export type Workload = 'credit-card';

/** None where the notebook is empty. */
export function planWorkload(
  problems: Problems,
  declared: Workload | undefined,
  { isJoined }: { readonly isJoined: boolean },
): Workload | undefined {
  if (declared === undefined) return undefined;
  if (!isJoined)
    problems.add(
      '',
      'is learned with another party, and the party stands alone',
      'name its exchange or its peers, or leave it out',
    );
  return readOneOf<Workload>(problems, '', declared, ['credit-card'], 'credit-card');
}
