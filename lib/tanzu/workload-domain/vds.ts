import { checkKeys, checkOneOf, checkPort, isPort, type Keys, readList, readMap, readText } from '../../input/checks';
import {
  type AddressBlock,
  addressNumber,
  blockRange,
  type Cidr,
  contains,
  hostsOf,
  noAddresses,
  readBlock,
  readNetwork,
  unreadable,
} from '../../input/cidr';
import { areCertificates } from '../../input/pem';
import type { Problems } from '../../input/problems';
import {
  checkAddress,
  cidrText,
  planServices,
  readTexts,
  type SupervisorServices,
  type SupervisorServicesProps,
  serviceKeys,
} from './management';

/** Networks of a Supervisor on a distributed switch, without NSX; vSphere 8.0 and later. */
export interface VdsNetworkingProps extends SupervisorServicesProps {
  /** Distributed port groups, with a load balancer beside them. */
  readonly type: 'vds';
  /**
   * Network of the control plane and of the clusters' nodes. Another one for a single vSphere Namespace is made in vCenter,
   * once the Supervisor runs, and so is the namespace on it.
   */
  readonly workload: WorkloadNetworkProps;
  /** Of Services inside the Supervisor. */
  readonly serviceCidr: string;
  /** What publishes the APIs of Supervisor and clusters, and Services. */
  readonly loadBalancer: SupervisorLoadBalancerProps;
}

/** Network of nodes. */
export interface WorkloadNetworkProps {
  /** Name of the distributed port group. */
  readonly portGroup: string;
  /** The whole subnet: `203.0.113.0/24`. */
  readonly cidr: string;
  /** IPv4 address of the subnet's router. */
  readonly gateway: string;
  /** Addresses of the subnet that nodes may take, from the first to the last: `203.0.113.16-203.0.113.95`. */
  readonly addresses: readonly string[];
}

/** What publishes the APIs of Supervisor and clusters, and Services of type LoadBalancer. */
export type SupervisorLoadBalancerProps = HaproxyProps | NsxAdvancedProps | FoundationProps;

interface PublishedProps {
  /** Addresses that Services get, from the first to the last: `203.0.113.128-203.0.113.191`. */
  readonly addresses: readonly string[];
}

interface ControllerProps {
  /** User of its API; the password is no part of a declaration. */
  readonly username: string;
  /** PEM of the authority that its certificate is verified by. */
  readonly certificateAuthority: string;
}

interface HaproxyProps extends PublishedProps, ControllerProps {
  /** HAProxy with its Data Plane API. vSphere 9.0 still takes it, as deprecated. */
  readonly type: 'haproxy';
  /** Data Plane APIs, one or more, that the control plane reaches. */
  readonly servers: readonly {
    /** IPv4 address. */
    readonly host: string;
    /** TCP port. @default 5556 */
    readonly port?: number;
  }[];
}

interface NsxAdvancedProps extends ControllerProps {
  /** NSX Advanced Load Balancer (Avi), which has its addresses from a network of its own. */
  readonly type: 'nsx-advanced';
  /** IPv4 address of the controller. */
  readonly host: string;
  /** Of the controller. @default 443 */
  readonly port?: number;
  /** Its cloud for this vCenter; vSphere 8.0 U2 and later. @default 'Default-Cloud' */
  readonly cloud?: string;
  /** Addresses of its IPAM profile, for checks only. @default unknown, and the preflight list asks */
  readonly addresses?: readonly string[];
}

interface FoundationProps extends PublishedProps {
  /** vSphere Foundation Load Balancer, on the Supervisor's two networks; vSphere 9.0. */
  readonly type: 'foundation';
  /** Two nodes, of which one waits, or a single one. @default 'ACTIVE_PASSIVE' */
  readonly availability?: (typeof availabilities)[number];
  /** Of each node. @default 'SMALL' */
  readonly size?: (typeof foundationSizes)[number];
}

const availabilities = ['ACTIVE_PASSIVE', 'SINGLE_NODE'] as const;
const foundationSizes = ['SMALL', 'MEDIUM', 'LARGE', 'X_LARGE'] as const;

/** Planned networks of a Supervisor on a distributed switch. */
export interface VdsNetworking extends SupervisorServices {
  readonly type: 'vds';
  readonly workload: WorkloadNetwork;
  readonly serviceCidr: Cidr;
  readonly loadBalancer: SupervisorLoadBalancer;
}

/** Planned network of nodes. */
export interface WorkloadNetwork {
  readonly portGroup: string;
  readonly cidr: Cidr;
  readonly gateway: string;
  readonly addresses: readonly AddressBlock[];
}

/** Planned load balancer of a Supervisor; none of `addresses`: nobody told. */
export type SupervisorLoadBalancer = { readonly addresses: readonly AddressBlock[] } & (
  | {
      readonly type: 'haproxy';
      readonly servers: readonly { readonly host: string; readonly port: number }[];
      readonly username: string;
      readonly certificateAuthority: string;
    }
  | {
      readonly type: 'nsx-advanced';
      readonly host: string;
      readonly port: number;
      readonly username: string;
      readonly certificateAuthority: string;
      readonly cloud?: string;
    }
  | {
      readonly type: 'foundation';
      readonly availability: 'ACTIVE_PASSIVE' | 'SINGLE_NODE';
      readonly size: 'SMALL' | 'MEDIUM' | 'LARGE' | 'X_LARGE';
    }
);

/** Whether its API asks for a password, which no declaration has. */
export const hasPassword = ({ type }: SupervisorLoadBalancer): boolean => type !== 'foundation';

const networkingKeys: Keys<VdsNetworkingProps> = {
  ...serviceKeys,
  type: true,
  workload: true,
  serviceCidr: true,
  loadBalancer: true,
};

/** Worth nothing when `problems` were found. */
export function planVds(problems: Problems, props: Partial<VdsNetworkingProps>): VdsNetworking {
  checkKeys(problems, props, networkingKeys);
  const workload = problems.at('workload');
  const loadBalancer = problems.at('loadBalancer');
  return {
    type: 'vds',
    ...planServices(problems, props),
    workload: planWorkload(workload, readMap(problems, 'workload', props.workload)),
    serviceCidr: readNetwork(problems, 'serviceCidr', props.serviceCidr),
    loadBalancer: planLoadBalancer(loadBalancer, readMap(problems, 'loadBalancer', props.loadBalancer)),
  };
}

function planWorkload(problems: Problems, props: Partial<WorkloadNetworkProps>): WorkloadNetwork {
  checkKeys<WorkloadNetworkProps>(problems, props, { portGroup: true, cidr: true, gateway: true, addresses: true });
  const { gateway = '' } = props;
  const cidr = readNetwork(problems, 'cidr', props.cidr);
  const isAddress = checkAddress(problems, 'gateway', props.gateway);
  const addresses = readBlocks(problems, 'addresses', readTexts(problems, 'addresses', props.addresses));
  if (cidr !== unreadable) checkHosts(problems, cidr, isAddress ? gateway : undefined, addresses);
  return { portGroup: readText(problems, 'portGroup', props.portGroup), cidr, gateway, addresses };
}

export const readBlocks = (problems: Problems, path: string, texts: readonly unknown[]): readonly AddressBlock[] =>
  texts.map((text, i) => readBlock(problems, `${path}[${i}]`, text));

function checkHosts(
  problems: Problems,
  cidr: Cidr,
  gateway: string | undefined,
  addresses: readonly AddressBlock[],
): void {
  const hosts = hostsOf(cidr);
  const router = gateway === undefined ? undefined : { first: addressNumber(gateway), last: addressNumber(gateway) };
  if (router !== undefined && !contains(hosts, router)) {
    problems.add('gateway', `"${gateway}" is no host of ${cidrText(cidr)}`, 'use the address of its router');
  }
  for (const [i, block] of addresses.entries()) {
    if (block === noAddresses) continue;
    const range = blockRange(block);
    if (!contains(hosts, range)) {
      problems.add(`addresses[${i}]`, `are not all hosts of ${cidrText(cidr)}`, 'use free addresses of the subnet');
    } else if (router !== undefined && contains(range, router)) {
      problems.add(`addresses[${i}]`, `have the gateway, "${gateway}", among them`, 'use free addresses of the subnet');
    }
  }
}

const loadBalancerKeys: Keys<SupervisorLoadBalancerProps> = {
  type: true,
  addresses: true,
  servers: true,
  host: true,
  port: true,
  username: true,
  certificateAuthority: true,
  cloud: true,
  availability: true,
  size: true,
};

const keysOf: Readonly<Record<SupervisorLoadBalancerProps['type'], readonly string[]>> = {
  haproxy: ['servers', 'username', 'certificateAuthority', 'addresses'],
  'nsx-advanced': ['host', 'port', 'username', 'certificateAuthority', 'cloud', 'addresses'],
  foundation: ['availability', 'size', 'addresses'],
};

function planLoadBalancer(problems: Problems, props: Readonly<Record<string, unknown>>): SupervisorLoadBalancer {
  checkKeys<SupervisorLoadBalancerProps>(problems, props, loadBalancerKeys);
  const { type } = props;
  if (type !== 'haproxy' && type !== 'nsx-advanced' && type !== 'foundation') {
    checkOneOf(problems, 'type', type, Object.keys(keysOf));
    return { type: 'foundation', availability: 'ACTIVE_PASSIVE', size: 'SMALL', addresses: [] };
  }
  for (const key of Object.keys(props)) {
    if (key in loadBalancerKeys && key !== 'type' && !keysOf[type].includes(key)) {
      problems.add(key, `is not for "${type}"`, 'leave it out');
    }
  }
  const texts =
    type === 'nsx-advanced'
      ? readList(problems, 'addresses', props['addresses'] as readonly unknown[] | undefined, [])
      : readTexts(problems, 'addresses', props['addresses']);
  const addresses = readBlocks(problems, 'addresses', texts);
  if (type === 'haproxy') {
    return { type, servers: planServers(problems, props['servers']), ...planController(problems, props), addresses };
  }
  if (type === 'nsx-advanced') {
    const { cloud } = props;
    return {
      type,
      ...planServer(problems, props, 443),
      ...planController(problems, props),
      cloud: cloud === undefined ? undefined : readText(problems, 'cloud', cloud),
      addresses,
    };
  }
  const { availability = 'ACTIVE_PASSIVE', size = 'SMALL' } = props as Partial<FoundationProps>;
  checkOneOf(problems, 'availability', availability, availabilities);
  checkOneOf(problems, 'size', size, foundationSizes);
  return { type, availability, size, addresses };
}

function planServers(problems: Problems, declared: unknown) {
  const servers = readList(problems, 'servers', declared as readonly object[] | undefined, []);
  if (servers.length === 0) problems.add('servers', 'name no Data Plane API', 'use a list of one or more');
  return servers.map((server, i) => {
    const at = problems.at(`servers[${i}]`);
    const props = readMap(at, '', server) as Readonly<Record<string, unknown>>;
    checkKeys<{ host: string; port: number }>(at, props, { host: true, port: true });
    return planServer(at, props, 5556);
  });
}

function planServer(problems: Problems, props: Readonly<Record<string, unknown>>, usualPort: number) {
  const { host, port = usualPort } = props;
  checkAddress(problems, 'host', host);
  checkPort(problems, 'port', port);
  return { host: textOf(host), port: isPort(port) ? port : usualPort };
}

function planController(problems: Problems, props: Readonly<Record<string, unknown>>): ControllerProps {
  const { certificateAuthority } = props;
  // What stands there may be a private key by mistake, and stays out of the message.
  if (typeof certificateAuthority !== 'string' || !areCertificates(certificateAuthority)) {
    const what = certificateAuthority === undefined ? 'is missing' : 'is not PEM of certificates alone';
    problems.add('certificateAuthority', what, 'use the text from BEGIN to END CERTIFICATE');
  }
  return {
    username: readText(problems, 'username', props['username']),
    certificateAuthority: textOf(certificateAuthority),
  };
}

/** Of what was checked already. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
