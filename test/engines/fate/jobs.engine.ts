import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type JobProps, jobPlan } from '../../../lib';
import { benchmarkPlan } from '../../../lib/jobs/benchmarks/benchmark';
import { benchmarks } from '../../../lib/jobs/benchmarks/definitions';
import { jobOf, partiesOf } from '../../support/jobs';
import { cache, refusal, titled } from '../support/engines';
import { project, python, release } from './images';

const refused = refusal('fate');

const layers = [{ layer: 'Linear', in_features: 30, out_features: 1 }, { layer: 'Sigmoid' }];
/** With all parameters that FATE 2 knows. */
const trainings: Readonly<Record<string, object>> = {
  'homo-lr': {
    parameters: {
      max_iter: 3,
      batch_size: 320,
      learning_rate: 0.15,
      optimizer: 'adam',
      penalty: 'L1',
      alpha: 0.1,
      init_method: 'ones',
    },
  },
  'hetero-secure-boost': {
    parameters: {
      task: 'multi',
      num_class: 3,
      num_trees: 2,
      max_depth: 2,
      learning_rate: 0.1,
      bin_num: 16,
      key_length: 1024,
    },
  },
  'homo-nn': {
    parameters: { layers, loss: 'BCELoss', epochs: 2, batch_size: 32, optimizer: 'SGD', learning_rate: 0.1 },
  },
};

describe.skipIf(refused !== undefined)(titled(`FATE ${release} reads jobs`, refused), () => {
  const parties = partiesOf(release, {}, {}, {});
  const submissionOf = (job: object) => jobPlan(parties, job as JobProps).submission;

  /** What FATE finds wrong with them. */
  function faults(jobs: Readonly<Record<string, object>>): readonly string[] {
    const env = {
      ...python,
      PYTHONPATH: python.PYTHONPATH.replaceAll(project, join(cache, 'fate', project)),
      FATE_PROJECT_BASE: '/run',
    };
    const input = JSON.stringify(jobs);
    const { stdout, stderr } = spawnSync('python3', [join(__dirname, 'judge-jobs.py')], {
      env,
      input,
      encoding: 'utf8',
    });
    const last = stdout.trim().split('\n').at(-1) ?? '';
    return last.startsWith('[') ? JSON.parse(last) : [stderr];
  }

  test('and finds nothing that it would refuse, in what trains, predicts and is measured', () => {
    const jobs = Object.entries(trainings).flatMap(([algorithm, training]) => [
      [algorithm, submissionOf({ algorithm, ...jobOf(2, true), ...training })],
      [`${algorithm} predicts`, submissionOf({ algorithm, ...jobOf(), model: { job: '202611261200000000010' } })],
    ]);
    const measured = Object.keys(benchmarks).map((name) => {
      const benchmark = name as keyof typeof benchmarks;
      return [
        `benchmark ${name}`,
        benchmarkPlan(parties, { benchmark, guest: 30_000, hosts: [40_000] }).job.submission,
      ];
    });
    expect(faults(Object.fromEntries([...jobs, ...measured]))).toEqual([]);
  });

  test('and finds what it would refuse', () => {
    // biome-ignore lint/suspicious/noExplicitAny: FATE's own words
    const job = structuredClone(submissionOf({ algorithm: 'homo-lr', ...jobOf() })) as any;
    const { homo_lr_0 } = job.dag_schema.dag.tasks;
    homo_lr_0.parameters = { epochs: 0, tol: 1 };
    homo_lr_0.inputs.data = { rows: homo_lr_0.inputs.data.train_data };
    expect(faults({ job })).toEqual([
      expect.stringMatching(/^job: homo_lr_0\.epochs: /),
      'job: homo_lr_0 has no parameter tol',
      'job: homo_lr_0 has no input rows',
      'job: homo_lr_0 lacks input train_data',
    ]);
  });
});
