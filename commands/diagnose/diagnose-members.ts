import { setTimeout as pause } from 'node:timers/promises';
import { allHolds } from '../../lib/diagnosis/ladder';
import { type Handled, handled } from '../../lib/diagnosis/remedy';
import type { DeclaredPlans } from '../../lib/federation/declaration';
import { counted } from '../../lib/input/counted';
import type { Report } from '../arguments';
import type { MemberAccess } from '../cluster/members';
import { memberText } from '../declaration-file';
import { during } from '../terminal';
import { findingJson, findingsText, pagesText, summary } from './findings-text';
import { diagnoseMember } from './observe';

export interface Diagnosing {
  /** File of what is declared. */
  readonly declaration: string;
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
  const holds = looked.every(({ findings }) => allHolds(findings));
  const json = {
    holds,
    members: looked.map(({ name, plan, access, findings }) => ({
      member: name,
      namespace: plan.namespace,
      ...('context' in access && { context: access.context }),
      checks: findings.map(findingJson),
    })),
  };
  return { holds, text: `${summary(findings)}${pagesText(findings, options.declaration)}`, json };
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
  const all = Promise.all(looks);
  const looking = options.isLive ? during(`Looking into ${members.map(memberText).join(', ')}`, all) : all;
  if (isLast && options.isLive) for (const look of looks) process.stdout.write(lookText(await look));
  const looked = await looking;
  const failing = looked.flatMap(({ findings }) =>
    findings.filter(({ verdict, isLost }) => verdict === 'fails' || isLost === true),
  );
  if (isLast || failing.length === 0) {
    if (!isLast && options.isLive) for (const each of looked) process.stdout.write(lookText(each));
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

function lookText({ name, plan, access, isCurrent, findings }: Looked): string {
  const where = 'context' in access ? `, context ${access.context}${isCurrent ? ', the current one' : ''}` : '';
  return findingsText(`${memberText({ name })} (namespace ${plan.namespace}${where})`, findings);
}
