import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { Chart } from 'cdk8s';
import { parse } from 'yaml';
import { App, ImageDiskMount, IngressController } from '../constructs';
import { TanzuKubernetesCluster } from '../constructs/tanzu/tanzu-kubernetes-cluster';
import type { SecretNeeds } from '../lib/federation/secret-needs';
import type { SparkNodes } from '../lib/federation/spark-nodes';
import { type Declared, type Keys, readConfig, readPart, readText, shown } from '../lib/input/checks';
import { Problems } from '../lib/input/problems';
import type { ClusterApi, ClusterDeploymentPlan, ClusterDeploymentProps, NamespaceOffer } from '../lib/tanzu/cluster';
import { planClusterDeployment } from '../lib/tanzu/cluster/deployment';
import { ingressNginx } from '../lib/tanzu/cluster/ingress-nginx';
import { type LastingClusterValues, lastingClusterChanges, lastingClusterValues } from '../lib/tanzu/cluster/lasting';
import { warnBeforeUpdate } from './engine/before-update';
import { readArgs } from './engine/component-args';
import { refuse, refuseIfAny } from './engine/refuse';
import { chartResources } from './kubernetes/chart-resources';
import { checkKubeconfigAccess, clusterProvider, type KubeconfigAccess } from './kubernetes/cluster-access';
import { ExistingSecret } from './kubernetes/existing-secret';
import { loadBalancerIngress } from './kubernetes/public-addresses';
import { type ClusterSecrets, checkSecrets, secretObjects } from './kubernetes/secrets';
import { readLock } from './references/image-lock';
import { isStackName, qualified } from './references/stack-names';
import { readOutput, type SharedOutputs, type Told } from './references/stack-outputs';

/** One organisation's cluster, as its stack is configured. */
export interface ClusterConfig {
  /** Whose it is: the last part of the stack's name. */
  readonly name: string;
  /** The cluster, and what is put on it. */
  readonly deployment: ClusterDeploymentProps;
  /**
   * The stack `workload-domain-<name>`, by this or its full name: its vSphere Namespace is the default one, and what the
   * cluster takes of it is checked before anything is made.
   * @default nobody checks
   */
  readonly workloadDomain?: { readonly stack?: string };
  /** Access to the Supervisor, with the namespace's role *edit* or *owner*. @default that of `kubectl` */
  readonly supervisor?: kubernetes.Provider | KubeconfigAccess;
  /** Values of the deployment's `imagePullSecrets`, for the namespaces of both add-ons. @default somebody else makes them */
  readonly secrets?: ClusterSecrets;
}

/** What the stacks of parties and exchanges take of a cluster's. */
export interface ClusterOutputs
  extends Told<'kubeconfig' | 'kubernetes'>,
    Partial<Told<'ingressAddress' | 'sparkNodes'>> {
  /** Of the administrator; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Release, as declared. */
  readonly kubernetes: string;
  /** URL of the API server. */
  readonly endpoint: pulumi.Output<string>;
  /** Of the ingress controller's LoadBalancer: what the host names of user interfaces resolve to. */
  readonly ingressAddress?: pulumi.Output<string>;
  /** Nodes for Spark workers alone, where a pool has them: what parties on the cluster take. */
  readonly sparkNodes?: SparkNodes;
}

/**
 * The Tanzu Kubernetes cluster of one organisation, and what the others' stacks need of it.
 *
 * @throws {pulumi.RunError} with every problem of the declaration
 */
export const clusterStack = (config: ClusterConfig): Promise<ClusterOutputs> => deploy(config).catch(refuse);

const configKeys: Keys<ClusterConfig> = {
  name: true,
  deployment: true,
  workloadDomain: true,
  supervisor: true,
  secrets: true,
};

async function deploy(declared: ClusterConfig): Promise<ClusterOutputs> {
  const problems = Problems.none();
  const { secrets, ...config } = readConfig(problems, declared, configKeys);
  const name = readText(problems, 'name', config.name);
  const own = kubernetes.Provider.isInstance(config.supervisor) ? config.supervisor : undefined;
  if (own === undefined) checkKubeconfigAccess(problems.at('supervisor'), config.supervisor);
  const offer = await readOffer(problems, config.workloadDomain);
  const plan = planClusterDeployment(problems, await readLock(problems, config.deployment), offer);
  checkSecrets(problems.at('secrets'), secrets, secretNeeds(plan, ''));
  problems.throwIfAny(`cluster ${name}`);
  const supervisor = own ?? clusterProvider('supervisor', config.supervisor as KubeconfigAccess | undefined);
  const { kubeconfig, endpoint, ingressAddress } = new TanzuCluster(name, { plan, supervisor, secrets });
  const { kubernetes: release, sparkNodes } = plan.cluster;
  return {
    kubeconfig,
    kubernetes: release,
    endpoint,
    ...(ingressAddress && { ingressAddress }),
    ...(sparkNodes && { sparkNodes }),
  };
}

async function readOffer(
  problems: Problems,
  declared: ClusterConfig['workloadDomain'],
): Promise<Declared<NamespaceOffer> | undefined> {
  const { stack: name } = readPart(problems, 'workloadDomain', declared, { stack: true });
  if (name === undefined) return undefined;
  if (!isStackName(name)) {
    problems.add('workloadDomain.stack', `${shown(name)} names no stack`, 'use one such as "workload-domain-org1"');
    return undefined;
  }
  const stack = qualified(name);
  const reference = new pulumi.StackReference(stack);
  const path = `workloadDomain (stack ${stack})`;
  const read = async <Name extends keyof NamespaceOffer>(name: Name): Promise<SharedOutputs[Name]> => {
    const value = await readOutput(reference, name, path);
    if (value !== undefined) return value;
    throw new pulumi.RunError(`stack ${stack} has no output \`${name}\`: run \`pulumi up\` there first`);
  };
  const [namespace, vmClasses, storageClasses] = [
    await read('namespace'),
    await read('vmClasses'),
    await read('storageClasses'),
  ];
  return { path, value: { namespace, vmClasses, storageClasses } };
}

/** What a {@link TanzuCluster} is made from. */
export interface TanzuClusterArgs {
  /** Made by `clusterDeploymentPlan()`. */
  readonly plan: ClusterDeploymentPlan;
  /** Access to the Supervisor. */
  readonly supervisor: kubernetes.Provider;
  /** How long a cluster may take to be ready, as Pulumi writes it. @default '60m' */
  readonly timeout?: string;
  /** Values of the plan's `imagePullSecrets`. @default somebody else makes them */
  readonly secrets?: ClusterSecrets;
}

/**
 * A Tanzu Kubernetes cluster: its object on the Supervisor, and once that is ready the access to the new cluster, the image
 * disk mount and the ingress controller on it.
 *
 * It holds the data of parties and so is protected, unless the option `protect` says otherwise: `pulumi state unprotect`
 * comes before its destruction. `v1alpha1` to `v1alpha3` are versions of one object, and so are `v1beta1` and `v1beta2`. A
 * `TanzuKubernetesCluster` never becomes a `Cluster` by another `api`; the protection keeps it where that is tried.
 *
 * An upgrade is waited for where the object tells its beginning; under `run.tanzu.vmware.com` a warning says that it does not.
 *
 * What Pulumi says, and what to do:
 *
 * - `configured Kubernetes cluster is unreachable`: see that the Supervisor answers from here on port 6443, and get a new
 *   kubeconfig by `kubectl vsphere login`; the token in it lives about ten hours.
 * - `no matches for kind`: the platform has another API; `kubectl api-resources --api-group=run.tanzu.vmware.com` shows it.
 * - `variable is not defined`: the class is of another platform. Or VKS was upgraded a moment ago, and takes up to an hour
 *   to know its classes again.
 * - `tanzukubernetesreleases … not found`, at a `ClusterBootstrap`: Calico is that of a release which the Supervisor has;
 *   `kubectl get tanzukubernetesreleases` shows them.
 * - A time-out of the cluster object: `kubectl describe` it and the machines in its namespace. Mostly the namespace lacks the
 *   VM class or the storage policy (with `workloadDomain` that is an error before anything is made), or the ingress network
 *   has no address left. `pulumi up` goes on waiting.
 * - A conflict at `.spec.topology.variables`: an older Cluster API, such as 1.4, takes the list for one value, and the
 *   Supervisor has added to it. Prefer `v1alpha3` there.
 * - `secrets "…-kubeconfig" is forbidden`: the user has the role *view* in the namespace; *edit* or *owner* is needed.
 */
export class TanzuCluster extends pulumi.ComponentResource {
  /** Of the administrator; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** URL of the API server. */
  readonly endpoint: pulumi.Output<string>;
  /** Access to the new cluster. */
  readonly provider: kubernetes.Provider;
  /** Of the ingress controller, if there is one. */
  readonly ingressAddress?: pulumi.Output<string>;

  /** @throws {pulumi.RunError} when there is no plan, or values of Secrets are wrong */
  constructor(name: string, declared: TanzuClusterArgs, options?: pulumi.ComponentResourceOptions) {
    const args = readArgs(`cluster ${name}`, declared, argKeys, 'clusterDeploymentPlan()');
    const charts = draw(args.plan);
    const problems = Problems.none();
    checkSecrets(problems.at('secrets'), args.secrets, secretNeeds(args.plan, ''));
    refuseIfAny(problems, `cluster ${name}`);
    const { cluster: plan } = args.plan;
    const hooks = warnBeforeUpdate<LastingClusterValues>(name, (before) => lastingClusterChanges(before, plan));
    const lasting = lastingClusterValues(plan);
    super('kubefate-tanzu:index:TanzuCluster', name, lasting, pulumi.mergeOptions(options, { hooks }));
    const cluster = this.clusterObject(charts.cluster, args, options?.protect);
    this.kubeconfig = this.administratorKubeconfig(name, cluster, args);
    this.endpoint = pulumi.unsecret(this.kubeconfig.apply(serverOf));
    this.provider = this.access(name, args.plan);
    this.ingressAddress = this.addons(charts, args);
    const { kubeconfig, endpoint, ingressAddress } = this;
    this.registerOutputs({ kubeconfig, endpoint, ingressAddress });
  }

  private clusterObject(
    chart: TanzuKubernetesCluster,
    { plan: { cluster }, supervisor, timeout = '60m' }: TanzuClusterArgs,
    protect = true,
  ): pulumi.CustomResource {
    const keyOf = (kind: string) => `${kind} ${cluster.namespace}/${cluster.name}`;
    const { kind } = chart.cluster;
    const key = keyOf(kind);
    const single = {
      protect,
      aliases: versionsBeside(cluster.api).map((apiVersion) => ({ type: `kubernetes:${apiVersion}:${kind}` })),
      customTimeouts: { create: timeout, update: timeout, delete: timeout },
    };
    // The platform completes these two, keeps them up to date, and deletes them with their cluster.
    const platforms = { ignoreChanges: ['metadata', 'spec'], retainOnDelete: true };
    const options = { [key]: single, [keyOf('CalicoConfig')]: platforms, [keyOf('ClusterBootstrap')]: platforms };
    chart.cluster.metadata.addAnnotation('pulumi.com/waitFor', readiness(cluster.api));
    const resource = chartResources(chart, { parent: this, provider: supervisor, options }).get(key);
    if (resource === undefined) throw new Error(`the chart has no ${key}`);
    return resource;
  }

  private administratorKubeconfig(
    name: string,
    cluster: pulumi.CustomResource,
    { plan, supervisor }: TanzuClusterArgs,
  ): pulumi.Output<string> {
    const secret = `${plan.cluster.namespace}/${plan.cluster.name}-kubeconfig`;
    // Its id is known as late as the cluster's: what has a known id is read in the first preview, before it exists.
    const id = cluster.id.apply(() => secret);
    const options = { parent: this, provider: supervisor, dependsOn: [cluster] };
    const { data } = new ExistingSecret(`${name}-kubeconfig`, id, options);
    return pulumi.secret(data.apply((values) => decoded(values, secret)));
  }

  private access(name: string, { cluster }: ClusterDeploymentPlan): kubernetes.Provider {
    const { kubeconfig } = this;
    return clusterProvider(name, { kubeconfig, identifier: `${cluster.namespace}/${cluster.name}` }, { parent: this });
  }

  /** The address of the ingress controller. */
  private addons(
    { imageDiskMount, ingressController }: Charts,
    { plan, secrets = {} }: TanzuClusterArgs,
  ): pulumi.Output<string> | undefined {
    const options = { parent: this, provider: this.provider };
    const optionsOf = ({ namespace = '' }: Chart) => ({
      ...options,
      secrets: secretObjects(secretNeeds(plan, namespace), secrets, options),
    });
    if (imageDiskMount !== undefined) chartResources(imageDiskMount, optionsOf(imageDiskMount));
    if (ingressController === undefined) return undefined;
    const name = `${ingressNginx.namespace}/${ingressNginx.controller}`;
    const resources = chartResources(ingressController, optionsOf(ingressController));
    if (plan.ingressController?.service.type === 'NodePort') return undefined;
    return loadBalancerIngress(resources, name).apply(({ ip, hostname }) => {
      const address = ip ?? hostname;
      if (address === undefined)
        throw new pulumi.RunError(`Service ${name} has no address: \`pulumi refresh\` once it has one`);
      return address;
    });
  }
}

const argKeys: Keys<TanzuClusterArgs> = { plan: true, supervisor: true, timeout: true, secrets: true };

const secretNeeds = ({ imagePullSecrets }: ClusterDeploymentPlan, namespace: string): SecretNeeds => ({
  namespace,
  names: [],
  issued: [],
  imagePullSecrets,
});

interface Charts {
  readonly cluster: TanzuKubernetesCluster;
  readonly imageDiskMount?: ImageDiskMount;
  readonly ingressController?: IngressController;
}

function draw({ cluster, imageDiskMount, ingressController }: ClusterDeploymentPlan): Charts {
  const app = new App();
  return {
    cluster: new TanzuKubernetesCluster(app, 'cluster', cluster),
    imageDiskMount: imageDiskMount && new ImageDiskMount(app, 'image-disk-mount', imageDiskMount),
    ingressController: ingressController && new IngressController(app, 'ingress-controller', ingressController),
  };
}

/**
 * When the cluster can be used, as the provider's annotation `pulumi.com/waitFor` puts it. `Provisioned` is a phase before
 * that, and `v1alpha1` has no conditions.
 */
function readiness({ apiVersion }: ClusterApi): string {
  if (apiVersion === 'run.tanzu.vmware.com/v1alpha1') return 'jsonpath={.status.phase}=running';
  return apiVersion === 'cluster.x-k8s.io/v1beta2' ? 'condition=Available' : 'condition=Ready';
}

/** API versions under which an earlier update may have made the same object. */
const versionsBeside = ({ apiVersion }: ClusterApi): readonly string[] =>
  [
    ...['v1alpha1', 'v1alpha2', 'v1alpha3'].map((version) => `run.tanzu.vmware.com/${version}`),
    ...['v1beta1', 'v1beta2'].map((version) => `cluster.x-k8s.io/${version}`),
  ].filter((other) => other !== apiVersion && other.split('/')[0] === apiVersion.split('/')[0]);

function decoded(data: Readonly<Record<string, string>> | undefined, secret: string): string {
  const value = data?.['value'];
  if (value === undefined) {
    throw new pulumi.RunError(
      `Secret ${secret} has no key "value", where the Supervisor keeps the kubeconfig of the cluster`,
    );
  }
  return Buffer.from(value, 'base64').toString();
}

/** Of the API server, from a kubeconfig; the platforms differ on where else they show it. */
function serverOf(kubeconfig: string): string {
  const server: unknown = read(kubeconfig)?.clusters?.[0]?.cluster?.server;
  if (typeof server === 'string') return server;
  throw new pulumi.RunError(
    'the kubeconfig of the cluster names no server: `pulumi refresh`, once the Supervisor has written it whole',
  );
}

/** Of what cannot be read nothing is told: it has a key in it. */
function read(kubeconfig: string) {
  try {
    return parse(kubeconfig);
  } catch {
    return undefined;
  }
}
