import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import {
  type Capacity,
  capacity,
  type ExchangePlan,
  exchangePlan,
  type NodePool,
  type PartyContainer,
  type PartyPlan,
  type PartyProps,
  partyPlan,
  type SizingPreset,
  sizingPresets,
} from '../../../lib';
import { type AnyObject, objectsOf, workloadsOf } from '../../support/objects';
import { titled } from '../support/engines';
import { accountsIn, addNodes, type Cluster, noCluster, nodesOf, startCluster } from './cluster';
import { createAll, itemsOf } from './live-objects';

type Plans = readonly (PartyPlan | ExchangePlan)[];

/** Pods of some plans before some nodes, none of them shared with another question. */
interface Question {
  readonly text: string;
  readonly plans: Plans;
  readonly answer: Capacity;
  /**
   * Whether each pod is held to the node where `capacity()` has it. By itself the scheduler spreads pods as they come and moves
   * none: a Spark worker that comes last may find no room in one piece, now and then even where a whole node is to spare.
   */
  readonly held: boolean;
}

const agreement = { domain: 'example.com' };
const party = (props: Partial<PartyProps> = {}, id = 30000) => partyPlan({ ...agreement, id, ...props });
const exchange = exchangePlan(agreement);
const drawn = { vmClass: 'best-effort-2xlarge', count: 3 } as const satisfies NodePool;

const federations = (Object.keys(sizingPresets) as SizingPreset[]).flatMap((sizing): [string, Plans][] => [
  [`a party of size ${sizing}`, [party({ sizing })]],
  [`a party of size ${sizing} and the exchange`, [party({ sizing }), exchange]],
  [`two parties of size ${sizing} and the exchange`, [party({ sizing }), party({ sizing }, 40000), exchange]],
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

/** The least nodes that do, and one less; a family without nodes that are large enough has neither. */
function aroundLeast(plans: Plans, vmClass: NodePool['vmClass']): readonly NodePool[] {
  const one = { vmClass, count: 1 };
  const { fits, toFit } = capacity(plans, one);
  const least = fits ? one : toFit;
  return least === undefined ? [] : [least, { ...least, count: least.count - 1 }].filter(({ count }) => count > 0);
}

function ask(text: string, plans: Plans, pool: NodePool): Question {
  const size = JSON.stringify(pool.vmClass);
  return { text: `${text} on ${pool.count} x ${size}`, plans, answer: capacity(plans, pool), held: false };
}

const atTheLimit = [
  ...federations.flatMap(([text, plans]) => aroundLeast(plans, drawn.vmClass).map((pool) => ask(text, plans, pool))),
  ...drawnByLot.flatMap(({ plans, vmClass }, i) =>
    aroundLeast(plans, vmClass).map((pool) => ask(`federation ${i}`, plans, pool)),
  ),
].map((it) => ({ ...it, held: it.answer.fits }));

const inTheDrawnCluster = federations.map(([text, plans]) => ask(text, plans, drawn));

const questions = [...atTheLimit, ...inTheDrawnCluster];
const refused = noCluster();

describe.skipIf(refused !== undefined)(titled('The scheduler', refused), () => {
  let cluster: Cluster;
  /** Names of the pods that found no node. */
  let waiting: ReadonlyMap<Question, readonly string[]>;

  beforeAll(async () => {
    cluster = await startCluster();
    waiting = await decided(cluster);
  }, 720_000);
  afterAll(() => cluster?.stop());

  const waitingOf = (asked: readonly Question[]) => asked.map((it) => [it.text, waiting.get(it)]);
  const nobody = (asked: readonly Question[]) => asked.map(({ text }) => [text, []]);

  test('takes every pod where capacity() has it, on the least nodes that do', () => {
    const fitting = atTheLimit.filter(({ answer }) => answer.fits);
    expect(fitting.length).toBeGreaterThan(20);
    expect(waitingOf(fitting)).toEqual(nobody(fitting));
  });

  test('leaves pods waiting on a node less', () => {
    const tooMuch = atTheLimit.filter(({ answer }) => !answer.fits);
    expect(tooMuch.length).toBeGreaterThan(15);
    expect(waitingOf(tooMuch)).not.toContainEqual([expect.anything(), []]);
  });

  test('says by itself what capacity() says of the cluster that the paper draws', () => {
    const verdicts = inTheDrawnCluster.map((it) => [it.text, waiting.get(it)?.length === 0]);
    expect(verdicts).toEqual(inTheDrawnCluster.map(({ text, answer }) => [text, answer.fits]));
  });
});

async function decided(cluster: Cluster): Promise<ReadonlyMap<Question, readonly string[]>> {
  const asked = questions.map((question, i) => ({ question, name: `question-${i}` }));
  const namespaces = asked.flatMap(({ question, name }) => question.plans.map((plan) => `${name}-${plan.namespace}`));
  await addNodes(
    cluster,
    asked.flatMap(({ question, name }) => nodesOf(question.answer.nodes, name, { [label]: name })),
  );
  await createAll(
    cluster,
    namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  );
  await accountsIn(cluster, namespaces);
  await Promise.all(asked.map(({ question, name }) => createAll(cluster, podsOf(question, name))));
  const pods = await settled(cluster);
  return new Map(
    asked.map(({ question, name }) => [
      question,
      pods
        .filter((pod) => pod.spec.nodeSelector[label] === name && !isScheduled(pod))
        .map(({ metadata }) => metadata.name),
    ]),
  );
}

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
function podsOf({ plans, answer, held }: Question, name: string): AnyObject[] {
  const unclaimed = [...answer.placed];
  return plans.flatMap(workloadsOfPlan).flatMap(({ metadata, spec }) =>
    Array.from({ length: spec.replicas }, (_, i) => {
      const at = unclaimed.findIndex((it) => it.namespace === metadata.namespace && it.name === metadata.name);
      const [place] = at === -1 ? [] : unclaimed.splice(at, 1);
      const claims = (spec.volumeClaimTemplates ?? []).map((claim: AnyObject) => ({
        name: claim.metadata.name,
        emptyDir: {},
      }));
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          ...spec.template.metadata,
          namespace: `${name}-${metadata.namespace}`,
          name: `${metadata.name}-${i}`,
        },
        spec: {
          ...spec.template.spec,
          volumes: [...(spec.template.spec.volumes ?? []), ...claims],
          nodeSelector: { [label]: name, ...(held && { 'kubernetes.io/hostname': `${name}-${place?.node}` }) },
        },
      };
    }),
  );
}

const workloadsOfPlan = (plan: PartyPlan | ExchangePlan): readonly AnyObject[] =>
  workloadsOf(
    objectsOf((app) =>
      'sizing' in plan
        ? new FederatedLearningCluster(app, plan.namespace, plan)
        : new Exchange(app, plan.namespace, plan),
    ),
  );
