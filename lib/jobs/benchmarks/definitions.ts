import type { JobLanguage } from '../../fate/releases';
import type { AlgorithmName } from '../algorithms';
import type { HomoLrParameters } from '../algorithms/homo-lr';
import type { HomoNnParameters } from '../algorithms/homo-nn';
import type { SecureBoostParameters } from '../algorithms/secure-boost';

/** A figure of a benchmark, or what else it is made of, that is not the white paper's. */
export interface FigureDifference {
  readonly figure: string;
  readonly paper: number | string;
  readonly here: number | string;
}

/** Figures of a benchmark, which are the white paper's where nothing else is said. */
export interface Benchmark {
  readonly rows: number;
  readonly columns: number;
  readonly digits: 4 | 16;
  readonly classes: number;
  /** Times that it goes over the rows, or trees that it grows. */
  readonly rounds: number;
  /** What else is not as in the paper, in a language of jobs. @default nothing */
  unlike?(language: JobLanguage['kind']): readonly FigureDifference[];
  parameters(figures: { readonly rounds: number; readonly columns: number }, language: JobLanguage['kind']): object;
}

/** What each takes of every party's Spark, and in how many parts its tables are. @see White paper's repository, `benchmark_test` */
export const paperResources = { executors: 4, executorCores: 1, executorMemoryMiB: 2048, partitions: 4 } as const;

/** @see White paper's repository, KubeFATE-on-VCF, `benchmark_test` */
export const benchmarks: Readonly<Record<AlgorithmName, Benchmark>> = {
  'homo-lr': {
    rows: 100_000,
    columns: 250,
    digits: 16,
    classes: 2,
    rounds: 30,
    unlike: (language) => (language === 'DSL' ? [] : [{ figure: 'early_stop', paper: 'diff', here: 'none' }]),
    parameters: ({ rounds }, language): HomoLrParameters => ({
      max_iter: rounds,
      batch_size: 320,
      learning_rate: 0.15,
      optimizer: 'sgd',
      penalty: 'L2',
      alpha: 0.01,
      init_method: 'zeros',
      ...(language === 'DSL' && { early_stop: 'diff', tol: 0.00001 }),
    }),
  },
  'hetero-secure-boost': {
    rows: 100_000,
    columns: 250,
    digits: 16,
    classes: 2,
    rounds: 1,
    parameters: ({ rounds }, language): SecureBoostParameters => ({
      task: 'binary',
      num_trees: rounds,
      learning_rate: 0.1,
      bin_num: 50,
      ...(language === 'DSL' && { subsample_feature_rate: 1, tol: 0.0001 }),
    }),
  },
  // FATE takes images from a folder in the pod of FATE Flow alone, where nothing is uploaded to.
  'homo-nn': {
    rows: 60_000,
    columns: 28 * 28,
    digits: 4,
    classes: 10,
    rounds: 2,
    unlike: () => [
      { figure: 'data', paper: 'images of MNIST', here: 'rows of pixels' },
      { figure: 'network', paper: 'two convolutions, and the layers here after them', here: 'two linear layers' },
    ],
    parameters: ({ rounds, columns }): HomoNnParameters => ({
      task: 'multi',
      epochs: rounds,
      batch_size: 32,
      optimizer: 'Adam',
      learning_rate: 0.001,
      loss: 'NLLLoss',
      layers: [
        { layer: 'Linear', in_features: columns, out_features: 50 },
        { layer: 'ReLU' },
        { layer: 'Linear', in_features: 50, out_features: 10 },
        { layer: 'LogSoftmax', dim: 1 },
      ],
    }),
  },
};
