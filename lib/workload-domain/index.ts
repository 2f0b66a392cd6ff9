export type { Cidr } from './cidr';
export type {
  AddressRanges,
  AddressRangesProps,
  ManagementNetwork,
  ManagementNetworkProps,
  Networking,
  NetworkingProps,
} from './networking';
export type { PreflightItem } from './preflight';
export type { ClusterRangesProps, LoadBalancerBudget, LoadBalancersProps } from './ranges';
export { storageClassName } from './storage-class';
export type { CustomVmClassProps, VmClassesPlan, VmClassProps } from './vm-classes';
export * from './workload-domain';
