import { checkKeys, readInteger, readList, readMap } from '../../input/checks';
import { addressCount, type Cidr, overlaps, readNetwork, unreadable } from '../../input/cidr';
import type { Problems } from '../../input/problems';
import type { ClusterRangesProps } from '../cluster-ranges';
import { type AddressRanges, cidrText, type ManagementNetwork } from './networking';

interface ClusterRanges {
  readonly podCidrs: readonly Cidr[];
  readonly serviceCidrs: readonly Cidr[];
}

/** What will ask this workload domain for LoadBalancers. */
export interface LoadBalancersProps {
  /** Parties, two addresses each: nginx and Pulsar. @default 1 */
  readonly parties?: number;
  /** Exchanges, two addresses each: Traffic Server and nginx. @default 0 */
  readonly exchanges?: number;
  /** Ingress controllers, one address each. @default one per cluster */
  readonly ingressControllers?: number;
}

/** Addresses of LoadBalancers. */
export interface LoadBalancerBudget {
  /** Of Supervisor, clusters and ingress controllers one each, of parties and exchanges two. */
  readonly needed: number;
  /** In the ingress networks, without the first and the last address of each; none where these are not declared. */
  readonly available?: number;
}

export function planClusters(
  problems: Problems,
  declared: readonly ClusterRangesProps[] | undefined,
): readonly ClusterRanges[] {
  return readList(problems, 'clusters', declared, [{}]).map((cluster, i) => {
    const at = problems.at(`clusters[${i}]`);
    const ranges = readMap(at, '', cluster);
    checkKeys<ClusterRangesProps>(at, ranges, { podCidrs: true, serviceCidrs: true });
    const { podCidrs, serviceCidrs } = ranges;
    const read = (key: string, cidrs: readonly string[] | undefined, fallback: string) =>
      readList(at, key, cidrs, [fallback]).map((cidr, j) => readNetwork(at, `${key}[${j}]`, cidr));
    return {
      podCidrs: read('podCidrs', podCidrs, '192.168.0.0/16'),
      serviceCidrs: read('serviceCidrs', serviceCidrs, '10.96.0.0/12'),
    };
  });
}

/**
 * Reports networks that share addresses: those of the Supervisor among one another, and those of each cluster with them and
 * among one another. A cluster's pods could not reach what has an address of their own network.
 *
 * @param path of the Supervisor's ranges
 */
export function checkOverlaps(
  problems: Problems,
  path: string,
  supervisor: (AddressRanges & { readonly management?: ManagementNetwork }) | undefined,
  clusters: readonly ClusterRanges[],
): void {
  const outside = supervisor === undefined ? [] : declaredRanges(path, supervisor);
  reportOverlaps(problems, [], outside);
  for (const [i, { podCidrs, serviceCidrs }] of clusters.entries()) {
    reportOverlaps(problems, outside, declaredRanges(`clusters[${i}]`, { podCidrs, serviceCidrs }));
  }
}

type Ranges = Partial<AddressRanges & ClusterRanges & { readonly management: ManagementNetwork }>;

interface DeclaredRange {
  readonly path: string;
  readonly cidr: Cidr;
}

function declaredRanges(path: string, ranges: Ranges): readonly DeclaredRange[] {
  const { podCidrs = [], serviceCidrs = [], serviceCidr, ingressCidrs = [], egressCidrs = [], management } = ranges;
  const lists = Object.entries({ podCidrs, serviceCidrs, ingressCidrs, egressCidrs }).flatMap(([key, cidrs]) =>
    cidrs.map((cidr, i) => ({ path: `${path}.${key}[${i}]`, cidr })),
  );
  const single = Object.entries({ serviceCidr, 'management.cidr': management?.cidr }).flatMap(([key, cidr]) =>
    cidr === undefined ? [] : [{ path: `${path}.${key}`, cidr }],
  );
  return [...lists, ...single].filter(({ cidr }) => cidr !== unreadable);
}

function reportOverlaps(problems: Problems, others: readonly DeclaredRange[], own: readonly DeclaredRange[]): void {
  for (const { network, first } of overlaps(own, others)) {
    problems.add(
      network.path,
      `${cidrText(network.cidr)} overlaps ${first.path}, ${cidrText(first.cidr)}`,
      'give each network addresses of its own',
    );
  }
}

export function planBudget(
  problems: Problems,
  declared: LoadBalancersProps | undefined,
  clusters: number,
  ingressPath: string,
  ingressCidrs: readonly Cidr[] | undefined,
): LoadBalancerBudget {
  const at = problems.at('loadBalancers');
  const props = readMap(at, '', declared);
  checkKeys<LoadBalancersProps>(at, props, { parties: true, exchanges: true, ingressControllers: true });
  const read = (key: keyof LoadBalancersProps, usual: number) =>
    readInteger(at, key, props[key] === undefined ? usual : props[key], 0, 10_000);
  const [parties, exchanges] = [read('parties', 1), read('exchanges', 0)];
  const ingressControllers = read('ingressControllers', clusters);
  // The Supervisor's own API takes an address of the same networks, as every cluster's does.
  const needed = 1 + clusters + 2 * parties + 2 * exchanges + ingressControllers;
  if (ingressCidrs === undefined) return { needed };
  const available = ingressCidrs.map(addressCount).reduce((sum, count) => sum + Math.max(count - 2, 0), 0);
  // Networks that are missing or cannot be read have their message already.
  if (available < needed && ingressCidrs.length > 0 && !ingressCidrs.includes(unreadable)) {
    problems.add(
      ingressPath,
      `${available} addresses are too few for LoadBalancers`,
      `give ${needed} or more: 1 of the Supervisor, ${clusters} of clusters, ${2 * parties} of parties, ${2 * exchanges} of exchanges, ${ingressControllers} of ingress controllers`,
    );
  }
  return { needed, available };
}
