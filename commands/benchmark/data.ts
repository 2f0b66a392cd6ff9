import { reportingCommand } from '../arguments';
import { planDeclared } from '../declaration-file';
import { memberOptions } from '../selection';
import { benchmarkOptions, namedBenchmark } from './options';

export const data = reportingCommand({
  command: 'data <benchmark>',
  describe: 'Make up the rows of one party for a benchmark, and upload them where they are not yet',
  asksClusters: true,
  examples: [
    ['$0 benchmark data homo-lr --party 40000', 'what the people of a host do, before the guest runs it'],
    ['$0 benchmark data homo-lr --party 40000 --rows 1000 --to rows.csv', 'a file, for somebody else to upload'],
  ],
  options: (yargs) =>
    benchmarkOptions(yargs)
      .option('party', memberOptions.oneParty)
      .option('role', {
        choices: ['guest', 'host'] as const,
        default: 'host' as const,
        describe: 'What the party will be',
      })
      .option('to', { type: 'string', requiresArg: true, describe: 'Write a file, and upload nothing' }),
  run: async ({ benchmark: name, rows, columns, seed, role, party, to, ...options }) => {
    const benchmark = namedBenchmark(name);
    const plans = await planDeclared(options.declaration);
    const { madeUpRows } = await import('./made-up-rows.js');
    return madeUpRows(plans, { benchmark, rows, columns, seed }, { party, role, to, ...options });
  },
});
