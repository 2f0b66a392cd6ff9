import type { Algorithm, JobTask } from './algorithm';
import { between, given, oneOf, whole } from './parameters';

/** Parameters of heterogeneous SecureBoost, by the names of FATE 1. What is left out is FATE's own default. */
export interface SecureBoostParameters {
  /** What the trees are to say. @default 'binary' */
  readonly task?: JobTask;
  /** Classes of a task `multi`, which has to say it in FATE 2, and cannot in FATE 1, which counts them. */
  readonly num_class?: number;
  /** @default 5, and 3 in FATE 2 */
  readonly num_trees?: number;
  /** @default 3 */
  readonly max_depth?: number;
  /** Weight of each tree. @default 0.3 */
  readonly learning_rate?: number;
  /** Parts that the values of a column are sorted into; `max_bin` in FATE 2. @default 32 */
  readonly bin_num?: number;
  /** Bits of the key that the host computes under. @default 1024 */
  readonly key_length?: number;
  /** Part of the columns that a tree sees; FATE 1 alone. @default 1 */
  readonly subsample_feature_rate?: number;
  /** Change of the loss below which it ends; FATE 1 alone. @default 0.0001 */
  readonly tol?: number;
}

/**
 * @see FATE v1.6.1 and v1.11.2, `federatedml/param/boosting_param.py`
 * @see FATE v2.2.0, `python/fate/components/components/hetero_secureboost.py`
 */
export const secureBoost: Algorithm<SecureBoostParameters> = {
  name: 'hetero_secure_boost_0',
  arbiter: false,
  labels: 'guest',
  isNeural: false,
  parameters: {
    task: oneOf('binary', 'multi', 'regression'),
    num_class: { ...whole(2, 10_000), only: 'DAG' },
    num_trees: whole(1, 100_000),
    max_depth: whole(1, 100),
    learning_rate: between(0, 1000),
    bin_num: whole(2, 65_536),
    key_length: whole(512, 8192),
    subsample_feature_rate: { ...between(0, 1), only: 'DSL' },
    tol: { ...between(0, 1), only: 'DSL' },
  },
  needed: {},
  lacking: ({ task, num_class }, language) =>
    task === 'multi' && language.kind === 'DAG' && num_class === undefined ? uncounted : undefined,
  task: ({ task = 'binary' }) => task,
  dsl: {
    module: 'HeteroSecureBoost',
    parameters: ({ task = 'binary', max_depth, key_length, ...others }) =>
      given({
        task_type: task === 'regression' ? 'regression' : 'classification',
        objective_param: { objective: task === 'regression' ? 'lse' : 'cross_entropy' },
        ...others,
        tree_param: max_depth && { max_depth },
        encrypt_param: key_length && { method: 'Paillier', key_length },
      }),
  },
  dag: {
    component: 'hetero_secureboost',
    parameters: ({ task = 'binary', bin_num, key_length, ...others }) =>
      given({
        objective: objectives[task],
        ...others,
        max_bin: bin_num,
        he_param: key_length && { kind: 'paillier', key_length },
      }),
  },
};

/** Its own would be two. */
const uncounted = {
  path: 'num_class',
  what: 'is missing: FATE 2 counts no classes',
  remedy: 'say how many there are',
};

const objectives: Readonly<Record<JobTask, string>> = {
  binary: 'binary:bce',
  multi: 'multi:ce',
  regression: 'regression:l2',
};
