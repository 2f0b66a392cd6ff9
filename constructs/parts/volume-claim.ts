import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1';

/**
 * Claim template of a StatefulSet: one volume per pod, which stays when the pod goes.
 *
 * @param storageClass none for the cluster's default one
 */
export const volumeClaim = (
  name: string,
  storageClass: string | undefined,
  sizeGiB: number,
): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: storageClass,
    resources: { requests: { storage: `${sizeGiB}Gi` } },
  },
});
