// Plans of the vSphere side: Supervisor, vSphere Namespace, and what clusters take of them.
export type { AddressBlock, Cidr } from '../../input/cidr';
export type { ClusterRangesProps } from '../cluster-ranges';
export type { CustomVmClassProps } from '../vm-classes';
export type {
  ManagementNetwork,
  ManagementNetworkProps,
  SupervisorServices,
  SupervisorServicesProps,
} from './management';
export { checkNamespaceState, type NamespaceNeeds, type NamespaceState } from './namespace-state';
export type {
  Networking,
  NetworkingProps,
  NetworkType,
  SupervisorRangesProps,
  VdsRangesProps,
  VpcRangesProps,
} from './networking';
export type { AddressRanges, AddressRangesProps, NsxNetworking, NsxNetworkingProps } from './nsx';
export type { PreflightItem } from './preflight';
export type { LoadBalancerBudget, LoadBalancersProps } from './ranges';
export { storageClassName } from './storage-class';
export type {
  ExistingSupervisor,
  ExistingSupervisorProps,
  SupervisorPlan,
  SupervisorProps,
  SupervisorSize,
  SupervisorV1Plan,
  SupervisorV2Plan,
  VsphereRelease,
} from './supervisor';
export type {
  SupervisorLoadBalancer,
  SupervisorLoadBalancerProps,
  VdsNetworking,
  VdsNetworkingProps,
  WorkloadNetwork,
  WorkloadNetworkProps,
} from './vds';
export type { VmClassesPlan, VmClassProps } from './vm-classes';
export * from './workload-domain';
