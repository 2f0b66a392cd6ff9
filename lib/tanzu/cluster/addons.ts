import {
  checkPinned,
  defaultKubernetes,
  type ImageSource,
  type ImageSourceProps,
  imageSourceKeys,
  planImages,
  readKubernetes,
} from '../../federation/hosting';
import { planSparkNodes, type SparkNodesProps } from '../../federation/spark-nodes';
import {
  checkHostAddress,
  checkInteger,
  checkKeys,
  checkObjectName,
  isMap,
  type Keys,
  readDeclaration,
  readFlag,
  readMap,
  readOneOf,
  shown,
} from '../../input/checks';
import { Problems } from '../../input/problems';
import { type Pods, type PodsProps, planPods } from '../../kubernetes/pods';
import { type PublicService, type PublicServiceProps, planPublicService } from '../../kubernetes/public-services';
import { kubernetesMinor } from '../../kubernetes/releases';
import { type NodeTaint, tolerating } from '../../kubernetes/taints';
import { ingressNginxImage, ingressNginxSince } from './ingress-nginx';
import type { TanzuClusterPlan } from './plan';
import { imageDisk, type NodeVolume, type NodeVolumePath, nodeVolumePaths } from './volumes';

/** What a cluster gets beside parties and exchanges. */
export type Addon = 'imageDiskMount' | 'ingressController';

/** The cluster that an add-on is put on, and its image. */
interface AddonProps<It extends Addon> extends ImageSourceProps<It>, PodsProps<It> {
  /**
   * Kubernetes release of the cluster, `1.27` or `v1.27.5+vmware.1`: decides on the release of what is put on it, and how
   * its pods are admitted.
   * @default '1.25'
   */
  readonly kubernetes?: string;
}

/** The same of a plan. */
interface AddonPlan<It extends Addon> extends ImageSource<It> {
  readonly kubernetes: string;
  readonly pods: Pods<It>;
}

/** What an ingress controller is like, wherever it runs. */
export interface IngressControllerOptions {
  /**
   * Name of the IngressClass: what an Ingress names in `ingressClassName` to be served by this controller.
   * @default 'nginx'
   */
  readonly ingressClassName?: string;
  /**
   * Pods that share the requests, 1 to 100. They keep no state: two survive the loss of a node.
   * @default 2
   */
  readonly replicas?: number;
  /**
   * Address to ask the load balancer for; needs vSphere 7.0 U2 or later with NSX-T or NSX Advanced Load Balancer.
   * @default one that the load balancer chooses
   */
  readonly loadBalancerIP?: string;
  /** How others reach it. @default a LoadBalancer */
  readonly service?: PublicServiceProps<{ readonly http: number; readonly https: number }>;
}

/** An ingress controller on a cluster that is there already. */
export interface IngressControllerProps extends IngressControllerOptions, AddonProps<'ingressController'> {}

/** An ingress controller, complete and checked. */
export interface IngressControllerPlan extends AddonPlan<'ingressController'> {
  readonly ingressClassName: string;
  readonly replicas: number;
  /** None: the load balancer chooses. */
  readonly loadBalancerIP?: string;
  readonly service: PublicService;
}

/** What an image disk mount is like, wherever it runs. */
export interface ImageDiskMountOptions {
  /**
   * Directory of the nodes that is a volume of its own.
   * @default '/var/lib/containerd'
   */
  readonly mountPath?: NodeVolumePath;
  /**
   * Seconds between two passes on a node, 1 to 86400.
   * @default 3600
   */
  readonly interval?: number;
  /**
   * Whether the nodes of the control plane have the volume too.
   * @default as the cluster has it that is planned beside, else false; `/var/lib/etcd` is of these nodes and of no other
   */
  readonly controlPlane?: boolean;
}

/** An image disk mount on a cluster that is there already. */
export interface ImageDiskMountProps extends ImageDiskMountOptions, AddonProps<'imageDiskMount'> {
  /** Nodes for Spark workers alone, as parties declare them: they have the volume, too. @default false */
  readonly sparkNodes?: SparkNodesProps | boolean;
}

/** An image disk mount, complete and checked. */
export interface ImageDiskMountPlan extends AddonPlan<'imageDiskMount'> {
  readonly mountPath: NodeVolumePath;
  /** Seconds. */
  readonly interval: number;
  /** Whether pods run on nodes of the control plane, too. */
  readonly controlPlane: boolean;
}

/**
 * Plan of an ingress controller for a cluster that is there already.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function ingressControllerPlan(declared: IngressControllerProps = {}): IngressControllerPlan {
  const problems = Problems.none();
  const props = readDeclaration(problems, declared);
  checkKeys<IngressControllerProps>(problems, props, { ...addonKeys, ...ingressControllerKeys });
  const kubernetes = readKubernetes(problems, props.kubernetes, defaultKubernetes);
  if (isBeforeIngressNginx(kubernetes)) {
    problems.add('kubernetes', `${shown(kubernetes)} has no policy/v1`, `use "1.${ingressNginxSince}" or later`);
  }
  const source = planImages(problems, props, { ingressController: addonImages(kubernetes).ingressController });
  checkPinned(problems, props, Object.values(source.images));
  const pods = planPods(problems.at('pods'), props.pods, ['ingressController']);
  const plan = planIngressController(problems, props, { kubernetes, pods, ...source });
  problems.throwIfAny('ingress controller');
  return plan;
}

/**
 * Plan of an image disk mount for a cluster that is there already.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function imageDiskMountPlan(declared: ImageDiskMountProps = {}): ImageDiskMountPlan {
  const problems = Problems.none();
  const props = readDeclaration(problems, declared);
  checkKeys<ImageDiskMountProps>(problems, props, { ...addonKeys, ...imageDiskMountKeys, sparkNodes: true });
  const kubernetes = readKubernetes(problems, props.kubernetes, defaultKubernetes);
  const source = planImages(problems, props, { imageDiskMount: addonImages(kubernetes).imageDiskMount });
  checkPinned(problems, props, Object.values(source.images));
  const pods = planPods(problems.at('pods'), props.pods, ['imageDiskMount']);
  const { taints = [] } = planSparkNodes(problems.at('sparkNodes'), props.sparkNodes) ?? {};
  const plan = planImageDiskMount(problems, props, { kubernetes, pods: onTainted(pods, taints), ...source });
  problems.throwIfAny('image disk mount');
  return plan;
}

const addonKeys: Keys<AddonProps<Addon>> = { kubernetes: true, pods: true, ...imageSourceKeys };
const ingressControllerKeys: Keys<IngressControllerOptions> = {
  ingressClassName: true,
  replicas: true,
  loadBalancerIP: true,
  service: true,
};
const imageDiskMountKeys: Keys<ImageDiskMountOptions> = {
  mountPath: true,
  interval: true,
  controlPlane: true,
};

/** The controller of a cluster that is planned here, too; none where that has its own. */
export function planClusterIngressController(
  problems: Problems,
  declared: IngressControllerOptions | false | undefined,
  addon: AddonPlan<Addon>,
): IngressControllerPlan | undefined {
  if (declared === false) return undefined;
  const { kubernetes } = addon;
  if (isBeforeIngressNginx(kubernetes)) {
    problems.add(
      '',
      `needs Kubernetes 1.${ingressNginxSince}, and the cluster has ${kubernetes}`,
      'use a later release, or false and an ingress controller of your own',
    );
  }
  const options = readMap(problems, '', declared, 'use {} or false');
  checkKeys(problems, options, ingressControllerKeys);
  return planIngressController(problems, options, addon);
}

/** The mount on a cluster that is planned here, too; none where its workers have no such volume or its platform remembers it. */
export function planClusterImageDiskMount(
  problems: Problems,
  declared: ImageDiskMountOptions | boolean | undefined,
  { api, workers, controlPlane }: TanzuClusterPlan,
  addon: AddonPlan<Addon>,
): ImageDiskMountPlan | undefined {
  const options: ImageDiskMountOptions = isMap(declared) ? declared : {};
  const isWanted = isMap(declared) || readFlag(problems, '', declared, false);
  checkKeys(problems, options, imageDiskMountKeys);
  const onControlPlane = hasVolume(controlPlane, options.mountPath);
  const pods = onTainted(
    addon.pods,
    workers.flatMap(({ taints }) => taints),
  );
  const plan = planImageDiskMount(problems, { controlPlane: onControlPlane, ...options }, { ...addon, pods });
  const lacking = nodesOf(plan, workers, controlPlane).filter((nodes) => !hasVolume(nodes, plan.mountPath));
  if (declared === undefined) {
    return lacking.length === 0 && ['v1alpha1', 'v1alpha2'].includes(api.vocabulary) ? plan : undefined;
  }
  if (!isWanted) return undefined;
  if (lacking.length > 0) {
    const pools = lacking.map(({ name }) => name).join(', ');
    problems.add(
      '',
      `would never be ready on ${pools}: no volume at ${plan.mountPath}`,
      'give every pool such a volume, or use false',
    );
  }
  return plan;
}

/** Pods of the mount that run on nodes with these taints, too. */
const onTainted = (
  { imageDiskMount }: Pods<'imageDiskMount'>,
  taints: readonly NodeTaint[],
): Pods<'imageDiskMount'> => ({
  imageDiskMount: {
    ...imageDiskMount,
    tolerations: tolerating(imageDiskMount.tolerations, taints),
  },
});

interface Nodes {
  readonly name: string;
  readonly volumes: readonly NodeVolume[];
}

/** The nodes that the pods of the mount run on. */
function nodesOf(
  { mountPath, controlPlane }: ImageDiskMountPlan,
  workers: readonly Nodes[],
  { volumes }: Omit<Nodes, 'name'>,
): readonly Nodes[] {
  const own = { name: 'the control plane', volumes };
  if (mountPath === '/var/lib/etcd') return [own];
  return controlPlane ? [...workers, own] : workers;
}

const hasVolume = ({ volumes }: Omit<Nodes, 'name'>, path: string = imageDisk.mountPath): boolean =>
  volumes.some(({ mountPath }) => mountPath === path);

/** `0` stands for a release that could not be read, which has its own message. */
const isBeforeIngressNginx = (kubernetes: string): boolean => {
  const minor = kubernetesMinor(kubernetes) ?? 0;
  return 0 < minor && minor < ingressNginxSince;
};

function planIngressController(
  problems: Problems,
  { ingressClassName = 'nginx', replicas = 2, loadBalancerIP, service: declared }: IngressControllerOptions,
  { images: { ingressController }, pods, ...addon }: AddonPlan<'ingressController'>,
): IngressControllerPlan {
  checkObjectName(problems, 'ingressClassName', ingressClassName, 'nginx');
  checkInteger(problems, 'replicas', replicas, 1, 100);
  if (loadBalancerIP !== undefined) checkHostAddress(problems, 'loadBalancerIP', loadBalancerIP, 'ipv4');
  const service = planPublicService(problems.at('service'), declared, ['http', 'https'], addon.kubernetes);
  if (service.type === 'NodePort' && loadBalancerIP !== undefined) {
    problems.add('loadBalancerIP', 'is for a LoadBalancer', 'leave it out');
  }
  return {
    ...addon,
    images: { ingressController },
    pods: { ingressController: pods.ingressController },
    ingressClassName,
    replicas,
    loadBalancerIP,
    service,
  };
}

function planImageDiskMount(
  problems: Problems,
  { interval = 3600, ...props }: ImageDiskMountOptions,
  { images: { imageDiskMount }, pods, ...addon }: AddonPlan<'imageDiskMount'>,
): ImageDiskMountPlan {
  const mountPath = readOneOf(problems, 'mountPath', props.mountPath, nodeVolumePaths, imageDisk.mountPath);
  checkInteger(problems, 'interval', interval, 1, 86400);
  const controlPlane = readFlag(problems, 'controlPlane', props.controlPlane, false);
  return {
    ...addon,
    images: { imageDiskMount },
    pods: { imageDiskMount: pods.imageDiskMount },
    mountPath,
    interval,
    controlPlane,
  };
}

export const addons = ['imageDiskMount', 'ingressController'] as const satisfies readonly Addon[];

/** Published images, known by their digest. */
export const addonImages = (kubernetes: string): Readonly<Record<Addon, string>> => ({
  imageDiskMount: 'busybox:1.36.1@sha256:73aaf090f3d85aa34ee199857f03fa3a95c8ede2ffd4cc2cdb5b94e566b11662',
  ingressController: ingressNginxImage(kubernetes),
});
