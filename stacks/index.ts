// Plans of the vSphere side, which nothing but Pulumi makes.
export * from '../lib/workload-domain';
export { type ChartResources, type ChartResourcesOptions, chartResources, serviceOf } from './chart-resources';
export { type ClusterConfig, type ClusterOutputs, clusterStack, TanzuCluster, type TanzuClusterArgs } from './cluster';
export {
  type ClusterAccess,
  type ClusterAccessConfig,
  clusterAccess,
  clusterProvider,
  type KubeconfigAccess,
} from './cluster-access';
export type { DescriptorSource } from './descriptors';
export {
  type ExchangeConfig,
  ExchangeDeployment,
  type ExchangeDeploymentArgs,
  type ExchangeOutputs,
  type ExchangeRoute,
  exchangeStack,
} from './exchange';
export { type PartyConfig, PartyDeployment, type PartyDeploymentArgs, type PartyOutputs, partyStack } from './party';
export type { ExchangeSecrets, ImagePullSecrets, PartySecrets, SecretValues } from './secrets';
export * as vsphere from './vsphere';
export {
  WorkloadDomain,
  type WorkloadDomainArgs,
  type WorkloadDomainConfig,
  type WorkloadDomainOutputs,
  workloadDomainStack,
} from './workload-domain';
