import type { DeclaredPlans } from '../../lib/federation/declaration';
import type { PartyPlan } from '../../lib/federation/party';
import { isJobId } from '../../lib/jobs/job-id';
import { Mistake } from '../mistake';

/** The party whose FATE Flow is asked: the one that is named, or the only one. */
export function askedParty({ parties }: DeclaredPlans, id: number | undefined): PartyPlan {
  const declared = parties.map((each) => each.id).join(', ') || 'none';
  const [only] = parties;
  if (id === undefined && parties.length === 1 && only !== undefined) return only;
  if (id === undefined) throw new Mistake(`name a party by --party; declared are ${declared}`);
  const party = parties.find((each) => each.id === id);
  if (party === undefined) throw new Mistake(`--party ${id}: declared are ${declared}`);
  return party;
}

/** @throws {Mistake} of what is no id of a job */
export function checkJobId(text: string): void {
  if (!isJobId(text)) throw new Mistake(`${text} is no id of a job; use one such as 202111061608424372620`);
}
