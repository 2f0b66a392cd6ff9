import type { PodAffinity, Volume } from 'kubernetes-types/core/v1';
import { services } from '../../lib/fate/services';
import { volumeClaims, volumePods } from '../../lib/federation/claims';
import type { PartyPlan } from '../../lib/federation/party';
import { claimVolume } from './volume-claim';

/** FATE Flow's volume, in the pod of a Job. */
export function fateFlowVolume(plan: PartyPlan): Volume {
  const [claimName = ''] = volumeClaims('fateflow', volumePods(plan));
  return claimVolume(claimName);
}

/** It is one node's at a time, and pods of that node share it. */
export const nextToFateFlow: PodAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: [
    {
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: { matchLabels: { 'app.kubernetes.io/name': services.fateflow.name } },
    },
  ],
};

/** What is said of FATE Flow's pods, but for where they are: of that its own pod decides. */
export const likeFateFlow = (plan: PartyPlan) => ({
  ...plan,
  pods: { fateflow: { ...plan.pods.fateflow, affinity: {} } },
});
