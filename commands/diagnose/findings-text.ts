import { actorName, type Finding } from '../../lib/diagnosis/finding';
import type { Handled } from '../../lib/diagnosis/remedy';
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

function findingLines({ verdict, what, saw, meaning, acts, remedy, commands, failure }: Handled): readonly string[] {
  const line = `    ${marks[verdict]} ${what}${verdict === 'unseen' ? '' : `: ${saw}`}`;
  if (verdict !== 'fails' && verdict !== 'warns') return [line];
  return [
    line,
    `      ${meaning}`,
    ...(acts ? [`      ${bold(actorName(acts))} has to act${remedy ? `: ${remedy}` : ''}`] : []),
    ...commands.map((command) => `        ${command}`),
    ...(failure ? [`      see "${failure}" in the runbook`] : []),
  ];
}

/** Reasons for which something was not seen, each once. */
function unseenLines(findings: readonly Handled[]): readonly string[] {
  const unseen = findings.filter(({ verdict }) => verdict === 'unseen');
  const reasons = [...new Set(unseen.map(({ saw }) => saw))];
  return reasons.map((reason) => {
    const number = unseen.filter(({ saw }) => saw === reason).length;
    return `  ${yellow('?')} ${counted(number, 'check', 'checks')} could not be made: ${reason}`;
  });
}

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
    `${of('holds').length} of ${findings.length} checks hold`,
    ...(failing.length > 0 ? [red(`${failing.length} ${failing.length === 1 ? 'does' : 'do'} not`)] : []),
    ...(warned.length > 0 ? [yellow(`${warned.length} will not for long, or not in full`)] : []),
    ...(of('skipped').length > 0 ? [`${of('skipped').length} need those first`] : []),
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

export const counted = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
