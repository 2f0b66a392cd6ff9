import type { Event, Pod } from 'kubernetes-types/core/v1';
import type { Member } from '../federation/certificates';
import { printable } from '../input/shown';
import { type Ask, isSeen, type Seen } from './asks';
import { type Finding, type Judgement, type Layer, unseen, type Verdict } from './finding';

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

/** Judges steps in their order, and skips those whose ground does not hold. No word of strangers moves a terminal. */
export function climb(
  member: Member,
  steps: readonly Step[],
  observed: Omit<Observed, 'verdicts'>,
): readonly Finding[] {
  const verdicts = new Map<string, Verdict>();
  return steps.map((step) => {
    const judged = judge(step, steps, { ...observed, verdicts });
    verdicts.set(step.id, judged.verdict);
    return { member, layer: step.layer, step: step.id, what: printable(step.what), peer: step.peer, ...judged };
  });
}

/** Whether something was seen, and nothing of it fails or could not be had; what somebody may not see is left out. */
export const allHolds = (findings: readonly Finding[]): boolean =>
  findings.some(({ verdict }) => verdict === 'holds') &&
  findings.every(({ verdict, isLost }) => verdict !== 'fails' && isLost !== true);

function judge(
  step: Step,
  steps: readonly Step[],
  observed: Observed,
): Omit<Judgement, 'verdict'> & { verdict: Verdict } {
  const missing = step.needs.find((id) => ['fails', 'skipped'].includes(`${observed.verdicts.get(id)}`));
  if (missing !== undefined)
    return { verdict: 'skipped', saw: `needs: ${printable(steps.find(({ id }) => id === missing)?.what ?? missing)}` };
  const { saw, meaning, ...judged } = step.judge(observed);
  return { ...judged, saw: printable(saw) || 'nothing', meaning: meaning && printable(meaning) };
}

/** Judges by one answer, where there is one. */
export const byAnswer =
  (id: string, judge: (answer: unknown, observed: Observed) => Judgement) =>
  (observed: Observed): Judgement => {
    const seen = observed.answers.get(id);
    if (seen === undefined) return unseen('was not asked');
    return isSeen(seen) ? judge(seen.value, observed) : { ...unseen(seen.unseen), isLost: seen.kind === 'outage' };
  };
