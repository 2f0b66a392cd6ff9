import type { Member } from '../../lib/federation/certificates';
import { exchangePlan } from '../../lib/federation/exchange';
import { partyPlan } from '../../lib/federation/party';
import { Mistake } from '../mistake';
import { declaredPlans, type Selection } from '../selection';

export interface SelectedMembers {
  readonly domain: string;
  /** With the namespace of each. */
  readonly members: readonly { readonly member: Member; readonly namespace: string }[];
}

/**
 * Members of a declaration, or of a domain those that are named.
 *
 * @throws {Mistake} when nobody is named, or somebody who is not declared
 */
export async function selectMembers(selection: Selection & { readonly domain?: string }): Promise<SelectedMembers> {
  const { domain, party = [], exchange = false } = selection;
  const named: readonly Member[] = [...(exchange ? ['exchange' as const] : []), ...party];
  if (domain === undefined) return declaredMembers(selection);
  if (named.length === 0) throw new Mistake('nobody is named; use --party <id>, --exchange, or a declaration');
  return { domain, members: named.map((member) => ({ member, namespace: usualPlan(member, domain).namespace })) };
}

const usualPlan = (member: Member, domain: string) =>
  member === 'exchange' ? exchangePlan({ domain }) : partyPlan({ domain, id: member });

async function declaredMembers(selection: Selection): Promise<SelectedMembers> {
  const { exchange, parties } = await declaredPlans(selection);
  const plans = [...(exchange ? [exchange] : []), ...parties];
  const members = [
    ...(exchange ? [{ member: 'exchange' as const, plan: exchange }] : []),
    ...parties.map((plan) => ({ member: plan.id, plan })),
  ].filter(({ plan }) => plan.certManager === undefined);
  if (members.length === 0 && plans.length > 0)
    throw new Mistake(`cert-manager makes the certificates of ${plans.map(({ namespace }) => namespace).join(', ')}`);
  const [{ domain } = { domain: '' }] = plans;
  return { domain, members: members.map(({ member, plan: { namespace } }) => ({ member, namespace })) };
}
