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
import { manifestYaml } from '../../lib/formats/yaml';

/** What every Kubernetes object has. The types of `kubernetes-types` fit, and so does an interface for a custom kind. */
export interface KubernetesObject {
  /** Group and version: `apps/v1`, and `v1` of the core. {@link Manifest} asks for it. */
  apiVersion?: string;
  /** `StatefulSet`. {@link Manifest} asks for it. */
  kind?: string;
  /** Its `name` at least, which {@link Manifest} asks for. */
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
 * written in; a field that is `undefined` is left out, one that is `null` is not. Patches, `Lazy` values and resolvers work
 * as in any `ApiObject`.
 */
export class Manifest<T extends KubernetesObject> extends ApiObject {
  readonly #object: T & Identity;
  readonly #patches: JsonPatch[] = [];

  constructor(scope: Construct, id: string, object: T & Identity) {
    super(scope, id, object);
    this.#object = object;
    if (isClusterScoped(this)) Object.assign(this.metadata, { namespace: undefined }); // ApiObject takes the chart's
  }

  override addJsonPatch(...operations: JsonPatch[]): void {
    this.#patches.push(...operations);
  }

  /**
   * The object as it is deployed: what `ApiObject` makes of it, in the order of the source.
   *
   * @throws when a value is neither plain data nor resolved to it
   */
  override toJson(): T & Identity {
    try {
      return this.#json();
    } catch (error) {
      throw new Error(`${this.node.path}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }

  /** What `toJson()` returns, as YAML. */
  toYaml(): string {
    if (this.#patches.length > 0 || hasOwnResolvers(this)) return manifestYaml(this.#json());
    try {
      return manifestYaml(this.#complete());
    } catch {
      return manifestYaml(this.#json()); // it holds a token, or what is no plain data in the end either
    }
  }

  #json(): T & Identity {
    const object = resolve([], this.#complete(), this);
    manifestYaml(object); // refuses what JSON would silently change
    const json = JSON.parse(JSON.stringify(object));
    return this.#patches.length === 0 ? json : JsonPatch.apply(json, ...this.#patches);
  }

  #complete() {
    const { apiVersion, kind, metadata: _, ...rest } = this.#object;
    return {
      apiVersion,
      kind,
      metadata: this.#metadata(),
      ...rest,
    };
  }

  /** What `metadata.toJson()` returns, which takes as long as all the rest, in the order of the source. */
  #metadata(): ObjectMeta {
    const { name, namespace } = this.metadata;
    const { name: _, namespace: __, labels, annotations, ...more } = this.metadata['_additionalAttributes'];
    return {
      name,
      namespace,
      labels: notEmpty(this.metadata['labels']),
      annotations: notEmpty(this.metadata['annotations']),
      ...more,
      finalizers: notEmpty(this.metadata['finalizers']),
      ownerReferences: notEmpty(this.metadata['ownerReferences']),
    };
  }
}

const notEmpty = <T extends object>(value: T | undefined) =>
  value && Object.keys(value).length > 0 ? value : undefined;

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
