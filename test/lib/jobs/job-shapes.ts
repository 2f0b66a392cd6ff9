// The shapes of FATE's own job files: `examples/dsl/v2` of FATE v1.6.1 and v1.11.2 with the parameters that FATE's classes have, and
// `python/fate_flow/entity/spec/dag` of FATE-Flow v2.2.0. No key beside them is taken.
import type { Schema } from '../../../declaration-schema';
import type { FateRelease } from '../../../lib';

const map = (properties: Schema, required: readonly string[] = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const each = (value: Schema, keys = '.'): Schema => ({
  type: 'object',
  patternProperties: { [keys]: value },
  additionalProperties: false,
});
const list = (items: Schema, least = 1): Schema => ({ type: 'array', items, minItems: least });
const text = { type: 'string', minLength: 1 };
const integer = { type: 'integer', minimum: 1 };
const number = { type: 'number' };
const flag = { type: 'boolean' };
const partyId = { type: 'integer', minimum: 1, maximum: 999_999_999 };

const sparkRun = map({
  'num-executors': integer,
  'executor-cores': integer,
  'total-executor-cores': integer,
  'executor-memory': { type: 'string', pattern: '^[1-9][0-9]*m$' },
});
const table = map({ name: text, namespace: text });

const engines = { '1.6.1': { work_mode: { const: 1 }, backend: { const: 2 } }, '1.11.2': {} } as const;
const retries = {
  '1.6.1': {},
  '1.11.2': { auto_retries: { type: 'integer' }, auto_retry_delay: { type: 'integer' } },
} as const;

type Fate1 = '1.6.1' | '1.11.2';

const jobParameters = (fate: Fate1, jobType: 'train' | 'predict') => {
  const booked = { task_cores: integer, spark_run: sparkRun };
  const model = jobType === 'predict' ? { model_id: text, model_version: text } : {};
  const asked = { job_type: { const: jobType }, computing_partitions: integer, ...engines[fate], ...model, ...booked };
  const optional = { timeout: integer, pulsar_run: map({ topic_ttl: integer }), ...retries[fate] };
  return map(
    {
      common: map({ ...asked, ...optional }, Object.keys(asked)),
      role: map({ arbiter: map({ 0: map(booked) }) }),
    },
    ['common'],
  );
};

const homoLr = map(
  {
    penalty: { enum: ['L1', 'L2'] },
    tol: number,
    alpha: number,
    optimizer: { enum: ['rmsprop', 'sgd', 'adam', 'adagrad'] },
    batch_size: { type: 'integer', minimum: 10 },
    learning_rate: number,
    init_param: map({ init_method: { enum: ['random_uniform', 'random_normal', 'ones', 'zeros', 'const'] } }),
    max_iter: integer,
    early_stop: { enum: ['diff', 'weight_diff', 'abs'] },
  },
  [],
);
const secureBoost = map(
  {
    task_type: { enum: ['classification', 'regression'] },
    objective_param: map({ objective: { enum: ['cross_entropy', 'lse'] } }),
    num_trees: integer,
    learning_rate: number,
    subsample_feature_rate: { type: 'number', minimum: 0, maximum: 1 },
    tol: number,
    bin_num: { type: 'integer', minimum: 2 },
    tree_param: map({ max_depth: integer }),
    encrypt_param: map({ method: { const: 'Paillier' }, key_length: integer }),
  },
  ['task_type', 'objective_param'],
);
const layer = { type: 'object', properties: { layer: text }, required: ['layer'] };
const homoNn: Readonly<Record<Fate1, Schema>> = {
  '1.6.1': map({
    api_version: { const: 2 },
    config_type: { const: 'pytorch' },
    max_iter: integer,
    batch_size: integer,
    optimizer: map({ optimizer: text, lr: number }),
    loss: text,
    nn_define: list(layer),
  }),
  '1.11.2': map(
    {
      trainer: map({
        trainer_name: { const: 'fedavg_trainer' },
        param: map({ epochs: integer, batch_size: integer, task_type: { enum: ['binary', 'multi', 'regression'] } }),
      }),
      dataset: map({
        dataset_name: { const: 'table' },
        param: map({ flatten_label: flag, label_dtype: { const: 'long' } }),
      }),
      torch_seed: integer,
      loss: map({ loss_fn: text }),
      optimizer: map({ optimizer: text, lr: number, config_type: { const: 'pytorch' } }),
      nn_define: each(layer, '^([0-9]+)-\\1$'),
    },
    ['trainer', 'torch_seed', 'loss', 'optimizer', 'nn_define'],
  ),
};
const transform = map(
  {
    with_label: flag,
    label_name: text,
    label_type: { enum: ['int', 'int64', 'float', 'float64', 'str', 'long'] },
    output_format: { const: 'dense' },
  },
  ['with_label', 'output_format'],
);
const transforms = { '1.6.1': ['dataio', 'DataIO'], '1.11.2': ['data_transform', 'DataTransform'] } as const;

const componentNames = (fate: Fate1) =>
  `^(reader_[01]|${transforms[fate][0]}_[01]|intersection_[01]|homo_lr_0|hetero_secure_boost_0|homo_nn_0|evaluation_0)$`;

const source = { type: 'string', pattern: '^[a-z_]+_[01]\\.(data|model)$' };
const component = (fate: Fate1) =>
  map(
    {
      module: {
        enum: ['Reader', transforms[fate][1], 'Intersection', 'HomoLR', 'HeteroSecureBoost', 'HomoNN', 'Evaluation'],
      },
      input: map(
        {
          data: map({ data: list(source), train_data: list(source), validate_data: list(source) }, []),
          model: list(source),
        },
        ['data'],
      ),
      output: map({ data: { const: ['data'] }, model: { const: ['model'] } }, ['data']),
    },
    ['module', 'output'],
  );

const parameters = (fate: Fate1) => ({
  ...Object.fromEntries([0, 1].map((i) => [`${transforms[fate][0]}_${i}`, transform])),
  homo_lr_0: homoLr,
  hetero_secure_boost_0: secureBoost,
  homo_nn_0: homoNn[fate],
  evaluation_0: map({ eval_type: { enum: ['binary', 'multi', 'regression'] } }),
});

const fate1 = (fate: Fate1, jobType: 'train' | 'predict'): Schema => {
  const isTraining = jobType === 'train';
  const read = { reader_0: map({ table }), ...(isTraining && { reader_1: map({ table }) }) };
  const own = {
    ...read,
    ...(isTraining && Object.fromEntries([0, 1].map((i) => [`${transforms[fate][0]}_${i}`, transform]))),
    ...(isTraining && { evaluation_0: map({ need_run: { const: false } }) }),
  };
  const byRole = map({ guest: map({ 0: map(own, ['reader_0']) }), host: each(map(own, ['reader_0']), '^[0-9]+$') });
  return map({
    job_dsl: isTraining ? map({ components: each(component(fate), componentNames(fate)) }) : map({}),
    job_runtime_conf: map({
      dsl_version: { const: 2 },
      initiator: map({ role: { const: 'guest' }, party_id: partyId }),
      role: map({ guest: list(partyId), host: list(partyId), arbiter: list(partyId) }, ['guest', 'host']),
      job_parameters: jobParameters(fate, jobType),
      component_parameters: isTraining
        ? map({ common: map(parameters(fate), []), role: byRole })
        : map({ role: byRole }),
    }),
  });
};

const party = map({
  role: { enum: ['guest', 'host', 'arbiter'] },
  party_id: list({ type: 'string', pattern: '^[1-9][0-9]*$' }),
});
const channel = { producer_task: text, output_artifact_key: text, parties: list(party) };
const produced = map(channel, ['producer_task', 'output_artifact_key']);
const input = map({ task_output_artifact: { anyOf: [produced, list(map(channel))] } });
const stage = { enum: ['default', 'train', 'predict', 'cross_validation'] };
const fate2: Schema = map({
  dag_schema: map({
    schema_version: text,
    dag: map({
      parties: list(party),
      stage,
      conf: map(
        {
          cores: integer,
          computing_partitions: integer,
          auto_retries: { type: 'integer' },
          model_warehouse: map({ model_id: text, model_version: { const: '0' } }),
          task: map(
            {
              engine_run: map({ ...sparkRun.properties, 'total-executor-cores': false }, [
                'num-executors',
                'executor-cores',
                'executor-memory',
              ]),
              timeout: integer,
            },
            ['engine_run'],
          ),
        },
        ['cores', 'computing_partitions', 'task'],
      ),
      tasks: each(
        map(
          {
            component_ref: { enum: ['reader', 'psi', 'homo_lr', 'hetero_secureboost', 'homo_nn', 'evaluation'] },
            stage,
            dependent_tasks: list(text),
            parties: list(party),
            parameters: { type: 'object' }, // what FATE takes of them is for FATE to say
            inputs: map({ data: each(input), model: each(map({ model_warehouse: map(channel) })) }, ['data']),
          },
          ['component_ref', 'parties', 'parameters'],
        ),
      ),
      party_tasks: each(
        map({ parties: list(party), tasks: each(map({ parameters: table }), '^reader_[01]$') }),
        '^(guest|host)_[1-9][0-9]*$',
      ),
    }),
  }),
});

/** Of a job as FATE Flow of a release takes it. */
export const submissionShape = (fate: FateRelease, kind: 'training' | 'prediction'): Schema =>
  fate === '1.6.1' || fate === '1.11.2' ? fate1(fate, kind === 'training' ? 'train' : 'predict') : fate2;
