import { isHostIpv4 } from '../../input/addresses';
import {
  checkHostName,
  checkKeys,
  checkOneOf,
  type Keys,
  readList,
  readMap,
  readText,
  shown,
} from '../../input/checks';
import { addressNumber, type Cidr, contains, rangeOf, readNetwork, subnetMask, unreadable } from '../../input/cidr';
import type { Problems } from '../../input/problems';

/** Ranges that NSX-T gives addresses from, each an IPv4 network such as `10.244.0.0/20`. */
export interface AddressRangesProps {
  /** Of nodes and pods in vSphere Namespaces; /23 or larger each. */
  readonly podCidrs: readonly string[];
  /** Of Services inside the Supervisor. */
  readonly serviceCidr: string;
  /** Of LoadBalancers, the federation's own among them: the other organisations must reach these. */
  readonly ingressCidrs: readonly string[];
  /** That outgoing connections come from. @default none, as where networks are routed */
  readonly egressCidrs?: readonly string[];
}

/** Ranges that were declared, read. */
export interface AddressRanges {
  readonly podCidrs: readonly Cidr[];
  readonly serviceCidr: Cidr;
  readonly ingressCidrs: readonly Cidr[];
  readonly egressCidrs: readonly Cidr[];
}

/** Network that the control plane of a Supervisor shares with vCenter and the hosts. */
export interface ManagementNetworkProps {
  /** Name of the port group. */
  readonly portGroup: string;
  /** The whole subnet: `198.51.100.0/24`. */
  readonly cidr: string;
  /** IPv4 address of the subnet's router. */
  readonly gateway: string;
  /** First of five consecutive free addresses of the subnet, for the control plane. */
  readonly startingAddress: string;
}

/** Planned network of a control plane. */
export interface ManagementNetwork {
  readonly portGroup: string;
  readonly cidr: Cidr;
  /** Of `cidr`, in the provider's words: `255.255.255.0`. */
  readonly subnetMask: string;
  readonly gateway: string;
  readonly startingAddress: string;
  /** From `startingAddress` on: 5. */
  readonly addressCount: number;
}

interface NsxProps extends AddressRangesProps {
  /** NSX-T is the one that is covered. */
  readonly type: 'nsx';
  /** Network that the control plane shares with vCenter and the hosts. */
  readonly management: ManagementNetworkProps;
  /** Name of the distributed switch that carries the overlay. */
  readonly switch: string;
  /** Id that NSX gave the edge cluster; NSX Manager shows it. */
  readonly edgeCluster: string;
  /** Addresses of DNS servers. */
  readonly dns: readonly string[];
  /** Time servers: certificates and tokens need the same time everywhere. */
  readonly ntp: readonly string[];
  /** DNS domains to complete short names with; before vSphere 9.0 one. */
  readonly searchDomains: readonly string[];
}

interface NatProps extends NsxProps {
  /** Outgoing connections take an egress address. @default 'NAT' */
  readonly routing?: 'NAT';
  readonly egressCidrs: readonly string[];
}

interface RoutedProps extends NsxProps {
  /** Outgoing connections keep their own address, which the network around must know; vSphere 9.0 only. */
  readonly routing: 'ROUTED';
  /** No connection would take one. @default none */
  readonly egressCidrs?: undefined;
  /** Id that NSX gave the tier-0 gateway. @default vCenter chooses it */
  readonly t0Gateway?: string;
}

/** Networks of a Supervisor on NSX-T. @see White paper, "Network Configuration" */
export type NetworkingProps = NatProps | RoutedProps;

/** Planned networks of a Supervisor: as declared, and read. */
export interface Networking extends AddressRanges {
  readonly management: ManagementNetwork;
  readonly switch: string;
  readonly edgeCluster: string;
  readonly routing: 'NAT' | 'ROUTED';
  readonly t0Gateway?: string;
  readonly dns: readonly string[];
  readonly ntp: readonly string[];
  readonly searchDomains: readonly string[];
}

const rangeKeys: Keys<AddressRangesProps> = {
  podCidrs: true,
  serviceCidr: true,
  ingressCidrs: true,
  egressCidrs: true,
};

const networkingKeys: Keys<NetworkingProps> = {
  ...rangeKeys,
  type: true,
  management: true,
  switch: true,
  edgeCluster: true,
  dns: true,
  ntp: true,
  searchDomains: true,
  routing: true,
  t0Gateway: true,
};

/** Ranges of a Supervisor that runs; worth nothing when `problems` were found. */
export function planRanges(problems: Problems, props: Partial<AddressRangesProps>): AddressRanges {
  checkKeys(problems, props, rangeKeys);
  return readRanges(problems, props);
}

/** Networks of a Supervisor to make; worth nothing when `problems` were found. */
export function planNetworking(problems: Problems, props: Partial<NetworkingProps>): Networking {
  checkKeys(problems, props, networkingKeys);
  checkOneOf(problems, 'type', props.type, ['nsx']);
  const { routing = 'NAT' } = props;
  checkOneOf(problems, 'routing', routing, ['NAT', 'ROUTED']);
  const ranges = readRanges(problems, props);
  checkEgress(problems, routing, ranges);
  return {
    ...ranges,
    management: planManagement(problems.at('management'), readMap(problems, 'management', props.management)),
    switch: readText(problems, 'switch', props.switch),
    edgeCluster: readText(problems, 'edgeCluster', props.edgeCluster),
    routing,
    t0Gateway: readGateway(problems, routing, 't0Gateway' in props ? props.t0Gateway : undefined),
    dns: readTexts(problems, 'dns', props.dns, checkAddress),
    ntp: readTexts(problems, 'ntp', props.ntp, checkTimeServer),
    searchDomains: readTexts(problems, 'searchDomains', props.searchDomains, checkDomain),
  };
}

function readRanges(problems: Problems, props: Partial<AddressRangesProps>): AddressRanges {
  const networks = (key: string, cidrs: readonly string[]) =>
    cidrs.map((cidr, i) => readNetwork(problems, `${key}[${i}]`, cidr));
  const podCidrs = networks('podCidrs', readTexts(problems, 'podCidrs', props.podCidrs));
  for (const [i, cidr] of podCidrs.entries()) checkPodSize(problems, `podCidrs[${i}]`, cidr);
  return {
    podCidrs,
    serviceCidr: readNetwork(problems, 'serviceCidr', props.serviceCidr),
    ingressCidrs: networks('ingressCidrs', readTexts(problems, 'ingressCidrs', props.ingressCidrs)),
    egressCidrs: networks('egressCidrs', readList(problems, 'egressCidrs', props.egressCidrs, [])),
  };
}

const smallestPodPrefix = 23;

function checkPodSize(problems: Problems, path: string, cidr: Cidr): void {
  if (cidr !== unreadable && cidr.prefix > smallestPodPrefix) {
    problems.add(path, `"${cidrText(cidr)}" is too small for pods`, `use /${smallestPodPrefix} or larger`);
  }
}

function checkEgress(problems: Problems, routing: 'NAT' | 'ROUTED', { egressCidrs }: AddressRanges): void {
  if (routing === 'NAT' && egressCidrs.length === 0) {
    problems.add('egressCidrs', 'is missing', 'give the networks of outgoing addresses, or use routing: "ROUTED"');
  }
  if (routing === 'ROUTED' && egressCidrs.length > 0) {
    problems.add('egressCidrs', 'serves nothing where networks are routed', 'leave it out, or use routing: "NAT"');
  }
}

function readGateway(problems: Problems, routing: 'NAT' | 'ROUTED', t0Gateway: unknown): string | undefined {
  if (t0Gateway === undefined) return undefined;
  if (routing !== 'ROUTED') problems.add('t0Gateway', 'is for routing: "ROUTED"', 'leave it out');
  return readText(problems, 't0Gateway', t0Gateway);
}

/** Texts that were declared, one or more. */
export function readTexts(
  problems: Problems,
  path: string,
  values: unknown,
  check?: (problems: Problems, path: string, text: string) => unknown,
): readonly string[] {
  if (Array.isArray(values) && values.length > 0) {
    const texts = values.map((value, i) => readText(problems, `${path}[${i}]`, value));
    for (const [i, text] of texts.entries()) if (text !== '') check?.(problems, `${path}[${i}]`, text);
    return texts.filter((text) => text !== '');
  }
  const what = values === undefined ? 'is missing' : `${shown(values)} names nothing`;
  problems.add(path, what, 'use a list of one or more');
  return [];
}

function checkTimeServer(problems: Problems, path: string, server: string): void {
  if (!isHostIpv4(server)) checkHostName(problems, path, server, 'time.example.com');
}

export function checkDomain(problems: Problems, path: string, domain: string): void {
  checkHostName(problems, path, domain, 'example.com');
}

/** Three control plane VMs, the address they share, and one to replace a VM with during an upgrade. */
const controlPlaneAddresses = 5;

const managementKeys: Keys<ManagementNetworkProps> = {
  portGroup: true,
  cidr: true,
  gateway: true,
  startingAddress: true,
};

function planManagement(problems: Problems, props: Partial<ManagementNetworkProps>): ManagementNetwork {
  checkKeys(problems, props, managementKeys);
  const { gateway = '', startingAddress = '' } = props;
  const cidr = readNetwork(problems, 'cidr', props.cidr);
  const sound = (['gateway', 'startingAddress'] as const).map((key) => checkAddress(problems, key, props[key]));
  if (!sound.includes(false) && cidr !== unreadable) checkControlPlane(problems, cidr, gateway, startingAddress);
  return {
    portGroup: readText(problems, 'portGroup', props.portGroup),
    cidr,
    subnetMask: subnetMask(cidr.prefix),
    gateway,
    startingAddress,
    addressCount: controlPlaneAddresses,
  };
}

function checkAddress(problems: Problems, path: string, address: unknown): boolean {
  const isSound = typeof address === 'string' && isHostIpv4(address);
  const what = address === undefined ? 'is missing' : `${shown(address)} is no IPv4 address`;
  if (!isSound) problems.add(path, what, 'use one such as "198.51.100.10"');
  return isSound;
}

function checkControlPlane(problems: Problems, cidr: Cidr, gateway: string, startingAddress: string): void {
  const { first, last } = rangeOf(cidr);
  const hosts = { first: first + 1, last: last - 1 };
  const start = addressNumber(startingAddress);
  const controlPlane = { first: start, last: start + controlPlaneAddresses - 1 };
  const router = { first: addressNumber(gateway), last: addressNumber(gateway) };
  if (!contains(hosts, controlPlane)) {
    problems.add(
      'startingAddress',
      `"${startingAddress}" and the four addresses after it are not all hosts of ${cidrText(cidr)}`,
      'use the first of five consecutive free addresses of the subnet',
    );
  }
  if (!contains(hosts, router)) {
    problems.add('gateway', `"${gateway}" is no host of ${cidrText(cidr)}`, 'use the address of its router');
  } else if (contains(controlPlane, router)) {
    problems.add('gateway', `"${gateway}" is among the five addresses of the control plane`, 'move startingAddress');
  }
}

export const cidrText = ({ address, prefix }: Cidr): string => `${address}/${prefix}`;
