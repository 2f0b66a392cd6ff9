/** Networks inside a Tanzu Kubernetes cluster. Two clusters may have the same ones. */
export interface ClusterRangesProps {
  /** IPv4 networks of pods; each node takes a /24 of them. @default ['192.168.0.0/16'] */
  readonly podCidrs?: readonly string[];
  /** IPv4 networks of Services. @default ['10.96.0.0/12'] */
  readonly serviceCidrs?: readonly string[];
}
