/** Where the API has the objects of a kind. */
export interface Resource {
  /** API group; empty for the first one. */
  readonly group: string;
  readonly version: string;
  /** Name of the collection. */
  readonly name: string;
}

const core = (name: string): Resource => ({ group: '', version: 'v1', name });
const apps = (name: string): Resource => ({ group: 'apps', version: 'v1', name });

/** Kinds that commands look at in a namespace. Who sees Secrets sees what they hold, and nobody needs to. */
export const resources = {
  ConfigMap: core('configmaps'),
  Event: core('events'),
  PersistentVolumeClaim: core('persistentvolumeclaims'),
  Pod: core('pods'),
  Service: core('services'),
  Deployment: apps('deployments'),
  StatefulSet: apps('statefulsets'),
  CronJob: { group: 'batch', version: 'v1', name: 'cronjobs' },
  Job: { group: 'batch', version: 'v1', name: 'jobs' },
  Ingress: { group: 'networking.k8s.io', version: 'v1', name: 'ingresses' },
  NetworkPolicy: { group: 'networking.k8s.io', version: 'v1', name: 'networkpolicies' },
  PodDisruptionBudget: { group: 'policy', version: 'v1', name: 'poddisruptionbudgets' },
  RoleBinding: { group: 'rbac.authorization.k8s.io', version: 'v1', name: 'rolebindings' },
  Certificate: { group: 'cert-manager.io', version: 'v1', name: 'certificates' },
} as const satisfies Readonly<Record<string, Resource>>;

export type ResourceKind = keyof typeof resources;

/** Path of the collection of a namespace. */
export function resourcePath(kind: ResourceKind, namespace: string): string {
  const { group, version, name }: Resource = resources[kind];
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${name}`;
}
