import type { FirewallRule } from '../lib/reports/firewall';
import { type Report, reportingCommand } from './arguments';
import { declarationFile, membersOf, planDeclared } from './declaration-file';
import { type Selection, selected, selectionOptions } from './selection';

/** For whoever opens firewalls. */
export const firewall = reportingCommand({
  command: 'firewall [declaration]',
  describe: 'List what the firewall of each organisation has to let in and out',
  examples: [
    ['$0 firewall', 'of all members of ./federation.yaml'],
    ['$0 firewall --party 30000 --format csv > openings.csv', 'of one of them, for a spreadsheet'],
    [
      '$0 firewall party-30000.yaml --json',
      'of an organisation that knows only itself and the exchange, for a program',
    ],
  ],
  options: (yargs) =>
    yargs
      .positional('declaration', declarationFile)
      .options(selectionOptions)
      .option('format', {
        choices: ['text', 'markdown', 'csv'] as const,
        default: 'text' as const,
        describe: 'Of the list',
      }),
  run: (options) => report(options),
});

interface Options extends Selection {
  readonly format: 'text' | 'markdown' | 'csv';
}

/** Of those that are named; what is known of the others is in their rules. */
async function report({ format, ...selection }: Options): Promise<Report> {
  const { firewallRules } = await import('../lib/reports/firewall.js');
  const plans = await planDeclared(selection.declaration);
  const chosen = membersOf(selected(plans, selection)).map(({ name }) => name);
  const all = firewallRules(membersOf(plans).map(({ plan }) => plan));
  const rules = all.filter(({ member }) => chosen.includes(`${member}`));
  return { text: await listed(rules, format), json: { rules } };
}

async function listed(rules: readonly FirewallRule[], format: Options['format']): Promise<string> {
  const { firewallPage, firewallRows, firewallText } = await import('../lib/reports/firewall-text.js');
  if (format === 'text') return firewallText(rules);
  if (format === 'csv') return (await import('../lib/formats/csv.js')).csv(firewallRows(rules));
  return (await import('../lib/formats/markdown.js')).markdown(firewallPage(rules));
}
