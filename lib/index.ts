// What is true: facts of FATE, Kubernetes and Tanzu, and plans made of declarations. No cdk8s, no Pulumi, no files.
export { type ExchangeImage, type FateRelease, type PartyImage, releases } from './fate/releases';
export type { Conversion, PartyData } from './fate/releases/data';
export { secrets } from './fate/secrets';
export { services } from './fate/services';
export {
  type ExchangeContainer,
  guideline,
  type PartyContainer,
  type PartyVolume,
  type Sizing,
  type SizingPreset,
  sizingPresets,
} from './fate/sizes';
export type { Agreement, AgreementProps, Transport } from './federation/agreement';
export type {
  BackupBucket,
  BackupBucketProps,
  BackupClaim,
  BackupClaimProps,
  BackupPlan,
  BackupProps,
} from './federation/backup';
export type { CertManager, CertManagerProps } from './federation/cert-manager';
export type { Compute, ComputeProps } from './federation/compute';
export type {
  Declaration,
  OwnExchangeProps,
  OwnPartyProps,
  PartyDescriptorFile,
} from './federation/declaration';
export {
  type ExchangeAddresses,
  type ExchangeDescriptor,
  exchangeDescriptor,
  type PartyAddresses,
  type PartyDescriptor,
  partyDescriptor,
} from './federation/descriptor';
export type { DescriptorFile } from './federation/descriptor-files';
export { type ExchangePlan, type ExchangeProps, exchangePlan, type PortRange } from './federation/exchange';
export type { ExistingClaims } from './federation/existing-claims';
export type {
  ExternalPulsar,
  ExternalPulsarProps,
  PublicPulsarProps,
  PulsarServer,
} from './federation/external-pulsar';
export { type Federation, type FederationProps, federation, type Mesh, type MeshProps } from './federation/federation';
export type {
  DatanodesProps,
  ExternalHdfs,
  ExternalHdfsProps,
  HdfsPlan,
  HdfsProps,
  NamenodeHdfsProps,
  NamenodeProps,
  NameserviceHdfsProps,
  NameserviceProps,
  OwnHdfs,
} from './federation/hdfs';
export type {
  Driver,
  Hosting,
  HostingProps,
  ImageDigests,
  ImageLockFile,
  ImageSource,
  ImageSourceProps,
} from './federation/hosting';
export type { IngressPlan, IngressProps, Ui } from './federation/ingress';
export type { KubectlAccess } from './federation/kubectl-access';
export type {
  Exporter,
  Monitoring,
  MonitoringProps,
  PartyMonitoring,
  PartyMonitoringProps,
} from './federation/monitoring';
export type { ExternalMysqlProps, MysqlPlan, MysqlProps } from './federation/mysql';
export { type PartyPlan, type PartyProps, partyPlan } from './federation/party';
export type { ProxyPlan, ProxyProps } from './federation/proxy';
export type { PublicAddress, PublicEndpoint } from './federation/public-addresses';
export type {
  ElsewherePulsarProps,
  ExternalPulsarPlan,
  OwnPulsarPlan,
  OwnPulsarProps,
  PulsarClusterPlan,
  PulsarClusterProps,
  PulsarPlan,
  PulsarProps,
} from './federation/pulsar';
export type { RetentionPlan, RetentionProps } from './federation/retention';
export { exchangeNginxRoutes, type NginxRoutes, partyNginxRoutes, pulsarRoutes, sniRoutes } from './federation/routing';
export type { SizingProps } from './federation/sizing';
export type {
  ExternalSparkPlan,
  ExternalSparkProps,
  SparkMasterProps,
  SparkPlan,
  SparkPortsProps,
  SparkProps,
  SparkPythonProps,
  SparkWorkersProps,
} from './federation/spark';
export type {
  SparkDriver,
  SparkDriverProps,
  SparkInClusterProps,
  SparkNetwork,
  SparkNetworkProps,
  SparkOutsideProps,
} from './federation/spark-network';
export type { SparkNodes, SparkNodesProps } from './federation/spark-nodes';
export type { Verification, VerificationProps } from './federation/verification';
export type { Workload } from './federation/workload';
export { InvalidInput, type Problem } from './input/problems';
export type { AlgorithmName } from './jobs/algorithms';
export type { JobTask } from './jobs/algorithms/algorithm';
export type { HomoLrParameters } from './jobs/algorithms/homo-lr';
export type { HomoNnParameters, NeuralLayer } from './jobs/algorithms/homo-nn';
export type { SecureBoostParameters } from './jobs/algorithms/secure-boost';
export type { FigureDifference } from './jobs/benchmarks/definitions';
export type { BenchmarkReport, MeasuredParty, MeasuredTask } from './jobs/benchmarks/report';
export type { JobRoles } from './jobs/checked-job';
export type {
  JobBaseProps,
  JobProps,
  LabelProps,
  ModelProps,
  ParticipantProps,
  PredictionProps,
  TrainingProps,
} from './jobs/description';
export type { Deployment } from './jobs/dsl';
export { type JobPlan, jobPlan } from './jobs/job';
export type { JobResources, JobResourcesProps } from './jobs/resources';
export type { Table, TableProps } from './jobs/table';
export {
  type HorizontalImagesProps,
  type HorizontalTablesProps,
  type Topology,
  type TopologyProps,
  topology,
  type VerticalProps,
} from './jobs/topology';
export { type UploadLabelProps, type UploadPlan, type UploadProps, uploadPlan } from './jobs/upload';
export type { ChartLimit } from './kubefate/limits/limit';
export type { DataDecision } from './kubefate/read/party-data';
export { type ReadClusterFile, readClusterFile } from './kubefate/read/read-cluster-file';
export type { ExchangeDeclaration } from './kubefate/read/read-exchange';
export type { PartyDeclaration } from './kubefate/read/read-party';
export type { DataDifference, Difference, SettingDifference } from './kubefate/read/source';
export { type CliConfigProps, cliConfig } from './kubefate/service/cli-config';
export {
  type KubeFateIngressProps,
  type KubeFatePlan,
  type KubeFateProps,
  kubeFatePlan,
} from './kubefate/service/service';
export type { KubeFateRelease } from './kubefate/service/service-releases';
export { type ClusterFile, clusterYaml, limitText } from './kubefate/write/cluster-file';
export { exchangeFile } from './kubefate/write/exchange-file';
export { clusterFile } from './kubefate/write/party-file';
export type { PodProps, PodSettings, Pods, PodsProps, Toleration } from './kubernetes/pods';
export type { PublicService, PublicServiceProps } from './kubernetes/public-services';
export type { Quantity, QuantityProps, Resources, ResourcesProps } from './kubernetes/quantities';
export type { PodSecurityLevel } from './kubernetes/releases';
export type { StorageClasses, StorageClassName } from './kubernetes/storage-classes';
export type { NodeTaint } from './kubernetes/taints';
export type { TrustedCa } from './kubernetes/trusted-cas';
export type { ManualStep } from './operations/step';
export { type FirewallRule, firewallRules, type RuleEnd } from './reports/firewall';
export { type ImageUse, images, type PlannedImage, type PlanWithPods } from './reports/images';
export {
  type Capacity,
  capacity,
  describeCapacity,
  type NodePool,
  type NodePoolProps,
  type NodesProps,
  type OversizedContainer,
  type PlannedNodes,
  type PlannedPod,
  type PoolCapacity,
  type QuantityWithGpus,
} from './tanzu/capacity';
export * from './tanzu/cluster';
export { type VmClass, vmClasses } from './tanzu/vm-classes';
export type { DataOutcome } from './upgrade/steps';
export { type UpgradePlan, type UpgradeProps, upgradePlan } from './upgrade/upgrade';
