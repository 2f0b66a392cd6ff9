import type { NodeTaint } from '../../lib/kubernetes/taints';
import type { ControlPlane, NodeVolume, TanzuClusterPlan, WorkerPool } from '../../lib/tanzu/cluster';
import type { Identity, KubernetesObject } from '../app/manifest';
import { osImage } from './os-image';
import { releaseName } from './release-name';
import { type Settings, settings } from './settings';

/** `TanzuKubernetesCluster` from vSphere 7.0 U3 on; vSphere 8 has the same one as `v1alpha3`. */
export interface TanzuKubernetesClusterV1alpha2 extends KubernetesObject {
  spec: {
    topology: { controlPlane: Nodes; nodePools: NodePool[] };
    settings: Settings;
  };
}

interface Nodes {
  replicas: number;
  vmClass: string;
  storageClass: string;
  volumes?: { name: string; mountPath: string; storageClass: string; capacity: { storage: string } }[];
  tkr: { reference: { name: string } };
  nodeDrainTimeout?: string;
}

interface NodePool extends Nodes {
  name: string;
  labels?: Readonly<Record<string, string>>;
  taints?: readonly NodeTaint[];
  /** In `v1alpha3`. */
  failureDomain?: string;
}

export const clusterV1alpha2 = (plan: TanzuClusterPlan): TanzuKubernetesClusterV1alpha2 & Identity => ({
  apiVersion: plan.api.apiVersion,
  kind: 'TanzuKubernetesCluster',
  metadata: { name: plan.name, annotations: osImage(plan.os) },
  spec: {
    topology: {
      controlPlane: nodes(plan.controlPlane, plan),
      nodePools: plan.workers.map((pool) => ({
        name: pool.name,
        ...nodes(pool, plan),
        labels: Object.keys(pool.labels).length > 0 ? pool.labels : undefined,
        taints: pool.taints.length > 0 ? pool.taints : undefined,
        failureDomain: pool.failureDomain,
      })),
    },
    settings: settings(plan),
  },
});

const nodes = (
  { replicas, vmClass, storageClass, volumes, nodeDrainTimeoutSeconds: drain }: ControlPlane | WorkerPool,
  { kubernetes }: TanzuClusterPlan,
): Nodes => ({
  replicas: Number(replicas),
  vmClass: vmClass.name,
  storageClass,
  volumes: volumes.length > 0 ? volumes.map(volumeOf) : undefined,
  tkr: { reference: { name: releaseName(kubernetes) } },
  nodeDrainTimeout: drain === 0 ? undefined : `${drain}s`,
});

/** The spelling that the older Cluster API class has too. */
export const volumeOf = ({ name, mountPath, storageClass, capacityGiB }: NodeVolume) => ({
  name,
  mountPath,
  storageClass,
  capacity: { storage: `${capacityGiB}Gi` },
});
