import { type Report, reportingCommand } from './arguments';
import { declarationFile, membersOf, planDeclared } from './declaration-file';
import { type ListFormat, listFormat, listText } from './list-format';
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
    yargs.positional('declaration', declarationFile).options(selectionOptions).option('format', listFormat),
  run: (options) => report(options),
});

interface Options extends Selection {
  readonly format: ListFormat;
}

/** Of those that are named; what is known of the others is in their rules. */
async function report({ format, ...selection }: Options): Promise<Report> {
  const { firewallRules } = await import('../lib/reports/firewall.js');
  const plans = await planDeclared(selection.declaration);
  const chosen = membersOf(selected(plans, selection)).map(({ name }) => name);
  const all = firewallRules(membersOf(plans).map(({ plan }) => plan));
  const rules = all.filter(({ member }) => chosen.includes(`${member}`));
  const { firewallPage, firewallRows, firewallText } = await import('../lib/reports/firewall-text.js');
  const list = { text: () => firewallText(rules), page: () => firewallPage(rules), rows: () => firewallRows(rules) };
  return { text: await listText(format, list), json: { rules } };
}
