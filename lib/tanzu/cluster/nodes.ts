import { areSameNodes, markedNodes, type SparkNodes } from '../../federation/spark-nodes';
import {
  checkDnsLabel,
  checkInteger,
  checkKeys,
  checkObjectName,
  checkUnique,
  isMap,
  type Keys,
  readDnsLabel,
  readFlag,
  readInteger,
  readList,
  readMap,
  shown,
} from '../../input/checks';
import type { Problems } from '../../input/problems';
import { planLabels } from '../../kubernetes/labels';
import { type NodeTaint, planTaints } from '../../kubernetes/taints';
import type { CustomVmClassProps } from '../vm-classes';
import { mostWorkers, type VmClass } from '../vm-classes';
import { defaultVmClass, type NodeRole, planVmClass, type SizedVmClass, type VmClassRules } from './vm-class';
import { type NodeVolume, planVolumes, type VolumeProps } from './volumes';

/** What nodes are made of. */
export interface NodeProps {
  /**
   * A default class, or the size of one's own.
   * @default `small` for the control plane, `2xlarge` for workers; guaranteed for production, else best-effort
   * @see White paper, "Sizing Guidelines"
   */
  readonly vmClass?: VmClass | CustomVmClassProps;
  /** StorageClass of the root disks. @default the cluster's */
  readonly storageClass?: string;
  /**
   * Disks of each node beside its root disk. Fixed once the nodes exist: for others make a new pool.
   * @default none in the control plane, 32 GiB at `/var/lib/containerd` on workers
   */
  readonly volumes?: readonly VolumeProps[];
  /**
   * How long a node that goes waits for its pods, in seconds; then it goes without them. A pod that may not be evicted keeps a
   * cluster from its upgrade until then. From `v1alpha2` on.
   * @default 0: without end
   */
  readonly nodeDrainTimeoutSeconds?: number;
}

/** Nodes of the control plane. */
export interface ControlPlaneProps extends NodeProps {
  /** Nodes: 3 survive the loss of one, 1 does not. @default 3 */
  readonly replicas?: 1 | 3;
}

/** Workers of one kind. */
export interface WorkerPoolProps extends NodeProps {
  /**
   * DNS label, unique in the cluster; in `v1alpha1` there is no other than the default one.
   * @default 'workers', and 'spark' with `sparkNodes`
   */
  readonly name?: string;
  /**
   * Nodes for Spark workers alone: parties of the cluster's stack have theirs there, and no other pod runs there. Several such pools,
   * as in two zones, have the same labels and taints. From `v1alpha2` on.
   * @default false
   */
  readonly sparkNodes?: boolean;
  /** Nodes, 0 to 150 in the whole cluster, or bounds for an autoscaler of a `Cluster`. @default 3 */
  readonly replicas?: number | Bounds;
  /** Labels of the nodes; from `v1alpha2` on. @default none, and `kubefate-tanzu/nodes: spark` with `sparkNodes` */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Taints of the nodes; from `v1alpha2` on.
   * @default none: every pod may run there; with `sparkNodes` one of each label, with effect NoSchedule
   */
  readonly taints?: readonly NodeTaint[];
  /** vSphere Zone of the nodes; from `v1alpha3` on. @default where the platform puts them */
  readonly failureDomain?: string;
}

/** Bounds between which an autoscaler chooses the number of nodes. */
export interface Bounds {
  /** Nodes at least: 1 or more. */
  readonly min: number;
  /** Nodes at most: 150 or less. */
  readonly max: number;
}

interface Nodes {
  readonly vmClass: SizedVmClass;
  readonly storageClass: string;
  readonly volumes: readonly NodeVolume[];
  /** 0 is without end. */
  readonly nodeDrainTimeoutSeconds: number;
}

/** Planned nodes of the control plane. */
export interface ControlPlane extends Nodes {
  readonly replicas: number;
}

/** Planned workers of one kind. */
export interface WorkerPool extends Nodes {
  readonly name: string;
  /** Whether they are for Spark workers alone. */
  readonly sparkNodes: boolean;
  readonly replicas: number | Bounds;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeTaint[];
  readonly failureDomain?: string;
}

const nodeKeys: Keys<NodeProps> = {
  vmClass: true,
  storageClass: true,
  volumes: true,
  nodeDrainTimeoutSeconds: true,
};

const poolKeys: Keys<WorkerPoolProps> = {
  ...nodeKeys,
  replicas: true,
  name: true,
  sparkNodes: true,
  labels: true,
  taints: true,
  failureDomain: true,
};

/** The name of the one group of workers in `v1alpha1`, once it is converted. */
export const defaultPool = 'workers';
const defaultSparkPool = 'spark';

export const mostNodes = ({ replicas }: ControlPlane | WorkerPool): number =>
  countOf(isMap(replicas) ? replicas.max : replicas);

const countOf = (count: unknown): number => (typeof count === 'number' ? count : 0);

export function planControlPlane(
  problems: Problems,
  declared: ControlPlaneProps | undefined,
  rules: VmClassRules,
  storageClass: string,
): ControlPlane {
  const props = readMap(problems, '', declared);
  checkKeys<ControlPlaneProps>(problems, props, { ...nodeKeys, replicas: true });
  const { replicas = 3 } = props;
  if (replicas !== 1 && replicas !== 3) problems.add('replicas', `${shown(replicas)} keeps no quorum`, 'use 1 or 3');
  return { replicas, ...planNodes(problems, props, 'controlPlane', rules, storageClass) };
}

export function planWorkers(
  problems: Problems,
  declared: readonly WorkerPoolProps[] | undefined,
  rules: VmClassRules,
  storageClass: string,
): readonly WorkerPool[] {
  const pools = readList(problems, 'workers', declared, [{}]).map((pool, i) =>
    planPool(problems.at(`workers[${i}]`), pool, rules, storageClass),
  );
  if (pools.length === 0)
    problems.add('workers', 'is empty', 'use one pool or more; replicas: 0 for one without nodes');
  const names = pools.map(({ name }, i) => ({ path: `workers[${i}].name`, value: name }));
  checkUnique(problems, names, 'every pool needs its own name');
  const nodes = pools.map(mostNodes).reduce((sum, count) => sum + count, 0);
  if (pools.length > 1 && nodes > mostWorkers) {
    problems.add('workers', `${nodes} nodes are too many for a cluster`, `use ${mostWorkers} or less in all pools`);
  }
  checkSparkPools(problems, pools);
  return pools;
}

/** Nodes for Spark workers alone, of all pools that have some; none where no pool has. */
export function sparkNodesOf(pools: readonly WorkerPool[]): SparkNodes | undefined {
  const pool = pools.find(({ sparkNodes }) => sparkNodes);
  return pool && { labels: pool.labels, taints: pool.taints };
}

/** Reports pools among which no worker could choose, and a cluster that has nothing but them. */
function checkSparkPools(problems: Problems, pools: readonly WorkerPool[]): void {
  const nodes = sparkNodesOf(pools);
  if (nodes === undefined) return;
  if (pools.every(({ sparkNodes }) => sparkNodes)) {
    problems.add('workers', 'are for Spark workers alone, and leave no node to other pods', 'add a pool: {}');
  }
  for (const [i, { name, sparkNodes, labels, taints }] of pools.entries()) {
    if (!sparkNodes || areSameNodes(nodes, { labels, taints })) continue;
    problems.add(
      `workers[${i}]`,
      `${shown(name)} has other labels or taints than another pool with sparkNodes`,
      'give all of them the same',
    );
  }
}

function planPool(
  problems: Problems,
  declared: WorkerPoolProps,
  rules: VmClassRules,
  storageClass: string,
): WorkerPool {
  const props = readMap(problems, '', declared);
  checkKeys<WorkerPoolProps>(problems, props, poolKeys);
  const { replicas = 3, failureDomain } = props;
  const sparkNodes = readFlag(problems, 'sparkNodes', props.sparkNodes, false);
  const usual = sparkNodes ? defaultSparkPool : defaultPool;
  const name = props.name === undefined ? usual : readDnsLabel(problems, 'name', props.name, usual);
  checkReplicas(problems, replicas);
  if (failureDomain !== undefined) checkDnsLabel(problems, 'failureDomain', failureDomain, 'zone-1');
  return {
    name,
    sparkNodes,
    replicas,
    ...planNodes(problems, props, 'worker', rules, storageClass),
    ...(sparkNodes ? markedNodes : planMarks)(problems, props),
    failureDomain,
  };
}

const planMarks = (problems: Problems, { labels, taints }: Pick<WorkerPoolProps, 'labels' | 'taints'>) => ({
  labels: planLabels(problems.at('labels'), labels),
  taints: planTaints(problems, taints),
});

function planNodes(
  problems: Problems,
  props: Partial<NodeProps>,
  role: NodeRole,
  rules: VmClassRules,
  clusterStorageClass: string,
): Nodes {
  const { vmClass = defaultVmClass(role, rules), storageClass = clusterStorageClass, volumes } = props;
  const { nodeDrainTimeoutSeconds = 0 } = props;
  checkInteger(problems, 'nodeDrainTimeoutSeconds', nodeDrainTimeoutSeconds, 0, 7 * 24 * 3600);
  if (props.storageClass !== undefined) {
    checkObjectName(problems, 'storageClass', storageClass, 'vsan-default-storage-policy');
  }
  return {
    vmClass: planVmClass(problems.at('vmClass'), vmClass, role, rules),
    storageClass,
    volumes: planVolumes(problems, volumes, role, storageClass),
    nodeDrainTimeoutSeconds,
  };
}

function checkReplicas(problems: Problems, replicas: number | Bounds): void {
  if (typeof replicas === 'number' || !isMap(replicas))
    return checkInteger(problems, 'replicas', replicas, 0, mostWorkers);
  const at = problems.at('replicas');
  checkKeys<Bounds>(at, replicas, { min: true, max: true });
  const before = problems.count;
  const min = readInteger(at, 'min', replicas.min, 1, mostWorkers);
  const max = readInteger(at, 'max', replicas.max, 1, mostWorkers);
  if (min > max && problems.count === before) at.add('max', `${max} is below min, ${min}`, `use ${min} or more`);
}
