import {
  type AddressBlock,
  type AddressRange,
  blockRange,
  type Cidr,
  noAddresses,
  rangeOf,
  unreadable,
} from '../../input/cidr';
import { cidrText, type ManagementNetwork } from './management';
import type { AddressRanges } from './nsx';
import type { VdsNetworking } from './vds';

/** What the networks of a Supervisor take, for checks. */
export interface Taken {
  /** Nothing in one of the lists has an address of anything else in it. */
  readonly disjoint: readonly (readonly TakenRange[])[];
  /** Where LoadBalancers get addresses; none where nobody told. */
  readonly published?: Published;
}

/** One network, or consecutive addresses. */
export interface TakenRange {
  /** Below that of the networks. */
  readonly path: string;
  readonly text: string;
  readonly range: AddressRange;
}

/** Addresses that LoadBalancers get. */
export interface Published {
  /** Below that of the networks. */
  readonly path: string;
  readonly available: number;
}

export const takenCidr = (path: string, cidr: Cidr): readonly TakenRange[] =>
  cidr === unreadable ? [] : [{ path, text: cidrText(cidr), range: rangeOf(cidr) }];

export const takenCidrs = (key: string, cidrs: readonly Cidr[]): readonly TakenRange[] =>
  cidrs.flatMap((cidr, i) => takenCidr(`${key}[${i}]`, cidr));

export const takenBlocks = (key: string, blocks: readonly AddressBlock[]): readonly TakenRange[] =>
  blocks.flatMap((block, i) =>
    block === noAddresses ? [] : [{ path: `${key}[${i}]`, text: blockText(block), range: blockRange(block) }],
  );

const blockText = ({ address, count }: AddressBlock): string => `${count} addresses from ${address} on`;

/** None where some of them were refused, which has its own message. */
export const published = (path: string, blocks: readonly AddressBlock[]): Published | undefined =>
  blocks.length === 0 || blocks.includes(noAddresses)
    ? undefined
    : { path, available: blocks.reduce((sum, { count }) => sum + count, 0) };

export function takenByNsx({
  podCidrs,
  ingressCidrs,
  egressCidrs,
  serviceCidr,
  management,
}: AddressRanges & { readonly management?: ManagementNetwork }): Taken {
  const lists = Object.entries({ podCidrs, ingressCidrs, egressCidrs });
  return {
    disjoint: [
      [
        ...lists.flatMap(([key, cidrs]) => takenCidrs(key, cidrs)),
        ...takenCidr('serviceCidr', serviceCidr),
        ...(management ? takenCidr('management.cidr', management.cidr) : []),
      ],
    ],
    // Without the first and the last address of each network.
    published: ingressCidrs.includes(unreadable)
      ? undefined
      : published(
          'ingressCidrs',
          ingressCidrs.map(({ address, prefix }) => ({ address, count: Math.max(2 ** (32 - prefix) - 2, 0) })),
        ),
  };
}

/** The addresses of a load balancer may be in the network of nodes, and none of a node or of the control plane. */
export function takenByVds({ management, workload, serviceCidr, loadBalancer }: VdsNetworking): Taken {
  const networks = [
    ...takenCidr('management.cidr', management.cidr),
    ...takenCidr('workload.cidr', workload.cidr),
    ...takenCidr('serviceCidr', serviceCidr),
  ];
  const addresses = [
    ...takenBlocks('workload.addresses', workload.addresses),
    ...takenBlocks('loadBalancer.addresses', loadBalancer.addresses),
  ];
  return {
    disjoint: [networks, addresses],
    published: published('loadBalancer.addresses', loadBalancer.addresses),
  };
}
