import type { SparkNodes } from '../../federation/spark-nodes';
import type { TrustedCa } from '../../kubernetes/trusted-cas';
import type { ClusterApi } from './api';
import type { ClusterNetwork } from './network';
import type { ControlPlane, WorkerPool } from './nodes';

/** A cluster, complete and checked. */
export interface TanzuClusterPlan {
  readonly name: string;
  readonly namespace: string;
  /** API that its object is written in. */
  readonly api: ClusterApi;
  /** `v1.21.2+vmware.1-tkg.1.ee25d55`, or the beginning of one. */
  readonly kubernetes: string;
  /** Left out, the platform takes Photon. */
  readonly os?: NodeOs;
  readonly controlPlane: ControlPlane;
  readonly workers: readonly WorkerPool[];
  /** Nodes for Spark workers alone: as `sparkNodes` of parties on the cluster. None where no pool has them. */
  readonly sparkNodes?: SparkNodes;
  /** StorageClasses. Without `classes` the cluster offers those of its vSphere Namespace. */
  readonly storage: { readonly defaultClass: string; readonly classes?: readonly string[] };
  readonly network: ClusterNetwork;
  readonly trust: readonly TrustedCa[];
}

/** Operating system of nodes. */
export interface NodeOs {
  /** Which of those that a release has images of. */
  readonly name: 'photon' | 'ubuntu';
  /** Its version: `24.04`. @default what the release has one image of */
  readonly version?: string;
}
