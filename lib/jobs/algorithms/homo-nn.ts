import type { Algorithm, JobTask } from './algorithm';
import { between, given, oneOf, whole } from './parameters';

/** A layer of PyTorch: its class, and the arguments of that by their own names. */
export interface NeuralLayer {
  /** Class in `torch.nn`: `Linear`. */
  readonly layer: string;
  /** Arguments, such as `in_features`. */
  readonly [argument: string]: string | number | boolean | readonly number[];
}

/** Parameters of a homogeneous neural network of PyTorch, whose layers follow one another. */
export interface HomoNnParameters {
  /** Layers in their order, by the names of PyTorch. */
  readonly layers: readonly NeuralLayer[];
  /** Class in `torch.nn` of what is to become small: `BCELoss`. */
  readonly loss: string;
  /** What the network is to say. @default 'binary' */
  readonly task?: JobTask;
  /** Rounds over all rows; `max_iter` in FATE 1.6. @default 10 */
  readonly epochs?: number;
  /** Rows between two steps. @default 128 */
  readonly batch_size?: number;
  /** Class in `torch.optim`. @default 'Adam' */
  readonly optimizer?: string;
  /** Length of a step. @default 0.01 */
  readonly learning_rate?: number;
}

/**
 * FATE has no defaults of its own for rounds, batches and optimizer that all of its releases share: those here are of its examples.
 *
 * @see FATE v1.6.1 and v1.11.2, `federatedml/param/homo_nn_param.py`
 * @see FATE v2.2.0, `python/fate/components/components/nn/runner/homo_default_runner.py`
 */
export const homoNn: Algorithm<HomoNnParameters> = {
  name: 'homo_nn_0',
  arbiter: true,
  labels: 'all',
  isNeural: true,
  parameters: {
    layers: { kind: 'layers' },
    loss: { kind: 'class', example: 'BCELoss' },
    task: oneOf('binary', 'multi', 'regression'),
    epochs: whole(1, 1_000_000),
    batch_size: whole(1, 1_000_000_000),
    optimizer: { kind: 'class', example: 'Adam' },
    learning_rate: between(0, 1000),
  },
  needed: { layers: [], loss: 'Loss' },
  lacking: ({ task }, language) =>
    task === 'regression' && language.kind === 'DSL' && language.neuralNetwork === 'rounds' ? noNumbers : undefined,
  task: ({ task = 'binary' }) => task,
  dsl: {
    module: 'HomoNN',
    parameters: (declared, { neuralNetwork }) => (neuralNetwork === 'rounds' ? rounds(declared) : trainer(declared)),
  },
  dag: { component: 'homo_nn', parameters: runner },
};

/** @see FATE v1.6.1, `federatedml/nn/backend/pytorch/data.py`: a label becomes its place among all of them */
const noNumbers = {
  path: 'task',
  what: 'regression is not learned: networks of FATE 1.6 take each label for a class',
  remedy: 'use binary or multi',
};

type Filled = Required<HomoNnParameters>;

const filled = (declared: HomoNnParameters): Filled =>
  ({
    task: 'binary',
    epochs: 10,
    batch_size: 128,
    optimizer: 'Adam',
    learning_rate: 0.01,
    ...given(declared),
  }) as Filled;

function rounds(declared: HomoNnParameters): object {
  const { layers, loss, epochs, batch_size, optimizer, learning_rate } = filled(declared);
  return {
    api_version: 2, // PyTorch's, where 0 is an older one
    config_type: 'pytorch',
    max_iter: epochs,
    batch_size,
    optimizer: { optimizer, lr: learning_rate },
    loss,
    nn_define: layers,
  };
}

function trainer(declared: HomoNnParameters): object {
  const { layers, loss, task, epochs, batch_size, optimizer, learning_rate } = filled(declared);
  // Classes are labels of another type than its own.
  const classes = { dataset_name: 'table', param: { flatten_label: true, label_dtype: 'long' } };
  return {
    // Without it FATE guesses from the labels of each party, and takes numbers from 0 to 1 for two classes.
    trainer: { trainer_name: 'fedavg_trainer', param: { epochs, batch_size, task_type: task } },
    ...(task === 'multi' && { dataset: classes }),
    torch_seed: 100,
    loss: { loss_fn: loss },
    optimizer: { optimizer, lr: learning_rate, config_type: 'pytorch' },
    nn_define: Object.fromEntries(layers.map((layer, i) => [`${i}-${i}`, layer])),
  };
}

function runner(declared: HomoNnParameters): object {
  const { layers, loss, task, epochs, batch_size, optimizer, learning_rate } = filled(declared);
  return {
    runner_module: 'homo_default_runner',
    runner_class: 'DefaultRunner',
    runner_conf: {
      algo: 'fedavg',
      task_type: task,
      model_conf: {
        module_name: 'fate.components.components.nn.torch.base',
        item_name: 'load_seq',
        kwargs: { seq_conf: inOrder(layers) },
      },
      loss_conf: { module_name: 'torch.nn', item_name: loss, kwargs: {} },
      optimizer_conf: { module_name: 'torch.optim', item_name: optimizer, kwargs: { lr: learning_rate } },
      training_args_conf: { num_train_epochs: epochs, per_device_train_batch_size: batch_size },
      fed_args_conf: {}, // sums in secret, once a round
    },
  };
}

/** FATE sorts the keys as texts: without a leading zero the eleventh layer would come after the second. */
const inOrder = (layers: readonly NeuralLayer[]): object =>
  Object.fromEntries(
    layers.map(({ layer, ...kwargs }, i) => [
      `${i}`.padStart(`${layers.length - 1}`.length, '0'),
      { module_name: 'torch.nn', item_name: layer, kwargs },
    ]),
  );
