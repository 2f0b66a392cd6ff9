import * as fc from 'fast-check';
import { type AgreementProps, federation, type JobProps, type PartyPlan, type PartyProps } from '../../lib';

/** Parties of a federation that are joined by its exchange, each as it is declared; with PyTorch unless that says otherwise. */
export const partiesOf = (
  fate: AgreementProps['fate'],
  ...declared: readonly (Omit<PartyProps, 'id'> & { readonly id?: number })[]
): readonly PartyPlan[] =>
  federation({
    domain: 'example.com',
    fate,
    exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
    parties: declared.map((party, i) => ({
      id: (i + 3) * 10_000,
      ...(fate !== '1.6.1' && { compute: { algorithm: 'nn' } }),
      ...party,
    })),
  }).parties;

const table = (of: number) => ({ namespace: 'experiment', name: `rows_${of}` });

/** Guest 30000 with the hosts after it. */
export const jobOf = (hosts = 1, validated = false) => {
  const participant = (party: number) => ({
    party,
    table: table(party),
    ...(validated && { validation: { ...table(party), namespace: 'validation' } }),
  });
  return {
    guest: participant(30_000),
    hosts: Array.from({ length: hosts }, (_, i) => participant(40_000 + i * 10_000)),
  };
};

const whole = (max: number) => fc.integer({ min: 1, max });
const rate = fc.integer({ min: 1, max: 1000 }).map((it) => it / 1000);
const some = <T>(of: { readonly [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record<T, never>(of, { requiredKeys: [] });
const layers = fc.array(
  fc.constantFrom(
    { layer: 'Linear', in_features: 30, out_features: 1 },
    { layer: 'ReLU' },
    { layer: 'Conv2d', kernel_size: [5, 5] },
  ),
  { minLength: 1, maxLength: 14 },
);

/** What is trained, with parameters that all releases have. */
export const trainings: fc.Arbitrary<Pick<JobProps, 'algorithm'> & { readonly parameters: object }> = fc.oneof(
  fc.record({
    algorithm: fc.constant('homo-lr' as const),
    parameters: some({
      max_iter: whole(100),
      batch_size: whole(1000).map((it) => it + 9),
      learning_rate: rate,
      optimizer: fc.constantFrom('sgd', 'rmsprop', 'adam', 'adagrad'),
      penalty: fc.constantFrom('L1', 'L2'),
      alpha: rate,
      init_method: fc.constantFrom('zeros', 'ones', 'random_uniform'),
    }),
  }),
  fc.record({
    algorithm: fc.constant('hetero-secure-boost' as const),
    parameters: some({
      task: fc.constantFrom('binary', 'regression'), // FATE 2 wants the number of classes, which FATE 1 counts
      num_trees: whole(20),
      max_depth: whole(8),
      learning_rate: rate,
      bin_num: whole(100).map((it) => it + 1),
      key_length: fc.constantFrom(1024, 2048),
    }),
  }),
  fc.record({
    algorithm: fc.constant('homo-nn' as const),
    parameters: fc.record(
      {
        layers,
        loss: fc.constantFrom('BCELoss', 'NLLLoss'),
        task: fc.constantFrom('binary', 'multi'), // FATE 1.6 has no numbers learned
        epochs: whole(20),
        batch_size: whole(500),
        optimizer: fc.constantFrom('Adam', 'SGD'),
        learning_rate: rate,
      },
      { requiredKeys: ['layers', 'loss'] },
    ),
  }),
);
