import { memberOf } from '../../federation/certificates';
import type { ExchangePlan } from '../../federation/exchange';
import type { PartyPlan } from '../../federation/party';
import { oneLine } from '../answers';
import { isSeen } from '../asks';
import { fails, holds, unseen } from '../finding';
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
    ...('id' in plan ? [whosePods(plan)] : []), // an exchange has whatever id its file says
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

/** Helm writes a large number as `1e+06`. */
function whosePods({ id }: PartyPlan): Step {
  return {
    id: 'whose',
    layer: 'cluster',
    what: `pods there are of party ${id}`,
    needs: [clusterStep],
    asks: [],
    judge: ({ pods }) => {
      if (!isSeen(pods)) return unseen(pods.unseen);
      const ids = [...new Set(pods.value.flatMap(({ metadata }) => metadata?.labels?.['partyId'] ?? []))];
      if (ids.length === 0) return unseen("no pod has KubeFATE's label partyId");
      const saw = `partyId ${oneLine(ids.join(', '))}`;
      if (ids.every((each) => Number(each) === id)) return holds(saw);
      return fails(saw, {
        failure: 'not-deployed',
        acts: { member: id },
        meaning: 'they are those of another party, too: another context or another namespace is meant',
      });
    },
  };
}
