import type { Container, PodSpec, PodTemplateSpec, TopologySpreadConstraint } from 'kubernetes-types/core/v1';
import type { PodSettings, Pods } from '../../lib/kubernetes/pods';
import { admitsByLabels } from '../../lib/kubernetes/releases';
import type { Rights } from '../../lib/kubernetes/rights';
import { securityContext, writableMounts, writableVolumes } from './security-context';

/** How pods are pulled and admitted. */
interface PodSource {
  readonly imagePullSecrets: readonly string[];
  readonly kubernetes: string;
}

/** A container as its component writes it: what it may do is said by {@link Rights} alone. */
export type RightedContainer = Omit<Container, 'securityContext'> & { readonly rights: Rights };

interface RightedPod extends Omit<PodSpec, 'containers' | 'initContainers' | 'automountServiceAccountToken'> {
  readonly containers: RightedContainer[];
  readonly initContainers?: RightedContainer[];
}

/**
 * Template of the pods of one component: what it writes itself, and what the plan says of every pod.
 *
 * @param pod the component, as the plan names it
 */
export function podTemplate<Pod extends string>(
  plan: PodSource & { readonly pods: Pods<Pod> },
  pod: Pod,
  { metadata, spec }: { readonly metadata: NonNullable<PodTemplateSpec['metadata']>; readonly spec: RightedPod },
): PodTemplateSpec {
  const settings = plan.pods[pod];
  const { nodeSelector, tolerations, affinity, priorityClassName = spec.priorityClassName } = settings;
  const basics = podBasics(plan);
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const drawn = (container: RightedContainer) => withEnvironment(withRights(container), settings);
  const volumes = [...(spec.volumes ?? []), ...containers.flatMap(writableVolumes)];
  return {
    metadata: {
      labels: { ...settings.labels, ...metadata.labels },
      annotations: orNone({ ...settings.annotations, ...metadata.annotations }),
    },
    spec: {
      automountServiceAccountToken: containers.some(({ rights }) => rights.token !== undefined),
      ...basics,
      ...spec,
      securityContext: orNone({ ...basics.securityContext, ...spec.securityContext }),
      nodeSelector: orNone({ ...spec.nodeSelector, ...nodeSelector }),
      tolerations: tolerations.length === 0 ? spec.tolerations : [...(spec.tolerations ?? []), ...tolerations],
      affinity: orNone({ ...spec.affinity, ...affinity }),
      priorityClassName,
      initContainers: spec.initContainers?.map(drawn),
      containers: spec.containers.map(drawn),
      volumes: volumes.length === 0 ? undefined : volumes,
    },
  };
}

const orNone = <T extends object>(map: T): T | undefined => (Object.keys(map).length === 0 ? undefined : map);

function withRights({ rights, ...container }: RightedContainer): Container {
  const writable = writableMounts({ name: container.name, rights });
  return {
    ...container,
    ...(writable.length > 0 && { volumeMounts: [...(container.volumeMounts ?? []), ...writable] }),
    securityContext: securityContext(rights),
  };
}

/** Server-side apply wants each name once. */
function withEnvironment(container: Container, { environment, timezone }: PodSettings): Container {
  const given = { ...environment, ...(timezone !== undefined && { TZ: timezone }) };
  const variables = Object.entries(given).map(([name, value]) => ({ name, value }));
  if (variables.length === 0) return container;
  const own = container.env?.filter(({ name }) => !(name in given)) ?? [];
  return { ...container, env: [...own, ...variables] };
}

/**
 * What all pods have in common: they take no variables from Services (`SPARK_MASTER_PORT` would override the port in Spark's own
 * start script) and run behind the runtime's system call filter.
 */
const podBasics = (plan: PodSource) =>
  ({
    enableServiceLinks: false,
    imagePullSecrets: plan.imagePullSecrets.length === 0 ? undefined : plan.imagePullSecrets.map((name) => ({ name })),
    // A PodSecurityPolicy refuses a filter that it does not list, and what Tanzu's lists is not known.
    securityContext: admitsByLabels(plan.kubernetes) ? { seccompProfile: { type: 'RuntimeDefault' } } : undefined,
  }) satisfies Partial<PodSpec>;

/** One pod per node as far as there are nodes: losing one costs one pod, and an update still finds room on a small cluster. */
export const spreadOverNodes = (labels: Readonly<Record<string, string>>): TopologySpreadConstraint[] => [
  {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  },
];
