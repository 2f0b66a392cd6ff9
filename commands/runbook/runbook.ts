import { join } from 'node:path';
import type { Member } from '../../lib/federation/certificates';
import type { DeclaredPlans } from '../../lib/federation/declaration';
import type { Page } from '../../lib/formats/page';
import type { KnownCertificate } from '../../lib/reports/runbook';
import { type Report, reportingCommand } from '../arguments';
import { declarationFile, planDeclared } from '../declaration-file';
import { Mistake } from '../mistake';
import { type Selection, selected, selectionOptions } from '../selection';

/** Pages for whoever is on call. */
export const runbook = reportingCommand({
  command: 'runbook [declaration]',
  describe: 'Write what to do when something fails: a page for each member, with its own names and commands',
  examples: [
    ['$0 runbook --out runbook --format html', 'of all members of ./federation.yaml, a file each'],
    ['$0 runbook party-30000.yaml > runbook.md', 'of one organisation'],
    ['$0 runbook --party 30000 --json', 'for a program'],
  ],
  options: (yargs) =>
    yargs
      .positional('declaration', declarationFile)
      .options(selectionOptions)
      .option('format', {
        choices: ['markdown', 'html'] as const,
        default: 'markdown' as const,
        describe: 'Of the pages',
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'Folder for a file of each member, in the place of one that is there',
        defaultDescription: 'standard output',
      })
      .option('certificates', {
        type: 'string',
        default: 'certificates',
        describe: 'Folder that `certificates` keeps, for the days on which they end; need not be there',
      }),
  run: (options) => report(options),
});

interface Options extends Selection {
  readonly format: 'markdown' | 'html';
  readonly out?: string;
  readonly certificates: string;
}

async function report({ format, out, certificates, ...selection }: Options): Promise<Report> {
  const pages = await pagesOf(await planDeclared(selection.declaration), selection, certificates);
  const texts = await textsOf(pages, format);
  if (out === undefined) {
    if (format === 'html' && pages.length > 1)
      throw new Mistake(`${pages.length} pages of HTML need --out, or one member that is named`);
    return { text: texts.join('\n'), json: { pages } };
  }
  const { replaceFiles } = await import('../files.js');
  const files = pages.map(({ member }, i) => ({
    path: join(out, `${member}.${format === 'html' ? 'html' : 'md'}`),
    content: texts[i] ?? '',
  }));
  replaceFiles(files);
  return { text: files.map(({ path }) => `${path}\n`).join(''), json: { pages, files: files.map(({ path }) => path) } };
}

interface MemberPage extends Page {
  /** Its namespace. */
  readonly member: string;
}

async function pagesOf(plans: DeclaredPlans, selection: Selection, folder: string): Promise<readonly MemberPage[]> {
  const { exchangeRunbook, partyRunbook } = await import('../../lib/reports/runbook.js');
  const { exchange, parties } = selected(plans, selection);
  const ids = plans.parties.map(({ id }) => id);
  const certificatesOf = await certificatesIn(folder);
  const factsOf = (member: Member, domain: string) => ({
    declaration: selection.declaration,
    certificates: certificatesOf(member, domain),
  });
  return [
    ...(exchange
      ? [{ member: exchange.namespace, ...exchangeRunbook(exchange, factsOf('exchange', exchange.domain)) }]
      : []),
    ...parties.map((plan) => ({
      member: plan.namespace,
      ...partyRunbook(
        plan,
        ids.filter((id) => id !== plan.id),
        factsOf(plan.id, plan.domain),
      ),
    })),
  ];
}

/** What a member shows and whom it trusts, as far as that is in the folder. */
async function certificatesIn(folder: string) {
  const { memberFiles, readText } = await import('../pki/folder.js');
  const { certificatesIn, commonNames, ends } = await import('../../lib/input/pem.js');
  const known = (path: string, count?: number): readonly KnownCertificate[] => {
    const text = readText(path);
    if (text === undefined) return [];
    const found = certificatesIn(text) ?? [];
    if (found.length === 0) throw new Mistake(`${path}: has no certificates that can be read`);
    return found.slice(0, count).map((each) => ({ name: commonNames(each).join(', '), ends: ends(each) }));
  };
  return (member: Member, domain: string): readonly KnownCertificate[] => {
    const { certificate, ca } = memberFiles(folder, member, domain);
    return [...known(certificate, 1), ...known(ca)];
  };
}

async function textsOf(pages: readonly Page[], format: Options['format']): Promise<readonly string[]> {
  const write =
    format === 'html'
      ? (await import('../../lib/formats/html.js')).html
      : (await import('../../lib/formats/markdown.js')).markdown;
  return pages.map(write);
}
