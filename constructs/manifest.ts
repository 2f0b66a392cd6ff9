import {
  ApiObject,
  App,
  ImplicitTokenResolver,
  JsonPatch,
  LazyResolver,
  NumberStringUnionResolver,
  resolve,
} from 'cdk8s';
import type { Construct } from 'constructs';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** What every Kubernetes object has. The types of `kubernetes-types` fit, and so does an interface for a custom kind. */
export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata?: ObjectMeta;
}

/** What tells one object from another; optional in the Kubernetes types, required here. */
export interface Identity {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

/**
 * One Kubernetes object, written as its manifest:
 *
 * ```ts
 * new Manifest<Service>(this, 'service', { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports } });
 * ```
 *
 * The chart adds its labels, and its namespace except to cluster-scoped kinds of Kubernetes. Keys keep the order they are
 * written in; a field that is `undefined` or `null` is left out. Patches, `Lazy` values and resolvers work as in any
 * `ApiObject`.
 */
export class Manifest<T extends KubernetesObject> extends ApiObject {
  readonly #object: T & Identity;
  readonly #patches: JsonPatch[] = [];

  constructor(scope: Construct, id: string, object: T & Identity) {
    super(scope, id, object);
    this.#object = object;
    // ApiObject has given it the chart's namespace, and its metadata offers no way to take that back.
    if (isClusterScoped(this)) Object.assign(this.metadata, { namespace: undefined });
  }

  override addJsonPatch(...operations: JsonPatch[]): void {
    this.#patches.push(...operations);
  }

  /**
   * The object as it is deployed: equal to what `ApiObject` makes of it, in the order of the source.
   *
   * @throws when a value is neither plain data nor resolved to it
   */
  override toJson(): T & Identity {
    try {
      const json = this.#plainData();
      return this.#patches.length === 0 ? json : JsonPatch.apply(json, ...this.#patches);
    } catch (error) {
      throw new Error(
        `${this.node.path} (${this.kind} "${this.name}"): ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  #plainData() {
    const { apiVersion, kind, metadata: _, ...rest } = this.#object;
    const { name, namespace, labels, annotations, ...more } = this.metadata.toJson();
    const object = { apiVersion, kind, metadata: { name, namespace, labels, annotations, ...more }, ...rest };
    return plain(hasOwnResolvers(this) ? resolve([], object, this) : object, [], this);
  }
}

/** A copy without gaps, in which every token is resolved. */
// biome-ignore lint/suspicious/noExplicitAny: what a token resolves to is known to nobody
function plain(value: unknown, path: string[], owner: ApiObject): any {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (path.length > maxDepth) throw new Error(`${path.join('.')}: nested too deeply; does it contain itself?`);
  if (Array.isArray(value)) return value.map((item, index) => child(item, `${index}`, path, owner));
  if (isPlainObject(value)) {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (item !== undefined && item !== null) copy[key] = child(item, key, path, owner);
    }
    return copy;
  }
  const resolved = resolve(path, value, owner);
  if (resolved === value) throw new Error(`${path.join('.')}: ${describe(value)} is not plain data`);
  return plain(resolved, path, owner);
}

function child(value: unknown, key: string, path: string[], owner: ApiObject): unknown {
  path.push(key);
  const copy = plain(value, path, owner);
  path.pop();
  return copy;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && typeof (value as any).resolve !== 'function';
}

const describe = (value: unknown) =>
  typeof value === 'object' ? `a ${value?.constructor.name}` : `${typeof value} ${String(value)}`;

const maxDepth = 200;

function hasOwnResolvers(object: ApiObject): boolean {
  return App.of(object).resolvers.some(
    (resolver) =>
      !(resolver instanceof LazyResolver) &&
      !(resolver instanceof ImplicitTokenResolver) &&
      !(resolver instanceof NumberStringUnionResolver),
  );
}

const isClusterScoped = ({ apiGroup, kind }: ApiObject): boolean =>
  clusterScopedKinds[apiGroup]?.includes(kind) ?? false;

/** Kinds of Kubernetes itself that live outside namespaces, by API group (releases 1.20 to 1.33). */
const clusterScopedKinds: Readonly<Record<string, readonly string[]>> = {
  core: ['Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'internal.apiserver.k8s.io': ['StorageVersion'],
  'networking.k8s.io': ['IngressClass', 'IPAddress', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  policy: ['PodSecurityPolicy'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'ResourceClass', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
  'storagemigration.k8s.io': ['StorageVersionMigration'],
};
