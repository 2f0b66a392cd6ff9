import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jobPlan } from '../../../../lib';
import { type FateRelease, releases } from '../../../../lib/fate/releases';
import type { AlgorithmName } from '../../../../lib/jobs/algorithms';
import { benchmarkPlan } from '../../../../lib/jobs/benchmarks/benchmark';
import { benchmarks } from '../../../../lib/jobs/benchmarks/definitions';
import { uploadOf } from '../../../../lib/jobs/benchmarks/tables';
import { problemsOf } from '../../../support/declarations';
import { partiesOf } from '../../../support/jobs';

const names = Object.keys(benchmarks) as AlgorithmName[];
const everywhere = names.flatMap((name) =>
  (Object.keys(releases) as FateRelease[]).map((fate) => [name, fate] as const),
);
const between = { guest: 30_000, hosts: [40_000] };
/** Has room for all that the paper's benchmarks take, as none of its own sizes has. */
const large = {
  sparkWorkers: 2,
  resources: { sparkWorker: { requests: { cpu: 8, memoryGiB: 32 }, limits: { cpu: 8, memoryGiB: 32 } } },
};

test.each(everywhere)('%s is a job of FATE %s, with tables that everybody can name', (benchmark, fate) => {
  const parties = partiesOf(fate, {}, {});
  const { owners, job } = benchmarkPlan(parties, { benchmark, ...between });
  expect(owners.map(({ table }) => `${table.namespace}.${table.name}`)).toEqual(
    owners.map(({ role, party }) => {
      const { rows, columns } = benchmarks[benchmark];
      return `benchmark.${benchmark.replaceAll('-', '_')}_${role}_${party}_${rows}x${columns}_seed_1`;
    }),
  );
  for (const { table } of owners) expect(JSON.stringify(job.submission)).toContain(table.name);
});

test('they have the figures of the white paper where there is room for them', () => {
  const parties = partiesOf('1.6.1', large, large);
  const differences = names.map((benchmark) => benchmarkPlan(parties, { benchmark, ...between }).differences);
  expect(differences.map((all) => all.map(({ figure }) => figure))).toEqual([[], [], ['data', 'network']]);
  const { job, parameters } = benchmarkPlan(parties, { benchmark: 'homo-lr', ...between });
  expect(job.resources).toMatchObject({ executors: 4, executorCores: 1, executorMemoryMiB: 2048, partitions: 4 });
  expect(parameters).toEqual({
    max_iter: 30,
    batch_size: 320,
    learning_rate: 0.15,
    optimizer: 'sgd',
    penalty: 'L2',
    alpha: 0.01,
    init_method: 'zeros',
    early_stop: 'diff',
    tol: 0.00001,
  });
});

test('what a release cannot do is told as a difference', () => {
  const { differences, parameters } = benchmarkPlan(partiesOf('2.2.0', large, large), {
    benchmark: 'homo-lr',
    ...between,
  });
  expect(differences).toEqual([{ figure: 'early_stop', paper: 'diff', here: 'none' }]);
  expect(parameters).not.toHaveProperty('early_stop');
});

test("on the paper's own sizes an executor has what belongs to a core, which is said", () => {
  const { differences } = benchmarkPlan(partiesOf('1.6.1', {}, {}), { benchmark: 'homo-lr', ...between, rows: 1000 });
  expect(differences).toEqual([
    { figure: 'rows', paper: 100_000, here: 1000 },
    { figure: 'executorMemoryMiB', paper: 2048, here: 1462 },
  ]);
});

test('whatever parties have, a benchmark takes no more than the largest job, and no more than in the white paper', () => {
  const worker = (cpu: number, memoryGiB: number) => ({
    belowGuideline: true,
    resources: { sparkWorker: { requests: { cpu: 0.5, memoryGiB: 1 }, limits: { cpu, memoryGiB } } },
  });
  const size = fc
    .record({
      cpu: fc.integer({ min: 2, max: 12 }),
      memoryGiB: fc.integer({ min: 2, max: 40 }),
      workers: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ cpu, memoryGiB, workers }) => ({ sparkWorkers: workers, ...worker(cpu, memoryGiB) }));
  const property = fc.property(fc.constantFrom(...everywhere), size, size, ([benchmark, fate], guest, host) => {
    const parties = partiesOf(fate, guest, host);
    let largest: ReturnType<typeof jobPlan>;
    const table = { name: 'rows' };
    const job = { algorithm: benchmark, guest: { party: 30_000, table }, hosts: [{ party: 40_000, table }] };
    const parameters = benchmark === 'homo-nn' ? { loss: 'NLLLoss', layers: [{ layer: 'ReLU' }] } : {};
    try {
      largest = jobPlan(parties, { ...job, parameters } as Parameters<typeof jobPlan>[1]);
    } catch {
      return expect(() => benchmarkPlan(parties, { benchmark, ...between })).toThrow();
    }
    const { resources } = benchmarkPlan(parties, { benchmark, ...between }).job;
    expect(resources.executors).toBe(Math.min(4, largest.resources.executors));
    expect(resources.partitions).toBe(resources.executors);
    expect(resources.executorMemoryMiB).toBe(Math.min(2048, largest.resources.coreMemoryMiB));
    const refused = problemsOf(() =>
      benchmarkPlan(parties, { benchmark, ...between, executors: largest.resources.executors + 1 }),
    );
    expect(refused.map(({ path }) => path)).toContain('resources.executors');
  });
  fc.assert(property, { numRuns: 100 });
});

test('labels are told FATE 2 with the rows that have some, and FATE 1 by the job', () => {
  const made = { benchmark: 'hetero-secure-boost', rows: 10, columns: 2, seed: 1 } as const;
  const [old, late] = [partiesOf('1.6.1', {}, {}), partiesOf('2.2.0', {}, {})].map(([party]) => {
    if (party === undefined) throw new Error('two parties were declared');
    return (['guest', 'host'] as const).map(
      (role) => uploadOf(party, made, { party: party.id, role }, false).fields['meta'] ?? '{}',
    );
  });
  expect(old).toEqual(['{}', '{}']);
  expect(late?.map((meta) => JSON.parse(meta).label_name)).toEqual(['y', undefined]);
});

test('a table of their own is taken as it is', () => {
  const table = { namespace: 'images', name: 'mnist' };
  const { owners, isMadeUp } = benchmarkPlan(partiesOf('2.2.0', {}, {}), { benchmark: 'homo-nn', ...between, table });
  expect(owners.map((owner) => owner.table)).toEqual([table, table]);
  expect(isMadeUp).toBe(false);
});
