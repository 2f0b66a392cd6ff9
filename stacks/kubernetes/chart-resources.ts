import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { RandomId } from '@pulumi/random';
import type { Chart } from 'cdk8s';
import { toyExample } from '../../lib/jobs/toy-example';

/** How the objects of a chart become resources. */
export interface ChartResourcesOptions {
  /** The component whose children they are. */
  readonly parent: pulumi.Resource;
  /** Access to the cluster, best made by `clusterProvider()`. @default the parent's */
  readonly provider?: pulumi.ProviderResource;
  /** What must be there before anything of the chart. @default nothing */
  readonly dependsOn?: pulumi.CustomResourceOptions['dependsOn'];
  /** Secrets that the chart's pods read, in its namespace. @default none: they exist, or are not needed */
  readonly secrets?: readonly SecretObject[];
  /** More options of single resources, by `<kind> <resource name>`. @default none */
  readonly options?: Readonly<Record<string, pulumi.CustomResourceOptions>>;
}

/** A Secret to make. */
export interface SecretObject {
  readonly name: string;
  /** Kubernetes' type of Secret. @default 'Opaque' */
  readonly type?: string;
  /** Values by key, as texts and not in base64. */
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
}

/** By `<kind> <resource name>`, in the order they were drawn. */
export type ChartResources = ReadonlyMap<string, pulumi.CustomResource>;

/**
 * Draws the objects of a cdk8s chart as Pulumi resources. Each is one resource of the class that the SDK has for it,
 * named `<namespace>/<name>`, or `<name>` outside namespaces.
 *
 * They come in the order of {@link stages}: whatever is waited for, all objects that it needs are there by then. Pods that
 * wait for other pods are few, fewer than the engine makes resources at a time.
 */
export function chartResources(chart: Chart, options: ChartResourcesOptions): ChartResources {
  const { parent, provider, dependsOn, secrets = [], options: single = {} } = options;
  const objects: readonly DrawnObject[] = [...secrets.map((secret) => secretObject(chart, secret)), ...chart.toJson()];
  if (provider === undefined && parent.getProvider('kubernetes:core/v1:Namespace') === undefined) {
    throw new Error(
      `chart ${chart.node.id} needs a provider of @pulumi/kubernetes: with the default one a changed ConfigMap is replaced`,
    );
  }
  const manager = fieldManager(chart, { parent }, single);
  const resources = new Map<string, pulumi.CustomResource>();
  for (const stage of stages) {
    const after = [...resources.values()];
    for (const object of objects.filter((it) => stageOf(it) === stage)) {
      const key = `${object.kind} ${resourceName(object)}`;
      const common = pulumi.mergeOptions({ parent, provider, dependsOn }, { dependsOn: after });
      resources.set(key, objectResource(annotated(object, manager), pulumi.mergeOptions(common, single[key])));
    }
  }
  return resources;
}

/** Resource that the field manager of a chart's objects is made of. */
export const fieldManagerKey = (chart: string): string => `RandomId ${chart}/field-manager`;

/**
 * Who the provider says it is when it applies the objects of a chart. Left to itself it takes another name for every creation,
 * and the next one has a conflict where it differs from what an interrupted one left. This one is the state's, and each object names it: another
 * state, of somebody else or of a stack whose own was lost, has a conflict at the first object.
 */
function fieldManager(
  { node: { id } }: Chart,
  common: pulumi.CustomResourceOptions,
  single: NonNullable<ChartResourcesOptions['options']>,
): pulumi.Output<string> {
  const options = pulumi.mergeOptions(common, single[fieldManagerKey(id)]);
  const { hex } = new RandomId(`${id}/field-manager`, { byteLength: 4 }, options);
  return pulumi.interpolate`kubefate-tanzu-${hex}`;
}

/** Each comes after the ones before it. */
const stages = [
  'namespace',
  'what others read when they start',
  'everything else', // a pod is found and allowed by some of it
  'what closes the rest', // after the policies of workloads, so that none of them is cut off for a moment
  'clusters', // whose packages are chosen before
  'pods',
  'load balancers', // waited for until they have an address, and no pod that is not ready
] as const;

function stageOf(object: DrawnObject): (typeof stages)[number] {
  const { kind, spec } = object;
  if (kind === 'Namespace') return 'namespace';
  if (kind === 'Secret' || kind === 'ConfigMap' || kind === 'CalicoConfig' || isIssued(object))
    return 'what others read when they start';
  if (kind === 'Cluster' || kind === 'TanzuKubernetesCluster') return 'clusters';
  if (['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind)) return 'pods';
  if (kind === 'NetworkPolicy' && Object.keys({ ...spec?.podSelector }).length === 0) return 'what closes the rest';
  return kind === 'Service' && spec?.type === 'LoadBalancer' ? 'load balancers' : 'everything else';
}

/**
 * A Service among the resources of a chart, for the address in its status.
 *
 * @param name `<namespace>/<name>`
 * @throws when the chart has none of this name
 */
export function serviceOf(resources: ChartResources, name: string): kubernetes.core.v1.Service {
  const service = resources.get(`Service ${name}`);
  if (!kubernetes.core.v1.Service.isInstance(service)) throw new Error(`the chart has no Service ${name}`);
  return service;
}

interface DrawnObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
  };
  readonly spec?: { readonly type?: string; readonly podSelector?: object };
}

const resourceName = ({ metadata: { namespace, name } }: DrawnObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

const secretObject = ({ namespace, labels }: Chart, { name, type = 'Opaque', values }: SecretObject) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace, labels },
  type,
  // Not `stringData`: what server-side apply removes there stays in the Secret.
  data: Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, pulumi.output(value).apply((it) => encoded(it))]),
  ),
});

const encoded = (text: string): string => Buffer.from(text).toString('base64');

function objectResource(object: DrawnObject, options: pulumi.CustomResourceOptions): pulumi.CustomResource {
  const { apiVersion, kind } = object;
  const name = resourceName(object);
  const resource = new (resourceClass(apiVersion, kind))(name, object, {
    ...(isAwaited(object) && { customTimeouts: patience }),
    ...options,
  });
  const unknown = Object.keys(object).filter((field) => !(field in resource));
  if (unknown.length > 0) throw new Error(`@pulumi/kubernetes has no field ${unknown.join(', ')} of ${kind} ${name}`);
  return resource;
}

type ResourceClass = new (
  name: string,
  object: DrawnObject,
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

/** @param manager who applies it */
function annotated(object: DrawnObject, manager: pulumi.Input<string>): DrawnObject {
  const { metadata } = object;
  const annotations = {
    'pulumi.com/patchFieldManager': manager,
    ...(notAwaited(object) && { 'pulumi.com/skipAwait': 'true' }),
    ...(isIssued(object) && { 'pulumi.com/waitFor': 'condition=Ready' }), // until its Secret is there
  };
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } } };
}

/**
 * What the provider would wait for in vain or to no purpose: an Ingress for an address, which a cluster without a controller
 * never gives; a claim for a volume, which comes with its first pod where the class waits for that; a Service inside the
 * cluster for ten quiet seconds, before its pods come; the toy example, which waits for partners that may come later, and whose
 * failure undoes nothing.
 */
const notAwaited = (object: DrawnObject): boolean =>
  ['Ingress', 'PersistentVolumeClaim'].includes(object.kind) ||
  (object.kind === 'Service' && stageOf(object) !== 'load balancers') ||
  (object.kind === 'Job' && object.metadata.labels?.['app.kubernetes.io/name'] === toyExample);

/** Of which cert-manager makes a Secret. */
const isIssued = ({ apiVersion, kind }: DrawnObject): boolean =>
  kind === 'Certificate' && apiVersion.startsWith('cert-manager.io/');

/** What the provider waits for: until all pods are ready, or until a Service has an address. */
const isAwaited = (object: DrawnObject): boolean => ['pods', 'load balancers'].includes(stageOf(object));

/** FATE's images are gigabytes, and MySQL may take ten minutes for its first start. The provider gives up after ten. */
const patience = { create: '30m', update: '30m' };
