import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { Chart } from 'cdk8s';

export interface ChartResourcesOptions {
  readonly parent: pulumi.Resource;
  /** @default the parent's */
  readonly provider?: pulumi.ProviderResource;
  /** What must be there before anything of the chart. */
  readonly dependsOn?: pulumi.CustomResourceOptions['dependsOn'];
  /** Secrets that the chart's pods read, in its namespace: everything but the Namespace comes after them. */
  readonly secrets?: readonly SecretObject[];
  /** More options of single objects, by `<kind> <resource name>`. */
  readonly options?: Readonly<Record<string, pulumi.CustomResourceOptions>>;
}

export interface SecretObject {
  readonly name: string;
  /** @default 'Opaque' */
  readonly type?: string;
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
}

/** By `<kind> <resource name>`, in the order they were drawn. */
export type ChartResources = ReadonlyMap<string, pulumi.CustomResource>;

/**
 * Draws the objects of a cdk8s chart as Pulumi resources. Each is one resource of the class that the SDK has for it,
 * named `<namespace>/<name>`, or `<name>` outside namespaces.
 *
 * Objects depend on their Namespace, and on the Secrets and ConfigMaps in it, which pods read when they start. They never
 * depend on Services: the provider waits until a Service has endpoints, and pods that waited for their Service would never
 * be such.
 */
export function chartResources(chart: Chart, options: ChartResourcesOptions): ChartResources {
  const { parent, provider, dependsOn, secrets = [], options: single = {} } = options;
  const objects: readonly KubernetesObject[] = chart.toJson();
  if (provider === undefined && parent.getProvider('kubernetes:core/v1:Namespace') === undefined) {
    throw new Error(
      `chart ${chart.node.id} needs a provider of @pulumi/kubernetes: with the default one a changed ConfigMap is replaced`,
    );
  }
  const resources = new Map<string, pulumi.CustomResource>();
  const draw = (drawn: readonly KubernetesObject[]) => {
    const after = [...resources.values()];
    for (const object of drawn) {
      const key = `${object.kind} ${resourceName(object)}`;
      const common = pulumi.mergeOptions({ parent, provider, dependsOn }, { dependsOn: after });
      resources.set(key, objectResource(object, pulumi.mergeOptions(common, single[key])));
    }
  };
  draw(objects.filter(isOf('Namespace')));
  draw([...secrets.map((secret) => secretObject(chart, secret)), ...objects.filter(isOf('Secret', 'ConfigMap'))]);
  draw(objects.filter((object) => !isOf('Namespace', 'Secret', 'ConfigMap')(object)));
  return resources;
}

/** @param name `<namespace>/<name>` */
export function serviceOf(resources: ChartResources, name: string): kubernetes.core.v1.Service {
  const service = resources.get(`Service ${name}`);
  if (!kubernetes.core.v1.Service.isInstance(service)) throw new Error(`the chart has no Service ${name}`);
  return service;
}

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const isOf =
  (...kinds: readonly string[]) =>
  ({ kind }: KubernetesObject): boolean =>
    kinds.includes(kind);

const resourceName = ({ metadata: { namespace, name } }: KubernetesObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

const secretObject = ({ namespace, labels }: Chart, { name, type = 'Opaque', values }: SecretObject) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace, labels },
  type,
  stringData: values,
});

function objectResource(object: KubernetesObject, options: pulumi.CustomResourceOptions): pulumi.CustomResource {
  const { apiVersion, kind } = object;
  const name = resourceName(object);
  const resource = new (resourceClass(apiVersion, kind))(name, awaited(object), {
    ...(isAwaited(kind) && { customTimeouts: patience }),
    ...options,
  });
  const unknown = Object.keys(object).filter((field) => !(field in resource));
  if (unknown.length > 0) throw new Error(`@pulumi/kubernetes has no field ${unknown.join(', ')} of ${kind} ${name}`);
  return resource;
}

type ResourceClass = new (
  name: string,
  object: KubernetesObject,
  options: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

/**
 * The SDK's class, which knows what fields are secret and under which names older API versions had the object. The SDK
 * loads a class when it is first asked for.
 */
function resourceClass(apiVersion: string, kind: string): ResourceClass {
  const [version = '', group = 'core'] = apiVersion.split('/').reverse();
  const path = [group.split('.')[0] ?? '', version, kind];
  const found = path.reduce<unknown>((from, key) => Reflect.get(Object(from), key), kubernetes);
  const isSame = Reflect.get(Object(found), '__pulumiType') === `kubernetes:${group}/${version}:${kind}`;
  return (isSame ? found : kubernetes.apiextensions.CustomResource) as ResourceClass;
}

/** The provider would wait for the address of an Ingress, which a cluster without a controller never gives. */
const awaited = (object: KubernetesObject): KubernetesObject =>
  object.kind === 'Ingress'
    ? {
        ...object,
        metadata: {
          ...object.metadata,
          annotations: { ...object.metadata.annotations, 'pulumi.com/skipAwait': 'true' },
        },
      }
    : object;

/** Kinds that the provider waits for: until all pods are ready, or until a Service has endpoints and its address. */
const isAwaited = (kind: string): boolean => ['Deployment', 'StatefulSet', 'DaemonSet', 'Service'].includes(kind);

/** FATE's images are gigabytes, and MySQL may take ten minutes for its first start. The provider gives up after ten. */
const patience = { create: '30m', update: '30m' };
