import { reportingCommand } from './arguments';
import { declarationFile, planDeclared } from './declaration-file';
import { selected, selectionOptions } from './selection';

/** How members go, in the order that works. */
export const remove = reportingCommand({
  command: 'remove [declaration]',
  describe: 'Say how members leave, or how all of a federation ends: it changes nothing by itself',
  examples: [
    ['$0 remove --party 30000', 'how a party leaves the others, who go on'],
    ['$0 remove > removal.md', 'how all of ./federation.yaml ends, and what it is on'],
  ],
  options: (yargs) => yargs.positional('declaration', declarationFile).options(selectionOptions),
  run: async (selection) => {
    const { leaving, ending, tearingDown } = await import('../lib/operations/removal.js');
    const { describeRemoval } = await import('../lib/reports/removal-text.js');
    const all = await planDeclared(selection.declaration);
    const named = selected(all, selection);
    const isPart = selection.party !== undefined || selection.exchange === true;
    const removals = isPart
      ? [...named.parties.map((plan) => leaving(plan, all)), ...(named.exchange ? [ending(named.exchange)] : [])]
      : tearingDown(all);
    return { text: `${removals.map(describeRemoval).join('\n\n')}\n`, json: { removals } };
  },
});
