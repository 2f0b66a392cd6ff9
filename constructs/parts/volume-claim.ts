import type { PersistentVolumeClaim, Volume } from 'kubernetes-types/core/v1';
import type { PartyVolume } from '../../lib/fate/sizes';
import type { PartyPlan } from '../../lib/federation/party';
import { dataVolume } from '../../lib/kubernetes/data-volume';

/**
 * Claim template of a StatefulSet: one volume per pod, which stays when the pod goes.
 *
 * @param storageClass none for the cluster's default one
 */
export const volumeClaim = (storageClass: string | undefined, sizeGiB: number): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: dataVolume },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: storageClass,
    resources: { requests: { storage: `${sizeGiB}Gi` } },
  },
});

/** Claim templates of a StatefulSet. None where its pod has a claim that is there already. */
export const claimTemplates = (
  { storageClasses, existingClaims, sizing }: PartyPlan,
  volume: PartyVolume,
): PersistentVolumeClaim[] | undefined =>
  existingClaims[volume] === undefined ? [volumeClaim(storageClasses[volume], sizing.volumesGiB[volume])] : undefined;

/** The volume of a pod, on a claim that is there. */
export const claimVolume = (claimName: string): Volume => ({ name: dataVolume, persistentVolumeClaim: { claimName } });

/** The same volume of its pod, where no template makes it. */
export function existingVolumes({ existingClaims }: PartyPlan, volume: PartyVolume): Volume[] {
  const claimName = existingClaims[volume];
  return claimName === undefined ? [] : [claimVolume(claimName)];
}
