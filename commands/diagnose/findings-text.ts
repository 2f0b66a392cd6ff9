import { actorName, type Finding } from '../../lib/diagnosis/finding';
import type { Handled } from '../../lib/diagnosis/remedy';
import { shellWord } from '../../lib/formats/shell';
import { counted } from '../../lib/input/counted';
import { colours } from '../terminal';

const { bold, green, red, yellow } = colours(process.stdout);

const marks: Readonly<Record<Finding['verdict'], string>> = {
  holds: green('√'),
  warns: yellow('‼'),
  fails: red('×'),
  skipped: '-',
  unseen: yellow('?'),
};

/** What was seen of a member, by layer. */
export function findingsText(title: string, findings: readonly Handled[]): string {
  const layers = [...new Set(findings.map(({ layer }) => layer))];
  const lines = [
    bold(title),
    ...layers.flatMap((layer) => [
      `  ${layer}`,
      ...findings.filter((finding) => finding.layer === layer).flatMap(findingLines),
    ]),
    ...unseenLines(findings),
    '',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function findingLines({
  verdict,
  what,
  saw,
  meaning,
  acts,
  remedy,
  commands,
  title,
  page,
}: Handled): readonly string[] {
  const line = `    ${marks[verdict]} ${what}${verdict === 'unseen' ? '' : `: ${saw}`}`;
  if (verdict !== 'fails' && verdict !== 'warns') return [line];
  return [
    line,
    `      ${meaning}`,
    ...(acts ? [`      ${bold(actorName(acts))} has to act${remedy ? `: ${remedy}` : ''}`] : []),
    ...commands.map((command) => `        ${command}`),
    ...(title ? [`      see “${title}”${page ? `: ${folder}/${page}` : ' in the runbook'}`] : []),
  ];
}

/** Reasons for which something was not seen, each once. */
function unseenLines(findings: readonly Handled[]): readonly string[] {
  const unseen = findings.filter(({ verdict }) => verdict === 'unseen');
  const reasons = [...new Set(unseen.map(({ saw }) => saw))];
  return reasons.map((reason) => {
    const number = unseen.filter(({ saw }) => saw === reason).length;
    return `  ${yellow('?')} ${counted(number, 'check')} could not be made: ${reason}`;
  });
}

/** Of the pages that `runbook` writes. */
const folder = 'runbook';

/** How to come by the pages that findings lead to; nothing where none does. */
export const pagesText = (findings: readonly Handled[], declaration: string): string =>
  findings.some(({ verdict, page }) => page !== undefined && (verdict === 'fails' || verdict === 'warns'))
    ? `Pages are written by: kubefate-tanzu runbook ${shellWord(declaration)} --format html --out ${folder}\n`
    : '';

/** Of a finding, for programs. */
export const findingJson = ({ acts, ...finding }: Handled): object => ({ ...finding, acts: acts && actorName(acts) });

/** What does not hold, by who has to act. */
export function summary(findings: readonly Handled[]): string {
  const of = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict);
  const [failing, warned] = [of('fails'), of('warns')];
  const actors = new Map<string, string[]>();
  for (const { acts, meaning, what } of failing) {
    const name = acts ? actorName(acts) : 'whoever asks';
    actors.set(name, [...(actors.get(name) ?? []), `${what}: ${meaning}`]);
  }
  const numbers = [
    `${of('holds').length} of ${counted(findings.length, 'check holds', 'checks hold')}`,
    ...(failing.length > 0 ? [red(`${counted(failing.length, 'does', 'do')} not`)] : []),
    ...(warned.length > 0 ? [yellow(`${warned.length} will not for long, or not in full`)] : []),
    ...(of('skipped').length > 0 ? [`${counted(of('skipped').length, 'needs', 'need')} those first`] : []),
    ...(of('unseen').length > 0 ? [`${of('unseen').length} could not be made`] : []),
  ].join(', ');
  const lines = [
    numbers,
    ...[...actors].flatMap(([actor, faults]) => [
      `${bold(actor)} has to act:`,
      ...[...new Set(faults)].map((fault) => `  ${fault}`),
    ]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
