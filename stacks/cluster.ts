import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { parse } from 'yaml';
import { App, ImageDiskMount, IngressController } from '../constructs';
import { TanzuKubernetesCluster } from '../constructs/tanzu/tanzu-kubernetes-cluster';
import {
  type ClusterApi,
  type ClusterDeploymentPlan,
  type ClusterDeploymentProps,
  clusterDeploymentPlan,
  imageDisk,
  type NamespaceOffer,
} from '../lib/tanzu-cluster';
import { chartResources, serviceOf } from './chart-resources';

export interface ClusterConfig {
  /** Whose it is: the last part of the stack's name. */
  readonly name: string;
  readonly deployment: ClusterDeploymentProps;
  /**
   * Full name of the stack `workload-domain-<name>`: its vSphere Namespace is the default one, and what the cluster takes
   * of it is checked before anything is made.
   * @default nobody checks
   */
  readonly workloadDomain?: string;
  /** Access to the Supervisor, with the namespace's role *edit* or *owner*. */
  readonly supervisor: kubernetes.Provider;
}

export interface ClusterOutputs {
  /** Of the administrator; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Release, as declared. */
  readonly kubernetes: string;
  /** URL of the API server. */
  readonly endpoint: pulumi.Output<string>;
  /** Of the ingress controller: what the host names of user interfaces resolve to. */
  readonly ingressAddress?: pulumi.Output<string>;
}

/**
 * The Tanzu Kubernetes cluster of one organisation.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export async function clusterStack(config: ClusterConfig): Promise<ClusterOutputs> {
  const { name, deployment, workloadDomain, supervisor } = config;
  const offer = workloadDomain === undefined ? undefined : await readOffer(workloadDomain);
  const plan = clusterDeploymentPlan(deployment, offer);
  const { kubeconfig, endpoint, ingressAddress } = new TanzuCluster(name, { plan, supervisor });
  return { kubeconfig, kubernetes: plan.cluster.kubernetes, endpoint, ...(ingressAddress && { ingressAddress }) };
}

async function readOffer(stack: string): Promise<NamespaceOffer> {
  const reference = new pulumi.StackReference(stack);
  const output = async (name: string) => {
    const { value } = await reference.getOutputDetails(name);
    if (value === undefined) throw new Error(`stack ${stack} has no output \`${name}\`: run \`pulumi up\` there first`);
    return value;
  };
  return {
    namespace: await output('namespace'),
    vmClasses: await output('vmClasses'),
    storageClasses: await output('storageClasses'),
  };
}

export interface TanzuClusterArgs {
  readonly plan: ClusterDeploymentPlan;
  /** Access to the Supervisor. */
  readonly supervisor: kubernetes.Provider;
  /** How long a cluster may take to be ready, as Pulumi writes it. @default '60m' */
  readonly timeout?: string;
}

/**
 * A Tanzu Kubernetes cluster: its object on the Supervisor, and once that is ready the access to the new cluster, the image
 * disk mount and the ingress controller on it.
 *
 * It holds the data of parties and so is protected, unless the option `protect` says otherwise: `pulumi state unprotect`
 * comes before its destruction. `v1alpha1` to `v1alpha3` are versions of one object, and so are `v1beta1` and `v1beta2`; a
 * `TanzuKubernetesCluster` never turns into a `Cluster` by another `api`: the protection refuses the attempt.
 *
 * | Pulumi says                                        | Do                                                              |
 * |----------------------------------------------------|-----------------------------------------------------------------|
 * | configured Kubernetes cluster is unreachable       | See that the Supervisor answers from here on port 6443, and get |
 * |                                                    | a new kubeconfig by `kubectl vsphere login`: its token lives    |
 * |                                                    | about ten hours.                                                |
 * | no matches for kind …                              | The platform has another API than was declared:                 |
 * |                                                    | `kubectl api-resources --api-group=run.tanzu.vmware.com`.       |
 * | variable is not defined                            | The class is not the declared one; or VKS was just upgraded,    |
 * |                                                    | and takes up to an hour to know its classes again.              |
 * | timed out waiting … for conditions to be satisfied | `kubectl describe` of the cluster object and of the machines in |
 * |                                                    | the namespace: a VM class or storage policy that it does not    |
 * |                                                    | have, no address left, a host that is full. `pulumi up` again   |
 * |                                                    | goes on waiting.                                                |
 * | secrets "…-kubeconfig" is forbidden                | The user has the role *view*: give *edit* or *owner*.           |
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

  constructor(name: string, args: TanzuClusterArgs, options?: pulumi.ComponentResourceOptions) {
    const { cluster, ...addons } = drawn(args.plan);
    super('kubefate-tanzu:index:TanzuCluster', name, {}, options);
    this.kubeconfig = this.administratorKubeconfig(name, this.clusterObject(cluster, args, options?.protect), args);
    this.endpoint = pulumi.unsecret(this.kubeconfig.apply(serverOf));
    this.provider = this.access(name, args.plan);
    const common = { parent: this, provider: this.provider };
    if (addons.imageDiskMount) chartResources(addons.imageDiskMount, common);
    if (addons.ingressController) {
      const service = serviceOf(chartResources(addons.ingressController, common), ingressService);
      this.ingressAddress = service.status.loadBalancer.ingress.apply(addressOf);
    }
    const { kubeconfig, endpoint, ingressAddress } = this;
    this.registerOutputs({ kubeconfig, endpoint, ingressAddress });
  }

  private clusterObject(
    chart: TanzuKubernetesCluster,
    { plan: { cluster }, supervisor, timeout = '60m' }: TanzuClusterArgs,
    protect = true,
  ): pulumi.Resource {
    const { kind } = chart.cluster;
    const key = `${kind} ${cluster.namespace}/${cluster.name}`;
    const single = {
      protect,
      aliases: otherVersions(cluster.api).map((apiVersion) => ({ type: `kubernetes:${apiVersion}:${kind}` })),
      customTimeouts: { create: timeout, update: timeout, delete: timeout },
    };
    const resources = chartResources(chart, { parent: this, provider: supervisor, options: { [key]: single } });
    const resource = resources.get(key);
    if (resource === undefined) throw new Error(`the chart has no ${key}`);
    return resource;
  }
}
