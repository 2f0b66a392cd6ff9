import type { PartyPlan } from '../../lib/federation/party';
import { isAlone, type Pair } from '../../lib/jobs/pairs';
import type { StepAnswer } from '../../lib/jobs/step-answer';
import { askedOf, type Role, type StepRequest, submissionOf } from '../../lib/jobs/toy-example';
import type { PairResult } from '../../lib/reports/pair-results';

/** Has a pod of the guest ask FATE Flow. @throws what keeps it from asking */
export type Ask = (request: StepRequest, signal?: AbortSignal) => Promise<StepAnswer>;

/** A party that can be asked. */
export interface Askable {
  readonly plan: PartyPlan;
  readonly ask: Ask;
}

/** Of a pair whose guest can be asked. */
export interface Run extends Askable {
  readonly pair: Pair;
  /** The host, where it can be asked, too. */
  readonly host?: Askable;
  /** Seconds that the job may take. */
  readonly seconds: number;
  /** Ends it: its job is stopped. */
  readonly signal: AbortSignal;
  /** Gets each new state of the pair. */
  readonly told: (state: string) => void;
}

/** Runs the toy example for a pair, and never throws: what went wrong is in the result. */
export async function runPair(run: Run): Promise<PairResult> {
  const started = Date.now();
  const result = await attempt(run).catch((error: Error) => ({ reasons: [error.message] }));
  const { job, reasons } = result as Attempt;
  const seconds = Math.round((Date.now() - started) / 1000);
  return { ...run.pair, outcome: reasons.length === 0 ? 'success' : 'failed', job, seconds, reasons };
}

interface Attempt {
  readonly job?: string;
  /** None: it succeeded. */
  readonly reasons: readonly string[];
}

async function attempt(run: Run): Promise<Attempt> {
  const { pair, plan, ask, seconds, signal, told } = run;
  const guest = askedOf(plan);
  told('asks');
  const reached = await ask({ ...guest, do: 'reach', ...(!isAlone(pair) && { host: pair.host }) }, signal);
  if (reached.refusal !== undefined) return { reasons: [reached.refusal] };
  told('submits');
  const { job, refusal } = await ask({ ...guest, do: 'submit', submission: submissionOf(plan, pair.host, seconds) });
  if (job === undefined) return { reasons: [`FATE Flow refuses the job: ${refusal ?? 'and does not say why'}`] };
  const state = await endOf(run, job);
  if (state === 'success') return { job, reasons: [] };
  if (ends.includes(state)) {
    return { job, reasons: [`job ${job} is ${state}`, ...(await reasonsOf(run, job))] };
  }
  const why = signal.aborted ? 'ended here' : `still ${state} after ${seconds} s`;
  return { job, reasons: [`job ${job} was ${why}, and ${await stopped(run, job)}`] };
}

const ends: readonly string[] = ['success', 'failed', 'canceled', 'timeout'];

/** Why a job failed: each party knows errors of its own alone. */
async function reasonsOf({ pair, plan, ask, host }: Run, job: string): Promise<readonly string[]> {
  if (isAlone(pair)) return whyOf({ plan, ask }, job, ['guest', 'host']);
  const known = [whyOf({ plan, ask }, job, ['guest']), ...(host ? [whyOf(host, job, ['host'])] : [])];
  const reasons = [...new Set((await Promise.all(known)).flat())];
  return reasons.filter((it) => !reasons.some((other) => other.startsWith(`${it}: `))); // a state, without its error
}

async function whyOf({ plan, ask }: Askable, job: string, roles: readonly Role[]) {
  const told = ask({ ...askedOf(plan), do: 'why', job, roles }).catch(({ message }: Error) => ({ reasons: [message] }));
  return (await told).reasons ?? [];
}

/** The state in which a job ends, or in which it is when there is no more time for it. */
async function endOf({ plan, ask, seconds, signal, told }: Run, job: string): Promise<string> {
  const until = Date.now() + seconds * 1000;
  let state = 'submitted';
  let unanswered = 0;
  while (!ends.includes(state) && Date.now() < until && !signal.aborted) {
    const watch = { ...askedOf(plan), do: 'watch', job, known: state, seconds: watchSeconds } as const;
    const answer = await ask(watch, signal).catch((error: Error) => ({ refusal: error.message }) as StepAnswer);
    if (answer.state !== undefined) unanswered = 0;
    else if (++unanswered === mostUnanswered && !signal.aborted)
      throw new Error(answer.refusal ?? 'FATE Flow tells no state of the job');
    const next = answer.state ?? state;
    if (next !== state) told(next);
    state = next;
  }
  return state;
}

/** Of one question for a state, which is answered sooner where it changes. */
const watchSeconds = 10;
/** Connections are cut, and pods start again. */
const mostUnanswered = 3;

async function stopped({ plan, ask }: Run, job: string): Promise<string> {
  try {
    const { refusal } = await ask({ ...askedOf(plan), do: 'stop', job });
    return refusal === undefined ? 'is stopped' : `cannot be stopped: ${refusal}`;
  } catch (error) {
    return `cannot be stopped: ${(error as Error).message}`;
  }
}
