import type { PodSpec, SecurityContext, TopologySpreadConstraint } from 'kubernetes-types/core/v1';
import { admitsByLabels } from '../../lib/kubernetes/releases';

/**
 * What all pods of a federation have in common: they never call the Kubernetes API, take no variables from Services
 * (`SPARK_MASTER_PORT` would override the port in Spark's own start script) and run behind the runtime's system call filter.
 */
export const podBasics = (plan: { readonly imagePullSecrets: readonly string[]; readonly kubernetes: string }) =>
  ({
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    imagePullSecrets: plan.imagePullSecrets.length === 0 ? undefined : plan.imagePullSecrets.map((name) => ({ name })),
    // A PodSecurityPolicy refuses a filter that it does not list, and what Tanzu's lists is not known.
    securityContext: admitsByLabels(plan.kubernetes) ? { seccompProfile: { type: 'RuntimeDefault' } } : undefined,
  }) satisfies Partial<PodSpec>;

/**
 * The images of FATE 1.6 start as root; MySQL, Traffic Server and nginx give it up by themselves. Nothing more is
 * granted, so that Pod Security level `baseline` admits them.
 */
export const rootWithoutExtras: SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['NET_RAW'] },
};

/** One pod per node as far as there are nodes: losing one costs one pod, and an update still finds room on a small cluster. */
export const spreadOverNodes = (labels: Readonly<Record<string, string>>): TopologySpreadConstraint[] => [
  {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  },
];
