import { checkKeys, readInteger, readList, readMap } from '../../input/checks';
import { type Cidr, overlaps, readNetwork } from '../../input/cidr';
import type { Problems } from '../../input/problems';
import type { ClusterRangesProps } from '../cluster-ranges';
import { type Published, type Taken, type TakenRange, takenCidrs } from './taken';

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
  /** In the ingress networks, without the first and the last address of each, or of the load balancer; none where nobody told. */
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
 * @param path of the Supervisor's networks
 */
export function checkOverlaps(
  problems: Problems,
  path: string,
  supervisor: Taken | undefined,
  clusters: readonly ClusterRanges[],
): void {
  const taken = (supervisor?.disjoint ?? []).map((ranges) =>
    ranges.map((range) => ({ ...range, path: `${path}.${range.path}` })),
  );
  for (const ranges of taken) reportOverlaps(problems, [], ranges);
  for (const [i, { podCidrs, serviceCidrs }] of clusters.entries()) {
    const own = [
      ...takenCidrs(`clusters[${i}].podCidrs`, podCidrs),
      ...takenCidrs(`clusters[${i}].serviceCidrs`, serviceCidrs),
    ];
    reportOverlaps(problems, taken.flat(), own);
  }
}

function reportOverlaps(problems: Problems, others: readonly TakenRange[], own: readonly TakenRange[]): void {
  for (const { network, first } of overlaps(own, others)) {
    problems.add(
      network.path,
      `${network.text} overlaps ${first.path}, ${first.text}`,
      'give each network addresses of its own',
    );
  }
}

export function planBudget(
  problems: Problems,
  declared: LoadBalancersProps | undefined,
  clusters: number,
  path: string,
  published: Published | undefined,
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
  if (published === undefined) return { needed };
  const { available } = published;
  if (available < needed) {
    problems.add(
      `${path}.${published.path}`,
      `${available} addresses are too few for LoadBalancers`,
      `give ${needed} or more: 1 of the Supervisor, ${clusters} of clusters, ${2 * parties} of parties, ${2 * exchanges} of exchanges, ${ingressControllers} of ingress controllers`,
    );
  }
  return { needed, available };
}
