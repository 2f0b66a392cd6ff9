// Plans of a Tanzu Kubernetes cluster, and of what is put on it once it is ready.
export {
  type Addon,
  type ImageDiskMountOptions,
  type ImageDiskMountPlan,
  type ImageDiskMountProps,
  type IngressControllerOptions,
  type IngressControllerPlan,
  type IngressControllerProps,
  imageDiskMountPlan,
  ingressControllerPlan,
} from './addons';
export type { ClusterApi, ClusterApiProps, Platform, Vocabulary } from './api';
export {
  type ClusterDeploymentPlan,
  type ClusterDeploymentProps,
  clusterDeploymentPlan,
  type NamespaceOffer,
} from './deployment';
export type { ClusterNetwork, ClusterNetworkProps, Cni, ProxyProps } from './network';
export type {
  Bounds,
  ControlPlane,
  ControlPlaneProps,
  NodeProps,
  WorkerPool,
  WorkerPoolProps,
} from './nodes';
export type { NodeOs, TanzuClusterPlan } from './plan';
export {
  type TanzuClusterProps,
  tanzuClusterPlan,
} from './tanzu-cluster';
export type { SizedVmClass } from './vm-class';
export { imageDisk, type NodeVolume, type NodeVolumePath, nodeVolumePaths, type VolumeProps } from './volumes';
