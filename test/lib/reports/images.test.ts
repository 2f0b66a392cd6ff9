import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ComputeProps,
  clusterFile,
  Exchange,
  exchangePlan,
  type FateRelease,
  FederatedLearningCluster,
  federation,
  ImageDiskMount,
  IngressController,
  imageDiskMountPlan,
  ingressControllerPlan,
  KubeFateService,
  kubeFatePlan,
  type PartyProps,
  partyPlan,
  releases,
} from '../../../index';
import { partyCharts } from '../../../lib/kubefate/charts';
import { mirrored } from '../../../lib/kubernetes/images';
import { chartBusybox, images, isCopy, type PlanWithPods } from '../../../lib/reports/images';
import { type Drawn, drawExample } from '../../support/drawn-examples';
import { examples } from '../../support/examples';
import { type AnyObject, objectsOf } from '../../support/objects';

/** `<namespace> <workload> <container> <init or main> <image>` of all containers, as they are drawn. */
const containersOf = (objects: readonly AnyObject[]): string[] =>
  objects.flatMap(({ kind, metadata, spec }) => {
    const pod = (spec?.jobTemplate?.spec ?? spec)?.template?.spec;
    if (pod?.containers === undefined) return [];
    const name = kind === 'Job' ? metadata.name.replace(/-[0-9a-f]{8}$/, '') : metadata.name;
    const lines = (list: readonly AnyObject[] = [], phase: string) =>
      list.map((each) => [metadata.namespace, `${kind.toLowerCase()}/${name}`, each.name, phase, each.image].join(' '));
    return [...lines(pod.initContainers, 'init'), ...lines(pod.containers, 'main')];
  });

/** The same, as they are listed. */
const listed = (plans: readonly PlanWithPods[]): string[] =>
  images(plans)
    .flatMap(({ image, uses }) =>
      uses.map(({ namespace, workload, container, isInit }) =>
        [namespace, workload, container, isInit ? 'init' : 'main', image].join(' '),
      ),
    )
    .sort();

const isOfKubeFate = (plan: PlanWithPods) => 'driver' in plan && plan.driver === 'kubefate';

/** Every field `image` of any object: of what the walk over pods above knows nothing, too. */
const imageFields = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, each]) =>
        key === 'image' && typeof each === 'string' ? [each] : imageFields(each),
      );

/** Of a chart that is no plan's. */
const ofTheExamplesOwn: Readonly<Record<string, readonly string[]>> = {
  'platform-repo': ['harbor.example.com/portal:1.0'],
};

describe.each(examples)('the images of the example %s', (example) => {
  let drawn: readonly Drawn[];
  let written: readonly AnyObject[];
  beforeAll(async () => {
    ({ drawn, written } = await drawExample(example));
  });

  test('are those of all containers that are drawn of its plans, and no others', () => {
    const native = drawn.filter(({ plan }) => !isOfKubeFate(plan));
    expect(native.length).toBeGreaterThan(0);
    expect(listed(native.map(({ plan }) => plan))).toEqual(
      native.flatMap(({ objects }) => containersOf(objects)).sort(),
    );
  });

  test('are all that is written in its files', () => {
    const plans = drawn.map(({ plan }) => plan).filter((plan) => !isOfKubeFate(plan));
    const known = images(plans).map(({ image }) => image);
    expect([...new Set(imageFields(written))].sort()).toEqual([...known, ...(ofTheExamplesOwn[example] ?? [])].sort());
  });
});

/** Images with everything that draws more of them. */
const whole = (fate: FateRelease, more: Partial<PartyProps> = {}, registry?: string) =>
  federation({
    domain: 'example.com',
    fate,
    exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' }, registry, monitoring: {} },
    parties: [
      {
        id: 30000,
        addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' },
        registry,
        monitoring: {},
        backup: { to: { claimGiB: 10 } },
        retention: {},
        verification: true,
        ...more,
      },
    ],
  });
const drawnOf = ({ exchange, parties }: ReturnType<typeof whole>) => [
  ...objectsOf((app) => new Exchange(app, 'exchange', exchange)),
  ...parties.flatMap((party) => objectsOf((app) => new FederatedLearningCluster(app, 'party', party))),
];
const fates = Object.keys(releases) as FateRelease[];
const registry = 'harbor.example.com/fate';

/** One of the builds of a release, counted round. */
function buildOf(fate: FateRelease, n: number): ComputeProps {
  const { builds } = releases[fate];
  const { algorithm, device } = builds[n % builds.length] ?? {};
  return { algorithm, device } as ComputeProps;
}

test.each(fates)('of a Pulsar of several pods of FATE %s they are all that is run', (fate) => {
  const plans = whole(fate, { pulsar: { cluster: true } });
  expect(listed([plans.exchange, ...plans.parties])).toEqual(containersOf(drawnOf(plans)).sort());
  const alone = partyPlan({ domain: 'example.com', fate, id: 30000, pulsar: { cluster: true } });
  const objects = objectsOf((app) => new FederatedLearningCluster(app, 'party', alone));
  expect(listed([alone])).toEqual(containersOf(objects).sort());
});

test.each(fates)(
  'with backups, retention, exporters and the toy example of FATE %s they are all that is run',
  (fate) => {
    for (const n of releases[fate].builds.keys()) {
      const plans = whole(fate, { compute: buildOf(fate, n) });
      expect(listed([plans.exchange, ...plans.parties])).toEqual(containersOf(drawnOf(plans)).sort());
    }
  },
);

test('of add-ons and of a KubeFATE service they are all that is run', () => {
  const service = kubeFatePlan({ host: 'kubefate.example.com', clusterWide: true });
  const mount = imageDiskMountPlan();
  const controller = ingressControllerPlan();
  const objects = [
    ...objectsOf((app) => new KubeFateService(app, 'service', service)),
    ...objectsOf((app) => new ImageDiskMount(app, 'mount', mount)),
    ...objectsOf((app) => new IngressController(app, 'controller', controller)),
  ];
  expect(listed([service, mount, controller])).toEqual(containersOf(objects).sort());
});

test('of KubeFATE’s charts they are what these run, which differs from the plan', () => {
  const plan = partyPlan({
    domain: 'example.com',
    transport: 'open',
    id: 30000,
    driver: 'kubefate',
    verification: true,
  });
  expect(listed([plan])).toEqual(
    [
      'fate-30000 deployment/client client main federatedai/client:1.6.1-release',
      'fate-30000 deployment/datanode datanode main federatedai/hadoop-datanode:2.0.0-hadoop2.7.4-java8',
      'fate-30000 deployment/mysql mysql main mysql:8',
      'fate-30000 deployment/namenode delete-lost-found init busybox',
      'fate-30000 deployment/namenode namenode main federatedai/hadoop-namenode:2.0.0-hadoop2.7.4-java8',
      'fate-30000 deployment/nginx nginx main federatedai/nginx:1.6.1-release',
      'fate-30000 deployment/pulsar pulsar main federatedai/pulsar:2.7.0',
      'fate-30000 deployment/python fateboard main federatedai/fateboard:1.6.1-release',
      'fate-30000 deployment/python ping-mysql init mysql:8',
      'fate-30000 deployment/python python main federatedai/python-spark:1.6.1-release',
      'fate-30000 deployment/spark-master spark-master main federatedai/spark-master:1.6.1-release',
      'fate-30000 deployment/spark-worker spark-worker main federatedai/spark-worker:1.6.1-release',
      'fate-30000 job/toy-example toy-example main federatedai/client:1.6.1-release',
    ].sort(),
  );
});

const someRegistry = fc.constantFrom(
  'harbor.example.com',
  'harbor.example.com/fate',
  'harbor.example.com:5000/a/b',
  'fate',
);
const someRelease = fc.constantFrom(...fates);

test('no image that is drawn escapes a registry', () => {
  fc.assert(
    fc.property(someRegistry, someRelease, fc.nat(8), (registry, fate, n) => {
      const service = kubeFatePlan({ host: 'kubefate.example.com', clusterWide: true, registry });
      const mount = imageDiskMountPlan({ registry });
      const controller = ingressControllerPlan({ registry });
      const objects = [
        ...drawnOf(whole(fate, { compute: buildOf(fate, n) }, registry)),
        ...objectsOf((app) => new KubeFateService(app, 'service', service)),
        ...objectsOf((app) => new ImageDiskMount(app, 'mount', mount)),
        ...objectsOf((app) => new IngressController(app, 'controller', controller)),
      ];
      const found = imageFields(objects);
      expect(found.length).toBeGreaterThan(20);
      expect(found.filter((image) => !image.startsWith(`${registry}/`))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

test('what KubeFATE’s charts run from elsewhere than a registry is named with the file', () => {
  fc.assert(
    fc.property(someRegistry, fc.constantFrom(...partyCharts), fc.nat(8), (registry, { fate }, n) => {
      const agreement = { domain: 'example.com', transport: 'open', fate, driver: 'kubefate', registry } as const;
      const party = partyPlan({ ...agreement, id: 30000, compute: buildOf(fate, n) });
      const exchange = exchangePlan(agreement);
      const run = images([party, exchange]);
      const escaped = run.filter(({ image }) => !image.startsWith(`${registry}/`)).map(({ image }) => image);
      const named = clusterFile(party).limits.map(({ chart }) => chart);
      expect(escaped).toContain(chartBusybox);
      expect(escaped.filter((image) => !named.some((text) => text.includes(image)))).toEqual([]);
      expect(run.filter((each) => !escaped.includes(each.image) && !isCopy(each))).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('copies of different images have different names', () => {
  const all = fates.flatMap((fate) =>
    [...releases[fate].builds.keys()].flatMap((n) => {
      const { exchange, parties } = whole(fate, { compute: buildOf(fate, n) }, registry);
      return [exchange, ...parties];
    }),
  );
  const addons = Array.from({ length: 16 }, (_, i) => `1.${21 + i}`).flatMap((kubernetes) => [
    ingressControllerPlan({ kubernetes, registry }),
    imageDiskMountPlan({ kubernetes, registry }),
  ]);
  const service = kubeFatePlan({ host: 'kubefate.example.com', clusterWide: true, registry });
  const sources = images([...all, ...addons, service]).map(({ published }) => published ?? '');
  expect(sources).not.toContain('');
  expect(new Set(sources.map((source) => mirrored(source, registry))).size).toBe(new Set(sources).size);
});

test('what nobody has published is said to be so, copied or not', () => {
  const unpublished = (registry?: string) =>
    images([partyPlan({ domain: 'example.com', id: 30000, fate: '2.2.0', registry })])
      .filter(({ isUnpublished }) => isUnpublished)
      .map(({ published }) => published);
  expect(unpublished()).toEqual([
    'federatedai/client:2.2.0-release',
    'federatedai/fateflow-spark:2.2.0-release',
    'federatedai/spark-master:2.2.0-release',
    'federatedai/spark-worker:2.2.0-release',
  ]);
  expect(unpublished(registry)).toEqual(unpublished());
  expect(
    images([partyPlan({ domain: 'example.com', id: 30000 })]).filter(({ isUnpublished }) => isUnpublished),
  ).toEqual([]);
});
