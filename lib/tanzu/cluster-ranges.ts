/** Networks inside a Tanzu Kubernetes cluster. Two clusters may have the same ones. */
export interface ClusterRangesProps {
  /** @default ['192.168.0.0/16'] */
  readonly podCidrs?: readonly string[];
  /** @default ['10.96.0.0/12'] */
  readonly serviceCidrs?: readonly string[];
}
