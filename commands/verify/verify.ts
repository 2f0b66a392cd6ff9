import { setMaxListeners } from 'node:events';
import { reportingCommand, whole } from '../arguments';
import { clusterOptions } from '../cluster/options';
import { declarationFile, planDeclared } from '../declaration-file';
import { checkWritable } from '../files';
import { selectionOptions } from '../selection';
import { interruption } from '../terminal';

/** Whether parties work, alone and with one another: FATE's toy example for each pair. */
export const verify = reportingCommand({
  command: 'verify [declaration]',
  describe: "Run FATE's toy example for every pair of parties, and say for which it works",
  asksClusters: true,
  examples: [
    ['$0 verify --context 30000=org1 --context 40000=org2', 'all pairs of the federation of ./federation.yaml'],
    ['$0 verify --pair 30000:40000', 'one pair, whose guest is in the current cluster'],
    [
      '$0 verify --party 30000 --junit verify.xml',
      'what one party can start, alone and with each other one, for a CI system',
    ],
  ],
  options: (yargs) =>
    yargs
      .positional('declaration', declarationFile)
      .options(clusterOptions)
      .option('party', {
        ...selectionOptions.party,
        defaultDescription: 'all that are declared',
        describe: 'What this party starts, alone and as guest of each other one; may be repeated',
      })
      .option('pair', {
        type: 'string',
        array: true,
        requiresArg: true,
        default: [] as string[],
        defaultDescription: 'each party alone, and each with every other one',
        describe: 'Guest and host, as 30000:40000, in the place of --party; may be repeated',
      })
      .option('timeout', {
        type: 'number',
        requiresArg: true,
        default: 600,
        coerce: whole('timeout', 10, 86_400),
        describe: 'Seconds that the job of a pair may take',
      })
      .option('diagnose', {
        type: 'boolean',
        default: true,
        describe: 'Look into both parties of a pair that failed, as far as they are seen; --no-diagnose leaves it out',
      })
      .option('junit', {
        type: 'string',
        requiresArg: true,
        defaultDescription: 'none',
        describe: 'File for the results as JUnit writes them',
      }),
  run: async (options) => {
    if (options.junit !== undefined) checkWritable(options.junit);
    const plans = await planDeclared(options.declaration);
    const { verification } = await import('./verification.js');
    const ending = interruption();
    setMaxListeners(0, ending); // one for each pair at work
    const { timeout = 600 } = options;
    return { ...(await verification(plans, { ...options, timeout }, ending)), endedBy: ending.reason };
  },
});
