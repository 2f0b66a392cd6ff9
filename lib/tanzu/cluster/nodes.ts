import {
  checkDnsLabel,
  checkInteger,
  checkKeys,
  checkObjectName,
  checkOneOf,
  checkUnique,
  isMap,
  type Keys,
  readDnsLabel,
  readInteger,
  readList,
  readMap,
  shown,
} from '../../input/checks';
import type { Problems } from '../../input/problems';
import { checkLabelKey, checkLabelValue, planLabels } from '../../kubernetes/labels';
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
  /** DNS label, unique in the cluster; in `v1alpha1` there is no other than the default one. @default 'workers' */
  readonly name?: string;
  /** Nodes, 0 to 150 in the whole cluster, or bounds for an autoscaler of a `Cluster`. @default 3 */
  readonly replicas?: number | Bounds;
  /** Labels of the nodes; from `v1alpha2` on. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Taints of the nodes; from `v1alpha2` on. @default none: every pod may run there */
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

/** What keeps pods off a node that do not tolerate it. */
export interface NodeTaint {
  /** As of a label: `example.com/pool`. */
  readonly key: string;
  /** As of a label. @default a taint without a value */
  readonly value?: string;
  /** What happens to pods that do not tolerate it; `NoExecute` also evicts those that run. */
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
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
  labels: true,
  taints: true,
  failureDomain: true,
};

/** The name of the one group of workers in `v1alpha1`, once it is converted. */
export const defaultPool = 'workers';

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
  return pools;
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
  const name = props.name === undefined ? defaultPool : readDnsLabel(problems, 'name', props.name, defaultPool);
  checkReplicas(problems, replicas);
  if (failureDomain !== undefined) checkDnsLabel(problems, 'failureDomain', failureDomain, 'zone-1');
  return {
    name,
    replicas,
    ...planNodes(problems, props, 'worker', rules, storageClass),
    labels: planLabels(problems.at('labels'), props.labels),
    taints: readList(problems, 'taints', props.taints, []).map((taint, i) =>
      planTaint(problems.at(`taints[${i}]`), taint),
    ),
    failureDomain,
  };
}

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

function planTaint(problems: Problems, declared: NodeTaint): NodeTaint {
  const props = readMap(problems, '', declared) as NodeTaint;
  checkKeys<NodeTaint>(problems, props, { key: true, value: true, effect: true });
  const { key, value, effect } = props;
  checkLabelKey(problems, 'key', key);
  if (value !== undefined) checkLabelValue(problems, 'value', value);
  checkOneOf(problems, 'effect', effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
  return { key, value, effect };
}
