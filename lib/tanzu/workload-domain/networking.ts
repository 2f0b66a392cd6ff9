import { checkKeys, checkOneOf, type Keys, readList } from '../../input/checks';
import { readNetwork } from '../../input/cidr';
import type { Problems } from '../../input/problems';
import { readNetworks, readTexts } from './management';
import { type AddressRangesProps, type NsxNetworking, type NsxNetworkingProps, planNsx, planNsxRanges } from './nsx';
import { published, type Taken, takenBlocks, takenByNsx, takenByVds, takenCidr, takenCidrs } from './taken';
import { planVds, readBlocks, type VdsNetworking, type VdsNetworkingProps } from './vds';

/** Networks of a Supervisor to make. */
export type NetworkingProps = NsxNetworkingProps | VdsNetworkingProps;

/** Planned networks of a Supervisor to make. */
export type Networking = NsxNetworking | VdsNetworking;

/** Networks of a Supervisor that runs, for checks only. */
export type SupervisorRangesProps = AddressRangesProps | VdsRangesProps | VpcRangesProps;

/** Of a Supervisor on a distributed switch, each an IPv4 network such as `203.0.113.0/24`. */
export interface VdsRangesProps {
  /** Distributed port groups, with a load balancer beside them. */
  readonly type: 'vds';
  /** Of nodes: the primary network, and those of single vSphere Namespaces. */
  readonly workloadCidrs: readonly string[];
  /** Of Services inside the Supervisor. */
  readonly serviceCidr: string;
  /**
   * Addresses that the load balancer gives Services, from the first to the last: `203.0.113.128-203.0.113.191`.
   * @default unknown, and the preflight list asks
   */
  readonly loadBalancerAddresses?: readonly string[];
}

/** Of a Supervisor on VPCs of NSX, each an IPv4 network. */
export interface VpcRangesProps {
  /** VPCs of NSX; vSphere 9.0. */
  readonly type: 'nsx-vpc';
  /** Private ones, of nodes; each VPC has them for itself. */
  readonly privateCidrs: readonly string[];
  /** Of Services inside the Supervisor. */
  readonly serviceCidr: string;
  /**
   * External blocks of the VPC connectivity profile, that LoadBalancers get addresses from.
   * @default unknown, and the preflight list asks
   */
  readonly externalCidrs?: readonly string[];
}

/** What carries a Supervisor's networks. */
export type NetworkType = NonNullable<SupervisorRangesProps['type']>;

/** Networks of a Supervisor to make; worth nothing when `problems` were found. */
export function planNetworking(problems: Problems, props: Partial<NetworkingProps>): Networking {
  if (props.type === 'vds') return planVds(problems, props);
  checkOneOf(problems, 'type', props.type, ['nsx', 'vds']);
  return planNsx(problems, props as Partial<NsxNetworkingProps>);
}

/** What the networks of a Supervisor to make take. */
export const takenBy = (networks: Networking): Taken =>
  networks.type === 'vds' ? takenByVds(networks) : takenByNsx(networks);

const vdsKeys: Keys<VdsRangesProps> = {
  type: true,
  workloadCidrs: true,
  serviceCidr: true,
  loadBalancerAddresses: true,
};
const vpcKeys: Keys<VpcRangesProps> = { type: true, privateCidrs: true, serviceCidr: true, externalCidrs: true };

/** What the networks of a Supervisor that runs take; worth nothing when `problems` were found. */
export function planRanges(problems: Problems, props: Partial<SupervisorRangesProps>): Taken {
  const { type = 'nsx' } = props;
  checkOneOf(problems, 'type', type, ['nsx', 'vds', 'nsx-vpc']);
  if (props.type === 'vds') return planVdsRanges(problems, props);
  if (props.type === 'nsx-vpc') return planVpcRanges(problems, props);
  return takenByNsx(planNsxRanges(problems, props as Partial<AddressRangesProps>));
}

function planVdsRanges(problems: Problems, props: Partial<VdsRangesProps>): Taken {
  checkKeys(problems, props, vdsKeys);
  const workloads = readNetworks(problems, 'workloadCidrs', readTexts(problems, 'workloadCidrs', props.workloadCidrs));
  const key = 'loadBalancerAddresses';
  const blocks = readBlocks(problems, key, readList(problems, key, props[key], []));
  const serviceCidr = readNetwork(problems, 'serviceCidr', props.serviceCidr);
  const networks = [...takenCidrs('workloadCidrs', workloads), ...takenCidr('serviceCidr', serviceCidr)];
  return { disjoint: [networks, takenBlocks(key, blocks)], published: published(key, blocks) };
}

function planVpcRanges(problems: Problems, props: Partial<VpcRangesProps>): Taken {
  checkKeys(problems, props, vpcKeys);
  const read = (key: 'privateCidrs' | 'externalCidrs', texts: readonly string[]) => readNetworks(problems, key, texts);
  const privates = read('privateCidrs', readTexts(problems, 'privateCidrs', props.privateCidrs));
  const external = read('externalCidrs', readList(problems, 'externalCidrs', props.externalCidrs, []));
  const serviceCidr = readNetwork(problems, 'serviceCidr', props.serviceCidr);
  return {
    disjoint: [
      [
        ...takenCidrs('privateCidrs', privates),
        ...takenCidrs('externalCidrs', external),
        ...takenCidr('serviceCidr', serviceCidr),
      ],
    ],
    published: published(
      'externalCidrs',
      external.map(({ address, prefix }) => ({ address, count: 2 ** (32 - prefix) })),
    ),
  };
}
