import { Testing } from 'cdk8s';
import fc from 'fast-check';
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import { Exchange } from '../../../constructs/exchange/exchange';
import { FederatedLearningCluster } from '../../../constructs/flc/federated-learning-cluster';
import {
  type ExchangePlan,
  exchangePlan,
  type PartyContainer,
  type PartyPlan,
  type PartyProps,
  partyPlan,
  type Quantity,
  type Resources,
  type SizingPreset,
  sizingPresets,
} from '../../../lib';
import {
  type Capacity,
  capacity,
  describeCapacity,
  type NodePool,
  type NodePoolProps,
  type PlannedNodes,
  type PlannedPod,
} from '../../../lib/tanzu/capacity';
import { type VmClass, vmClasses } from '../../../lib/tanzu/vm-classes';
import { problemsOf } from '../../support/declarations';

const agreement = { domain: 'example.com', fate: '1.6.1', transport: 'mutual-tls' } as const;
const party = (props: Omit<PartyProps, 'id'> = {}, id = 30000) => partyPlan({ ...agreement, id, ...props });
const exchange = (replicas = 2) => exchangePlan({ ...agreement, replicas });

/** Pods of a workload as the scheduler counts them: init containers run before the others, not beside them. */
function podsOf({ metadata, spec }: Deployment | StatefulSet): PlannedPod[] {
  const { containers = [], initContainers = [] } = spec?.template.spec ?? {};
  const running = containers.map(requestsOf);
  const starting = initContainers.map(requestsOf);
  const most = (unit: keyof Quantity) =>
    Math.max(
      running.reduce((sum, requests) => sum + requests[unit], 0),
      ...starting.map((requests) => requests[unit]),
    );
  const requests = { cpu: most('cpu'), memoryGiB: most('memoryGiB') };
  const pod = { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '', requests };
  return Array.from({ length: spec?.replicas ?? 1 }, () => pod);
}

function requestsOf({ resources }: Container): Quantity {
  const cpu = String(resources?.requests?.['cpu']);
  const memory = String(resources?.requests?.['memory']);
  const gib = { Mi: 1 / 1024, Gi: 1 }[memory.slice(-2)] ?? Number.NaN;
  return {
    cpu: cpu.endsWith('m') ? Number.parseFloat(cpu) / 1000 : Number(cpu),
    memoryGiB: Number.parseFloat(memory) * gib,
  };
}

const required = (pod?: PodSpec) =>
  pod?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined;

/** The cluster that the paper draws. */
const drawn = { vmClass: 'best-effort-2xlarge', count: 3 } as const;
const containers = Object.keys(sizingPresets.minimum.containers) as PartyContainer[];
const nothing: Quantity = { cpu: 0, memoryGiB: 0 };

const total = (pods: readonly PlannedPod[]): Quantity => ({
  cpu: pods.reduce((sum, { requests }) => sum + requests.cpu, 0),
  memoryGiB: pods.reduce((sum, { requests }) => sum + requests.memoryGiB, 0),
});
const names = (pods: readonly PlannedPod[]) => pods.map(({ namespace, name }) => `${namespace}/${name}`);
const promised = (resources: Resources): Resources => ({ requests: resources.limits, limits: resources.limits });
const asRequests = (preset: SizingPreset) =>
  Object.fromEntries(
    Object.entries(sizingPresets[preset].containers).map(([name, resources]) => [name, promised(resources)]),
  );

describe('the clusters of the paper', () => {
  test("the paper's own figures do not fit the cluster it draws", () => {
    const guidelineInFull = party({ resources: asRequests('minimum') });
    const answer = capacity([guidelineInFull], { ...drawn, overhead: nothing });
    expect(answer.requested).toEqual({ cpu: 40, memoryGiB: 80 });
    expect(answer.allocatable).toEqual({ cpu: 24, memoryGiB: 192 });
    expect(answer.fits).toBe(false);
    expect(answer.toFit).toEqual({ vmClass: 'best-effort-4xlarge', count: 3 });
    expect(capacity([guidelineInFull], drawn).toFit).toEqual({ vmClass: 'best-effort-8xlarge', count: 2 });
  });

  test('a Spark worker that requests 8 vCPUs never fits on a node of 8, since the daemons are there first', () => {
    const { sparkWorker } = asRequests('minimum');
    const plan = party({ ...(sparkWorker && { resources: { sparkWorker } }) });
    for (const count of [3, 150]) {
      const answer = capacity([plan], { ...drawn, count });
      expect(names(answer.pending)).toEqual(['fate-30000/spark-worker']);
      expect(answer.toFit).toEqual({ vmClass: 'best-effort-8xlarge', count: 1 });
    }
    expect(capacity([plan], { ...drawn, overhead: nothing }).fits).toBe(true);
  });

  test('a party of sizing reference fits the drawn cluster, and survives the loss of a node', () => {
    const answer = capacity([party({ sizing: 'reference' })], drawn);
    expect(answer).toMatchObject({ fits: true, survivesNodeLoss: true, pending: [], oversized: [], mayWait: [] });
    expect(answer.toFit).toBeUndefined();
    expect(answer.toSurviveNodeLoss).toBeUndefined();
  });

  test('a party of sizing minimum fits two nodes of the drawn cluster, but its Spark worker may find pieces only', () => {
    const two = capacity([party({ sizing: 'minimum' })], { ...drawn, count: 2 });
    expect([two.fits, names(two.mayWait)]).toEqual([true, ['fate-30000/spark-worker']]);
    const three = capacity([party({ sizing: 'minimum' })], drawn);
    expect(three).toMatchObject({ fits: true, mayWait: [], survivesNodeLoss: false });
    expect(three.mayWaitAfterNodeLoss).toEqual(two.mayWait);
    expect(capacity([party({ sizing: 'minimum' })], { ...drawn, count: 4 }).survivesNodeLoss).toBe(true);
  });

  test('a party of sizing production does not fit three guaranteed nodes of 8 vCPUs', () => {
    const answer = capacity([party({ sizing: 'production' })], { vmClass: 'guaranteed-2xlarge', count: 3 });
    expect(answer).toMatchObject({ fits: false, survivesNodeLoss: false, requested: { cpu: 57, memoryGiB: 115 } });
    expect(names(answer.pending).filter((name) => name === 'fate-30000/spark-worker')).toHaveLength(2);
    expect(answer.toFit).toEqual({ vmClass: 'guaranteed-8xlarge', count: 3 });
    expect(answer.toSurviveNodeLoss).toEqual({ vmClass: 'guaranteed-8xlarge', count: 4 });
  });

  test('party 30000 with the exchange beside it fits the drawn cluster, but not two of its nodes', () => {
    const answer = capacity([party(), exchange()], drawn);
    expect(answer).toMatchObject({ fits: true, survivesNodeLoss: false, requested: { cpu: 14.5, memoryGiB: 84 } });
    expect(answer.toSurviveNodeLoss).toEqual({ vmClass: 'best-effort-4xlarge', count: 2 });
    expect(capacity([party({ sizing: 'reference' }), exchange()], drawn).survivesNodeLoss).toBe(true);
  });

  test('the same party with one replica of each server of the exchange fits two of its nodes', () => {
    expect(capacity([party(), exchange(1)], { ...drawn, count: 2 }).fits).toBe(true);
  });
});

describe('what is counted', () => {
  test.each(Object.keys(sizingPresets) as SizingPreset[])(
    'are the pods of the manifests, as they request: %s',
    (sizing) => {
      const flc = party({ sizing, sparkWorkers: 3, datanodes: 2 });
      const between = exchange(3);
      const app = Testing.app();
      const objects = [
        ...Testing.synth(new FederatedLearningCluster(app, flc.namespace, flc)),
        ...Testing.synth(new Exchange(app, between.namespace, between)),
      ].filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet') as (Deployment | StatefulSet)[];
      const { placed, pending } = capacity([flc, between], drawn);
      const counted = [...placed, ...pending].map(({ namespace, name, requests }) => ({ namespace, name, requests }));
      const drawnPods = objects.flatMap(podsOf);
      expect(drawnPods.length).toBeGreaterThan(12);
      expect(counted).toHaveLength(drawnPods.length);
      expect(counted).toEqual(expect.arrayContaining(drawnPods));
      const apart = objects.filter(({ spec }) => required(spec?.template.spec)).map(({ metadata }) => metadata?.name);
      expect(apart).toEqual(['spark-worker']);
    },
  );

  test('FATE Flow and FATE Board are one pod', () => {
    const { placed } = capacity([party()], drawn);
    expect(placed.find(({ name }) => name === 'fateflow')?.requests).toEqual({ cpu: 1.5, memoryGiB: 8 });
    expect(names(placed)).not.toContain('fate-30000/fateboard');
  });

  test('every replica is a pod', () => {
    const { placed, pending } = capacity([party({ sparkWorkers: 3, datanodes: 2 }), exchange(3)], {
      ...drawn,
      count: 9,
    });
    expect(pending).toEqual([]);
    const count = (wanted: string) => names(placed).filter((name) => name === wanted).length;
    expect(count('fate-30000/spark-worker')).toBe(3);
    expect(count('fate-30000/datanode')).toBe(2);
    expect(count('fate-exchange/traffic-server')).toBe(3);
    expect(count('fate-exchange/nginx')).toBe(3);
    expect(count('fate-30000/nginx')).toBe(1);
  });

  test("a party's Spark workers stand on different nodes; those of two parties may share one", () => {
    const large = { vmClass: 'best-effort-8xlarge', count: 2 } as const;
    const three = capacity([party({ sparkWorkers: 3 })], large);
    expect(names(three.pending)).toEqual(['fate-30000/spark-worker']);
    expect(three.toFit).toEqual({ vmClass: 'best-effort-2xlarge', count: 5 });
    expect(capacity([party({ sparkWorkers: 2 }), party({ sparkWorkers: 2 }, 40000)], large).fits).toBe(true);
  });

  test('Spark workers are placed first: larger pods would leave a node without room for one', () => {
    const one = { requests: { cpu: 1, memoryGiB: 1 }, limits: { cpu: 4, memoryGiB: 8 } };
    const half = { requests: { cpu: 0.5, memoryGiB: 1 }, limits: { cpu: 8, memoryGiB: 16 } };
    const all = Object.fromEntries(containers.map((name) => [name, one]));
    const plan = party({
      sparkWorkers: 2,
      resources: { ...all, fateflow: half, fateboard: half, sparkWorker: half },
      belowGuideline: true,
    });
    expect(capacity([plan], { vmClass: { cpu: 5, memoryGiB: 64 }, count: 2, overhead: nothing }).fits).toBe(true);
  });

  test('replicas of the exchange may share a node: their spread is a preference', () => {
    const answer = capacity([exchange(3)], { vmClass: 'best-effort-2xlarge', count: 1 });
    expect(answer).toMatchObject({ fits: true, survivesNodeLoss: false });
  });

  test('limits do not count, but one above a whole node is named', () => {
    const resources = (cpu: number) => ({
      sparkWorker: { requests: { cpu: 1, memoryGiB: 2 }, limits: { cpu, memoryGiB: 16 } },
    });
    expect(capacity([party({ resources: resources(8) })], drawn).oversized).toEqual([]);
    const answer = capacity([party({ resources: resources(9) })], drawn);
    expect(answer.fits).toBe(true);
    expect(answer.oversized).toEqual([
      { namespace: 'fate-30000', container: 'sparkWorker', limits: { cpu: 9, memoryGiB: 16 } },
    ]);
  });

  test('thousandths of a vCPU add up exactly', () => {
    const odd = { requests: { cpu: 1.001, memoryGiB: 1 }, limits: { cpu: 4, memoryGiB: 8 } };
    const plan = exchangePlan({ ...agreement, replicas: 5, resources: { trafficServer: odd, nginx: odd } });
    const answer = capacity([plan], { vmClass: { cpu: 10.01, memoryGiB: 10 }, count: 1, overhead: nothing });
    expect(answer).toMatchObject({ fits: true, requested: { cpu: 10.01, memoryGiB: 10 } });
  });

  test('whether a class is guaranteed changes nothing but the family of the answer', () => {
    const plans = [party({ sizing: 'production' }), exchange()];
    const { nodes: _, toFit: fitA, toSurviveNodeLoss: surviveA, ...bestEffort } = capacity(plans, drawn);
    const {
      nodes: __,
      toFit: fitB,
      toSurviveNodeLoss: surviveB,
      ...guaranteed
    } = capacity(plans, {
      ...drawn,
      vmClass: 'guaranteed-2xlarge',
    });
    expect(guaranteed).toEqual(bestEffort);
    const renamed = (pool?: NodePool) => ({
      ...pool,
      vmClass: `${pool?.vmClass}`.replace('guaranteed', 'best-effort'),
    });
    expect([renamed(fitB), renamed(surviveB)]).toEqual([fitA, surviveA]);
  });
});

test('of nodes with as many vCPUs in total the answer takes those with less memory, then the fewer', () => {
  const { toFit } = capacity([party({ sizing: 'reference' })], { vmClass: 'best-effort-small', count: 1 });
  expect(toFit).toEqual({ vmClass: 'best-effort-large', count: 2 }); // and not one best-effort-2xlarge
  const { toSurviveNodeLoss } = capacity([party(), exchange()], drawn);
  expect(toSurviveNodeLoss).toEqual({ vmClass: 'best-effort-4xlarge', count: 2 }); // and not four best-effort-2xlarge
});

test("the answer for a class of one's own keeps that class", () => {
  const own = { cpu: 6, memoryGiB: 48 };
  expect(capacity([party()], { vmClass: own, count: 2 }).toFit).toEqual({ vmClass: own, count: 6 });
  const small = capacity([party()], { vmClass: { cpu: 4, memoryGiB: 48 }, count: 2 });
  expect(small).toMatchObject({ fits: false, toFit: undefined, toSurviveNodeLoss: undefined });
});

test('nodes that are none are refused, with every problem', () => {
  const nodes = {
    vmClass: 'best-effort-3xlarge',
    count: 0,
    overhead: { cpu: -1 },
    size: 3,
  } as unknown as NodePoolProps;
  expect(problemsOf(() => capacity([], nodes)).map(({ path }) => path)).toEqual([
    'size',
    'vmClass',
    'count',
    'overhead.cpu',
    'overhead.memoryGiB',
  ]);
  const own = { vmClass: { cpu: 0, memoryGiB: Number.NaN }, count: 1.5 };
  expect(problemsOf(() => capacity([], own)).map(({ path }) => path)).toEqual([
    'vmClass.cpu',
    'vmClass.memoryGiB',
    'count',
  ]);
});

describe('nodes for Spark workers alone', () => {
  const large = { vmClass: 'best-effort-4xlarge', count: 2 } as const;
  const apart = (props: Omit<PartyProps, 'id'> = {}, id = 30000) => party({ sparkNodes: true, ...props }, id);

  test('have the workers, one of a party on each, and the others have the rest', () => {
    const answer = capacity([apart({ sparkWorkers: 2 }), exchange()], { ...drawn, sparkNodes: large });
    expect(answer).toMatchObject({ fits: true, pending: [], requested: { cpu: 10.5, memoryGiB: 68 } });
    expect(answer.sparkNodes).toMatchObject({ nodes: large, requested: { cpu: 8, memoryGiB: 32 } });
    const workers = answer.placed.filter(({ name }) => name === 'spark-worker');
    expect(workers.map(({ node }) => node)).toEqual([3, 4]);
    for (const { name, node } of answer.placed) expect([name, node >= 3]).toEqual([name, name === 'spark-worker']);
  });

  test.each([
    ['one node of each kind less', 2, 1, { fits: true, survivesNodeLoss: false }],
    ['no node of the common ones to lose', 2, 3, { fits: true, survivesNodeLoss: false }],
    ['no node of their own to lose', 4, 2, { fits: true, survivesNodeLoss: false }],
    ['one of both to lose', 4, 3, { fits: true, survivesNodeLoss: true }],
  ])('with %s', (_, common, own, expected) => {
    const sparkWorkers = Math.min(own, 2);
    const nodes = { ...drawn, count: common, sparkNodes: { ...large, count: own } };
    const others = { client: { requests: { cpu: 4, memoryGiB: 8 }, limits: { cpu: 4, memoryGiB: 8 } } };
    expect(capacity([apart({ sparkWorkers, resources: others })], nodes)).toMatchObject(expected);
  });

  test('are named where there is no room on them, with what would do, and the others are not', () => {
    const plans = [apart({ sparkWorkers: 3 }), exchange()];
    const answer = capacity(plans, { ...drawn, count: 4, sparkNodes: large });
    expect(names(answer.pending)).toEqual(['fate-30000/spark-worker']);
    expect([answer.fits, answer.toFit]).toEqual([false, undefined]);
    expect(answer.sparkNodes).toMatchObject({ toFit: { count: 3 }, toSurviveNodeLoss: { count: 4 } });
    expect(describeCapacity(answer).split('\n')).toEqual([
      '4 x best-effort-2xlarge and 2 x best-effort-4xlarge for Spark workers: does not fit',
      '  requested 10.5 vCPU and 68 GiB, allocatable 28 vCPU and 248 GiB',
      '  requested for Spark workers 12 vCPU and 48 GiB, allocatable 30 vCPU and 252 GiB',
      '  no node for fate-30000/spark-worker (4 vCPU, 16 GiB)',
      '  finds room on 3 x best-effort-2xlarge for Spark workers',
      '  survives the loss of a node on 4 x best-effort-2xlarge for Spark workers',
    ]);
    const sparkNodes = answer.sparkNodes?.toSurviveNodeLoss;
    expect(capacity(plans, { ...drawn, count: 4, ...(sparkNodes && { sparkNodes }) }).survivesNodeLoss).toBe(true);
  });

  test('of parties share a node only where it has room for both', () => {
    const nodes = { ...drawn, sparkNodes: { ...large, count: 1 } };
    expect(capacity([apart(), apart({}, 40000)], { ...nodes, count: 6 }).fits).toBe(true);
    const sparkWorker = { requests: { cpu: 8, memoryGiB: 16 }, limits: { cpu: 8, memoryGiB: 16 } };
    const both = [apart({ resources: { sparkWorker } }), apart({ resources: { sparkWorker } }, 40000)];
    expect(names(capacity(both, { ...nodes, count: 6 }).pending)).toEqual(['fate-40000/spark-worker']);
  });

  test('have to be named where a party has its workers there, and are for no others', () => {
    const problemsWith = (plans: readonly PartyPlan[], nodes: object = {}) =>
      problemsOf(() => capacity(plans, { ...drawn, ...nodes })).map(({ path }) => path);
    expect(problemsWith([party(), apart({}, 40000)])).toEqual(['sparkNodes']);
    expect(
      problemsWith([apart(), apart({ sparkNodes: { labels: { a: 'b' } } }, 40000)], { sparkNodes: large }),
    ).toEqual(['sparkNodes']);
    expect(problemsWith([], { sparkNodes: { vmClass: 'huge', count: 0, sparkNodes: large } })).toEqual([
      'sparkNodes.sparkNodes',
      'sparkNodes.vmClass',
      'sparkNodes.count',
    ]);
    expect(capacity([party()], { ...drawn, sparkNodes: large })).toMatchObject({
      requested: { cpu: 12.5, memoryGiB: 80 },
      sparkNodes: { requested: { cpu: 0, memoryGiB: 0 } },
    });
  });
});

describe('pods that take some nodes only', () => {
  const of = (...plans: readonly PartyPlan[]) => {
    const { choosy } = capacity(plans, { ...drawn, sparkNodes: { vmClass: 'best-effort-4xlarge', count: 2 } });
    return choosy.map(({ namespace, name }) => `${namespace}/${name}`);
  };
  const zone = (name: string) => ({ nodeSelector: { 'topology.kubernetes.io/zone': name } });
  const term = { matchExpressions: [{ key: 'disk', operator: 'Exists' }] };

  test('are named, for nothing is promised of them', () => {
    const answer = capacity([party({ pods: { nginx: zone('a') } })], drawn);
    expect(answer.choosy).toEqual([expect.objectContaining({ namespace: 'fate-30000', name: 'nginx' })]);
    expect(describeCapacity(answer)).toMatch(
      /\n {2}counted on all nodes, and for some of them only: fate-30000\/nginx \(/,
    );
    const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
    expect(of(party({ pods: { datanode: { affinity: { nodeAffinity } } } }))).toEqual(['fate-30000/datanode']);
  });

  test('are none where all want the same label, which is of these nodes then', () => {
    expect(of(party({ pods: { all: zone('a') }, monitoring: {}, verification: true }))).toEqual([]);
    const [one, another] = [party({ pods: { all: zone('a') } }), party({ pods: { all: zone('b') } }, 40000)];
    expect(of(one, another)).toHaveLength(capacity([one, another], { ...drawn, count: 9 }).placed.length);
    expect(of(party({ pods: { all: zone('a'), mysql: zone('b') } })).length).toBeGreaterThan(1);
  });

  test('are none by a preference, nor by nodes that are counted for themselves', () => {
    const nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: term }] };
    expect(of(party({ pods: { all: { affinity: { nodeAffinity } } } }))).toEqual([]);
    expect(of(party({ sparkNodes: true }), party({}, 40000))).toEqual([]);
  });
});

describe('the text for a person', () => {
  test('says what is asked, what found no node and what would do', () => {
    const answer = capacity([party({ sizing: 'production' })], { vmClass: 'guaranteed-4xlarge', count: 3 });
    expect(describeCapacity(answer)).toBe(
      [
        '3 x guaranteed-4xlarge: does not fit',
        '  requested 57 vCPU and 115 GiB, allocatable 45 vCPU and 378 GiB',
        '  no node for 3 x fate-30000/datanode (4 vCPU, 8 GiB), fate-30000/nginx (4 vCPU, 8 GiB), fate-30000/pulsar (4 vCPU, 8 GiB)',
        '  finds room on 3 x guaranteed-8xlarge',
        '  survives the loss of a node on 4 x guaranteed-8xlarge',
      ].join('\n'),
    );
  });

  test('says which pods may wait and where none would, and has no advice where nothing is wrong', () => {
    expect(describeCapacity(capacity([party(), exchange()], drawn)).split('\n')).toEqual([
      '3 x best-effort-2xlarge: fits, but does not survive the loss of a node',
      '  requested 14.5 vCPU and 84 GiB, allocatable 21 vCPU and 186 GiB',
      '  may find room in pieces only, and wait: fate-30000/spark-worker (4 vCPU, 16 GiB)',
      '  finds room on 1 x best-effort-4xlarge',
      '  survives the loss of a node on 2 x best-effort-4xlarge',
    ]);
    expect(describeCapacity(capacity([party()], drawn)).split('\n')).toEqual([
      '3 x best-effort-2xlarge: fits, and may not survive the loss of a node',
      '  requested 12.5 vCPU and 80 GiB, allocatable 21 vCPU and 186 GiB',
      '  may find room in pieces only after it, and wait: fate-30000/spark-worker (4 vCPU, 16 GiB)',
      '  survives the loss of a node on 2 x best-effort-4xlarge',
    ]);
    expect(describeCapacity(capacity([party()], { ...drawn, count: 4 })).split('\n')).toHaveLength(2);
  });

  test('counts pods that are alike, names containers that are larger than a node, and says when no class would do', () => {
    const own = { cpu: 4, memoryGiB: 16 };
    const text = describeCapacity(capacity([party({ sizing: 'production' })], { vmClass: own, count: 1 }));
    expect(text).toContain('1 x (4 vCPU, 16 GiB): does not fit');
    expect(text).toContain('2 x fate-30000/spark-worker (8 vCPU, 16 GiB)');
    expect(text).toContain('more than a node has: fate-30000 sparkWorker (8 vCPU, 16 GiB)');
    expect(text).toContain('fits on no class of the family');
  });
});

const sizes = fc.record({ cpu: fc.integer({ min: 1, max: 32 }), memoryGiB: fc.integer({ min: 1, max: 32 }) });
const resources = sizes.map(({ cpu, memoryGiB }): Resources => {
  const requests = { cpu: cpu / 4, memoryGiB };
  return { requests, limits: { cpu: 40, memoryGiB: 40 } };
});
const parties = fc
  .record({
    resources: fc.dictionary(fc.constantFrom(...containers), resources),
    sizing: fc.constantFrom(...(Object.keys(sizingPresets) as SizingPreset[])),
    sparkWorkers: fc.integer({ min: 1, max: 4 }),
    datanodes: fc.integer({ min: 1, max: 4 }),
  })
  .map((props) => party({ ...props, belowGuideline: true }));
const plans = fc
  .tuple(fc.array(parties, { maxLength: 2 }), fc.array(fc.integer({ min: 1, max: 4 }).map(exchange), { maxLength: 1 }))
  .map(([some, others]): (PartyPlan | ExchangePlan)[] => [
    ...some.map((plan, i) => ({ ...plan, namespace: `fate-${i}` })),
    ...others,
  ]);
const classNames = Object.keys(vmClasses) as VmClass[];
const pools = fc.record({
  vmClass: fc.oneof(fc.constantFrom(...classNames), sizes),
  count: fc.integer({ min: 1, max: 8 }),
  overhead: fc.constantFrom(nothing, { cpu: 1, memoryGiB: 2 }),
});

const quantityOf = (vmClass: NodePool['vmClass']): Quantity =>
  typeof vmClass === 'string' ? vmClasses[vmClass] : vmClass;

function expectRealPlacement(answer: Capacity): void {
  const { cpu, memoryGiB } = quantityOf(answer.nodes.vmClass);
  const { overhead, count } = answer.nodes;
  for (const { node } of answer.placed) expect(node).toBeOneOf(Array.from({ length: count }, (_, i) => i));
  for (let node = 0; node < count; node++) {
    const there = answer.placed.filter((pod) => pod.node === node);
    const taken = total(there);
    expect(taken.cpu).toBeLessThanOrEqual(Math.max(0, cpu - overhead.cpu));
    expect(taken.memoryGiB).toBeLessThanOrEqual(Math.max(0, memoryGiB - overhead.memoryGiB));
    const workers = names(there.filter(({ name }) => name === 'spark-worker'));
    expect(new Set(workers).size).toBe(workers.length);
  }
}

describe('for any plans and nodes', () => {
  test('what is placed is a real placement, and with what is pending it is every pod', () => {
    fc.assert(
      fc.property(plans, pools, (plans, nodes) => {
        const answer = capacity(plans, nodes);
        expectRealPlacement(answer);
        expect(answer.fits).toBe(answer.pending.length === 0);
        expect(total([...answer.placed, ...answer.pending])).toEqual(answer.requested);
      }),
    );
  });

  test('one more node unsettles nothing: placed pods stay where they are, and where none may wait all survive a loss then', () => {
    fc.assert(
      fc.property(plans, pools, (plans, nodes) => {
        const before = capacity(plans, nodes);
        const after = capacity(plans, { ...nodes, count: nodes.count + 1 });
        expect(after.placed).toEqual(expect.arrayContaining([...before.placed]));
        expect(after.survivesNodeLoss).toBe(before.fits && before.mayWait.length === 0);
        expect(after.mayWaitAfterNodeLoss).toEqual(before.mayWait);
        if (before.fits) expect(after.fits).toBe(true);
      }),
    );
  });

  /** What a scheduler may do: each pod on any node that has room, in any order. */
  const anyPlacement = (waiting: readonly PlannedPod[], { allocatable, nodes }: Capacity, choose: () => number) => {
    const rooms = Array.from({ length: nodes.count }, (): { cpu: number; memoryGiB: number; pods: PlannedPod[] } => ({
      cpu: allocatable.cpu / nodes.count,
      memoryGiB: allocatable.memoryGiB / nodes.count,
      pods: [],
    }));
    const order = waiting.map((pod) => ({ pod, at: choose() })).sort((a, b) => a.at - b.at);
    return order.flatMap(({ pod }) => {
      const { cpu, memoryGiB } = pod.requests;
      const able = rooms.filter(
        (room) =>
          room.cpu >= cpu - 1e-9 &&
          room.memoryGiB >= memoryGiB &&
          (pod.name !== 'spark-worker' || !names(room.pods).includes(names([pod]).join())),
      );
      const room = able[Math.floor(choose() * able.length)];
      if (room === undefined) return [pod];
      room.cpu -= cpu;
      room.memoryGiB -= memoryGiB;
      room.pods.push(pod);
      return [];
    });
  };

  test('on the nodes that the answer names each pod finds room, in any order and wherever the others are', () => {
    fc.assert(
      fc.property(plans, pools, fc.gen(), (plans, nodes, gen) => {
        const { toFit = nodes } = capacity(plans, nodes);
        const answer = capacity(plans, { ...nodes, ...toFit });
        fc.pre(answer.fits);
        expect(answer.mayWait).toEqual([]);
        const choose = () => gen(fc.double, { min: 0, max: 0.999, noNaN: true });
        expect(names(anyPlacement(answer.placed, answer, choose))).toEqual([]);
      }),
    );
  });

  test('the smallest nodes that the answer names do, and no smaller ones of the family', () => {
    const family = (vmClass: NodePool['vmClass']) =>
      typeof vmClass === 'string'
        ? classNames.filter((name) => vmClasses[name].guaranteed === vmClasses[vmClass].guaranteed)
        : [vmClass];
    const size = ({ vmClass, count }: NodePool) => {
      const { cpu, memoryGiB } = quantityOf(vmClass);
      return [cpu * count, memoryGiB * count, count] as const;
    };
    const isSmaller = (a: NodePool, b: NodePool) => {
      const [cpuA, memoryA, countA] = size(a);
      const [cpuB, memoryB, countB] = size(b);
      return cpuA !== cpuB ? cpuA < cpuB : memoryA !== memoryB ? memoryA < memoryB : countA < countB;
    };
    const does =
      (verdict: (answer: Capacity) => boolean, answer?: NodePool) =>
      (plans: (PartyPlan | ExchangePlan)[], nodes: PlannedNodes) => {
        const { overhead } = nodes;
        const ofFamily = family(nodes.vmClass).flatMap((vmClass) =>
          Array.from({ length: 40 }, (_, i) => ({ vmClass, count: i + 1 })),
        );
        const candidates = answer === undefined ? ofFamily : ofFamily.filter((pool) => isSmaller(pool, answer));
        if (answer) expect(verdict(capacity(plans, { ...answer, overhead }))).toBe(true);
        for (const pool of candidates) {
          expect(verdict(capacity(plans, { ...pool, overhead })), JSON.stringify(pool)).toBe(false);
        }
      };
    fc.assert(
      fc.property(plans, pools, (plans, nodes) => {
        const findRoom = ({ fits, mayWait }: Capacity) => fits && mayWait.length === 0;
        const survive = ({ survivesNodeLoss }: Capacity) => survivesNodeLoss;
        const answer = capacity(plans, nodes);
        if (!findRoom(answer)) does(findRoom, answer.toFit)(plans, nodes);
        if (!survive(answer)) does(survive, answer.toSurviveNodeLoss)(plans, nodes);
      }),
      { numRuns: 30 },
    );
  });
});

describe('GPUs', () => {
  const learning = (gpus: number) =>
    partyPlan({ ...agreement, fate: '1.11.2', id: 30000, compute: { algorithm: 'nn', device: 'gpu', gpus } });
  const nodes = { vmClass: 'best-effort-4xlarge', count: 6 } as const;

  test('FATE Flow that computes on GPUs fits no node without', () => {
    const answer = capacity([learning(1)], nodes);
    expect(answer.fits).toBe(false);
    expect(answer.pending.map(({ name, requests }) => [name, requests.gpus])).toEqual([['fateflow', 1]]);
    expect(describeCapacity(answer)).toContain('no node for fate-30000/fateflow (1 vCPU, 5 GiB, 1 GPU)');
    expect(answer.toFit).toEqual({ vmClass: 'best-effort-4xlarge', count: 1, gpus: 1 });
  });

  test('nodes that would do have as many as one of its pods wants', () => {
    const { toFit } = capacity([learning(2)], { ...nodes, gpus: 1 });
    expect(toFit?.gpus).toBe(2);
    expect(capacity([learning(2)], toFit ?? nodes).fits).toBe(true);
  });

  test('it fits one that has as many', () => {
    const answer = capacity([learning(2)], { ...nodes, gpus: 2 });
    expect(answer).toMatchObject({ fits: true, requested: { gpus: 2 }, allocatable: { gpus: 12 } });
    expect(describeCapacity(answer)).toMatch(/^6 x best-effort-4xlarge with 2 GPUs: fits/);
    expect(capacity([learning(3)], { ...nodes, gpus: 2 }).fits).toBe(false);
  });

  test('two share a node that has enough, and need two that have one each', () => {
    const two = [learning(1), { ...learning(1), namespace: 'fate-40000' }];
    const places = (gpus: number) =>
      new Set(
        capacity(two, { ...nodes, gpus })
          .placed.filter(({ name }) => name === 'fateflow')
          .map(({ node }) => node),
      ).size;
    expect([places(1), places(2)]).toEqual([2, 1]);
  });

  test('who asks for none says nothing of them', () => {
    const { requested, allocatable } = capacity([partyPlan({ ...agreement, id: 30000 })], nodes);
    expect([requested.gpus, allocatable.gpus]).toEqual([undefined, undefined]);
  });

  test.each([-1, 1.5, 200, '1'])('%j GPUs of a node are refused', (gpus) => {
    expect(() => capacity([], { ...nodes, gpus: gpus as number })).toThrow('gpus:');
  });
});

test("FATE Board's pod counts for itself where it has one, and FATE 1.11.2 has three datanodes", () => {
  const names = (fate: '1.6.1' | '1.11.2') =>
    capacity([partyPlan({ ...agreement, fate, id: 30000 })], { vmClass: 'best-effort-8xlarge', count: 9 }).placed.map(
      ({ name }) => name,
    );
  expect(names('1.6.1').filter((name) => /fateboard|datanode/.test(name))).toEqual(['datanode']);
  expect(
    names('1.11.2')
      .filter((name) => /fateboard|datanode/.test(name))
      .sort(),
  ).toEqual(['datanode', 'datanode', 'datanode', 'fateboard']);
});

test('the Job that verifies a party finds room beside the rest', () => {
  const placedOf = (verification: boolean) =>
    capacity([party({ verification })], { vmClass: 'guaranteed-8xlarge', count: 2 }).placed;
  const [without, placed] = [placedOf(false), placedOf(true)];
  expect(placed).toHaveLength(without.length + 1);
  expect(placed.find(({ name }) => name === 'toy-example')?.requests).toMatchObject({ cpu: 0.1, memoryGiB: 0.125 });
});
