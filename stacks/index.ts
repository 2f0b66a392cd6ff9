// Where and when: Pulumi components, and a stack function for each role in an organisation.

// Plans of the vSphere side, which nothing but Pulumi makes.
export * from '../lib/tanzu/workload-domain';
export type { ExchangeCertificates, PartyCertificates } from './certificates/declared';
export { type ClusterConfig, type ClusterOutputs, clusterStack, TanzuCluster, type TanzuClusterArgs } from './cluster';
export {
  type ExchangeConfig,
  ExchangeDeployment,
  type ExchangeDeploymentArgs,
  type ExchangeOutputs,
  type ExchangeRoute,
  exchangeStack,
} from './exchange';
export {
  type ChartResources,
  type ChartResourcesOptions,
  chartResources,
  serviceOf,
} from './kubernetes/chart-resources';
export {
  type ClusterAccess,
  type ClusterAccessConfig,
  clusterAccess,
  clusterProvider,
  type KubeconfigAccess,
} from './kubernetes/cluster-access';
export type {
  ClusterSecrets,
  ExchangeSecrets,
  ImagePullSecrets,
  PartySecrets,
  SecretValues,
} from './kubernetes/secrets';
export { type PartyConfig, PartyDeployment, type PartyDeploymentArgs, type PartyOutputs, partyStack } from './party';
export type { DescriptorSource, PartySource } from './references/descriptors';
export * as vsphere from './vsphere';
export {
  WorkloadDomain,
  type WorkloadDomainArgs,
  type WorkloadDomainConfig,
  type WorkloadDomainOutputs,
  workloadDomainStack,
} from './workload-domain/workload-domain';
