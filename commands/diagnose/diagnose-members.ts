import { setTimeout as pause } from 'node:timers/promises';
import { actorName, type Finding } from '../../lib/diagnosis/finding';
import { type Handled, handled } from '../../lib/diagnosis/remedy';
import type { DeclaredPlans } from '../../lib/federation/declaration';
import type { Report } from '../arguments';
import type { MemberAccess } from '../cluster/members';
import { colours } from '../terminal';
import { diagnoseMember } from './observe';

export interface Diagnosing {
  /** Ids of the parties that each should reach. */
  readonly peers: readonly number[];
  /** Everything that is declared, whoever is looked at. */
  readonly plans: DeclaredPlans;
  /** In which to look again. */
  readonly waitSeconds: number;
  /** Whether each member is told of as soon as it was looked at. */
  readonly isLive: boolean;
}

/** Looks at members at the same time, and tells of them in their order. */
export async function diagnoseMembers(members: readonly MemberAccess[], options: Diagnosing): Promise<Report> {
  const until = Date.now() + options.waitSeconds * 1000;
  const looked = await lookUntil(members, options, until);
  const findings = looked.flatMap(({ findings }) => findings);
  const holds = findings.every(({ verdict }) => verdict !== 'fails');
  const json = {
    holds,
    members: looked.map(({ name, plan, access, findings }) => ({
      member: name,
      namespace: plan.namespace,
      ...('context' in access && { context: access.context }),
      checks: findings.map(({ acts, ...finding }) => ({ ...finding, acts: acts && actorName(acts) })),
    })),
  };
  return { holds, text: summary(findings), json };
}

interface Looked extends MemberAccess {
  readonly findings: readonly Handled[];
}

async function lookUntil(
  members: readonly MemberAccess[],
  options: Diagnosing,
  until: number,
): Promise<readonly Looked[]> {
  const looks = members.map((member) => lookAt(member, options));
  const isLast = Date.now() + retryMillis > until;
  if (isLast && options.isLive) for (const look of looks) process.stdout.write(memberText(await look));
  const looked = await Promise.all(looks);
  const failing = looked.flatMap(({ findings }) => findings.filter(({ verdict }) => verdict === 'fails'));
  if (isLast || failing.length === 0) {
    if (!isLast && options.isLive) for (const each of looked) process.stdout.write(memberText(each));
    return looked;
  }
  process.stderr.write(`${counted(failing.length, 'check does', 'checks do')} not hold yet: ${failing[0]?.what} …\n`);
  await pause(retryMillis);
  return lookUntil(members, options, until);
}

const retryMillis = 5000;

async function lookAt(member: MemberAccess, { peers, plans }: Diagnosing): Promise<Looked> {
  const findings = await diagnoseMember(member.plan, member.access, peers);
  return { ...member, findings: findings.map((finding) => handled(finding, plans, peers)) };
}

const { bold, green, red, yellow } = colours(process.stdout);

const marks: Readonly<Record<Finding['verdict'], string>> = {
  holds: green('√'),
  warns: yellow('‼'),
  fails: red('×'),
  skipped: '-',
  unseen: yellow('?'),
};

/** A member and its checks, by layer. */
function memberText({ name, plan, access, isCurrent, findings }: Looked): string {
  const where = 'context' in access ? `, context ${access.context}${isCurrent ? ', the current one' : ''}` : '';
  const layers = [...new Set(findings.map(({ layer }) => layer))];
  const lines = [
    bold(`${/^\d/.test(name) ? `party ${name}` : name} (namespace ${plan.namespace}${where})`),
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

/** What does not hold, by who has to act. */
function summary(findings: readonly Handled[]): string {
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

const counted = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
