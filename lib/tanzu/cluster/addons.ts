import { isHostIpv4 } from '../../input/addresses';
import { checkInteger, checkKeys, checkObjectName, isMap, readFlag, shown } from '../../input/checks';
import type { Problems } from '../../input/problems';
import { kubernetesMinor } from '../../kubernetes/releases';
import type { TanzuClusterPlan } from './plan';
import { imageDisk, type NodeVolumePath } from './volumes';

export interface IngressControllerProps {
  /**
   * Kubernetes release of the cluster, `1.27` or `v1.27.5+vmware.1`: decides on the release of ingress-nginx, and how its
   * pods are admitted.
   * @default '1.25'
   */
  readonly kubernetes?: string;
  /**
   * What an Ingress names in `ingressClassName` to be served by this controller.
   * @default 'nginx'
   */
  readonly ingressClassName?: string;
  /**
   * Pods that share the requests. They keep no state: two survive the loss of a node.
   * @default 2
   */
  readonly replicas?: number;
  /**
   * Address to ask the load balancer for; needs vSphere 7.0 U2 or later with NSX-T or NSX Advanced Load Balancer.
   * @default one that the load balancer chooses
   */
  readonly loadBalancerIP?: string;
  /**
   * Registry and path to pull the image from, such as `harbor.example.com/fate`. A copy made by pull and push has another
   * digest, so that there the image is known by its tag alone.
   * @default registry.k8s.io, with the image pinned by digest
   */
  readonly registry?: string;
}

export interface ImageDiskMountProps {
  /**
   * Kubernetes release of the cluster, `1.27` or `v1.27.5+vmware.1`: up to 1.24 pods are admitted by a
   * PodSecurityPolicy, from 1.25 on by labels of the namespace.
   * @default '1.25'
   */
  readonly kubernetes?: string;
  /**
   * Directory of the nodes that is a volume of its own.
   * @default '/var/lib/containerd'
   */
  readonly mountPath?: NodeVolumePath;
  /**
   * Seconds between two passes on a node.
   * @default 3600
   */
  readonly interval?: number;
  /**
   * Registry and path to pull the image from, such as `harbor.example.com/fate`. A copy made by pull and push has another
   * digest, so that there the image is known by its tag alone.
   * @default Docker Hub, with the image pinned by digest
   */
  readonly registry?: string;
  /**
   * Whether the nodes of the control plane have the volume too.
   * @default false; `/var/lib/etcd` is a volume of these nodes and of no other
   */
  readonly controlPlane?: boolean;
}

export interface IngressControllerOptions {
  /** @default 'nginx' */
  readonly ingressClassName?: string;
  /** Pods, 1 to 100. @default 2 */
  readonly replicas?: number;
  /** Address to ask the load balancer for; from vSphere 7.0 U2 on. @default one that it chooses */
  readonly loadBalancerIP?: string;
}

export function planIngressController(
  problems: Problems,
  declared: IngressControllerOptions | false | undefined,
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

export function planImageDiskMount(
  problems: Problems,
  declared: boolean | undefined,
  cluster: TanzuClusterPlan,
): boolean {
  const { api, workers } = cluster;
  const lacking = workers.filter(({ volumes }) => !volumes.some(({ mountPath }) => mountPath === imageDisk.mountPath));
  const byDefault = lacking.length === 0 && ['v1alpha1', 'v1alpha2'].includes(api.vocabulary);
  const isMounted = readFlag(problems, 'imageDiskMount', declared, byDefault);
  if (isMounted && lacking.length > 0) {
    const pools = lacking.map(({ name }) => name).join(', ');
    problems.add(
      'imageDiskMount',
      `would never be ready on ${pools}: no volume at ${imageDisk.mountPath}`,
      'give every pool such a volume, or use false',
    );
  }
  return isMounted;
}

/** Of the ingress controller's disruption budget, `policy/v1`. */
const ingressControllerSince = 21;
