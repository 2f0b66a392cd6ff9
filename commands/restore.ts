import type { RestorableParty } from '../lib/operations/restore';
import { reportingCommand } from './arguments';
import { declarationFile } from './declaration-file';
import { Mistake } from './mistake';
import { declaredPlans, selectionOptions } from './selection';

/** How a party gets back what its backups have. */
export const restore = reportingCommand({
  command: 'restore [declaration]',
  describe: 'Say how parties go back to a backup: it changes nothing by itself',
  examples: [['$0 restore party-30000.yaml > restore.md', 'of one party, with the commands for its namespace']],
  options: (yargs) => yargs.positional('declaration', declarationFile).option('party', selectionOptions.party),
  run: async (selection) => {
    const { restoreSteps } = await import('../lib/operations/restore.js');
    const { describeRestore } = await import('../lib/reports/restore-text.js');
    const { parties } = await declaredPlans(selection);
    const kept = parties.filter((plan): plan is RestorableParty => plan.backup !== undefined);
    const without = parties.filter(({ backup }) => backup === undefined).map(({ id }) => id);
    if (kept.length === 0 || (selection.party !== undefined && without.length > 0))
      throw new Mistake(`${partiesText(without)}, so that none of this library is there`);
    const restores = kept.map((plan) => ({ member: plan.namespace, steps: restoreSteps(plan) }));
    return { text: `${kept.map(describeRestore).join('\n\n')}\n`, json: { restores } };
  },
});

function partiesText(ids: readonly number[]): string {
  if (ids.length === 0) return 'no party is declared, nor a backup';
  return `${ids.length === 1 ? `party ${ids[0]} declares` : `parties ${ids.join(', ')} declare`} no backup`;
}
