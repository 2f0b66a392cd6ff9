import { expect, test } from 'vitest';
import type { Ask } from '../../../commands/verify/run-pair';
import { type Runs, runPairs } from '../../../commands/verify/run-pairs';
import { partyPlan } from '../../../lib';
import { pairsOf } from '../../../lib/jobs/pairs';
import type { StepAnswer } from '../../../lib/jobs/step-answer';
import type { StepRequest } from '../../../lib/jobs/toy-example';
import { pairText } from '../../../lib/reports/pair-results';

const planOf = (id: number) => partyPlan({ domain: 'example.com', id, sizing: 'reference' });

/** FATE Flows of parties whose jobs succeed at once, but for what `answers` says; and what they were asked for. */
function parties(ids: readonly number[], answers: (id: number, request: StepRequest) => StepAnswer | undefined) {
  const asked: [number, StepRequest][] = [];
  const usual = { reach: {}, submit: { job: '1' }, watch: { state: 'success' }, why: { reasons: [] }, stop: {} };
  const guests = ids.map((id) => {
    const ask: Ask = async (request) => {
      asked.push([id, request]);
      await new Promise((done) => setTimeout(done, 1));
      return answers(id, request) ?? usual[request.do];
    };
    return { plan: planOf(id), ask };
  });
  return { guests, asked, steps: (id: number) => asked.filter(([it]) => it === id).map(([, request]) => request.do) };
}

const run = (guests: Runs['guests'], more: Partial<Runs> = {}) => {
  const ids = guests.map(({ plan }) => plan.id);
  const plans = guests.map(({ plan }) => plan);
  const quiet = { told: () => {}, done: () => {} };
  const signal = new AbortController().signal;
  return runPairs({ pairs: pairsOf(ids, ids), guests, plans, seconds: 60, signal, ...quiet, ...more });
};

const told = (results: Awaited<ReturnType<typeof run>>) =>
  Object.fromEntries(results.map((it) => [pairText(it), it.outcome === 'success' ? 'success' : it.reasons.join('; ')]));

test('every pair of three parties is tried, and what each came to is told in the order of the pairs', async () => {
  const { guests } = parties([1, 2, 3], () => undefined);
  const results = await run(guests);
  expect(results.map(pairText)).toEqual(pairsOf([1, 2, 3], [1, 2, 3]).map(pairText));
  expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['success']));
});

test('a party that does not work alone is tried with nobody, and nobody with it', async () => {
  const { guests, steps } = parties([1, 2], (id, request) =>
    id === 2 && request.do === 'watch' ? { state: 'failed' } : undefined,
  );
  expect(told(await run(guests))).toEqual({
    '1 alone': 'success',
    '2 alone': 'job 1 is failed',
    '1 with 2': 'not tried: 2 alone fails',
    '2 with 1': 'not tried: 2 alone fails',
  });
  expect(steps(1)).toEqual(['reach', 'submit', 'watch']);
});

test.each<[string, (request: StepRequest) => StepAnswer | undefined, string]>([
  [
    'a host that is not reached',
    (it) => (it.do === 'reach' && it.host === 2 ? { refusal: 'FATE Flow of 2 does not answer: 502' } : undefined),
    'FATE Flow of 2 does not answer: 502',
  ],
  [
    'a job that is refused',
    (it) => (it.do === 'submit' ? { refusal: 'create job failed' } : undefined),
    'FATE Flow refuses the job: create job failed',
  ],
  [
    'a job that fails',
    (it) => (it.do === 'watch' ? { state: 'failed' } : it.do === 'why' ? { reasons: ['host 2 is failed'] } : undefined),
    'job 1 is failed; host 2 is failed',
  ],
])('%s is told with what was said', async (_, answers, reason) => {
  const { guests } = parties([1], (_, request) => answers(request));
  expect(told(await run(guests, { pairs: [{ guest: 1, host: 2 }] }))).toEqual({ '1 with 2': reason });
});

test('of a job that fails the host is asked, too, since each party knows its own errors alone', async () => {
  const pairs = [{ guest: 1, host: 2 }];
  const { guests } = parties([1, 2], (id, request) => {
    if (request.do === 'watch') return { state: 'failed' };
    if (request.do !== 'why') return undefined;
    const own = id === 1 ? ['guest 1 is failed', 'host 2 is failed', '1 has no error of its own'] : [];
    return { reasons: id === 2 ? ['host 2 is failed: out of memory', `as ${request.roles}`] : own };
  });
  expect(told(await run(guests, { pairs }))).toEqual({
    '1 with 2':
      'job 1 is failed; guest 1 is failed; 1 has no error of its own; host 2 is failed: out of memory; as host',
  });
  const { guests: cut } = parties([1, 2], (id, request) => {
    if (request.do === 'watch') return { state: 'failed' };
    if (id === 2) throw new Error('the connection was cut');
    return request.do === 'why' ? { reasons: ['guest 1 is failed'] } : undefined;
  });
  expect(told(await run(cut, { pairs }))).toEqual({
    '1 with 2': 'job 1 is failed; guest 1 is failed; the connection was cut',
  });
});

test('a question that finds no answer is asked again, and at last is a failure', async () => {
  let lost = 0;
  const { guests } = parties([1], (_, request) => {
    if (request.do !== 'watch' || ++lost === 3) return undefined;
    throw new Error('the connection was cut');
  });
  expect(told(await run(guests))).toEqual({ '1 alone': 'success' });
  const { guests: gone } = parties([1], (_, request) => {
    if (request.do !== 'watch') return undefined;
    throw new Error('the connection was cut');
  });
  expect(told(await run(gone))).toEqual({ '1 alone': 'the connection was cut' });
});

test('a job that has no more time is stopped', async () => {
  const { guests, steps } = parties([1], (_, request) => (request.do === 'watch' ? { state: 'waiting' } : undefined));
  expect(told(await run(guests, { seconds: 0.1 }))).toEqual({
    '1 alone': 'job 1 was still waiting after 0.1 s, and is stopped',
  });
  expect(steps(1).at(-1)).toBe('stop');
});

test('who gives up has all jobs at work stopped, and begins no other', async () => {
  const ending = new AbortController();
  const { guests, steps } = parties([1, 2], (_, request) => {
    if (request.do !== 'watch') return undefined;
    ending.abort();
    return { state: 'running' };
  });
  const results = await run(guests, { signal: ending.signal });
  expect(told(results)).toEqual({
    '1 alone': 'job 1 was ended here, and is stopped',
    '2 alone': 'job 1 was ended here, and is stopped',
    '1 with 2': 'ended here before it began',
    '2 with 1': 'ended here before it began',
  });
  for (const id of [1, 2]) expect(steps(id)).toEqual(['reach', 'submit', 'watch', 'stop']);
});
