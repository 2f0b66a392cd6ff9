import type { Event, Pod } from 'kubernetes-types/core/v1';
import type { Member } from '../federation/certificates';
import { type Ask, isSeen, type Seen } from './asks';
import type { Finding, Judgement, Layer, Verdict } from './finding';

/** One check: what is asked, what has to hold before that says anything, and what an answer means. */
export interface Step {
  /** Unique in its ladder. */
  readonly id: string;
  readonly layer: Layer;
  /** What should be so, a sentence without its full stop. */
  readonly what: string;
  /** The other party that it is about. @default none in particular */
  readonly peer?: number;
  /** Ids of earlier steps without which this one only repeats their failure. */
  readonly needs: readonly string[];
  readonly asks: readonly Ask[];
  judge(observed: Observed): Judgement;
}

/** Everything that was seen of one member. */
export interface Observed {
  readonly now: Date;
  readonly pods: Seen<readonly Pod[]>;
  readonly events: Seen<readonly Event[]>;
  /** Answers to what was asked, whatever they are, by the ids of {@link Ask}. */
  readonly answers: ReadonlyMap<string, Seen<unknown>>;
  /** Of the steps below. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** What all steps ask, each once. */
export const asksOf = (steps: readonly Step[]): readonly Ask[] => [
  ...new Map(steps.flatMap(({ asks }) => asks).map((ask) => [ask.id, ask])).values(),
];

/** Judges steps in their order, and skips those whose ground does not hold. */
export function climb(
  member: Member,
  steps: readonly Step[],
  observed: Omit<Observed, 'verdicts'>,
): readonly Finding[] {
  const verdicts = new Map<string, Verdict>();
  return steps.map((step) => {
    const judged = judge(step, steps, { ...observed, verdicts });
    verdicts.set(step.id, judged.verdict);
    return { member, layer: step.layer, step: step.id, what: step.what, peer: step.peer, ...judged };
  });
}

function judge(
  step: Step,
  steps: readonly Step[],
  observed: Observed,
): Omit<Judgement, 'verdict'> & { verdict: Verdict } {
  const missing = step.needs.find((id) => ['fails', 'skipped'].includes(`${observed.verdicts.get(id)}`));
  if (missing !== undefined)
    return { verdict: 'skipped', saw: `needs: ${steps.find(({ id }) => id === missing)?.what ?? missing}` };
  const judged = step.judge(observed);
  return judged.saw === '' ? { ...judged, saw: 'nothing' } : judged;
}

/** Judges by one answer, where there is one. */
export const byAnswer =
  (id: string, judge: (answer: unknown, observed: Observed) => Judgement) =>
  (observed: Observed): Judgement => {
    const seen = observed.answers.get(id);
    if (seen === undefined) return { verdict: 'unseen', saw: 'was not asked' };
    return isSeen(seen) ? judge(seen.value, observed) : { verdict: 'unseen', saw: seen.unseen };
  };
