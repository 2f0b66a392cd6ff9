import type { ClusterApi } from './api';
import type { ClusterNetwork } from './network';
import type { ControlPlane, WorkerPool } from './nodes';

/** A cluster, complete and checked. */
export interface TanzuClusterPlan {
  readonly name: string;
  readonly namespace: string;
  readonly api: ClusterApi;
  /** `v1.21.2+vmware.1-tkg.1.ee25d55`, or the beginning of one. */
  readonly kubernetes: string;
  readonly os?: NodeOs;
  readonly controlPlane: ControlPlane;
  readonly workers: readonly WorkerPool[];
  readonly storage: { readonly defaultClass: string; readonly classes?: readonly string[] };
  readonly network: ClusterNetwork;
  readonly trust: readonly TrustedCa[];
}

export interface NodeOs {
  readonly name: 'photon' | 'ubuntu';
  /** `24.04`. @default what the release has one image of */
  readonly version?: string;
}

export interface TrustedCa {
  /** DNS label. */
  readonly name: string;
  /** PEM. */
  readonly certificate: string;
}
