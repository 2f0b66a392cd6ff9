import { expect, test } from 'vitest';
import { type PartyProps, partyPlan } from '../../../lib';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';

const plan = (props: Partial<Parameters<typeof partyPlan>[0]>) =>
  partyPlan({ domain: 'example.com', id: 30000, exchange: exchangeDescriptorOf(), belowGuideline: true, ...props });

test('nothing is verified by itself, and a party alone where somebody says just that', () => {
  expect(plan({}).verification).toBeUndefined();
  expect(plan({ verification: false }).verification).toBeUndefined();
  expect(plan({ verification: true }).verification).toEqual({ with: [] });
  expect(plan({ verification: { with: [40000, 50000] } }).verification).toEqual({ with: [40000, 50000] });
});

test.each([
  [{ with: [40000, 40000] }, 'with[1]'],
  [{ with: [30000] }, 'with[0]'],
  [{ with: ['40000'] }, 'with[0]'],
  [{ with: [0] }, 'with[0]'],
  [{ with: 40000 }, 'with'],
  [{ whith: [40000] }, 'whith'],
])('%j is refused', (verification, path) => {
  const problems = problemsOf(() => plan({ verification } as unknown as Partial<PartyProps>));
  expect(problems.map((it) => it.path)).toEqual([`verification.${path}`]);
});

test('what is neither a truth value nor a map is refused', () => {
  const problems = problemsOf(() => plan({ verification: 'yes' } as unknown as Partial<PartyProps>));
  expect(problems).toEqual([
    {
      path: 'verification',
      what: expect.stringContaining('"yes"'),
      remedy: 'use true, or whom to meet: { with: [40000] }',
    },
  ]);
});

test('a party that stands alone is verified with nobody else', () => {
  expect(problemsOf(() => plan({ verification: { with: [40000] }, exchange: undefined }))).toEqual([
    expect.objectContaining({ path: 'verification.with', what: expect.stringContaining('stands alone') }),
  ]);
  expect(plan({ verification: true, exchange: undefined }).verification).toEqual({ with: [] });
});

test('one core of Spark is not enough for guest and host at once, and a second worker has another one', () => {
  const cores = (cpu: number) => ({ requests: { cpu, memoryGiB: 4 }, limits: { cpu, memoryGiB: 16 } });
  const small = { resources: { sparkWorker: cores(1) } };
  expect(problemsOf(() => plan({ ...small, verification: true }))).toEqual([
    expect.objectContaining({ path: 'verification', what: expect.stringContaining('two cores') }),
  ]);
  expect(plan({ ...small, sparkWorkers: 2, verification: true }).verification).toBeDefined();
  expect(plan({ sizing: 'reference', verification: true }).verification).toBeDefined();
});
