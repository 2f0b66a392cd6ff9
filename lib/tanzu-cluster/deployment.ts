import { isHostIpv4 } from '../addresses';
import { checkInteger, checkKeys, checkObjectName, isMap, readMap, shown } from '../declaration/checks';
import { kubernetesMinor } from '../pod-security';
import { Problems } from '../problems';
import { planTanzuCluster, type TanzuClusterPlan, type TanzuClusterProps } from './tanzu-cluster';
import { imageDisk } from './volumes';

/** A cluster, and what is put on it once it is ready. */
export interface ClusterDeploymentProps {
  readonly cluster: TanzuClusterProps;
  /**
   * Keep the image disks of the nodes mounted after a restart.
   * @default true where every worker has one and vSphere 7 forgets them: in `v1alpha1` and `v1alpha2`
   * @see White paper, "Host and VM Failures"
   */
  readonly imageDiskMount?: boolean;
  /** Not for a cluster that has its own. @default {} */
  readonly ingressController?: false | IngressControllerOptions;
  /** Registry and path to pull the images of both from, `harbor.example.com/fate`. @default their own registries */
  readonly registry?: string;
}

export interface IngressControllerOptions {
  /** @default 'nginx' */
  readonly ingressClassName?: string;
  /** Pods, 1 to 100. @default 2 */
  readonly replicas?: number;
  /** Address to ask the load balancer for; from vSphere 7.0 U2 on. @default one that it chooses */
  readonly loadBalancerIP?: string;
}

export interface ClusterDeploymentPlan {
  readonly cluster: TanzuClusterPlan;
  readonly imageDiskMount: boolean;
  readonly ingressController?: IngressControllerOptions;
  readonly registry?: string;
}

/** What a vSphere Namespace has for clusters. */
export interface NamespaceOffer {
  readonly namespace: string;
  /** None where they are not known. */
  readonly vmClasses: readonly string[];
  readonly storageClasses: readonly string[];
}

/**
 * Plan of a cluster and of what is put on it.
 *
 * @param offer of the vSphere Namespace, where it is known: what the cluster takes of it is checked, and its name is the
 * default one
 * @throws {InvalidInput} with every problem of the declaration
 */
export function clusterDeploymentPlan(props: ClusterDeploymentProps, offer?: NamespaceOffer): ClusterDeploymentPlan {
  const problems = Problems.none();
  checkKeys(problems, props, ['cluster', 'imageDiskMount', 'ingressController', 'registry']);
  const declared = {
    ...(offer && { namespace: offer.namespace }),
    ...readMap(problems, 'cluster', props.cluster),
  } as TanzuClusterProps;
  const cluster = planTanzuCluster(problems.at('cluster'), declared);
  if (offer !== undefined) checkOffer(problems.at('cluster'), cluster, offer);
  const ingressController = planIngressController(problems, props.ingressController, cluster);
  const plan = {
    cluster,
    imageDiskMount: planImageDiskMount(problems, props.imageDiskMount, cluster),
    ...(ingressController && { ingressController }),
    ...(props.registry !== undefined && { registry: props.registry }),
  };
  problems.throwIfAny(`Tanzu Kubernetes cluster ${shown(declared.name)}`);
  return plan;
}

/** Reports classes that the vSphere Namespace does not have: nodes would wait for them without a word. */
function checkOffer(problems: Problems, { namespace, controlPlane, workers }: TanzuClusterPlan, offer: NamespaceOffer) {
  if (namespace !== offer.namespace) {
    problems.add('namespace', `${shown(namespace)} is not the workload domain's`, `use ${shown(offer.namespace)}`);
    return;
  }
  const page = `in vCenter, Workload Management > Namespaces > ${namespace}`;
  const groups = [
    { path: 'controlPlane', nodes: controlPlane },
    ...workers.map((nodes, i) => ({ path: `workers[${i}]`, nodes })),
  ];
  for (const { path, nodes } of groups) {
    if (offer.vmClasses.length > 0 && !offer.vmClasses.includes(nodes.vmClass.name)) {
      const remedy = `use ${offer.vmClasses.join(', ')}, or bind it ${page} > VM Service`;
      problems.add(`${path}.vmClass`, `${shown(nodes.vmClass.name)} is not bound to namespace ${namespace}`, remedy);
    }
    for (const storageClass of new Set([nodes.storageClass, ...nodes.volumes.map((volume) => volume.storageClass)])) {
      if (offer.storageClasses.includes(storageClass)) continue;
      const remedy = `use ${offer.storageClasses.join(', ')}, or assign its policy ${page} > Storage`;
      problems.add(`${path}.storageClass`, `${shown(storageClass)} is not in namespace ${namespace}`, remedy);
    }
  }
}

function planImageDiskMount(problems: Problems, declared: boolean | undefined, cluster: TanzuClusterPlan): boolean {
  const { api, workers } = cluster;
  const lacking = workers.filter(({ volumes }) => !volumes.some(({ mountPath }) => mountPath === imageDisk.mountPath));
  if (declared === undefined) return lacking.length === 0 && ['v1alpha1', 'v1alpha2'].includes(api.vocabulary);
  if (typeof declared !== 'boolean') {
    problems.add('imageDiskMount', `${shown(declared)} is not known`, 'use true, false');
  } else if (declared && lacking.length > 0) {
    const pools = lacking.map(({ name }) => name).join(', ');
    problems.add(
      'imageDiskMount',
      `would never be ready on ${pools}: no volume at ${imageDisk.mountPath}`,
      'give every pool such a volume, or use false',
    );
  }
  return declared === true;
}

/** Of the ingress controller's disruption budget, `policy/v1`. */
const ingressControllerSince = 21;

function planIngressController(
  problems: Problems,
  declared: ClusterDeploymentProps['ingressController'],
  { kubernetes }: TanzuClusterPlan,
): IngressControllerOptions | undefined {
  if (declared === false) return undefined;
  const minor = kubernetesMinor(kubernetes) ?? 0;
  if (minor > 0 && minor < ingressControllerSince) {
    problems.add(
      'ingressController',
      `needs Kubernetes 1.${ingressControllerSince}, and the cluster has ${kubernetes}`,
      'use a later release, or false and an ingress controller of your own',
    );
  }
  const at = problems.at('ingressController');
  if (declared !== undefined && !isMap(declared)) at.add('', `${shown(declared)} is no map`, 'use {} or false');
  const options: IngressControllerOptions = isMap(declared) ? declared : {};
  checkKeys(at, options, ['ingressClassName', 'replicas', 'loadBalancerIP']);
  const { ingressClassName, replicas, loadBalancerIP } = options;
  if (ingressClassName !== undefined) checkObjectName(at, 'ingressClassName', ingressClassName, 'nginx');
  if (replicas !== undefined) checkInteger(at, 'replicas', replicas, 1, 100);
  if (loadBalancerIP !== undefined && (typeof loadBalancerIP !== 'string' || !isHostIpv4(loadBalancerIP))) {
    at.add('loadBalancerIP', `${shown(loadBalancerIP)} is no IPv4 address`, 'use one such as "192.0.2.80"');
  }
  return options;
}
