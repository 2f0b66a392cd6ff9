import type { ClusterApi, ControlPlane, TanzuClusterPlan, WorkerPool } from '../../lib/tanzu/cluster';
import type { Identity, KubernetesObject } from '../app/manifest';
import { osImage } from './os-image';

/** `Cluster` of the Cluster API, made from a class. What the class knows beyond the Cluster API are variables. */
export interface Cluster extends KubernetesObject {
  spec: {
    clusterNetwork: {
      pods: { cidrBlocks: readonly string[] };
      services: { cidrBlocks: readonly string[] };
      serviceDomain: string;
    };
    topology: ClassReference & {
      version: string;
      controlPlane: { replicas: number } & Draining;
      workers: { machineDeployments: MachineDeployment[] };
      variables: Variable[];
    };
  };
}

type ClassReference = { class: string; classNamespace?: string } | { classRef: { name: string; namespace?: string } };

/** In `v1beta1`, and from `v1beta2` on. */
interface Draining {
  nodeDrainTimeout?: string;
  deletion?: { nodeDrainTimeoutSeconds: number };
}

interface MachineDeployment extends Draining {
  class: string;
  name: string;
  replicas?: number;
  failureDomain?: string;
  metadata?: { annotations: Record<string, string> };
  variables: { overrides: Variable[] };
}

interface Variable {
  name: string;
  value: unknown;
}

/** Values by the names of a class; those that are `undefined` are left out. */
export type Variables = Readonly<Record<string, unknown>>;

/** How a family of classes spells a plan. */
export interface ClassVocabulary {
  /** Those of the whole cluster; for nodes they say what the control plane is like. */
  readonly cluster: (plan: TanzuClusterPlan) => Variables;
  /** Those that are different in a pool. */
  readonly pool: (pool: WorkerPool, plan: TanzuClusterPlan) => Variables;
}

export const cluster = (plan: TanzuClusterPlan, vocabulary: ClassVocabulary): Cluster & Identity => ({
  apiVersion: plan.api.apiVersion,
  kind: 'Cluster',
  metadata: { name: plan.name, annotations: osImage(plan.os) },
  spec: {
    clusterNetwork: {
      pods: { cidrBlocks: plan.network.podCidrs },
      services: { cidrBlocks: plan.network.serviceCidrs },
      serviceDomain: plan.network.serviceDomain,
    },
    topology: {
      ...classReference(plan.api),
      version: plan.kubernetes,
      controlPlane: { replicas: plan.controlPlane.replicas, ...draining(plan.controlPlane, plan.api) },
      workers: {
        machineDeployments: plan.workers.map((pool) => ({
          class: 'node-pool',
          name: pool.name,
          ...size(pool),
          failureDomain: pool.failureDomain,
          ...draining(pool, plan.api),
          variables: { overrides: list(vocabulary.pool(pool, plan)) },
        })),
      },
      variables: list(vocabulary.cluster(plan)),
    },
  },
});

function classReference(api: ClusterApi): ClassReference {
  if (!('class' in api)) throw new Error(`${api.apiVersion} has no classes`);
  return api.apiVersion.endsWith('/v1beta1')
    ? { class: api.class, classNamespace: api.classNamespace }
    : { classRef: { name: api.class, namespace: api.classNamespace } };
}

function draining({ nodeDrainTimeoutSeconds }: ControlPlane | WorkerPool, { apiVersion }: ClusterApi): Draining {
  if (nodeDrainTimeoutSeconds === 0) return {};
  return apiVersion.endsWith('/v1beta1')
    ? { nodeDrainTimeout: `${nodeDrainTimeoutSeconds}s` }
    : { deletion: { nodeDrainTimeoutSeconds } };
}

/** With replicas beside the bounds, the autoscaler and this object would undo each other's work. */
const size = ({ replicas }: WorkerPool): Pick<MachineDeployment, 'replicas' | 'metadata'> =>
  typeof replicas === 'number'
    ? { replicas }
    : {
        metadata: {
          annotations: {
            'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': `${replicas.min}`,
            'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': `${replicas.max}`,
          },
        },
      };

const list = (variables: Variables): Variable[] =>
  Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
