import { checkPinned, type ImageSourceProps, imageSourceKeys, planImages } from '../../federation/hosting';
import {
  checkDnsLabel,
  checkKeys,
  checkObjectName,
  type Declared,
  type Keys,
  readDeclaration,
  readEntries,
  readMap,
  readPart,
  shown,
} from '../../input/checks';
import { Problems } from '../../input/problems';
import { type PodsProps, planPods } from '../../kubernetes/pods';
import {
  type Addon,
  addonImages,
  addons,
  type ImageDiskMountOptions,
  type ImageDiskMountPlan,
  type IngressControllerOptions,
  type IngressControllerPlan,
  planClusterImageDiskMount,
  planClusterIngressController,
} from './addons';
import type { TanzuClusterPlan } from './plan';
import { planTanzuCluster, type TanzuClusterProps } from './tanzu-cluster';

/** A cluster, and what is put on it once it is ready. */
export interface ClusterDeploymentProps extends ImageSourceProps<Addon>, PodsProps<Addon> {
  /** The cluster itself. */
  readonly cluster: TanzuClusterProps;
  /**
   * Keep the image disks of the nodes mounted after a restart.
   * @default true where every worker has one and vSphere 7 forgets them: in `v1alpha1` and `v1alpha2`
   * @see White paper, "Host and VM Failures"
   */
  readonly imageDiskMount?: boolean | ImageDiskMountOptions;
  /** An ingress controller; false for a cluster that has its own. @default {} */
  readonly ingressController?: false | IngressControllerOptions;
}

/** A cluster and what is put on it, complete and checked. */
export interface ClusterDeploymentPlan {
  readonly cluster: TanzuClusterPlan;
  /** None: the nodes remember their disks, or have none. */
  readonly imageDiskMount?: ImageDiskMountPlan;
  /** None: the cluster has its own. */
  readonly ingressController?: IngressControllerPlan;
  readonly imagePullSecrets: readonly string[];
}

/** What a vSphere Namespace has for clusters. */
export interface NamespaceOffer {
  /** Its name. */
  readonly namespace: string;
  /** Names; none where they are not known. */
  readonly vmClasses: readonly string[];
  /** Names. */
  readonly storageClasses: readonly string[];
}

/**
 * Plan of a cluster and of what is put on it.
 *
 * @param offer of the vSphere Namespace, where it is known: what the cluster takes of it is checked, and its name is the
 * default one
 * @throws {InvalidInput} with every problem of the declaration
 */
export function clusterDeploymentPlan(
  declaration: ClusterDeploymentProps,
  offer?: NamespaceOffer,
): ClusterDeploymentPlan {
  const problems = Problems.none();
  const told = offer === undefined ? undefined : { path: 'offer', value: offer };
  const plan = planClusterDeployment(problems, declaration, told);
  problems.throwIfAny(`Tanzu Kubernetes cluster ${shown(plan.cluster.name)}`);
  return plan;
}

/**
 * As {@link clusterDeploymentPlan}; worth nothing when `problems` were found.
 *
 * @param told the offer, and who told it
 */
export function planClusterDeployment(
  problems: Problems,
  declaration: ClusterDeploymentProps,
  told?: Declared<NamespaceOffer>,
): ClusterDeploymentPlan {
  const props = readDeclaration(problems, declaration);
  checkKeys(problems, props, deploymentKeys);
  const offer = told && readOffer(problems, told);
  const declared = {
    namespace: offer?.namespace,
    ...readMap(problems, 'cluster', props.cluster),
  } as TanzuClusterProps;
  const cluster = planTanzuCluster(problems.at('cluster'), declared);
  if (offer !== undefined) checkOffer(problems.at('cluster'), cluster, offer);
  const { kubernetes } = cluster;
  const pods = planPods(problems.at('pods'), props.pods, addons);
  const addon = { kubernetes, pods, ...planImages(problems, props, addonImages(kubernetes)) };
  const [mount, controller] = [problems.at('imageDiskMount'), problems.at('ingressController')];
  const imageDiskMount = planClusterImageDiskMount(mount, props.imageDiskMount, cluster, addon);
  const ingressController = planClusterIngressController(controller, props.ingressController, addon);
  checkPinned(
    problems,
    props,
    [imageDiskMount, ingressController].flatMap((each) => Object.values(each?.images ?? {})),
  );
  return {
    cluster,
    imageDiskMount,
    ingressController,
    imagePullSecrets: addon.imagePullSecrets,
  };
}

const offerKeys: Keys<NamespaceOffer> = { namespace: true, vmClasses: true, storageClasses: true };

/** Of another stack's outputs, which are its author's word; nothing where it is none. */
function readOffer(problems: Problems, { path, value }: Declared<NamespaceOffer>): NamespaceOffer | undefined {
  const before = problems.count;
  const offer = readPart(problems, path, value, offerKeys) as NamespaceOffer;
  const at = problems.at(path);
  checkDnsLabel(at, 'namespace', offer.namespace, 'fate');
  for (const key of ['vmClasses', 'storageClasses'] as const) {
    if (offer[key] === undefined) at.add(key, 'is missing', 'name those of the vSphere Namespace');
    for (const name of readEntries(at, key, offer[key])) checkObjectName(at, name.path, name.value, examples[key]);
  }
  return problems.count === before ? offer : undefined;
}

const examples = { vmClasses: 'best-effort-2xlarge', storageClasses: 'vsan-default-storage-policy' };

const deploymentKeys: Keys<ClusterDeploymentProps> = {
  cluster: true,
  imageDiskMount: true,
  ingressController: true,
  pods: true,
  ...imageSourceKeys,
};

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
