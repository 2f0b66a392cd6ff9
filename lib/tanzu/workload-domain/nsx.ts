import { checkKeys, checkOneOf, type Keys, readList, readText } from '../../input/checks';
import { type Cidr, readNetwork, unreadable } from '../../input/cidr';
import type { Problems } from '../../input/problems';
import {
  cidrText,
  planServices,
  readNetworks,
  readTexts,
  type SupervisorServices,
  type SupervisorServicesProps,
  serviceKeys,
} from './management';

/** Ranges that NSX-T gives addresses from, each an IPv4 network such as `10.244.0.0/20`. */
export interface AddressRangesProps {
  /** Left out, they are of NSX-T. @default 'nsx' */
  readonly type?: 'nsx';
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

interface NsxProps extends AddressRangesProps, SupervisorServicesProps {
  /** NSX-T, with segments and a tier-1 gateway for each vSphere Namespace. */
  readonly type: 'nsx';
  /** Name of the distributed switch that carries the overlay. */
  readonly switch: string;
  /** Id that NSX gave the edge cluster; NSX Manager shows it. */
  readonly edgeCluster: string;
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
export type NsxNetworkingProps = NatProps | RoutedProps;

/** Planned networks of a Supervisor on NSX-T: as declared, and read. */
export interface NsxNetworking extends AddressRanges, SupervisorServices {
  readonly type: 'nsx';
  readonly switch: string;
  readonly edgeCluster: string;
  readonly routing: 'NAT' | 'ROUTED';
  readonly t0Gateway?: string;
}

const rangeKeys: Keys<AddressRangesProps> = {
  type: true,
  podCidrs: true,
  serviceCidr: true,
  ingressCidrs: true,
  egressCidrs: true,
};

const networkingKeys: Keys<NsxNetworkingProps> = {
  ...rangeKeys,
  ...serviceKeys,
  switch: true,
  edgeCluster: true,
  routing: true,
  t0Gateway: true,
};

/** Ranges of a Supervisor that runs; worth nothing when `problems` were found. */
export function planNsxRanges(problems: Problems, props: Partial<AddressRangesProps>): AddressRanges {
  checkKeys(problems, props, rangeKeys);
  return readRanges(problems, props);
}

/** Networks of a Supervisor to make; worth nothing when `problems` were found. */
export function planNsx(problems: Problems, props: Partial<NsxNetworkingProps>): NsxNetworking {
  checkKeys(problems, props, networkingKeys);
  const { routing = 'NAT' } = props;
  checkOneOf(problems, 'routing', routing, ['NAT', 'ROUTED']);
  const ranges = readRanges(problems, props);
  checkEgress(problems, routing, ranges);
  const { management, ...services } = planServices(problems, props);
  return {
    type: 'nsx',
    ...ranges,
    management,
    switch: readText(problems, 'switch', props.switch),
    edgeCluster: readText(problems, 'edgeCluster', props.edgeCluster),
    routing,
    t0Gateway: readGateway(problems, routing, 't0Gateway' in props ? props.t0Gateway : undefined),
    ...services,
  };
}

function readRanges(problems: Problems, props: Partial<AddressRangesProps>): AddressRanges {
  const networks = (key: string, cidrs: readonly string[]) => readNetworks(problems, key, cidrs);
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
