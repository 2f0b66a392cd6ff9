import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, InvalidInput, type JobPlan, type JobProps, jobPlan, type PartyPlan } from '../../../lib';
import { releases } from '../../../lib/fate/releases';
import { executorMemoryMiB } from '../../../lib/fate/spark';
import { problemsOf } from '../../support/declarations';
import { jobOf, partiesOf } from '../../support/jobs';
import { containerOf, environmentOf, fileOf, find, objectsOf } from '../../support/objects';

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
  { spark: { workers } }: PartyPlan,
  roles: number,
  arbiter: boolean,
  executors: number,
  cores: number,
  memory: number,
) {
  const free = Array.from({ length: workers.count }, () => ({
    cores: workers.cores,
    memory: executorMemoryMiB(workers) * workers.cores,
  }));
  return free.every((_, worst) => {
    const left = free.map((it, i) =>
      arbiter && i === worst ? { cores: it.cores - 1, memory: it.memory - executorMemoryMiB(workers) } : { ...it },
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
      const least = Math.min(...parties.map(({ spark }) => executorMemoryMiB(spark.workers))) * executorCores;
      if (!fits(1, executorCores, least)) {
        expect(problemsOf(() => jobPlan(parties, job)).map(({ path }) => path)).toContain('resources.executors');
        return;
      }
      const { executors, executorMemoryMiB: memory } = jobPlan(parties, job).resources;
      expect(memory).toBe(least);
      expect(fits(executors, executorCores, memory)).toBe(true);
      const isShared = algorithm === 'homo-lr' && (parties[1]?.sizing.sparkWorkers ?? 1) > 1; // by memory, below
      if (!isShared) expect(fits(executors + 1, executorCores, memory)).toBe(false);
    },
  );
  fc.assert(property, { numRuns: 150 });
});

test('the party with least decides, and an arbiter has a core beside its other role', () => {
  const parties = partiesOf('1.6.1', spark(16, 32, 2), spark(8, 16, 1));
  expect(jobPlan(parties, { algorithm: 'hetero-secure-boost', ...jobOf() }).resources.executors).toBe(8);
  expect(jobPlan(parties, { algorithm: 'homo-lr', ...jobOf() }).resources.executors).toBe(7);
  const large = partiesOf('1.6.1', spark(16, 32, 2), spark(16, 32, 2)); // 15 are left on the worker of the arbiter, so 15 on each
  expect(jobPlan(large, { algorithm: 'homo-lr', ...jobOf() }).resources.executors).toBe(30);
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

/** What FATE Flow and Spark of a party have, as its objects say it. */
function offeredBy(plan: PartyPlan) {
  const objects = objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan));
  const conf = parse(fileOf(objects, 'fateflow-config', 'service_conf.yaml'), { version: '1.1' });
  const { cores_per_node, nodes, cores = cores_per_node * nodes } = (conf.computing ?? conf.fate_on_spark).spark;
  const worker = environmentOf(containerOf(objects, 'spark-worker'));
  const [workerCores, workerMemoryMiB] = ['SPARK_WORKER_CORES', 'SPARK_WORKER_MEMORY'].map((name) =>
    Number.parseInt(`${worker[name]}`, 10),
  ) as [number, number];
  const environment = environmentOf(containerOf(objects, releases[plan.fate].fateflow.container));
  const { spec } = find<Deployment>(objects, 'Deployment', 'spark-worker');
  const submit = fileOf(objects, 'fateflow-config', 'spark-submit');
  return { ledger: Number(cores), workers: spec?.replicas ?? 1, workerCores, workerMemoryMiB, environment, submit };
}
type Offered = ReturnType<typeof offeredBy>;

// biome-ignore lint/suspicious/noExplicitAny: FATE's own words
function booked(submission: any): { readonly learner: SparkRun; readonly arbiter: SparkRun; readonly cores: number } {
  if (submission.dag_schema !== undefined) {
    const { cores, task } = submission.dag_schema.dag.conf;
    const arbiter = { ...task.engine_run, 'num-executors': 1, 'executor-cores': 1 }; // by FATE Flow 2 itself
    return { learner: task.engine_run, arbiter, cores };
  }
  const { common, role } = submission.job_runtime_conf.job_parameters;
  return { learner: common.spark_run, arbiter: role?.arbiter[0].spark_run, cores: common.task_cores };
}
type SparkRun = Readonly<Record<string, string | number>>;

/** What an application asks Spark for, once it has gone through the party's own `spark-submit`. */
function askedOfSpark({ submit, environment }: Offered, run: SparkRun) {
  const home = mkdtempSync(join(tmpdir(), 'submit-'));
  try {
    mkdirSync(join(home, 'bin'));
    writeFileSync(join(home, 'bin/spark-class'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    writeFileSync(join(home, 'submit'), submit);
    const args = Object.entries(run).map(([name, value]) => `--${name}=${value}`);
    const { stdout } = spawnSync('sh', [join(home, 'submit'), ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...environment, SPARK_HOME: home },
    });
    const asked = (name: string) => Number.parseInt(stdout.match(`--${name}=(\\d+)`)?.[1] ?? '', 10);
    return { cores: asked('total-executor-cores'), memoryMiB: asked('executor-memory') };
  } finally {
    rmSync(home, { recursive: true });
  }
}

/**
 * Cores that Spark gives each application, one after another: by one on every worker that has memory for its executor, those with
 * most free cores first.
 *
 * @see Spark 2.4, `Master.scheduleExecutorsOnWorkers`, with `spark.deploy.spreadOut`
 */
function given({ workers, workerCores, workerMemoryMiB }: Offered, applications: readonly SparkAsked[]) {
  const free = Array.from({ length: workers }, () => ({ cores: workerCores, memoryMiB: workerMemoryMiB }));
  return applications.map(({ cores, memoryMiB }) => {
    const usable = free.filter((it) => it.memoryMiB >= memoryMiB && it.cores > 0).sort((a, b) => b.cores - a.cores);
    for (const it of usable.slice(0, cores)) it.memoryMiB -= memoryMiB;
    let got = 0;
    while (got < cores && usable.some((it) => it.cores > 0))
      for (const it of usable)
        if (got < cores && it.cores > 0) {
          it.cores -= 1;
          got += 1;
        }
    return got;
  });
}
type SparkAsked = ReturnType<typeof askedOfSpark>;

/** Whether books and Spark of a party have all that a job takes of it, whichever of its roles comes first. */
function hasRoom(party: PartyPlan, { roles, submission }: JobPlan, more: number): boolean {
  const offered = offeredBy(party);
  const { learner, arbiter, cores } = booked(submission);
  const executors = Number(learner['num-executors']);
  expect(executors * Number(learner['executor-cores'])).toBe(cores);
  expect(offered.ledger).toBe(offered.workers * offered.workerCores);
  const larger = { ...learner, 'num-executors': executors + more };
  const learning = [...roles.guest, ...roles.host]
    .filter((id) => id === party.id)
    .map(() => askedOfSpark(offered, larger));
  const adding = roles.arbiter?.[0] === party.id ? [askedOfSpark(offered, arbiter)] : [];
  const orders = [
    [...adding, ...learning],
    [...learning, ...adding],
  ];
  return (
    orders.every((order) => given(offered, order).every((got, i) => got === order[i]?.cores)) &&
    [...learning, ...adding].reduce((sum, each) => sum + each.cores, 0) <= offered.ledger
  );
}

test('the books of each party have all cores of a job, and Spark gives them, whoever comes first; a party alone has none for one more', () => {
  const anyRelease = fc.constantFrom(...(Object.keys(releases) as FateRelease[]));
  const property = fc.property(
    anyRelease,
    sizes,
    sizes,
    fc.boolean(),
    fc.boolean(),
    asked,
    (fate, first, second, isAlone, adds, resources) => {
      const parties = partiesOf(fate, first, second);
      const { guest, hosts } = jobOf();
      const algorithm = adds ? 'homo-lr' : 'hetero-secure-boost';
      const job = { algorithm, guest, hosts: isAlone ? [guest] : hosts, resources } as JobProps;
      let plan: JobPlan;
      try {
        plan = jobPlan(parties, job);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInput);
        return;
      }
      const all = (more: number) => parties.every((party) => hasRoom(party, plan, more));
      expect(all(0)).toBe(true);
      if (isAlone && (resources.executorCores ?? 1) === 1) expect(all(1)).toBe(false);
    },
  );
  fc.assert(property, { numRuns: 15 });
});
