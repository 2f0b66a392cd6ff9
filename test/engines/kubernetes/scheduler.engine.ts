import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import {
  type AgreementProps,
  type Capacity,
  capacity,
  type ExchangePlan,
  exchangePlan,
  type NodePool,
  type NodesProps,
  type PartyContainer,
  type PartyPlan,
  type PartyProps,
  type PlannedPod,
  partyPlan,
  type SizingPreset,
  sizingPresets,
  tanzuClusterPlan,
} from '../../../lib';
import { exchangeDescriptorOf } from '../../support/declarations';
import { type AnyObject, objectsOf, workloadsOf } from '../../support/objects';
import { titled } from '../support/engines';
import { accountsIn, addNodes, type Cluster, noCluster, nodesOf, startCluster } from './cluster';
import { createAll, itemsOf, remove } from './live-objects';

type Plans = readonly (PartyPlan | ExchangePlan)[];

/** Pods of some plans before some nodes, none of them shared with another question. */
interface Question {
  readonly text: string;
  readonly plans: Plans;
  readonly answer: Capacity;
}

const agreement = { domain: 'example.com' };
const party = (props: Partial<PartyProps & AgreementProps> = {}, id = 30000) =>
  partyPlan({ ...agreement, id, ...props });
const exchange = exchangePlan(agreement);
const drawn = { vmClass: 'best-effort-2xlarge', count: 3 } as const satisfies NodePool;
const classes = ['best-effort-2xlarge', 'best-effort-4xlarge'] as const satisfies readonly NodePool['vmClass'][];

const federations = (Object.keys(sizingPresets) as SizingPreset[]).flatMap((sizing): [string, Plans][] => [
  [`a party of size ${sizing}`, [party({ sizing })]],
  [`a party of size ${sizing} and the exchange`, [party({ sizing }), exchange]],
  [`two parties of size ${sizing} and the exchange`, [party({ sizing }), party({ sizing }, 40000), exchange]],
]);

/** What the example of five parties has in one cluster each. */
const five = { fate: '1.11.2', transport: 'open' } as const;
const clustersOfFive: readonly [string, Plans][] = [
  ['a party and the exchange, of five', [party(five, 10000), exchangePlan({ ...agreement, ...five })]],
  [
    'a party with several Pulsars',
    [party({ ...five, sizing: 'production', datasetGiB: 40, pulsar: { cluster: true } })],
  ],
  ['two departments', [party(five), party({ ...five, sizing: 'reference' }, 30001)]],
];

/** Beside pods that take a node each, or all of it but little: brokers, bookies, ZooKeepers and proxies. */
const withPulsars = (Object.keys(sizingPresets) as SizingPreset[]).map((sizing): [string, Plans] => [
  `a party of size ${sizing} with several Pulsars`,
  [partyPlan({ ...agreement, id: 30000, sizing, pulsar: { cluster: true }, exchange: exchangeDescriptorOf() })],
]);

const quarters = fc.record({ cpu: fc.integer({ min: 1, max: 16 }), memoryGiB: fc.integer({ min: 1, max: 16 }) });
const resources = quarters.map(({ cpu, memoryGiB }) => ({
  requests: { cpu: cpu / 4, memoryGiB },
  limits: { cpu: 8, memoryGiB: 16 },
}));
const containers = Object.keys(sizingPresets.minimum.containers) as PartyContainer[];
const anyFederation = fc.record({
  plans: fc
    .record({
      resources: fc.dictionary(fc.constantFrom(...containers), resources, { minKeys: 5 }),
      sparkWorkers: fc.integer({ min: 1, max: 4 }),
      datanodes: fc.integer({ min: 1, max: 4 }),
    })
    .map((props): Plans => [party({ ...props, sizing: 'minimum', belowGuideline: true }), exchange]),
  vmClass: fc.record({ cpu: fc.integer({ min: 5, max: 16 }), memoryGiB: fc.integer({ min: 18, max: 64 }) }),
});
const drawnByLot = fc.sample(anyFederation, { numRuns: 12, seed: 1600 });

/** Parties whose Spark workers have nodes of their own, each on the least nodes of both kinds that survive the loss of one. */
const apart = (Object.keys(sizingPresets) as SizingPreset[]).flatMap((sizing) => {
  const plans = [party({ sizing, sparkNodes: true }), party({ sizing, sparkNodes: true }, 40000), exchange];
  const one = { vmClass: 'best-effort-4xlarge', count: 1 } as const;
  const { toSurviveNodeLoss: common, sparkNodes } = capacity(plans, { ...one, sparkNodes: one });
  const own = sparkNodes?.toSurviveNodeLoss;
  const text = `two parties of size ${sizing} with nodes for Spark workers`;
  return common && own ? [ask(text, plans, { ...common, sparkNodes: own })] : [];
});

/** The least nodes of a class that `does` says it of; a class that is too small has none. */
function least(plans: Plans, vmClass: NodePool['vmClass'], does: (answer: Capacity) => boolean): NodePool | undefined {
  const pools = Array.from({ length: 24 }, (_, i) => ({ vmClass, count: i + 1 }));
  return pools.find((pool) => does(capacity(plans, pool)));
}

function ask(text: string, plans: Plans, pool: NodesProps): Question {
  const size = JSON.stringify(pool.vmClass);
  return { text: `${text} on ${pool.count} x ${size}`, plans, answer: capacity(plans, pool) };
}

/** On the least nodes that survive the loss of one. */
const survivingOnOneKind = [
  ...[...federations, ...clustersOfFive].flatMap(([text, plans]) =>
    classes.map((vmClass) => ({ text, plans, vmClass })),
  ),
  ...withPulsars.map(([text, plans]) => ({ text, plans, vmClass: 'best-effort-4xlarge' as const })),
  ...drawnByLot.map(({ plans, vmClass }, i) => ({ text: `federation ${i}`, plans, vmClass })),
].flatMap(({ text, plans, vmClass }) => {
  const pool = least(plans, vmClass, ({ survivesNodeLoss }) => survivesNodeLoss);
  return pool === undefined ? [] : [ask(text, plans, pool)];
});

const surviving = [...survivingOnOneKind, ...apart];

/** On a node less than there is a placement for. */
const tooMuch = federations.flatMap(([text, plans]) => {
  const pool = least(plans, 'best-effort-4xlarge', ({ fits }) => fits);
  return pool === undefined || pool.count === 1 ? [] : [ask(text, plans, { ...pool, count: pool.count - 1 })];
});

const inTheDrawnCluster = federations.map(([text, plans]) => ask(text, plans, drawn));

const questions = [...surviving, ...tooMuch, ...inTheDrawnCluster];
const refused = noCluster();

describe.skipIf(refused !== undefined)(titled('The scheduler', refused), () => {
  let cluster: Cluster;
  let waiting: Waiting;
  let afterNodeLoss: Waiting;
  let before: readonly AnyObject[];
  let after: readonly AnyObject[];

  beforeAll(async () => {
    cluster = await startCluster();
    before = await decided(cluster);
    waiting = waitingOf(before);
    await loseNodes(cluster, before);
    after = await settled(cluster);
    afterNodeLoss = waitingOf(after);
  }, 720_000);
  afterAll(() => cluster?.stop());

  const told = (asked: readonly Question[], found: Waiting) => asked.map((it) => [it.text, found.get(it)]);
  const nobody = (asked: readonly Question[]) => asked.map(({ text }) => [text, []]);
  const namesOf = (pods: readonly PlannedPod[]) => pods.map(({ name }) => name);

  test('leaves no pod waiting where capacity() says that the loss of a node is survived, before it and after', () => {
    expect(surviving.length).toBeGreaterThan(25);
    expect(told(surviving, waiting)).toEqual(nobody(surviving));
    expect(told(surviving, afterNodeLoss)).toEqual(nobody(surviving));
  });

  test('puts Spark workers on the nodes that are for them, before the loss of one and after, and nothing else', () => {
    expect(apart).toHaveLength(4);
    for (const question of apart) {
      const { nodes } = question.answer.sparkNodes ?? {};
      for (const pods of [before, after].map((all) => all.filter((pod) => isOf(question, pod)))) {
        const there = pods.filter(({ spec }) => spec.nodeName.startsWith(sparkNode(question)));
        expect(there.map(nameOfPod), question.text).toEqual(pods.filter(isSparkWorker).map(nameOfPod));
        expect(there.length, question.text).toBeGreaterThan(1);
      }
      expect(nodes?.count, question.text).toBeGreaterThan(1);
    }
  });

  test('leaves pods waiting on a node less than capacity() has a placement for', () => {
    expect(tooMuch.length).toBeGreaterThan(5);
    expect(told(tooMuch, waiting)).not.toContainEqual([expect.anything(), []]);
  });

  test('leaves none waiting in the cluster that the paper draws but those that capacity() names', () => {
    for (const it of inTheDrawnCluster) {
      const { fits, mayWait, mayWaitAfterNodeLoss } = it.answer;
      if (!fits) expect(waiting.get(it), it.text).not.toEqual([]);
      else expect(namesOf(mayWait), it.text).toEqual(expect.arrayContaining([...(waiting.get(it) ?? [])]));
      if (losing.includes(it)) {
        expect(namesOf(mayWaitAfterNodeLoss), it.text).toEqual(
          expect.arrayContaining([...(afterNodeLoss.get(it) ?? [])]),
        );
      }
    }
  });
});

/** Names of the workloads whose pods found no node. */
type Waiting = ReadonlyMap<Question, readonly string[]>;

const nameOf = (question: Question): string => `question-${questions.indexOf(question)}`;

async function decided(cluster: Cluster): Promise<readonly AnyObject[]> {
  const namespaces = questions.flatMap((it) => it.plans.map((plan) => `${nameOf(it)}-${plan.namespace}`));
  await addNodes(
    cluster,
    questions.flatMap((it) => [...nodesOf(it.answer.nodes, nameOf(it), { [label]: nameOf(it) }), ...sparkNodesOf(it)]),
  );
  await createAll(
    cluster,
    namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  );
  await accountsIn(cluster, namespaces);
  await Promise.all(questions.map((it) => createAll(cluster, podsOf(it))));
  return settled(cluster);
}

const sparkNode = (question: Question): string => `${nameOf(question)}-spark-`;

/** As a cluster with a pool for Spark workers has them. */
function sparkNodesOf(question: Question): AnyObject[] {
  const { sparkNodes } = tanzuClusterPlan({
    name: 'party-30000',
    platform: 'VCF 9.1',
    kubernetes: 'v1.33.1+vmware.1-fips-vkr.2',
    workers: [{}, { sparkNodes: true }],
  });
  const { nodes } = question.answer.sparkNodes ?? {};
  if (nodes === undefined || sparkNodes === undefined) return [];
  const labels = { [label]: nameOf(question), ...sparkNodes.labels };
  return nodesOf(nodes, `${nameOf(question)}-spark`, labels, sparkNodes.taints);
}

/** Those of which a node is lost. */
const losing = [
  ...surviving,
  ...inTheDrawnCluster.filter(({ answer }) => answer.survivesNodeLoss || answer.mayWaitAfterNodeLoss.length > 0),
];

/**
 * Takes the node away that has a Spark worker and most pods, or any where there is no worker. What takes the place of its pods
 * comes as is hardest: Spark workers last.
 */
const loseNodes = async (cluster: Cluster, pods: readonly AnyObject[]): Promise<void> => {
  await Promise.all(
    losing.map(async (question) => {
      const lost = heaviest(pods.filter((pod) => isOf(question, pod)));
      const names = new Set(lost.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
      await remove(cluster, { apiVersion: 'v1', kind: 'Node', metadata: { name: lost[0]?.spec.nodeName } });
      for (const { metadata } of lost) {
        await cluster.call(
          'DELETE',
          `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}?gracePeriodSeconds=0`,
        );
      }
      const again = podsOf(question).filter(({ metadata }) => names.has(`${metadata.namespace}/${metadata.name}`));
      await createAll(cluster, [...again.filter((pod) => !isSparkWorker(pod)), ...again.filter(isSparkWorker)]);
    }),
  );
};

/** Pods of the node. */
function heaviest(pods: readonly AnyObject[]): readonly AnyObject[] {
  const byNode = new Map<string, AnyObject[]>();
  for (const pod of pods.filter(isScheduled))
    byNode.set(pod.spec.nodeName, [...(byNode.get(pod.spec.nodeName) ?? []), pod]);
  const weight = (there: readonly AnyObject[]) => there.length + (there.some(isSparkWorker) ? 1000 : 0);
  return [...byNode.values()].sort((a, b) => weight(b) - weight(a))[0] ?? [];
}

const isOf = (question: Question, { spec }: AnyObject): boolean => spec.nodeSelector?.[label] === nameOf(question);

const nameOfPod = ({ metadata }: AnyObject): string => `${metadata.namespace}/${metadata.name}`;

const isSparkWorker = ({ metadata }: AnyObject): boolean => metadata.name.startsWith('spark-worker-');

const waitingOf = (pods: readonly AnyObject[]): Waiting =>
  new Map(
    questions.map((question) => [
      question,
      pods
        .filter((pod) => isOf(question, pod) && !isScheduled(pod))
        .map(({ metadata }) => metadata.name.replace(/-\d+$/, '')),
    ]),
  );

/** Pods once the scheduler has looked at all of them, and places no more of them at another look. */
async function settled(cluster: Cluster): Promise<readonly AnyObject[]> {
  let placed = 0;
  return vi.waitFor(
    async () => {
      const pods = await itemsOf(cluster, '/api/v1/pods');
      const before = placed;
      placed = pods.filter(isScheduled).length;
      expect(pods.filter((pod) => !isScheduled(pod) && !isUnschedulable(pod))).toEqual([]);
      expect(placed).toBe(before);
      return pods;
    },
    { timeout: 360_000, interval: 3000 },
  );
}

const label = 'question';

const isScheduled = ({ spec }: AnyObject): boolean => spec.nodeName !== undefined;

const isUnschedulable = ({ status }: AnyObject): boolean =>
  status.conditions?.some(({ reason }: AnyObject) => reason === 'Unschedulable') ?? false;

/** As the controllers of the workloads would make them, volumes apart. */
const podsOf = (question: Question): AnyObject[] =>
  question.plans.flatMap(workloadsOfPlan).flatMap(({ metadata, spec }) =>
    Array.from({ length: spec.replicas }, (_, i) => {
      const claims = (spec.volumeClaimTemplates ?? []).map((claim: AnyObject) => ({
        name: claim.metadata.name,
        emptyDir: {},
      }));
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          ...spec.template.metadata,
          namespace: `${nameOf(question)}-${metadata.namespace}`,
          name: `${metadata.name}-${i}`,
        },
        spec: {
          ...spec.template.spec,
          volumes: [...(spec.template.spec.volumes ?? []), ...claims],
          nodeSelector: { ...spec.template.spec.nodeSelector, [label]: nameOf(question) },
        },
      };
    }),
  );

const workloadsOfPlan = (plan: PartyPlan | ExchangePlan): readonly AnyObject[] =>
  workloadsOf(
    objectsOf((app) =>
      'sizing' in plan
        ? new FederatedLearningCluster(app, plan.namespace, plan)
        : new Exchange(app, plan.namespace, plan),
    ),
  );
