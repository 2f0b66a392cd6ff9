import { reportingCommand } from '../arguments';
import { planDeclared } from '../declaration-file';
import { Mistake } from '../mistake';
import { idOf, idsOption } from '../selection';
import { benchmarkOptions, namedBenchmark, runOptions } from './options';

export const run = reportingCommand({
  command: 'run <benchmark>',
  describe: 'Have the guest run a benchmark with rows that are made up, and tell what it has measured',
  asksClusters: true,
  examples: [
    ['$0 benchmark run homo-lr --guest 30000 --host 40000', "the white paper's, of two parties that are declared here"],
    ['$0 benchmark run homo-lr --guest 30000 --host 40000 --rows 1000 --columns 10 --rounds 2', 'a small one first'],
    ['$0 benchmark run homo-lr --guest 30000 --host 40000 --upload 30000', 'where others have uploaded rows of 40000'],
  ],
  options: (yargs) =>
    benchmarkOptions(yargs)
      .option('guest', {
        type: 'number',
        requiresArg: true,
        demandOption: true,
        coerce: idOf('guest'),
        describe: 'Id of the party that submits the job',
      })
      .option('host', { ...idsOption('host'), demandOption: true, describe: 'Id of another one; may be repeated' })
      .option('arbiter', {
        type: 'number',
        requiresArg: true,
        coerce: idOf('arbiter'),
        defaultDescription: 'the first host, where there is one',
        describe: 'Id of the party that adds up',
      })
      .options(runOptions)
      .option('upload', {
        ...idsOption('upload'),
        defaultDescription: 'all that are declared; by a --url, the guest',
        describe: 'Id of a party that gets its rows from here; may be repeated',
      })
      .option('table', {
        type: 'string',
        requiresArg: true,
        describe: 'Table that every party has, in the place of rows that are made up',
      })
      .option('namespace', { type: 'string', requiresArg: true, default: 'experiment', describe: 'Namespace of it' })
      .option('job', {
        type: 'string',
        requiresArg: true,
        describe: 'Measure the job of an earlier run with the same options, and submit none',
      })
      .option('print', { type: 'boolean', describe: 'Submit nothing, and print what FATE Flow would be told' }),
  run: async ({ benchmark: name, guest, host: hosts, table: tableName, namespace, timeout, ...options }) => {
    const benchmark = namedBenchmark(name);
    const plans = await planDeclared(options.declaration);
    const { benchmarkPlan } = await import('../../lib/jobs/benchmarks/benchmark.js');
    const { arbiter, rows, columns, seed, rounds, executors, partitions } = options;
    const plan = benchmarkPlan(plans.parties, {
      benchmark,
      guest: guest as number,
      hosts: hosts ?? [],
      arbiter,
      rows,
      columns,
      seed,
      rounds,
      executors,
      partitions,
      table: tableName === undefined ? undefined : { namespace, name: tableName },
      timeoutSeconds: timeout,
    });
    const stranger = options.upload?.find((id) => !plan.owners.some(({ party }) => party === id));
    if (stranger !== undefined)
      throw new Mistake(
        `--upload ${stranger}: it takes no part; use ${plan.owners.map(({ party }) => party).join(', ')}`,
      );
    if (options.print) {
      const { submission } = plan.job;
      return { text: `${JSON.stringify(submission, undefined, 2)}\n`, json: { submission } };
    }
    const { measured } = await import('./measured.js');
    return measured(plans, plan, options);
  },
});
