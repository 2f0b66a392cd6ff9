import type { Argv } from 'yargs';
import type { AlgorithmName } from '../../lib/jobs/algorithms';
import { whole } from '../arguments';
import { declarationOption, flowOptions } from '../flow/options';
import { Mistake } from '../mistake';

const number = (name: string, from: number, to: number) =>
  ({ type: 'number', requiresArg: true, coerce: whole(name, from, to) }) as const;

export const paper = "the white paper's";

/** Options of both: which benchmark, and on how much. */
export const benchmarkOptions = (yargs: Argv) =>
  yargs
    .positional('benchmark', {
      type: 'string',
      demandOption: true,
      describe: 'homo-lr, hetero-secure-boost or homo-nn',
    })
    .option('rows', { ...number('rows', 10, 100_000_000), defaultDescription: paper, describe: 'Rows of each party' })
    .option('columns', {
      ...number('columns', 1, 100_000),
      defaultDescription: paper,
      describe: 'Columns of each party',
    })
    .option('seed', { ...number('seed', 0, 2 ** 31 - 1), default: 1, describe: 'The same one makes up the same rows' })
    .option('declaration', declarationOption)
    .options(flowOptions);

/** Options of a run beside those. */
export const runOptions = {
  rounds: { ...number('rounds', 1, 1_000_000), defaultDescription: paper, describe: 'Rounds of training, or trees' },
  executors: {
    ...number('executors', 1, 10_000),
    defaultDescription: `${paper} 4, or as many as all parties have room for`,
    describe: 'Spark executors of guest and hosts, each of one core',
  },
  partitions: {
    ...number('partitions', 1, 1023),
    defaultDescription: 'one for each executor',
    describe: 'Parts that tables are worked on in',
  },
  timeout: {
    ...number('timeout', 10, 31_536_000),
    defaultDescription: "FATE's own, 72 hours",
    describe: 'Seconds after which FATE Flow ends the job',
  },
} as const;

/** @throws {Mistake} of what is none */
export function namedBenchmark(name: string): AlgorithmName {
  const known: readonly AlgorithmName[] = ['homo-lr', 'hetero-secure-boost', 'homo-nn'];
  const found = known.find((each) => each === name);
  if (found === undefined) throw new Mistake(`${name} is no benchmark; use ${known.join(', ')}`);
  return found;
}
