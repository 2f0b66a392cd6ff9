const withDeployments = ['v1.6.1'];
const all = [...withDeployments, 'v1.11.2', 'v2.0.0'];

/**
 * KubeFATE releases and the service that each deploys. The service has a version of its own, and one release deploys an
 * older service than its source has.
 *
 * @see KubeFATE, `k8s-deploy/kubefate.yaml` at each tag
 */
export const kubeFateReleases = {
  '1.6.1': {
    service: 'v1.4.1',
    charts: withDeployments,
    lastKubernetes: 21,
    toleratesHiddenNodes: false,
    makesJobs: false,
  },
  '1.7.0': {
    service: 'v1.4.2',
    charts: withDeployments,
    lastKubernetes: 21,
    toleratesHiddenNodes: false,
    makesJobs: false,
  },
  '1.7.1': {
    service: 'v1.4.2',
    charts: withDeployments,
    lastKubernetes: 21,
    toleratesHiddenNodes: false,
    makesJobs: false,
  },
  '1.7.2': {
    service: 'v1.4.3',
    charts: withDeployments,
    lastKubernetes: 21,
    toleratesHiddenNodes: false,
    makesJobs: false,
  },
  '1.8.0': { service: 'v1.4.4', charts: withDeployments, toleratesHiddenNodes: false, makesJobs: false },
  // One image tag for several builds, from 1.9.0 on: name a digest where it matters which.
  '1.11.2': { service: 'v1.4.5', charts: all, toleratesHiddenNodes: true, makesJobs: true },
  '2.0.0': { service: 'v1.4.5', charts: all, toleratesHiddenNodes: true, makesJobs: true },
} as const satisfies Record<string, ServiceRelease>;

/** A release of KubeFATE. Of those with the last image tag the last two are here, since earlier ones may crash on an update. */
export type KubeFateRelease = keyof typeof kubeFateReleases;

/** The first release whose service asks for Ingresses of networking.k8s.io/v1. */
export const firstWithIngressV1 = '1.8.0' satisfies KubeFateRelease;

export interface ServiceRelease {
  readonly service: string;
  /**
   * Charts of a federation whose jobs it can tell the end of. An earlier one sees no StatefulSet: it installs a later chart, too,
   * and reports success while databases are still to come.
   *
   * @see KubeFATE, `k8s-deploy/pkg/job/job.go` at v1.8.0 and v1.11.2
   */
  readonly charts: readonly string[];
  /** Minor version of the last Kubernetes 1 that it describes a cluster on: it asks for Ingresses of v1beta1. @default none */
  readonly lastKubernetes?: number;
  /** Whether it describes a cluster when it may not list nodes; earlier ones answer with an error. */
  readonly toleratesHiddenNodes: boolean;
  /** Whether it upgrades an FLC with a Job. */
  readonly makesJobs: boolean;
}

/** The first release whose service is for this chart; later ones are, too. */
export const firstFor = (chart: string): KubeFateRelease | undefined =>
  (Object.keys(kubeFateReleases) as KubeFateRelease[]).find((release) =>
    kubeFateReleases[release].charts.includes(chart),
  );
