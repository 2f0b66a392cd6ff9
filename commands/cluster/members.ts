import { dirname, resolve } from 'node:path';
import type { DeclaredPlans } from '../../lib/federation/declaration';
import { type Member, membersOf } from '../declaration-file';
import { Mistake } from '../mistake';
import { type Access, accessBy } from './access';
import { readLogin } from './login';
import type { ClusterSelection } from './options';
import { ClusterRefusal } from './refusal';

/** A member, and the way to its cluster. */
export interface MemberAccess extends Member {
  /** None, and why, where the way is none. */
  readonly access: Access | ClusterRefusal;
  /** Whether nobody named the context: it is the one that is current just now. */
  readonly isCurrent: boolean;
}

/**
 * Members in the order exchange, parties, each with the way to its cluster. What is wrong with the way of one keeps nobody from
 * the others; for whom the current context is taken is said on standard error.
 *
 * @param named those that are asked for
 * @throws {Mistake} of a member that is not declared, or is named twice
 */
export async function memberAccesses(
  plans: DeclaredPlans,
  { declaration, kubeconfig, context }: ClusterSelection,
  named = plans,
): Promise<readonly MemberAccess[]> {
  const contexts = readContexts(context, membersOf(plans));
  const accesses = await Promise.all(
    membersOf(named).map(async ({ name, plan }): Promise<MemberAccess> => {
      const declared = plan.access.kubeconfig && resolve(dirname(declaration), plan.access.kubeconfig);
      const wanted = contexts.get(name) ?? contexts.get(all) ?? plan.access.context;
      const access = await openAccess(kubeconfig ?? declared, wanted, plan.namespace);
      return { name, plan, access, isCurrent: wanted === undefined };
    }),
  );
  process.stderr.write(currentText(accesses));
  return accesses;
}

/** Nothing where all are named. */
function currentText(accesses: readonly MemberAccess[]): string {
  const taken = accesses.flatMap(({ name, access, isCurrent }) =>
    isCurrent && !(access instanceof ClusterRefusal) ? [{ name, context: access.context }] : [],
  );
  return [...new Set(taken.map(({ context }) => context))]
    .map((context) => {
      const names = taken.filter((each) => each.context === context).map(({ name }) => name);
      return `no context is named for ${names.join(', ')}: the current one is taken, ${context}\n`;
    })
    .join('');
}

/** Stands for every member that has no context of its own. */
const all = '';

/** Of `org1`, `30000=org1` and `exchange=shared`. */
function readContexts(typed: readonly string[], members: readonly Member[]): Map<string, string> {
  const contexts = new Map<string, string>();
  for (const text of typed) {
    const [, member = all, context = text] = /^(exchange|\d+)=(.*)$/.exec(text) ?? [];
    if (context === '') throw new Mistake(`--context ${text}: name a context`);
    if (member !== all && !members.some(({ name }) => name === member))
      throw new Mistake(
        `--context ${text}: declared are ${members.map(({ name }) => name).join(', ')}, and no ${member}`,
      );
    if (contexts.has(member))
      throw new Mistake(`--context ${text}: ${member === all ? 'all members have' : `${member} has`} one already`);
    contexts.set(member, context);
  }
  return contexts;
}

async function openAccess(
  kubeconfig: string | undefined,
  context: string | undefined,
  namespace: string,
): Promise<Access | ClusterRefusal> {
  try {
    return accessBy(await readLogin(kubeconfig, context), namespace);
  } catch (error) {
    if (error instanceof ClusterRefusal) return error;
    throw error;
  }
}
