import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type FateRelease, type JobProps, jobPlan, type Problem } from '../../../lib';
import { releases } from '../../../lib/fate/releases';
import { withModelVersion } from '../../../lib/jobs/dsl';
import { problemsOf } from '../../support/declarations';
import { hostile } from '../../support/hostile';
import { jobOf, partiesOf, trainings } from '../../support/jobs';
import { submissionShape } from './job-shapes';

const known = Object.keys(releases) as FateRelease[];
const ajv = new Ajv({ strict: true, allErrors: true, strictRequired: false, strictTypes: false });
const shapes = new Map(
  known.flatMap((fate) =>
    (['training', 'prediction'] as const).map((kind) => [`${fate} ${kind}`, ajv.compile(submissionShape(fate, kind))]),
  ),
);
function misfits(fate: FateRelease, kind: string, submission: object): readonly unknown[] {
  const fits = shapes.get(`${fate} ${kind}`);
  if (fits === undefined) throw new Error(`${fate} has no shape of a ${kind}`);
  return fits(submission)
    ? []
    : (fits.errors ?? []).map(({ instancePath, message, params }) => ({ instancePath, message, params }));
}

// biome-ignore lint/suspicious/noExplicitAny: FATE's own words, which are held against their shapes
const submitted = (fate: FateRelease, job: object, parties = 2): any =>
  jobPlan(partiesOf(fate, ...Array.from({ length: parties }, () => ({}))), job as JobProps).submission;

const model = { job: '202111061608424372620' };
const network = { layers: [{ layer: 'Linear', in_features: 30, out_features: 1 }], loss: 'MSELoss' };
const problems = (fate: FateRelease, job: object): readonly Problem[] =>
  problemsOf(() => jobPlan(partiesOf(fate, {}, {}, {}), job as JobProps));
const texts = (fate: FateRelease, job: object) =>
  problems(fate, job).map(({ path, what, remedy }) => `${path}: ${what}; ${remedy}`);

test.each(known)('every job has the shape of those of FATE %s, key by key', (fate) => {
  const limits = fc.record({ timeoutSeconds: fc.integer({ min: 10, max: 1_000_000 }) }, { requiredKeys: [] });
  const property = fc.property(
    trainings,
    fc.integer({ min: 1, max: 4 }),
    fc.boolean(),
    limits,
    (training, hosts, validated, limits) => {
      const parties = partiesOf(fate, ...Array.from({ length: hosts + 1 }, () => ({})));
      const trained = jobPlan(parties, { ...training, ...jobOf(hosts, validated), ...limits } as JobProps);
      expect(misfits(fate, 'training', trained.submission)).toEqual([]);
      const { algorithm } = training;
      const predicting = jobPlan(parties, { algorithm, model, ...jobOf(hosts), ...limits });
      expect(misfits(fate, 'prediction', predicting.submission)).toEqual([]);
    },
  );
  fc.assert(property, { numRuns: 100 });
});

test('the jobs of the page about them can be submitted', () => {
  const page = readFileSync(join(__dirname, '../../../docs/jobs.md'), 'utf8');
  const jobs = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => parse(`${text}`) as JobProps);
  expect(jobs.map((job) => jobPlan(partiesOf('1.6.1', {}, {}), job).kind)).toEqual(['training', 'prediction']);
});

describe('what is held against a shape can fail it:', () => {
  const train = (fate: FateRelease) =>
    jobPlan(partiesOf(fate, {}, {}), { algorithm: 'homo-lr', ...jobOf() }).submission;
  test.each(known)('a job of another release than %s does', (fate) => {
    for (const other of known.filter((it) => it !== fate && !(it.startsWith('2.') && fate.startsWith('2.'))))
      expect(misfits(fate, 'training', train(other))).not.toEqual([]);
  });
});

test('components are linked as in the examples of FATE 1', () => {
  const { components } = submitted('1.6.1', { algorithm: 'hetero-secure-boost', ...jobOf(1, true) }).job_dsl;
  const inputOf = (name: string) => components[name].input;
  expect(Object.fromEntries(Object.keys(components).map((name) => [name, inputOf(name)]))).toEqual({
    reader_0: undefined,
    dataio_0: { data: { data: ['reader_0.data'] } },
    intersection_0: { data: { data: ['dataio_0.data'] } },
    reader_1: undefined,
    dataio_1: { data: { data: ['reader_1.data'] }, model: ['dataio_0.model'] },
    intersection_1: { data: { data: ['dataio_1.data'] } },
    hetero_secure_boost_0: { data: { train_data: ['intersection_0.data'], validate_data: ['intersection_1.data'] } },
    evaluation_0: { data: { data: ['hetero_secure_boost_0.data'] } },
  });
});

test('where all have labels they are told once, and only the guest evaluates; else the guest alone has them', () => {
  const parametersOf = (algorithm: 'homo-lr' | 'hetero-secure-boost') => {
    const job = { algorithm, ...jobOf(2), label: { name: 'Class' } };
    return submitted('1.11.2', job, 3).job_runtime_conf.component_parameters;
  };
  const labelled = { with_label: true, label_name: 'Class', label_type: 'int', output_format: 'dense' };
  const table = (of: number) => ({ table: { namespace: 'experiment', name: `rows_${of}` } });
  expect(parametersOf('homo-lr')).toEqual({
    common: { data_transform_0: labelled, homo_lr_0: {}, evaluation_0: { eval_type: 'binary' } },
    role: {
      guest: { 0: { reader_0: table(30_000) } },
      host: {
        0: { reader_0: table(40_000), evaluation_0: { need_run: false } },
        1: { reader_0: table(50_000), evaluation_0: { need_run: false } },
      },
    },
  });
  const unlabelled = { with_label: false, output_format: 'dense' };
  expect(parametersOf('hetero-secure-boost').role).toEqual({
    guest: { 0: { reader_0: table(30_000), data_transform_0: labelled } },
    host: {
      0: { reader_0: table(40_000), data_transform_0: unlabelled },
      1: { reader_0: table(50_000), data_transform_0: unlabelled },
    },
  });
});

test("FATE 1 books no more than a core for the arbiter, whose party has another role; FATE 2's does so by itself", () => {
  const job = { algorithm: 'homo-lr', ...jobOf(), resources: { executors: 3 } } as const;
  const { job_parameters } = submitted('1.6.1', job).job_runtime_conf;
  const one = { 'num-executors': 1, 'executor-cores': 1, 'total-executor-cores': 1, 'executor-memory': '1462m' };
  expect(job_parameters.common).toMatchObject({
    task_cores: 3,
    computing_partitions: 3,
    spark_run: { 'num-executors': 3 },
  });
  expect(job_parameters.role).toEqual({ arbiter: { 0: { task_cores: 1, spark_run: one } } });
  const { conf, parties } = submitted('2.2.0', job).dag_schema.dag;
  expect(conf).toMatchObject({ cores: 3, computing_partitions: 3, task: { engine_run: { 'num-executors': 3 } } });
  expect(parties).toContainEqual({ role: 'arbiter', party_id: ['40000'] });
});

test('an arbiter is the first host where nobody else is named, and nobody in what needs none', () => {
  const roles = (job: object) =>
    jobPlan(partiesOf('1.6.1', {}, {}, {}), { ...jobOf(2), ...job } as unknown as JobProps).roles;
  expect(roles({ algorithm: 'homo-lr' })).toEqual({ guest: [30_000], host: [40_000, 50_000], arbiter: [40_000] });
  expect(
    roles({ algorithm: 'homo-nn', arbiter: 50_000, parameters: { layers: [{ layer: 'ReLU' }], loss: 'BCELoss' } }),
  ).toEqual({
    guest: [30_000],
    host: [40_000, 50_000],
    arbiter: [50_000],
  });
  expect(roles({ algorithm: 'hetero-secure-boost' })).toEqual({ guest: [30_000], host: [40_000, 50_000] });
  expect(texts('1.6.1', { algorithm: 'hetero-secure-boost', ...jobOf(), arbiter: 40_000 })).toEqual([
    'arbiter: is nobody in hetero-secure-boost; leave it out',
  ]);
});

test('a model of FATE 1 is deployed with what leads to it, and predicts in the version that this gives', () => {
  const plan = jobPlan(partiesOf('1.6.1', {}, {}, {}), { algorithm: 'homo-lr', model, ...jobOf(2) });
  expect(plan).toMatchObject({ kind: 'prediction', tasks: { model: 'homo_lr_0' } });
  expect(plan.tasks).not.toHaveProperty('evaluation');
  const model_id = 'arbiter-40000#guest-30000#host-40000_50000#model';
  expect(plan.deployment).toEqual({
    model_id,
    model_version: model.job,
    cpn_list: ['reader_0', 'dataio_0', 'homo_lr_0'],
  });
  expect(withModelVersion(plan.submission, '202111061700000000001')).toMatchObject({
    job_runtime_conf: {
      job_parameters: {
        common: { job_type: 'predict', model_id, model_version: '202111061700000000001' },
        role: { arbiter: { 0: { task_cores: 1 } } },
      },
    },
  });
});

test('a model of FATE 2 predicts as it is, without an arbiter', () => {
  const job = { algorithm: 'homo-lr', model, ...jobOf() } as const;
  expect(jobPlan(partiesOf('2.2.0', {}, {}), job).deployment).toBeUndefined();
  const { dag } = submitted('2.2.0', job).dag_schema;
  expect(dag).toMatchObject({
    stage: 'predict',
    conf: { model_warehouse: { model_id: model.job, model_version: '0' } },
  });
  expect(dag.parties.map(({ role }: { readonly role: string }) => role)).toEqual(['guest', 'host']);
  expect(dag.tasks.homo_lr_0.inputs.model.input_model.model_warehouse).toMatchObject({ producer_task: 'homo_lr_0' });
});

test('layers of a network keep their order, however FATE sorts them', () => {
  const layers = Array.from({ length: 12 }, (_, i) => ({ layer: 'Linear', in_features: i + 1, out_features: i + 2 }));
  const job = { algorithm: 'homo-nn', ...jobOf(), parameters: { layers, loss: 'NLLLoss', task: 'multi' } } as const;
  const parametersIn = (fate: FateRelease) => submitted(fate, job);
  const { seq_conf } = parametersIn('2.2.0').dag_schema.dag.tasks.homo_nn_0.parameters.runner_conf.model_conf.kwargs;
  const sorted = Object.keys(seq_conf)
    .sort()
    .map((key) => seq_conf[key].kwargs.in_features);
  expect(sorted).toEqual(layers.map(({ in_features }) => in_features));
  const { nn_define } = parametersIn('1.11.2').job_runtime_conf.component_parameters.common.homo_nn_0;
  const byNumber = Object.keys(nn_define).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  expect(byNumber.map((key) => nn_define[key])).toEqual(layers);
});

describe('a network', () => {
  const job = {
    algorithm: 'homo-nn',
    ...jobOf(),
    parameters: { layers: [{ layer: 'ReLU' }], loss: 'MSELoss' },
  } as const;
  const basic = { compute: { algorithm: 'basic' } } as const;

  test.each(['1.11.2', '2.0.0', '2.2.0'] as const)('is refused where a party has FATE %s without PyTorch', (fate) => {
    const refused = problemsOf(() => jobPlan(partiesOf(fate, {}, basic, basic), job));
    expect(refused.map(({ path, what }) => `${path}: ${what}`)).toEqual([
      `algorithm: party 40000 runs images of FATE ${fate} without PyTorch`,
    ]);
    const { parameters, ...prediction } = { ...job, model };
    expect(problemsOf(() => jobPlan(partiesOf(fate, {}, basic), prediction))).toHaveLength(1);
  });

  test('is computed by the one build of FATE 1.6.1', () => {
    expect(jobPlan(partiesOf('1.6.1', basic, basic), job).kind).toBe('training');
  });
});

test.each<[FateRelease, object, readonly string[]]>([
  [
    '1.6.1',
    { retries: 2, retryDelaySeconds: 5 },
    [
      'retries: is nothing that a job of FATE 1.6.1 can say; leave it out, and rerun what failed',
      'retryDelaySeconds: is nothing that a job of FATE 1.6.1 can say; leave it out',
    ],
  ],
  ['1.11.2', { retries: 2, retryDelaySeconds: 5, topicMinutes: 20 }, []],
  [
    '2.2.0',
    { retries: 2, retryDelaySeconds: 5, topicMinutes: 20, label: { name: 'y' } },
    [
      'label: is told FATE 2.2.0 with the data; leave it out, and name it when you upload',
      'retryDelaySeconds: is nothing that a job of FATE 2.2.0 can say; leave it out',
      'topicMinutes: is nothing that a job of FATE 2.2.0 can say; declare pulsar.readMinutes of the party',
    ],
  ],
  [
    '2.2.0',
    { parameters: { tol: 0.1, early_stop: 'abs' } },
    [
      'parameters.early_stop: is nothing that FATE 2.2.0 has for this algorithm; leave it out',
      'parameters.tol: is nothing that FATE 2.2.0 has for this algorithm; leave it out',
    ],
  ],
  [
    '2.2.0',
    { algorithm: 'hetero-secure-boost', parameters: { task: 'multi' } },
    ['parameters.num_class: is missing: FATE 2 counts no classes; say how many there are'],
  ],
  ['2.2.0', { algorithm: 'hetero-secure-boost', parameters: { task: 'multi', num_class: 4 } }, []],
  ['1.11.2', { algorithm: 'hetero-secure-boost', parameters: { task: 'multi' } }, []],
  [
    '1.6.1',
    { algorithm: 'homo-nn', parameters: { ...network, task: 'regression' } },
    [
      'parameters.task: regression is not learned: networks of FATE 1.6 take each label for a class; use binary or multi',
    ],
  ],
  ['1.6.1', { algorithm: 'homo-nn', parameters: { ...network, task: 'multi' } }, []],
  ['1.11.2', { algorithm: 'homo-nn', parameters: { ...network, task: 'regression' } }, []],
  ['2.2.0', { algorithm: 'homo-nn', parameters: { ...network, task: 'regression' } }, []],
])('what FATE %s cannot be told is said, and what it can is taken', (fate, options, expected) => {
  const job = { algorithm: 'homo-lr', ...jobOf(), ...options };
  if (expected.length === 0) expect(jobPlan(partiesOf(fate, {}, {}), job as JobProps).submission).toBeDefined();
  else expect(texts(fate, job)).toEqual(expected);
});

test.each(['1.6.1', '1.11.2'] as const)('FATE %s learns numbers as they are, and classes by whole ones', (fate) => {
  const typeOf = (task: string, label?: object) => {
    const job = { algorithm: 'hetero-secure-boost', ...jobOf(), parameters: { task }, label };
    const { guest } = submitted(fate, job).job_runtime_conf.component_parameters.role;
    return (guest[0].dataio_0 ?? guest[0].data_transform_0).label_type;
  };
  expect(['binary', 'multi', 'regression'].map((task) => typeOf(task))).toEqual(['int', 'int', 'float']);
  expect(typeOf('regression', { name: 'Class' })).toBe('float');
  expect(typeOf('regression', { type: 'int' })).toBe('int');
});

test('what a network is to say is told every release that asks, and left to no guess', () => {
  const job = { algorithm: 'homo-nn', ...jobOf(), parameters: { ...network, task: 'regression' } };
  const { homo_nn_0 } = submitted('1.11.2', job).job_runtime_conf.component_parameters.common;
  expect(homo_nn_0.trainer.param).toMatchObject({ task_type: 'regression' });
  const { runner_conf } = submitted('2.2.0', job).dag_schema.dag.tasks.homo_nn_0.parameters;
  expect(runner_conf).toMatchObject({ task_type: 'regression' });
});

test('limits are in the words of each release', () => {
  const job = { algorithm: 'homo-lr', ...jobOf(), timeoutSeconds: 3600 } as const;
  const common = (fate: FateRelease, more: object) =>
    submitted(fate, { ...job, ...more }).job_runtime_conf.job_parameters.common;
  expect(common('1.6.1', { topicMinutes: 20 })).toMatchObject({
    timeout: 3600,
    pulsar_run: { topic_ttl: 20 },
    work_mode: 1,
    backend: 2,
  });
  expect(common('1.11.2', { retries: 2, retryDelaySeconds: 5 })).toMatchObject({
    auto_retries: 2,
    auto_retry_delay: 5,
  });
  const { conf } = submitted('2.0.0', { ...job, retries: 2 }).dag_schema.dag;
  expect(conf).toMatchObject({ auto_retries: 2, task: { timeout: 3600 } });
});

test('everything that is wrong is said at once, each where it stands', () => {
  expect(
    texts('1.6.1', {
      algorithm: 'homo-nn',
      guest: { party: 30_000, table: { name: '../x' }, validation: { name: 'v' } },
      hosts: [{ party: 40_000, table: { name: 'h' } }, { party: 40_000 }],
      parameters: { layers: [{ layer: 'os.system' }, 1], epochs: 0, treez: 1 },
      timeoutSeconds: 1,
      arbitre: 1,
    }),
  ).toEqual([
    'arbitre: is not known here; use algorithm, guest, hosts, arbiter, resources, timeoutSeconds, retries, retryDelaySeconds, topicMinutes, parameters, label, model',
    'guest.table.name: "../x" names no table; use letters, digits, `_`, `-` and `.`',
    'hosts[1].table: is missing; use { namespace, name } of a table',
    'hosts[1].party: 40000 is already hosts[0].party; a party is host once',
    'parameters.treez: is not known here; use layers, loss, task, epochs, batch_size, optimizer, learning_rate',
    'parameters.layers[0].layer: "os.system" is no class of PyTorch; use one such as Linear',
    'parameters.layers[1]: 1 is no map; use its class as layer, and the arguments of it',
    'parameters.epochs: 0 is not taken; use a whole number, 1 to 1000000',
    'parameters.loss: is missing; homo-nn has none of its own',
    'timeoutSeconds: 1 is out of range; use 10 to 31536000 seconds',
    ': 1 of 3 parties have a validation; name one for all, or for none',
  ]);
});

test('parties have to be able to reach one another, with one release, and the guest to be declared', () => {
  const job = { algorithm: 'homo-lr', ...jobOf() } as const;
  const [first] = partiesOf('1.6.1', {}, {});
  const [, second] = partiesOf('1.11.2', {}, {});
  if (first === undefined || second === undefined) throw new Error('two parties were declared');
  const said = (...parties: Parameters<typeof jobPlan>[0]) =>
    problemsOf(() => jobPlan(parties, job)).map(({ path, what }) => `${path}: ${what}`);
  expect(said(first, second)).toEqual([': party 40000 has FATE 1.11.2, and the guest 1.6.1']);
  expect(said(second)).toEqual(['guest.party: 30000 is not declared here']);
  expect(said({ ...first, exchange: undefined })).toEqual([
    'hosts: are nobody that party 30000 reaches: it stands alone',
  ]);
});

test.each(hostile)('%s is answered with problems', (_, value) => {
  for (const job of [
    value,
    { algorithm: value, guest: value, hosts: value, resources: value, parameters: value, model: value },
  ])
    expect(problems('1.6.1', job as object).length).toBeGreaterThan(0);
});
