import { isMap } from '../input/checks';
import { parsedJson } from '../input/json-text';
import { oneLine } from '../input/shown';

/** What `toy-example.py` prints: texts of FATE Flow's, or of whoever is in its place, each as a line that moves no terminal. */
export interface StepAnswer {
  /** What was said instead. */
  readonly refusal?: string;
  readonly job?: string;
  readonly state?: string;
  readonly reasons?: readonly string[];
}

/** Reads what was printed; `undefined` of what is no answer. */
export function stepAnswer(text: string): StepAnswer | undefined {
  const said = parsedJson(text);
  if (!isMap(said)) return undefined;
  const { reasons } = said;
  return {
    refusal: line(said['refusal']),
    job: line(said['job']),
    state: line(said['state']),
    reasons: Array.isArray(reasons) ? reasons.slice(0, mostReasons).flatMap((each) => line(each) ?? []) : undefined,
  };
}

const line = (value: unknown): string | undefined => (typeof value === 'string' ? oneLine(value, longest) : undefined);

const longest = 500;
const mostReasons = 20;
