/**
 * KubeFATE releases and the service that each deploys. The service has a version of its own, and one release deploys an
 * older service than its source has.
 *
 * @see KubeFATE, `k8s-deploy/kubefate.yaml` at each tag
 */
export const kubeFateReleases = {
  '1.6.1': { service: 'v1.4.1', lastKubernetes: 21, toleratesHiddenNodes: false, makesJobs: false },
  '1.7.0': { service: 'v1.4.2', lastKubernetes: 21, toleratesHiddenNodes: false, makesJobs: false },
  '1.7.1': { service: 'v1.4.2', lastKubernetes: 21, toleratesHiddenNodes: false, makesJobs: false },
  '1.7.2': { service: 'v1.4.3', lastKubernetes: 21, toleratesHiddenNodes: false, makesJobs: false },
  '1.8.0': { service: 'v1.4.4', toleratesHiddenNodes: false, makesJobs: false },
  // One image tag for several builds, from 1.9.0 on: name a digest where it matters which.
  '1.11.2': { service: 'v1.4.5', toleratesHiddenNodes: true, makesJobs: true },
  '2.0.0': { service: 'v1.4.5', toleratesHiddenNodes: true, makesJobs: true },
} as const satisfies Record<string, ServiceRelease>;

/** A release of KubeFATE. Of those with the last image tag the last two are here, since earlier ones may crash on an update. */
export type KubeFateRelease = keyof typeof kubeFateReleases;

/** The first release whose service asks for Ingresses of networking.k8s.io/v1. */
export const firstWithIngressV1 = '1.8.0' satisfies KubeFateRelease;

export interface ServiceRelease {
  readonly service: string;
  /** Minor version of the last Kubernetes 1 that it describes a cluster on: it asks for Ingresses of v1beta1. @default none */
  readonly lastKubernetes?: number;
  /** Whether it describes a cluster when it may not list nodes; earlier ones answer with an error. */
  readonly toleratesHiddenNodes: boolean;
  /** Whether it upgrades an FLC with a Job. */
  readonly makesJobs: boolean;
}
