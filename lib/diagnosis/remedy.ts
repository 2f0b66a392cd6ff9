import type { Member } from '../federation/certificates';
import type { DeclaredPlans } from '../federation/declaration';
import { type FailureId, failures } from '../reports/failures';
import type { Finding } from './finding';

/** A finding, and what the catalogue says is to be done about it. */
export interface Handled extends Finding {
  /** @default nothing, or nothing that is known */
  readonly remedy?: string;
  /** What the catalogue calls it. */
  readonly title?: string;
  /** File of the runbook that has it, and its heading there: `fate-30000.html#mysql-lost`. @default nobody's plan here has it */
  readonly page?: string;
  /** Lines for a shell of whoever has to act; none where that is somebody whose plan is not known here. */
  readonly commands: readonly string[];
}

/**
 * Looks a finding up in the catalogue: in the words for whoever has to act where their plan is declared here, else in those for
 * the member that shows it.
 */
export function handled(finding: Finding, plans: DeclaredPlans, peers: readonly number[]): Handled {
  const { failure, acts, member } = finding;
  if (failure === undefined || acts === undefined) return { ...finding, commands: [] };
  const actor = 'member' in acts ? acts.member : member;
  const theirs = handling(failure, actor, plans, peers);
  const own = theirs ?? handling(failure, member, plans, peers);
  const { title } = failures[failure];
  return {
    ...finding,
    title,
    page: own?.page,
    remedy: own?.remedy,
    commands: theirs?.commands ?? [],
  };
}

function handling(failure: FailureId, member: Member, { exchange, parties }: DeclaredPlans, peers: readonly number[]) {
  const { party, exchange: atExchange } = failures[failure];
  const plan = member === 'exchange' ? exchange : parties.find(({ id }) => id === member);
  if (plan === undefined) return undefined;
  const others = peers.filter((id) => id !== member);
  const found = 'id' in plan ? party?.({ plan, others }) : atExchange?.({ plan });
  return found && { ...found, page: plan.driver === 'native' ? `${plan.namespace}.html#${failure}` : undefined };
}
