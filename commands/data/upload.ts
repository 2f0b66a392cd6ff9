import { reportingCommand, whole } from '../arguments';
import { planDeclared } from '../declaration-file';
import { checkFile } from '../files';
import { declarationOption, flowOptions } from '../flow/options';
import { memberOptions } from '../selection';

const text = { type: 'string', requiresArg: true } as const;

export const upload = reportingCommand({
  command: 'upload <file>',
  describe: 'Make a table of a CSV file, in the cluster of a party',
  asksClusters: true,
  examples: [
    ['$0 data upload guest.csv --party 30000 --table credit_guest', 'rows of party 30000'],
    [
      '$0 data upload guest.csv --party 30000 --table credit_guest --label Class',
      'the same for FATE 2, with the column to learn',
    ],
  ],
  options: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'CSV, its first line the names of the columns',
      })
      .option('table', { ...text, demandOption: true, describe: 'Name that the table gets' })
      .option('namespace', { ...text, defaultDescription: 'experiment', describe: 'Namespace of the table' })
      .option('party', memberOptions.oneParty)
      .option('partitions', {
        type: 'number',
        requiresArg: true,
        coerce: whole('partitions', 1, 1023),
        defaultDescription: 'one for each core of the party',
        describe: 'Parts that the table is kept in',
      })
      .option('delimiter', { ...text, defaultDescription: ',', describe: 'What is between two columns' })
      .option('id', {
        ...text,
        defaultDescription: 'id',
        describe: 'Column by which rows of parties are matched (FATE 2)',
      })
      .option('label', { ...text, defaultDescription: 'none', describe: 'Column with what is to be learned (FATE 2)' })
      .option('label-type', {
        choices: ['int', 'float'] as const,
        describe: 'What the values of that column are (FATE 2)',
      })
      .option('replace', { type: 'boolean', default: false, describe: 'Replace a table of this name' })
      .option('declaration', declarationOption)
      .options(flowOptions),
  run: async ({ file, ...options }) => {
    checkFile(file);
    const plans = await planDeclared(options.declaration);
    const { uploaded } = await import('./uploaded.js');
    return uploaded(plans, file, options);
  },
});
