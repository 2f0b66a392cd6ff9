// Plans of the vSphere side: Supervisor, vSphere Namespace, and what clusters take of them.
export type { Cidr } from '../../input/cidr';
export type { ClusterRangesProps } from '../cluster-ranges';
export type { CustomVmClassProps } from '../vm-classes';
export { checkNamespaceState, type NamespaceNeeds, type NamespaceState } from './namespace-state';
export type {
  AddressRanges,
  AddressRangesProps,
  ManagementNetwork,
  ManagementNetworkProps,
  Networking,
  NetworkingProps,
} from './networking';
export type { PreflightItem } from './preflight';
export type { LoadBalancerBudget, LoadBalancersProps } from './ranges';
export { storageClassName } from './storage-class';
export type {
  ExistingSupervisor,
  ExistingSupervisorProps,
  SupervisorPlan,
  SupervisorProps,
  SupervisorSize,
  VsphereRelease,
} from './supervisor';
export type { VmClassesPlan, VmClassProps } from './vm-classes';
export * from './workload-domain';
