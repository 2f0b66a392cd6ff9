import type { ClassVocabulary } from './cluster';
import { volumeOf } from './v1alpha2';

/** Variables of the class `tanzukubernetescluster`, and of `builtin-generic-v3.1.0`. */
export const tanzukubernetesclusterClass: ClassVocabulary = {
  cluster: ({ controlPlane, storage, network, trust }) => ({
    vmClass: controlPlane.vmClass.name,
    storageClass: controlPlane.storageClass,
    controlPlaneVolumes: controlPlane.volumes.length > 0 ? controlPlane.volumes.map(volumeOf) : undefined,
    defaultStorageClass: storage.defaultClass,
    storageClasses: storage.classes,
    proxy: network.proxy,
    trust: trust.length > 0 ? { additionalTrustedCAs: trust.map(({ name }) => ({ name })) } : undefined,
  }),
  pool: ({ vmClass, storageClass, volumes, labels, taints }) => ({
    vmClass: vmClass.name,
    storageClass,
    nodePoolVolumes: volumes.length > 0 ? volumes.map(volumeOf) : undefined,
    nodePoolLabels:
      Object.keys(labels).length > 0 ? Object.entries(labels).map(([key, value]) => ({ key, value })) : undefined,
    nodePoolTaints: taints.length > 0 ? taints : undefined,
  }),
};
