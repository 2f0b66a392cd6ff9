import type { PartyVolume } from '../fate/sizes';
import { volumeClaims, volumePods } from '../federation/claims';
import type { PartyPlan } from '../federation/party';
import { chartClaims } from '../kubefate/charts/workloads';

/** Claims that hold what is on a volume of a party, whoever has made them. */
export const partyClaims = (plan: PartyPlan, volume: PartyVolume): readonly string[] =>
  plan.driver === 'kubefate' && plan.existingClaims[volume] === undefined
    ? chartClaims({ fate: plan.fate, datanodes: plan.sizing.datanodes }, volume)
    : volumeClaims(volume, volumePods(plan));
