import { actorName, type Finding } from '../../lib/diagnosis/finding';
import { handled } from '../../lib/diagnosis/remedy';
import { memberName } from '../../lib/federation/certificates';
import type { DeclaredPlans } from '../../lib/federation/declaration';
import type { PartyPlan } from '../../lib/federation/party';
import type { Pair } from '../../lib/jobs/pairs';
import type { PairFault, PairResult } from '../../lib/reports/pair-results';
import { diagnoseMember, type Looking } from '../diagnose/observe';
import { during } from '../terminal';

/** A party into whose cluster somebody sees. */
export interface SeenParty {
  readonly plan: PartyPlan;
  readonly access: Looking;
}

/** Results in which failed pairs have what does not hold below them: at those of both parties that are seen, the lowest first. */
export async function withFaults(
  results: readonly PairResult[],
  seen: readonly SeenParty[],
  plans: DeclaredPlans,
): Promise<readonly PairResult[]> {
  const failed = results.filter(({ outcome, seconds }) => outcome === 'failed' && seconds !== undefined); // that were tried
  const ids = new Set(failed.flatMap(({ guest, host }) => [guest, host]));
  const peers = [...new Set([...plans.parties.map(({ id }) => id), ...ids])];
  const looked = seen.filter(({ plan }) => ids.has(plan.id));
  if (looked.length === 0) return results;
  const names = looked.map(({ plan }) => memberName(plan.id)).join(', ');
  const findings = await during(
    `Looking into ${names}`,
    Promise.all(looked.map(({ plan, access }) => diagnoseMember(plan, access, peers))),
  );
  const faults = findings.flat().filter(({ verdict }) => verdict === 'fails');
  return results.map((result) =>
    failed.includes(result) ? { ...result, faults: faultsOf(result, faults, plans, peers) } : result,
  );
}

function faultsOf(
  pair: Pair,
  faults: readonly Finding[],
  plans: DeclaredPlans,
  peers: readonly number[],
): readonly PairFault[] {
  const members = [...new Set([pair.guest, pair.host])];
  return members.flatMap((member) => {
    const others = members.filter((each) => each !== member);
    const own = faults.filter(
      (each) => each.member === member && (each.peer === undefined || others.includes(each.peer)),
    );
    return own.slice(0, mostFaults).map((each): PairFault => {
      const { what, saw, meaning = '', acts, failure, remedy, page } = handled(each, plans, peers);
      return { at: memberName(member), what, saw, meaning, acts: acts && actorName(acts), failure, remedy, page };
    });
  });
}

/** Of a party: what is above the first ones mostly follows from them. */
const mostFaults = 3;
