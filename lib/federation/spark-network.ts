import type { SparkPorts } from '../fate/spark';
import {
  boundsText,
  checkKeys,
  checkUnique,
  isMap,
  isWithin,
  readDnsLabel,
  readEntries,
  readMap,
  shown,
} from '../input/checks';
import { checkNetwork } from '../input/cidr';
import type { Problems } from '../input/problems';
import {
  type AnyNodePortsProps,
  type LoadBalancerProps,
  nodePortBounds,
  type PublicService,
  planPublicService,
} from '../kubernetes/public-services';
import { type PublicAddress, planAddresses } from './public-addresses';

/** Pods of the same cluster, or machines outside of it. */
export type SparkNetworkProps = SparkInClusterProps | SparkOutsideProps;

/** Workers are pods of the same cluster, and call drivers, Pulsar and HDFS at the addresses of pods. */
export interface SparkInClusterProps {
  /** Their namespace, and that of masters. */
  readonly namespace: string;
}

/** Workers are outside of the cluster. */
export interface SparkOutsideProps {
  /**
   * CIDR ranges of all workers, of where they call drivers from and where executors are called, and of masters, where several take over
   * from one another: the next one tells drivers so.
   */
  readonly ranges: readonly string[];
  /** At what they find drivers: `pod` where addresses of pods lead to them, or an address in front of FATE Flow's pod. */
  readonly driver: 'pod' | SparkDriverProps;
}

/** The Service `spark-driver`, which leads to FATE Flow's pod. */
export interface SparkDriverProps {
  /** Its address, or a name of it: drivers tell it to executors. */
  readonly address: PublicAddress;
  /** How it is reached. @default a LoadBalancer */
  readonly service?: LoadBalancerProps | AnyNodePortsProps;
}

/** Where workers of a Spark of somebody else's are. */
export type SparkNetwork =
  | { readonly namespace: string }
  | {
      readonly ranges: readonly string[];
      /** None: they call FATE Flow's pod by its own address. */
      readonly driver?: SparkDriver;
    };

/** The Service by which they find drivers. */
export interface SparkDriver {
  readonly address: string;
  /** Where that is requested from the platform. */
  readonly reserved?: string;
  readonly service: PublicService;
}

/** Stands for what was refused, so that reading can go on. */
export const nowhere: SparkNetwork = { ranges: [] };

export function planSparkNetwork(
  problems: Problems,
  declared: unknown,
  ports: SparkPorts,
  kubernetes: string,
): SparkNetwork {
  if (!isMap(declared) || (!('namespace' in declared) && !('ranges' in declared))) {
    const what = declared === undefined ? 'is missing' : `${shown(declared)} says not where workers are`;
    problems.add(
      '',
      what,
      'use { namespace: "spark" } for pods of the same cluster, else { ranges: ["192.0.2.128/25"], driver }',
    );
    return nowhere;
  }
  if (!('ranges' in declared)) {
    checkKeys<SparkInClusterProps>(problems, declared, { namespace: true });
    return { namespace: readDnsLabel(problems, 'namespace', declared['namespace'], 'spark') };
  }
  checkKeys<SparkOutsideProps>(problems, declared, { ranges: true, driver: true });
  return {
    ranges: readRanges(problems, declared['ranges']),
    driver: readDriver(problems, declared['driver'], ports, kubernetes),
  };
}

function readRanges(problems: Problems, declared: unknown): readonly string[] {
  const entries = readEntries(problems, 'ranges', declared as readonly string[] | undefined);
  for (const { path, value } of entries) checkNetwork(problems, path, value);
  checkUnique(problems, entries, 'name every range once');
  if (Array.isArray(declared) && entries.length === 0)
    problems.add('ranges', 'are none, and workers are nowhere', 'use those of all workers, such as ["192.0.2.128/25"]');
  return entries.map(({ value }) => value);
}

/** None where workers call the pod itself. */
function readDriver(
  problems: Problems,
  declared: unknown,
  ports: SparkPorts,
  kubernetes: string,
): SparkDriver | undefined {
  if (declared === 'pod') return undefined;
  const at = problems.at('driver');
  if (!isMap(declared) || declared['address'] === undefined) {
    const what = declared === undefined ? 'is missing' : `${shown(declared)} leads to no driver`;
    at.add('', what, 'use { address: "192.0.2.80" }, or "pod" where workers reach the addresses of pods');
    return undefined;
  }
  checkKeys<SparkDriverProps>(at, declared, { address: true, service: true });
  const { address } = declared as { readonly address: PublicAddress };
  const { addresses, reserved } = planAddresses(at, { address }, { address: 'ipv4 or name' });
  const service = readDriverService(at.at('service'), declared['service'], ports, kubernetes);
  if (service.type === 'NodePort' && reserved.address !== undefined)
    at.add('address.reserved', 'is for a LoadBalancer', 'give the address of the nodes as it is');
  return addresses && { address: addresses.address, reserved: reserved.address, service };
}

/** Executors are told the very ports of drivers: nodes have no others. */
function readDriverService(
  problems: Problems,
  declared: unknown,
  ports: SparkPorts,
  kubernetes: string,
): PublicService {
  const props = readMap(problems, '', declared as Readonly<Record<string, unknown>> | undefined);
  const named = driverPorts(ports);
  if (props['type'] !== 'NodePort') return planPublicService(problems, props, Object.keys(named), kubernetes);
  checkKeys<AnyNodePortsProps>(problems, props, { type: true, annotations: true, externalTrafficPolicy: true });
  const outside = Object.values(named).filter((port) => !isWithin(port, nodePortBounds));
  if (outside.length === 0)
    return planPublicService(problems, { ...props, type: 'NodePort', nodePort: named }, Object.keys(named), kubernetes);
  const remedy = `use spark.external.ports within ${boundsText(nodePortBounds)}, or a LoadBalancer`;
  problems.add('type', `would have port ${outside[0]} of nodes`, remedy);
  return planPublicService(problems, {}, [], kubernetes);
}

/** Ports of the pod that drivers run in, by name. */
export function driverPorts({
  drivers,
  blocks,
}: Pick<SparkPorts, 'drivers' | 'blocks'>): Readonly<Record<string, number>> {
  const named = (name: string, [from, to]: readonly [number, number]) =>
    Array.from({ length: to - from + 1 }, (_, i) => [`${name}-${i}`, from + i] as const);
  return Object.fromEntries([...named('driver', drivers), ...named('blocks', blocks)]);
}
