import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1';
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
