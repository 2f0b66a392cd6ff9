import { memberOf } from '../../federation/certificates';
import type { ExchangePlan } from '../../federation/exchange';
import type { PartyPlan } from '../../federation/party';
import { unseen } from '../finding';
import type { Step } from '../ladder';
import { clusterStep, everyPod, podSteps } from '../steps/pods';

/**
 * What is looked at of a member that KubeFATE made: its chart has names, labels and files of its own, so that it is pods alone, and a
 * line says so.
 */
export function kubeFateLadder(plan: PartyPlan | ExchangePlan): readonly Step[] {
  const member = memberOf(plan);
  return [
    ...podSteps(member, plan.namespace, []),
    everyPod(member),
    {
      id: 'kubefate',
      layer: 'pods',
      what: 'what runs in them does as it should',
      needs: [clusterStep],
      asks: [],
      judge: () =>
        unseen("KubeFATE's chart has names of its own, by which nothing is asked here; `verify` asks its FATE Flow"),
    },
  ];
}
