import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JobProps, jobPlan, type PartyPlan } from '../../../lib';
import { releases } from '../../../lib/fate/releases';
import { executorMemoryMiB, workerCores } from '../../../lib/fate/spark';
import { problemsOf } from '../../support/declarations';
import { jobOf, partiesOf } from '../../support/jobs';

const spark = (cpu: number, memoryGiB: number, sparkWorkers: number) => ({
  sparkWorkers,
  belowGuideline: true,
  resources: { sparkWorker: { requests: { cpu: 0.5, memoryGiB: 1 }, limits: { cpu, memoryGiB } } },
});
const sizes = fc
  .record({
    cpu: fc.integer({ min: 1, max: 12 }),
    memoryGiB: fc.integer({ min: 2, max: 40 }),
    workers: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ cpu, memoryGiB, workers }) => spark(cpu, memoryGiB, workers));

/** Whether executors of so many cores and so much memory find a place on workers, the arbiter's core first on the worst one. */
function holds(
  { sizing }: PartyPlan,
  roles: number,
  arbiter: boolean,
  executors: number,
  cores: number,
  memory: number,
) {
  const free = Array.from({ length: sizing.sparkWorkers }, () => ({
    cores: workerCores(sizing),
    memory: executorMemoryMiB(sizing) * workerCores(sizing),
  }));
  return free.every((_, worst) => {
    const left = free.map((it, i) =>
      arbiter && i === worst ? { cores: it.cores - 1, memory: it.memory - executorMemoryMiB(sizing) } : { ...it },
    );
    return Array.from({ length: roles * executors }).every(() => {
      const place = left.find((it) => it.cores >= cores && it.memory >= memory);
      if (place === undefined) return false;
      place.cores -= cores;
      place.memory -= memory;
      return true;
    });
  });
}

const asked = fc.record({ executorCores: fc.integer({ min: 1, max: 4 }) }, { requiredKeys: [] });

test('whatever the parties have, executors fit on the workers of each, and one more would not', () => {
  const property = fc.property(
    fc.array(sizes, { minLength: 2, maxLength: 4 }),
    fc.constantFrom('homo-lr', 'hetero-secure-boost'),
    fc.constantFrom(...(Object.keys(releases) as (keyof typeof releases)[])),
    asked,
    (sizes, algorithm, fate, resources) => {
      const parties = partiesOf(fate, ...sizes);
      const job = { algorithm, ...jobOf(sizes.length - 1), resources } as JobProps;
      const fits = (executors: number, cores: number, memory: number) =>
        parties.every((plan, i) => holds(plan, 1, algorithm === 'homo-lr' && i === 1, executors, cores, memory));
      const { executorCores = 1 } = resources;
      const least = Math.min(...parties.map(({ sizing }) => executorMemoryMiB(sizing))) * executorCores;
      if (!fits(1, executorCores, least)) {
        expect(problemsOf(() => jobPlan(parties, job)).map(({ path }) => path)).toContain('resources.executors');
        return;
      }
      const { executors, executorMemoryMiB: memory } = jobPlan(parties, job).resources;
      expect(memory).toBe(least);
      expect(fits(executors, executorCores, memory)).toBe(true);
      expect(fits(executors + 1, executorCores, memory)).toBe(false);
    },
  );
  fc.assert(property, { numRuns: 150 });
});

test('the party with least decides, and an arbiter has a core beside its other role', () => {
  const parties = partiesOf('1.6.1', spark(16, 32, 2), spark(8, 16, 1));
  expect(jobPlan(parties, { algorithm: 'hetero-secure-boost', ...jobOf() }).resources.executors).toBe(8);
  expect(jobPlan(parties, { algorithm: 'homo-lr', ...jobOf() }).resources.executors).toBe(7);
  const elsewhere = { ...jobOf(), arbiter: 30_000 };
  expect(jobPlan(parties, { algorithm: 'homo-lr', ...elsewhere }).resources.executors).toBe(8);
});

test('a party that is guest and host has half of its cores for each', () => {
  const [party] = partiesOf('1.6.1', spark(8, 16, 1));
  const { guest } = jobOf();
  const job = { algorithm: 'homo-lr', guest, hosts: [guest] } as const;
  expect(jobPlan([party as PartyPlan], job).resources.executors).toBe(3);
});

test('what is asked for beyond what parties have is refused, for each party that lacks it', () => {
  const parties = partiesOf('1.6.1', spark(4, 16, 1), spark(16, 32, 1), spark(2, 8, 1));
  const job = { algorithm: 'hetero-secure-boost', ...jobOf(2) } as const;
  const problems = (resources: JobProps['resources']) =>
    problemsOf(() => jobPlan(parties, { ...job, resources })).map(
      ({ path, what, remedy }) => `${path}: ${what}; ${remedy}`,
    );
  expect(problems({ executors: 5 })).toEqual([
    'resources.executors: 5 of 1 core do not fit party 30000, which has 1 × 4 cores and takes part; use 4 at most',
    'resources.executors: 5 of 1 core do not fit party 50000, which has 1 × 2 cores and takes part; use 2 at most',
  ]);
  expect(problems({ executors: 1, executorCores: 3 })).toEqual([
    'resources.executors: 1 of 3 cores do not fit party 50000, which has 1 × 2 cores and takes part; use fewer cores for each, or give the party more',
  ]);
  expect(problems({ executorMemoryMiB: 3000 })).toEqual([
    'resources.executorMemoryMiB: 3000 MiB are more than belong to 1 core of party 30000; use 2925 at most',
    'resources.executorMemoryMiB: 3000 MiB are more than belong to 1 core of party 40000; use 1462 at most',
    'resources.executorMemoryMiB: 3000 MiB are more than belong to 1 core of party 50000; use 2925 at most',
  ]);
  expect(problems({ executors: 0, partitions: 2000, executorMemoryMiB: 1 })).toHaveLength(3);
});

test('less is taken as it is, and partitions are as many as cores where nobody says otherwise', () => {
  const parties = partiesOf('2.2.0', {}, {});
  const job = { algorithm: 'hetero-secure-boost', ...jobOf() } as const;
  const { resources } = jobPlan(parties, {
    ...job,
    resources: { executors: 2, executorCores: 2, executorMemoryMiB: 600 },
  });
  expect(resources).toMatchObject({ executors: 2, executorCores: 2, executorMemoryMiB: 600, partitions: 4 });
  expect(jobPlan(parties, { ...job, resources: { partitions: 16 } }).resources.partitions).toBe(16);
});

test('parties of somebody else are named as those that nobody has looked at', () => {
  const [guest] = partiesOf('1.11.2', {}, {});
  const plan = jobPlan([guest as PartyPlan], { algorithm: 'homo-lr', ...jobOf(2) });
  expect(plan.unseen).toEqual([40_000, 50_000]);
  expect(plan.resources.executors).toBe(8);
});
