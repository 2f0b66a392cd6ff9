import {
  type Bounds,
  checkInteger,
  checkKeys,
  checkNames,
  checkOneOf,
  isMap,
  readMap,
  readOneOf,
  shown,
} from '../input/checks';
import type { Problems } from '../input/problems';
import { checkLabelKey, planAnnotations } from './labels';
import { isFromMinor } from './releases';

/**
 * How a Service is reached from outside of the cluster.
 *
 * @typeParam Ports a number for a Service of one port, else a map
 */
export type PublicServiceProps<Ports = number> = LoadBalancerProps | NodePortProps<Ports>;

export interface LoadBalancerProps extends ServiceAnnotations {
  /** An address of a load balancer's. @default 'LoadBalancer' */
  readonly type?: 'LoadBalancer';
  /**
   * Which of the cluster's load balancers serves it, such as `ako.vmware.com/avi-lb` or `metallb.io/metallb`. Fixed once the
   * Service exists; needs Kubernetes 1.22.
   * @default the cluster's own default
   */
  readonly loadBalancerClass?: string;
}

interface NodePortProps<Ports> extends AnyNodePortsProps {
  /** 30000 to 32767. */
  readonly nodePort: Ports;
}

export interface AnyNodePortsProps extends ServiceAnnotations {
  /** A port of every node, for a cluster without load balancers or with one of the organisation's own in front. */
  readonly type: 'NodePort';
}

interface ServiceAnnotations {
  /**
   * `Local`: pods see the addresses of callers, and nodes without such a pod take no connections. Where all who may call have
   * declared their ranges (`egress`), nobody else may then. Of Tanzu's load balancers NSX-T alone keeps addresses; with another
   * one nobody comes in.
   * @default 'Cluster'
   */
  readonly externalTrafficPolicy?: TrafficPolicy;
  /** For the load balancer: pools of addresses, health checks, names for external-dns. @default {} */
  readonly annotations?: Readonly<Record<string, string>>;
}

type TrafficPolicy = 'Cluster' | 'Local';

/** A planned way to a Service from outside of the cluster. */
export type PublicService = {
  readonly externalTrafficPolicy: TrafficPolicy;
  readonly annotations: Readonly<Record<string, string>>;
} & (
  | { readonly type: 'LoadBalancer'; readonly loadBalancerClass?: string }
  | {
      readonly type: 'NodePort';
      /** By the name of the port. */
      readonly nodePorts: Readonly<Record<string, number>>;
    }
);

/** @param ports names of the Service's ports; a declaration of one port does not name it */
export function planPublicService(
  problems: Problems,
  declared: PublicServiceProps<number | Readonly<Record<string, number>>> | undefined,
  ports: readonly string[],
  kubernetes: string,
): PublicService {
  const props: Readonly<Record<string, unknown>> = readMap(problems, '', declared);
  const { type = 'LoadBalancer', loadBalancerClass, nodePort } = props;
  const annotations = planAnnotations(
    problems.at('annotations'),
    props['annotations'] as Readonly<Record<string, string>>,
  );
  checkOneOf(problems, 'type', type, ['LoadBalancer', 'NodePort']);
  const externalTrafficPolicy = readOneOf(
    problems,
    'externalTrafficPolicy',
    props['externalTrafficPolicy'] as TrafficPolicy,
    ['Cluster', 'Local'],
    'Cluster',
  );
  const common = { externalTrafficPolicy, annotations };
  if (type === 'NodePort') {
    checkKeys<NodePortProps<unknown>>(problems, props, { ...commonKeys, nodePort: true });
    return { type, nodePorts: readNodePorts(problems, nodePort, ports), ...common };
  }
  checkKeys<LoadBalancerProps>(problems, props, { ...commonKeys, loadBalancerClass: true });
  if (loadBalancerClass !== undefined) checkClass(problems, loadBalancerClass, kubernetes);
  return { type: 'LoadBalancer', loadBalancerClass: loadBalancerClass as string | undefined, ...common };
}

const commonKeys = { type: true, annotations: true, externalTrafficPolicy: true } as const;

function readNodePorts(
  problems: Problems,
  nodePort: unknown,
  ports: readonly string[],
): Readonly<Record<string, number>> {
  const [only = ''] = ports;
  if (ports.length === 1) {
    const isSound = checkNodePort(problems, 'nodePort', nodePort);
    return { [only]: isSound ? Number(nodePort) : nodePortBounds.from };
  }
  const at = problems.at('nodePort');
  if (!isMap(nodePort)) {
    at.add('', `${shown(nodePort)} is no map`, `use { ${ports.map((port, i) => `${port}: ${30080 + i}`).join(', ')} }`);
    return {};
  }
  checkNames(at, nodePort, ports);
  for (const port of ports) checkNodePort(at, port, nodePort[port]);
  if (new Set(Object.values(nodePort)).size < ports.length) at.add('', 'names a port twice', 'use a port for each');
  return nodePort as Readonly<Record<string, number>>;
}

/** As Kubernetes has the range where nobody gave it another. */
export const nodePortBounds: Bounds = { from: 30000, to: 32767 };

function checkNodePort(problems: Problems, path: string, port: unknown): boolean {
  checkInteger(problems, path, port, nodePortBounds.from, nodePortBounds.to);
  return Number.isInteger(port);
}

function checkClass(problems: Problems, loadBalancerClass: unknown, kubernetes: string): void {
  checkLabelKey(problems, 'loadBalancerClass', loadBalancerClass);
  if (!isFromMinor(kubernetes, 22)) {
    problems.add('loadBalancerClass', `is not known to Kubernetes ${kubernetes}`, 'use 1.22 or later, or annotations');
  }
}
