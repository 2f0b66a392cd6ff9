import { services, workloads } from '../fate/services';
import { pulsarReplicas } from '../fate/sizes';
import { backupResources } from '../federation/backup';
import { mostGpus } from '../federation/compute';
import type { ExchangePlan } from '../federation/exchange';
import { exporterResources } from '../federation/monitoring';
import { isJoined } from '../federation/neighbours';
import type { PartyPlan } from '../federation/party';
import { retentionResources } from '../federation/retention';
import { areSameNodes } from '../federation/spark-nodes';
import { verificationResources } from '../federation/verification';
import { checkInteger, checkKeys, checkOneOf, isMap, readDeclaration, readMap } from '../input/checks';
import { counted } from '../input/counted';
import { Problems } from '../input/problems';
import type { PodSettings } from '../kubernetes/pods';
import {
  type Quantity,
  type QuantityProps,
  quantityBounds,
  type Resources,
  readQuantity,
} from '../kubernetes/quantities';
import { mostWorkers, type VmClass, vmClasses, vmClassNames } from './vm-classes';

/** Worker nodes of one kind. */
export interface NodePool {
  /** A default VM class, or the size of a class of one's own. */
  readonly vmClass: VmClass | Quantity;
  /** Nodes, 1 to 150. */
  readonly count: number;
  /** NVIDIA GPUs of each, up to 128. @default 0 */
  readonly gpus?: number;
}

/** What pods request, or nodes have for them. */
export interface QuantityWithGpus extends Quantity {
  /** NVIDIA GPUs. @default none */
  readonly gpus?: number;
}

/** Worker nodes of one kind, and what is not free on them. */
export interface NodePoolProps extends Omit<NodePool, 'vmClass'> {
  /** A default VM class, or the size of a class of one's own. */
  readonly vmClass: VmClass | QuantityProps;
  /**
   * What every node has less: its own reservation, and requests of pods that are in no plan. The default is an
   * assumption; `kubectl describe node` shows the real figure (capacity less allocatable, and the requests of what runs).
   *
   * Known parts: 0.4 vCPU for Antrea's agent (`antrea.yml`, Antrea 0.10 to 1.10); 0.15 vCPU and 900 MiB for the vSphere CSI
   * node plugin (three containers under the LimitRange of newer releases; earlier ones request nothing); 0.005 vCPU and
   * 16 MiB for this library's image disk mount; 100 MiB of the kubelet's eviction threshold. The rest, 0.44 vCPU and
   * 1 GiB, is a guess at what the system reserves, and at CoreDNS, ingress controllers and others that run on some node.
   *
   * @default 1 vCPU, 2 GiB
   */
  readonly overhead?: QuantityProps;
}

/** Worker nodes of a cluster: of one kind, and beside them those for Spark workers alone. */
export interface NodesProps extends NodePoolProps {
  /** Nodes of the Spark workers of parties that declare `sparkNodes`. @default none */
  readonly sparkNodes?: NodePoolProps;
}

/** Worker nodes of one kind, and what every one has less. */
export interface PlannedNodes extends NodePool {
  readonly overhead: Quantity;
}

/** A pod of a plan. */
export interface PlannedPod {
  readonly namespace: string;
  /** Name of its Deployment or StatefulSet; replicas share it. */
  readonly name: string;
  /** Sum over its containers. */
  readonly requests: QuantityWithGpus;
}

/** A container that may take more than a node has, and so can never have what it may take. */
export interface OversizedContainer {
  readonly namespace: string;
  /** As in the declaration's `resources`. */
  readonly container: string;
  readonly limits: Quantity;
}

/** Nodes of one kind, and those that would do in their place. */
export interface PoolCapacity {
  /** The nodes in question, their overhead filled in. */
  readonly nodes: PlannedNodes;
  /** By all pods that run there. */
  readonly requested: QuantityWithGpus;
  /** Of all these nodes, the overhead taken off. */
  readonly allocatable: QuantityWithGpus;
  /** What would do when pods find no node, or may wait: see {@link capacity}. None when no class of the family is large enough. */
  readonly toFit?: NodePool;
  /** The same, when the plans do not survive the loss of a node. */
  readonly toSurviveNodeLoss?: NodePool;
}

/** What {@link capacity} finds. */
export interface Capacity extends PoolCapacity {
  /** The nodes for Spark workers alone, where there are any; what stands beside it is of the others. */
  readonly sparkNodes?: PoolCapacity;
  /** Whether a placement of all pods exists. */
  readonly fits: boolean;
  /** Whether each pod finds a node again after the loss of one, whichever it is, and wherever the scheduler has put the others. */
  readonly survivesNodeLoss: boolean;
  /** Pods with the node that takes them, counted from 0; those for Spark workers alone come after the others. */
  readonly placed: readonly (PlannedPod & { readonly node: number })[];
  /** Pods that found no node. */
  readonly pending: readonly PlannedPod[];
  /** Where the plans fit: pods for which the scheduler may leave room in pieces only. They wait then until somebody moves others. */
  readonly mayWait: readonly PlannedPod[];
  /** The same on a node less, where the plans fit on that many. */
  readonly mayWaitAfterNodeLoss: readonly PlannedPod[];
  /**
   * Pods that are counted on all of these nodes, and take some of them only: by a label that not every pod here wants, or by an affinity of
   * their own that requires something. Nothing is promised of those, nor of what they leave to others.
   */
  readonly choosy: readonly PlannedPod[];
  /** Containers that may take more than a whole node has, the overhead not taken off. */
  readonly oversized: readonly OversizedContainer[];
}

/**
 * Whether the pods of some plans fit on the nodes of one cluster, by what they request: the scheduler looks at nothing
 * else, and a `guaranteed` VM class changes nothing for it.
 *
 * Where they do not, the answer names the smallest nodes that would do: fewest vCPUs in total, then least memory, then
 * fewest nodes, among all classes of the same family. A class of one's own is a family of one. Nodes keep their GPUs, where each has as
 * many as a pod wants.
 *
 * It finds a placement by first fit, Spark workers and then the largest pods first. So what it places does fit, and in rare
 * cases it misses what a cleverer order would place. The scheduler itself places pods as they come, prefers to spread
 * them and moves none later: it can leave room in pieces only. So what is promised is more than that a placement exists: no
 * others, wherever they are, fill so many nodes that none has room for a pod. That holds for any order and any scheduler.
 *
 * No PriorityClass brings the pieces together. It would be an object of the whole cluster, before whose pods those of others go,
 * and within a party it would evict the pods whose end costs a job, FATE Flow among them, for one whose absence slows it down.
 *
 * Spark workers of a party that declares `sparkNodes` are counted on these, and everything else on the others.
 *
 * @throws {InvalidInput} when the nodes are no nodes, or those for Spark workers alone are missing
 * @see White paper, "Sizing Guidelines"
 */
export function capacity(plans: readonly (PartyPlan | ExchangePlan)[], nodes: NodesProps): Capacity {
  const { sparkNodes, ...planned } = readNodes(nodes, plans);
  const workloads = plans.flatMap(workloadsOf);
  const alone = workloads.filter(({ onSparkNodes }) => onSparkNodes);
  const others = workloads.filter(({ onSparkNodes }) => !onSparkNodes);
  const common = answerOf(others, planned, 0);
  const own = sparkNodes && answerOf(alone, sparkNodes, planned.count);
  const all = own ? [common, own] : [common];
  return {
    ...common.pool,
    sparkNodes: own?.pool,
    fits: all.every(({ fits }) => fits),
    survivesNodeLoss: all.every(({ survivesNodeLoss }) => survivesNodeLoss),
    placed: all.flatMap(({ placed }) => placed),
    pending: all.flatMap(({ pending }) => pending),
    mayWait: all.flatMap(({ mayWait }) => mayWait),
    mayWaitAfterNodeLoss: all.flatMap(({ mayWaitAfterNodeLoss }) => mayWaitAfterNodeLoss),
    choosy: all.flatMap(({ choosy }) => choosy),
    oversized: all.flatMap(({ oversized }) => oversized),
  };
}

/** What all pods of some plans request. */
export const requestedBy = (plans: readonly (PartyPlan | ExchangePlan)[]): QuantityWithGpus =>
  requestedOf(plans.flatMap(workloadsOf).flatMap(podsOf));

const requestedOf = (pods: readonly SizedPod[]): QuantityWithGpus => quantityOf(sum(pods.map(({ size }) => size)));

/** @param first number of the first node */
function answerOf(workloads: readonly Workload[], planned: PlannedNodes, first: number) {
  const { vmClass, count } = planned;
  const pods = workloads.flatMap(podsOf);
  const room = roomOf(planned);
  const places = firstFit(pods, room);
  const needed = nodesNeeded(places);
  const fits = needed <= count;
  const nodesOf = nodesToBeSure(pods, room);
  const sure = mostOf(nodesOf);
  const survivesNodeLoss = sure <= count - 1;
  const waitingOn = (nodes: number) => (needed > nodes ? [] : pods.filter((pod) => nodesFor(pod, nodesOf) > nodes));
  return {
    pool: {
      nodes: planned,
      requested: requestedOf(pods),
      allocatable: quantityOf(times(room, count)),
      toFit: sure <= count ? undefined : smallest(pods, planned, 0),
      toSurviveNodeLoss: survivesNodeLoss ? undefined : smallest(pods, planned, 1),
    } satisfies PoolCapacity,
    fits,
    survivesNodeLoss,
    placed: pods.flatMap((pod) => {
      const node = placeOf(pod, places);
      return node < count ? [{ ...described(pod), node: first + node }] : [];
    }),
    pending: pods.filter((pod) => placeOf(pod, places) >= count).map(described),
    mayWait: waitingOn(count).map(described),
    mayWaitAfterNodeLoss: waitingOn(count - 1).map(described),
    choosy: choosyOf(workloads).flatMap(podsOf).map(described),
    oversized: workloads.flatMap((workload) => oversizedOf(workload, sizeOf(vmClass))),
  };
}

/** Labels that all want are those of these nodes. */
function choosyOf(workloads: readonly Workload[]): readonly Workload[] {
  const usual = ([key, value]: [string, string]) =>
    workloads.every(({ settings }) => settings.nodeSelector[key] === value);
  const requires = ({ affinity }: PodSettings) =>
    Object.values(affinity).some((it) => 'requiredDuringSchedulingIgnoredDuringExecution' in it);
  return workloads.filter(({ settings }) => requires(settings) || !Object.entries(settings.nodeSelector).every(usual));
}

/**
 * The answer for a person, in a few lines:
 *
 *     3 x best-effort-2xlarge: fits, and may not survive the loss of a node
 *       requested 12.5 vCPU and 80 GiB, allocatable 21 vCPU and 186 GiB
 *       may find room in pieces only after it, and wait: fate-30000/spark-worker (4 vCPU, 16 GiB)
 *       survives the loss of a node on 2 x best-effort-4xlarge
 *
 * With nodes for Spark workers alone the verdict is on both kinds, and so is what finds no room.
 */
export function describeCapacity(answer: Capacity): string {
  const { sparkNodes, pending, mayWait, mayWaitAfterNodeLoss, choosy, oversized } = answer;
  const pools: readonly PoolCapacity[] = sparkNodes ? [answer, sparkNodes] : [answer];
  const forWhom = (pool: PoolCapacity) => (pool === sparkNodes ? ' for Spark workers' : '');
  const lines = [
    `${pools.map((pool) => `${poolText(pool.nodes)}${forWhom(pool)}`).join(' and ')}: ${verdictOf(answer)}`,
    ...pools.map(
      (pool) =>
        `requested${forWhom(pool)} ${sizeText(pool.requested, ' and ')}, allocatable ${sizeText(pool.allocatable, ' and ')}`,
    ),
    pending.length > 0 && `no node for ${podsText(pending)}`,
    mayWait.length > 0 && `may find room in pieces only, and wait: ${podsText(mayWait)}`,
    mayWait.length === 0 &&
      mayWaitAfterNodeLoss.length > 0 &&
      `may find room in pieces only after it, and wait: ${podsText(mayWaitAfterNodeLoss)}`,
    choosy.length > 0 && `counted on all nodes, and for some of them only: ${podsText(choosy)}`,
    oversized.length > 0 && `more than a node has: ${oversized.map(oversizedText).join(', ')}`,
    ...pools.map((pool) => pool.toFit && `finds room on ${poolText(pool.toFit)}${forWhom(pool)}`),
    !answer.fits && pools.every(({ toFit }) => toFit === undefined) && 'fits on no class of the family',
    ...pools.map(
      (pool) =>
        pool.toSurviveNodeLoss && `survives the loss of a node on ${poolText(pool.toSurviveNodeLoss)}${forWhom(pool)}`,
    ),
  ];
  return lines.filter((line) => line !== false && line !== undefined).join('\n  ');
}

function verdictOf({ fits, survivesNodeLoss, mayWaitAfterNodeLoss }: Capacity): string {
  if (!fits) return 'does not fit';
  if (survivesNodeLoss) return 'fits, and survives the loss of a node';
  return mayWaitAfterNodeLoss.length > 0
    ? 'fits, and may not survive the loss of a node'
    : 'fits, but does not survive the loss of a node';
}

const defaultOverhead: Quantity = { cpu: 1, memoryGiB: 2 };

/** Pods that are alike. Containers have the names of the declaration's `resources`. */
interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly containers: Readonly<Record<string, Resources>>;
  readonly settings: PodSettings;
  readonly replicas: number;
  readonly onePerNode?: boolean;
  /** Whether the pods run on the nodes for Spark workers alone. */
  readonly onSparkNodes?: boolean;
  /** Of each pod. */
  readonly gpus?: number;
}

const workloadsOf = (plan: PartyPlan | ExchangePlan): readonly Workload[] =>
  ('sizing' in plan ? partyWorkloads(plan) : exchangeWorkloads(plan)).map((workload) => ({
    replicas: 1,
    ...workload,
    namespace: plan.namespace,
  }));

type PlannedWorkload = Omit<Workload, 'namespace' | 'replicas'> & Partial<Workload>;

function partyWorkloads(plan: PartyPlan): readonly PlannedWorkload[] {
  const {
    sizing,
    pods,
    compute: { gpus },
    backup,
    retention,
  } = plan;
  const { containers, sparkWorkers, datanodes } = sizing;
  const { mysql, fateflow, fateboard, client, sparkMaster, sparkWorker, namenode, datanode, nginx } = containers;
  // pods of their own, on the node of FATE Flow's
  const beside = {
    ...(backup && { backup: backupResources }),
    ...(retention && { retention: retentionResources }),
  };
  return [
    ...(plan.mysql.isExternal ? [] : [{ name: services.mysql.name, containers: { mysql }, settings: pods.mysql }]),
    ...(pods.fateboard
      ? [
          { name: services.fateflow.name, containers: { fateflow, ...beside }, settings: pods.fateflow, gpus },
          { name: services.fateboard.name, containers: { fateboard }, settings: pods.fateboard },
        ]
      : [
          {
            name: services.fateflow.name,
            containers: { fateflow, fateboard, ...beside },
            settings: pods.fateflow,
            gpus,
          },
        ]),
    { name: 'client', containers: { client }, settings: pods.client },
    ...(plan.spark.isExternal
      ? []
      : [
          { name: services.sparkMaster.name, containers: { sparkMaster }, settings: pods.sparkMaster },
          {
            name: 'spark-worker',
            containers: { sparkWorker },
            settings: pods.sparkWorker,
            replicas: sparkWorkers,
            onePerNode: true,
            onSparkNodes: plan.sparkNodes !== undefined,
          },
        ]),
    ...(plan.hdfs.isExternal
      ? []
      : [
          { name: services.namenode.name, containers: { namenode }, settings: pods.namenode },
          { name: services.datanode.name, containers: { datanode }, settings: pods.datanode, replicas: datanodes },
        ]),
    { name: services.nginx.name, containers: { nginx }, settings: pods.nginx },
    ...pulsarWorkloads(plan),
    ...(plan.verification
      ? [{ name: workloads.toyExample, containers: { toyExample: verificationResources }, settings: pods.client }]
      : []),
    ...exporterWorkload(plan),
  ];
}

function pulsarWorkloads(plan: PartyPlan): readonly PlannedWorkload[] {
  const { pulsar } = plan.sizing.containers;
  const { cluster, isExternal } = plan.pulsar;
  const settings = plan.pods.pulsar;
  if (isExternal) return [];
  if (cluster === undefined) return [{ name: services.pulsar.name, containers: { pulsar }, settings }];
  const { zookeeper, bookie, recovery, proxy } = cluster.containers;
  return [
    { name: services.pulsar.name, containers: { pulsar }, settings, replicas: pulsarReplicas.broker },
    { name: services.pulsarZookeeper.name, containers: { zookeeper }, settings, replicas: pulsarReplicas.zookeeper },
    { name: services.pulsarBookie.name, containers: { bookie, recovery }, settings, replicas: cluster.bookies },
    ...(isJoined(plan)
      ? [{ name: services.pulsarProxy.name, containers: { proxy }, settings, replicas: pulsarReplicas.proxy }]
      : []),
  ];
}

const exchangeWorkloads = (plan: ExchangePlan): readonly PlannedWorkload[] => {
  const {
    replicas,
    resources: { trafficServer, nginx },
    pods,
  } = plan;
  return [
    { name: services.trafficServer.name, containers: { trafficServer }, settings: pods.trafficServer, replicas },
    { name: services.nginx.name, containers: { nginx }, settings: pods.nginx, replicas },
    ...exporterWorkload(plan),
  ];
};

const exporterWorkload = ({ monitoring }: PartyPlan | ExchangePlan): readonly PlannedWorkload[] =>
  monitoring
    ? [
        {
          name: services.exporter.name,
          containers: { jsonExporter: exporterResources, blackboxExporter: exporterResources },
          settings: monitoring.pods.exporter,
        },
      ]
    : [];

/** Whole thousandths of a vCPU and MiB, as manifests have them: their sums are exact. */
interface Size {
  readonly milliCpu: number;
  readonly mib: number;
  readonly gpus: number;
}

interface SizedPod {
  readonly namespace: string;
  readonly name: string;
  readonly size: Size;
  /** Pods with the same value never share a node. */
  readonly apart?: string;
}

function podsOf({ namespace, name, containers, replicas, onePerNode, gpus = 0 }: Workload): readonly SizedPod[] {
  const size = { ...sum(Object.values(containers).map(({ requests }) => sizeOf(requests))), gpus };
  const apart = onePerNode ? `${namespace}/${name}` : undefined;
  return Array.from({ length: replicas }, () => ({ namespace, name, size, apart }));
}

const described = ({ namespace, name, size }: SizedPod): PlannedPod => ({
  namespace,
  name,
  requests: quantityOf(size),
});

const oversizedOf = ({ namespace, containers }: Workload, node: Size): readonly OversizedContainer[] =>
  Object.entries(containers).flatMap(([container, { limits }]) =>
    holds(node, sizeOf(limits)) ? [] : [{ namespace, container, limits }],
  );

/** The node of each pod; `Infinity` for a pod that is larger than a node. */
type Places = ReadonlyMap<SizedPod, number>;

/**
 * First fit on as many nodes as it takes. A cluster of `count` nodes places the same pods on the same nodes and has none
 * for those beyond: so one more node never unsettles a placement.
 */
function firstFit(pods: readonly SizedPod[], room: Size): Places {
  const nodes: FillingNode[] = [];
  const share = ({ size }: SizedPod) =>
    Math.max(size.milliCpu / room.milliCpu, size.mib / room.mib, size.gpus === 0 ? 0 : size.gpus / room.gpus);
  const order = [...pods].sort(
    (a, b) => Number(b.apart !== undefined) - Number(a.apart !== undefined) || share(b) - share(a),
  );
  return new Map(order.map((pod) => [pod, place(pod, nodes, room)]));
}

interface FillingNode {
  free: Size;
  readonly apart: Set<string | undefined>;
}

function place({ size, apart }: SizedPod, nodes: FillingNode[], room: Size): number {
  if (!holds(room, size)) return Number.POSITIVE_INFINITY;
  const takes = (node: FillingNode) => holds(node.free, size) && (apart === undefined || !node.apart.has(apart));
  const found = nodes.findIndex(takes);
  const at = found === -1 ? nodes.push({ free: room, apart: new Set() }) - 1 : found;
  const node = nodes[at];
  if (node !== undefined) {
    node.free = less(node.free, size);
    node.apart.add(apart);
  }
  return at;
}

const placeOf = (pod: SizedPod, places: Places): number => places.get(pod) ?? Number.POSITIVE_INFINITY;

const nodesNeeded = (places: Places): number => Math.max(-1, ...places.values()) + 1;

/** Nodes on which a pod finds room, wherever the others are; `Infinity` for a pod that is larger than a node. */
type SureNodes = ReadonlyMap<string, number>;

function nodesToBeSure(pods: readonly SizedPod[], room: Size): SureNodes {
  const alike = new Map<string, { readonly pod: SizedPod; readonly count: number }>();
  for (const pod of pods) alike.set(kindOf(pod), { pod, count: (alike.get(kindOf(pod))?.count ?? 0) + 1 });
  const filled = filledBy([...alike.values()].map(({ pod }) => pod.size));
  return new Map(
    [...alike].map(([kind, { pod }]) => {
      if (!holds(room, pod.size)) return [kind, Number.POSITIVE_INFINITY];
      const parts = [...alike.values()].map((it) => it.count * filled(pod, it.pod, room));
      const byOthers = parts.reduce((sum, part) => sum + part, 0) - filled(pod, pod, room);
      return [kind, Math.floor(byOthers + roundingError) + 1];
    }),
  );
}

/**
 * The part of a node that another pod fills for a pod: the node has no room once the parts make one. Memory and vCPUs are
 * filled at once, and the larger part counts, so that no others fill more nodes than their parts add up to. What pods request
 * together is a multiple of what all sizes are multiples of: so a node is as good as free until the next one of these.
 */
function filledBy(sizes: readonly Size[]) {
  const step = (unit: keyof Size) => sizes.map((size) => size[unit]).reduce(commonDivisor, 0);
  const steps: Size = { milliCpu: step('milliCpu'), mib: step('mib'), gpus: step('gpus') };
  return ({ size, apart }: SizedPod, other: SizedPod, room: Size): number => {
    if (apart !== undefined && apart === other.apart) return 1;
    const full = (unit: keyof Size) => Math.ceil((room[unit] - size[unit] + 1) / steps[unit]) * steps[unit];
    const part = (unit: keyof Size) => (size[unit] === 0 ? 0 : other.size[unit] / full(unit));
    return Math.min(1, Math.max(part('milliCpu'), part('mib'), part('gpus')));
  };
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/** Of a sum of parts; too many nodes are asked for sooner than too few. */
const roundingError = 1e-9;

const kindOf = ({ size, apart }: SizedPod): string => `${Object.values(size)} ${apart}`;

const nodesFor = (pod: SizedPod, nodes: SureNodes): number => nodes.get(kindOf(pod)) ?? 0;

const mostOf = (nodes: SureNodes): number => Math.max(0, ...nodes.values());

function smallest(pods: readonly SizedPod[], nodes: PlannedNodes, spare: number): NodePool | undefined {
  const gpus = Math.max(nodes.gpus ?? 0, ...pods.map(({ size }) => size.gpus)) || undefined;
  const pools = familyOf(nodes.vmClass).map((vmClass) => ({
    vmClass,
    count: mostOf(nodesToBeSure(pods, roomOf({ ...nodes, vmClass, gpus }))) + spare,
    gpus,
  }));
  return pools.filter(({ count }) => count <= mostWorkers).sort(bySize)[0];
}

function familyOf(vmClass: NodePool['vmClass']): readonly NodePool['vmClass'][] {
  if (typeof vmClass !== 'string') return [vmClass];
  const { guaranteed } = vmClasses[vmClass];
  return (Object.keys(vmClasses) as VmClass[]).filter((name) => vmClasses[name].guaranteed === guaranteed);
}

function bySize(a: NodePool, b: NodePool): number {
  const [first, second] = [times(sizeOf(a.vmClass), a.count), times(sizeOf(b.vmClass), b.count)];
  return first.milliCpu - second.milliCpu || first.mib - second.mib || a.count - b.count;
}

function sizeOf(size: NodePool['vmClass']): Size {
  const { cpu, memoryGiB } = typeof size === 'string' ? vmClasses[size] : size;
  return { milliCpu: Math.round(cpu * 1000), mib: Math.round(memoryGiB * 1024), gpus: 0 };
}

/** What a node has for pods. */
function roomOf({ vmClass, overhead, gpus = 0 }: PlannedNodes): Size {
  const { milliCpu, mib } = less(sizeOf(vmClass), sizeOf(overhead));
  return { milliCpu: Math.max(0, milliCpu), mib: Math.max(0, mib), gpus };
}

const quantityOf = ({ milliCpu, mib, gpus }: Size): QuantityWithGpus => ({
  cpu: milliCpu / 1000,
  memoryGiB: mib / 1024,
  gpus: gpus || undefined,
});

const nothing: Size = { milliCpu: 0, mib: 0, gpus: 0 };

const sum = (sizes: readonly Size[]): Size => sizes.reduce((a, b) => less(a, times(b, -1)), nothing);

const less = (a: Size, b: Size): Size => ({
  milliCpu: a.milliCpu - b.milliCpu,
  mib: a.mib - b.mib,
  gpus: a.gpus - b.gpus,
});

const times = ({ milliCpu, mib, gpus }: Size, count: number): Size => ({
  milliCpu: milliCpu * count,
  mib: mib * count,
  gpus: gpus * count,
});

const holds = (room: Size, size: Size): boolean =>
  size.milliCpu <= room.milliCpu && size.mib <= room.mib && size.gpus <= room.gpus;

function readNodes(
  declared: NodesProps,
  plans: readonly (PartyPlan | ExchangePlan)[],
): PlannedNodes & { readonly sparkNodes?: PlannedNodes } {
  const problems = Problems.none();
  const { sparkNodes, ...nodes } = readDeclaration(problems, declared);
  checkSparkNodes(problems.at('sparkNodes'), sparkNodes, plans);
  const common = readPool(problems, nodes);
  const own =
    sparkNodes === undefined
      ? undefined
      : readPool(problems.at('sparkNodes'), readMap(problems, 'sparkNodes', sparkNodes) as NodePoolProps);
  problems.throwIfAny('nodes');
  return { ...common, sparkNodes: own };
}

/** Reports parties whose Spark workers would be counted on nodes where they do not run. */
function checkSparkNodes(
  problems: Problems,
  declared: NodePoolProps | undefined,
  plans: readonly (PartyPlan | ExchangePlan)[],
): void {
  const parties = plans.flatMap((plan) =>
    'sizing' in plan && plan.sparkNodes ? [{ ...plan, nodes: plan.sparkNodes }] : [],
  );
  const [first] = parties;
  if (first === undefined) return;
  if (declared === undefined) {
    problems.add(
      '',
      `are missing, where Spark workers of ${first.namespace} run alone`,
      'add what they are: { vmClass, count }',
    );
  }
  const other = parties.find(({ nodes }) => !areSameNodes(nodes, first.nodes));
  if (other === undefined) return;
  problems.add('', `are not the same of ${first.namespace} and ${other.namespace}`, 'ask for each party alone');
}

function readPool(problems: Problems, nodes: NodePoolProps): PlannedNodes {
  checkKeys<NodePoolProps>(problems, nodes, { vmClass: true, count: true, gpus: true, overhead: true });
  const { vmClass, count, gpus, overhead = defaultOverhead } = nodes;
  const size = isMap(vmClass) ? readQuantity(problems.at('vmClass'), vmClass) : vmClass;
  if (!isMap(vmClass)) checkOneOf(problems, 'vmClass', vmClass, vmClassNames);
  checkInteger(problems, 'count', count, 1, mostWorkers);
  if (gpus !== undefined) checkInteger(problems, 'gpus', gpus, 0, mostGpus);
  const taken = readQuantity(problems.at('overhead'), overhead, overheadBounds);
  return { vmClass: size as NodePool['vmClass'], count, gpus, overhead: taken as Quantity };
}

/** A node may have nothing less. */
const overheadBounds = {
  cpu: { ...quantityBounds.cpu, from: 0 },
  memoryGiB: { ...quantityBounds.memoryGiB, from: 0 },
};

const poolText = ({ vmClass, count, gpus }: NodePool): string =>
  `${count} x ${typeof vmClass === 'string' ? vmClass : `(${sizeText(vmClass)})`}${gpus ? ` with ${gpusText(gpus)}` : ''}`;

const sizeText = ({ cpu, memoryGiB, gpus }: QuantityWithGpus, separator = ', '): string =>
  [`${rounded(cpu)} vCPU`, `${rounded(memoryGiB)} GiB`, ...(gpus ? [gpusText(gpus)] : [])].join(separator);

const gpusText = (gpus: number): string => counted(gpus, 'GPU');

const rounded = (value: number): number => Math.round(value * 100) / 100;

function podsText(pods: readonly PlannedPod[]): string {
  const counts = new Map<string, number>();
  for (const { namespace, name, requests } of pods) {
    const text = `${namespace}/${name} (${sizeText(requests)})`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => (count === 1 ? text : `${count} x ${text}`)).join(', ');
}

const oversizedText = ({ namespace, container, limits }: OversizedContainer): string =>
  `${namespace} ${container} (${sizeText(limits)})`;
