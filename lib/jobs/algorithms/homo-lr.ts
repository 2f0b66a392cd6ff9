import type { Algorithm } from './algorithm';
import { between, given, oneOf, whole } from './parameters';

/** Parameters of homogeneous logistic regression, by the names of FATE 1. What is left out is FATE's own default. */
export interface HomoLrParameters {
  /** Rounds; `epochs` in FATE 2. @default 100, and 20 in FATE 2 */
  readonly max_iter?: number;
  /** Rows between two steps. @default all of a table, and 100 in FATE 2 */
  readonly batch_size?: number;
  /** Length of a step. @default 0.01 */
  readonly learning_rate?: number;
  /** @default 'rmsprop', and 'sgd' in FATE 2 */
  readonly optimizer?: 'sgd' | 'rmsprop' | 'adam' | 'adagrad';
  /** What keeps weights small. @default 'L2' */
  readonly penalty?: 'L1' | 'L2';
  /** Weight of the penalty. @default 1 */
  readonly alpha?: number;
  /** Weights to begin with. @default 'random_uniform', and FATE 2's own way of it */
  readonly init_method?: 'zeros' | 'ones' | 'random_uniform';
  /** What ends it before its last round; FATE 1 alone. @default 'diff' */
  readonly early_stop?: 'diff' | 'weight_diff' | 'abs';
  /** Change below which it ends; FATE 1 alone. @default 0.0001 */
  readonly tol?: number;
}

/**
 * @see FATE v1.6.1 and v1.11.2, `federatedml/param/logistic_regression_param.py`
 * @see FATE v2.2.0, `python/fate/components/components/homo_lr.py`
 */
export const homoLr: Algorithm<HomoLrParameters> = {
  name: 'homo_lr_0',
  arbiter: true,
  labels: 'all',
  isNeural: false,
  parameters: {
    max_iter: whole(1, 1_000_000),
    batch_size: whole(10, 1_000_000_000),
    learning_rate: between(0, 1000),
    optimizer: oneOf('sgd', 'rmsprop', 'adam', 'adagrad'),
    penalty: oneOf('L1', 'L2'),
    alpha: between(0, 1_000_000),
    init_method: oneOf('zeros', 'ones', 'random_uniform'),
    early_stop: { ...oneOf('diff', 'weight_diff', 'abs'), only: 'DSL' },
    tol: { ...between(0, 1), only: 'DSL' },
  },
  needed: {},
  task: () => 'binary',
  dsl: {
    module: 'HomoLR',
    parameters: ({ init_method, ...others }) => given({ ...others, init_param: init_method && { init_method } }),
  },
  dag: {
    component: 'homo_lr',
    parameters: ({ max_iter, batch_size, init_method, ...steps }) =>
      given({
        epochs: max_iter,
        batch_size,
        optimizer: Object.keys(given(steps)).length > 0 ? optimizer(steps) : undefined,
        init_param: init_method && { method: init_method, fit_intercept: true },
      }),
  },
};

/** All of it, with FATE 2's own defaults: it takes no part of one. */
const optimizer = ({ optimizer = 'sgd', penalty = 'L2', alpha = 1, learning_rate = 0.01 }: HomoLrParameters) => ({
  method: optimizer,
  penalty: penalty.toLowerCase(),
  alpha,
  optimizer_params: { lr: learning_rate },
});
