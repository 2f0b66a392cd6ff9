import { join } from 'node:path';
import type { Monitored } from '../lib/monitoring/prometheus-files';
import { type Report, reportingCommand } from './arguments';
import { declarationFile, type Member, membersOf } from './declaration-file';
import { Mistake } from './mistake';
import { declaredPlans, type Selection, selectionOptions } from './selection';

/** For whoever runs a Prometheus without its operator. */
export const monitoring = reportingCommand({
  command: 'monitoring [declaration]',
  describe: 'Write what a Prometheus without its operator scrapes and alerts of, and dashboards, as files',
  examples: [
    ['$0 monitoring party-30000.yaml', 'of one organisation, to the folder monitoring'],
    ['$0 monitoring party-30000.yaml --json', 'for a program that puts them into values of a package'],
  ],
  options: (yargs) =>
    yargs.positional('declaration', declarationFile).options(selectionOptions).option('out', {
      type: 'string',
      requiresArg: true,
      default: 'monitoring',
      describe: 'Folder for the files, in the place of those that are there',
    }),
  run: (options) => report(options),
});

interface Options extends Selection {
  readonly out: string;
}

/** Of others nothing tells metrics: of those that declare none, and of KubeFATE's. */
async function report({ out, ...selection }: Options): Promise<Report> {
  const { prometheusFiles } = await import('../lib/monitoring/prometheus-files.js');
  const { yaml } = await import('../lib/formats/yaml.js');
  const { replaceFiles } = await import('./files.js');
  const members = membersOf(await declaredPlans(selection)).flatMap(({ plan }) => (isMonitored(plan) ? [plan] : []));
  if (members.length === 0)
    throw new Mistake(`${selection.declaration}: no member declares monitoring, so nothing tells metrics`);
  const { scrape, rules, dashboards } = prometheusFiles(members);
  const files = [
    { path: join(out, 'scrape.yaml'), content: yaml(scrape) },
    { path: join(out, 'rules.yaml'), content: yaml(rules) },
    ...Object.entries(dashboards).map(([namespace, dashboard]) => ({
      path: join(out, `${namespace}.json`),
      content: `${JSON.stringify(dashboard, undefined, 1)}\n`,
    })),
  ];
  replaceFiles(files);
  return { text: files.map(({ path }) => `${path}\n`).join(''), json: { scrape, rules, dashboards } };
}

const isMonitored = (plan: Member['plan']): plan is Monitored =>
  plan.monitoring !== undefined && plan.driver === 'native';
