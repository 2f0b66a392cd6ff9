import type { ControlPlane, NodeVolume, TanzuClusterPlan, WorkerPool } from '../../lib/tanzu/cluster';
import type { Identity, KubernetesObject } from '../app/manifest';
import { type Settings, settings } from './settings';

/** `TanzuKubernetesCluster` of vSphere 7.0: one group of workers, without a name. */
export interface TanzuKubernetesClusterV1alpha1 extends KubernetesObject {
  spec: {
    distribution: { version: string };
    topology: { controlPlane: Nodes; workers: Nodes };
    settings: Settings;
  };
}

interface Nodes {
  count: number;
  class: string;
  storageClass: string;
  volumes?: { name: string; mountPath: string; capacity: { storage: string } }[];
}

export function clusterV1alpha1(plan: TanzuClusterPlan): TanzuKubernetesClusterV1alpha1 & Identity {
  const [workers] = plan.workers;
  if (workers === undefined) throw new Error('a cluster has workers');
  return {
    apiVersion: plan.api.apiVersion,
    kind: 'TanzuKubernetesCluster',
    metadata: { name: plan.name },
    spec: {
      distribution: { version: plan.kubernetes },
      topology: { controlPlane: nodes(plan.controlPlane), workers: nodes(workers) },
      settings: settings(plan),
    },
  };
}

const nodes = ({ replicas, vmClass, storageClass, volumes }: ControlPlane | WorkerPool): Nodes => ({
  count: Number(replicas),
  class: vmClass.name,
  storageClass,
  volumes: volumes.length > 0 ? volumes.map(volumeOf) : undefined,
});

const volumeOf = ({ name, mountPath, capacityGiB }: NodeVolume) => ({
  name,
  mountPath,
  capacity: { storage: `${capacityGiB}Gi` },
});
