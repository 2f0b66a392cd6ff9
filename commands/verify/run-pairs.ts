import type { PartyPlan } from '../../lib/federation/party';
import { isAlone, type Pair, roomOf, startable, unknownRoom } from '../../lib/jobs/pairs';
import { type PairResult, pairText } from '../../lib/reports/pair-results';
import { type Askable, runPair } from './run-pair';

export interface Runs {
  readonly pairs: readonly Pair[];
  readonly guests: readonly Askable[];
  /** Plans of all parties that are known, for the room that they have. */
  readonly plans: readonly PartyPlan[];
  /** Seconds that each job may take. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly told: (pair: Pair, state: string) => void;
  readonly done: (result: PairResult) => void;
}

/** Runs pairs, side by side where their parties have room. A party that does not work alone is not tried with others. */
export async function runPairs(runs: Runs): Promise<readonly PairResult[]> {
  const results = new Map<Pair, PairResult>();
  const running = new Map<Pair, Promise<void>>();
  const room = (id: number) => {
    const plan = runs.plans.find((it) => it.id === id);
    return plan === undefined ? unknownRoom : roomOf(plan);
  };
  const finish = (pair: Pair, result: PairResult) => {
    running.delete(pair);
    results.set(pair, result);
    runs.done(result);
  };
  for (;;) {
    const waiting = runs.pairs.filter((it) => !results.has(it) && !running.has(it));
    for (const pair of waiting) {
      const reason = runs.signal.aborted ? 'ended here before it began' : broken(pair, [...results.values()]);
      if (reason !== undefined) finish(pair, { ...pair, outcome: 'failed', reasons: [reason] });
    }
    const left = waiting.filter((it) => !results.has(it) && !isHeld(it, runs.pairs, results));
    const met = [...results].flatMap(([pair, { outcome }]) => (outcome === 'success' ? pair : []));
    for (const pair of startable(left, { running: [...running.keys()], met, room }))
      running.set(
        pair,
        runOne(runs, pair).then((result) => finish(pair, result)),
      );
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  return runs.pairs.flatMap((it) => results.get(it) ?? []);
}

function runOne({ guests, seconds, signal, told }: Runs, pair: Pair): Promise<PairResult> {
  const [guest, host] = [pair.guest, pair.host].map((id) => guests.find(({ plan }) => plan.id === id));
  if (guest === undefined) throw new Error(`nobody can ask ${pair.guest}`);
  return runPair({ ...guest, host, pair, seconds, signal, told: (state) => told(pair, state) });
}

/** Whether a party of it is still to be tried alone. */
const isHeld = (pair: Pair, pairs: readonly Pair[], results: ReadonlyMap<Pair, PairResult>): boolean =>
  !isAlone(pair) && pairs.some((it) => isAlone(it) && isOf(it, pair) && !results.has(it));

function broken(pair: Pair, results: readonly PairResult[]): string | undefined {
  const alone = results.find((it) => isAlone(it) && isOf(it, pair) && it.outcome === 'failed');
  return alone && !isAlone(pair) ? `not tried: ${pairText(alone)} fails` : undefined;
}

const isOf = ({ guest }: Pair, pair: Pair): boolean => guest === pair.guest || guest === pair.host;
