export {
  type Capacity,
  capacity,
  describeCapacity,
  type NodePool,
  type NodePoolProps,
  type OversizedContainer,
  type Pod,
} from './capacity';
export type { Address } from './declaration/addresses';
export type { Agreement, AgreementProps } from './declaration/agreement';
export type { Driver, Hosting, HostingProps } from './declaration/hosting';
export type { IngressPlan, IngressProps, Ui } from './declaration/ingress';
export type { SizingProps } from './declaration/sizing';
export {
  type Endpoint,
  type ExchangeAddresses,
  type ExchangeDescriptor,
  exchangeDescriptor,
  type PartyAddresses,
  type PartyDescriptor,
  partyDescriptor,
} from './descriptor';
export { type ExchangePlan, type ExchangeProps, exchangePlan, type PortRange } from './exchange';
export { type Federation, type FederationProps, federation } from './federation';
export { type CliConfigProps, cliConfig } from './kubefate/cli-config';
export { type ChartLimit, type ClusterFile, clusterYaml, limitText } from './kubefate/cluster-file';
export { exchangeFile } from './kubefate/exchange-file';
export { clusterFile } from './kubefate/party-file';
export { type ReadClusterFile, readClusterFile } from './kubefate/read-cluster-file';
export type { ExchangeDeclaration } from './kubefate/read-exchange';
export type { PartyDeclaration } from './kubefate/read-party';
export { type KubeFatePlan, type KubeFateProps, kubeFatePlan } from './kubefate/service';
export type { KubeFateRelease } from './kubefate/service-releases';
export type { Difference } from './kubefate/source';
export { type PartyPlan, type PartyProps, partyPlan } from './party';
export type { PodSecurityLevel } from './pod-security';
export { InvalidInput, type Problem } from './problems';
export { type ExchangeImage, type FateRelease, type PartyImage, releases } from './releases';
export { exchangeNginxRoutes, type NginxRoutes, partyNginxRoutes, pulsarRoutes, sniRoutes } from './routing';
export { secrets } from './secrets';
export { services } from './services';
export {
  type ExchangeContainer,
  guideline,
  type PartyContainer,
  type PartyVolume,
  type Quantity,
  type Resources,
  type Sizing,
  type SizingPreset,
  sizingPresets,
} from './sizing';
export { type VmClass, vmClasses } from './tanzu';
export * from './tanzu-cluster';
