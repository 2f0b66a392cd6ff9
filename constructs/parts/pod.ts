import type {
  Container,
  PodSpec,
  PodTemplateSpec,
  SecurityContext,
  TopologySpreadConstraint,
} from 'kubernetes-types/core/v1';
import type { PodSettings, Pods } from '../../lib/kubernetes/pods';
import { admitsByLabels } from '../../lib/kubernetes/releases';

/** How pods are pulled and admitted. */
interface PodSource {
  readonly imagePullSecrets: readonly string[];
  readonly kubernetes: string;
}

/**
 * Template of the pods of one component: what it writes itself, and what the plan says of every pod.
 *
 * @param pod the component, as the plan names it
 */
export function podTemplate<Pod extends string>(
  plan: PodSource & { readonly pods: Pods<Pod> },
  pod: Pod,
  { metadata, spec }: { readonly metadata: NonNullable<PodTemplateSpec['metadata']>; readonly spec: PodSpec },
): PodTemplateSpec {
  const settings = plan.pods[pod];
  const { nodeSelector, tolerations, affinity, priorityClassName = spec.priorityClassName } = settings;
  const basics = podBasics(plan);
  return {
    metadata: {
      labels: { ...settings.labels, ...metadata.labels },
      annotations: orNone({ ...settings.annotations, ...metadata.annotations }),
    },
    spec: {
      ...basics,
      ...spec,
      securityContext: orNone({ ...basics.securityContext, ...spec.securityContext }),
      nodeSelector: orNone({ ...spec.nodeSelector, ...nodeSelector }),
      tolerations: tolerations.length === 0 ? spec.tolerations : [...(spec.tolerations ?? []), ...tolerations],
      affinity: orNone({ ...spec.affinity, ...affinity }),
      priorityClassName,
      initContainers: spec.initContainers?.map((container) => withEnvironment(container, settings)),
      containers: spec.containers.map((container) => withEnvironment(container, settings)),
    },
  };
}

const orNone = <T extends object>(map: T): T | undefined => (Object.keys(map).length === 0 ? undefined : map);

/** Server-side apply wants each name once. */
function withEnvironment(container: Container, { environment, timezone }: PodSettings): Container {
  const given = { ...environment, ...(timezone !== undefined && { TZ: timezone }) };
  const variables = Object.entries(given).map(([name, value]) => ({ name, value }));
  if (variables.length === 0) return container;
  const own = container.env?.filter(({ name }) => !(name in given)) ?? [];
  return { ...container, env: [...own, ...variables] };
}

/**
 * What all pods of a federation have in common: they never call the Kubernetes API, take no variables from Services
 * (`SPARK_MASTER_PORT` would override the port in Spark's own start script) and run behind the runtime's system call filter.
 */
export const podBasics = (plan: PodSource) =>
  ({
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    imagePullSecrets: plan.imagePullSecrets.length === 0 ? undefined : plan.imagePullSecrets.map((name) => ({ name })),
    // A PodSecurityPolicy refuses a filter that it does not list, and what Tanzu's lists is not known.
    securityContext: admitsByLabels(plan.kubernetes) ? { seccompProfile: { type: 'RuntimeDefault' } } : undefined,
  }) satisfies Partial<PodSpec>;

/**
 * The images of FATE start as root, all but that of Pulsar 2.10; MySQL, Traffic Server and nginx give it up by themselves.
 * Nothing more is granted, so that Pod Security level `baseline` admits them.
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
