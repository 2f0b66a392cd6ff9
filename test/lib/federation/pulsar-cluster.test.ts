import type { Pod } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import {
  type AgreementProps,
  capacity,
  clusterFile,
  type PartyPlan,
  type PartyProps,
  partyPlan,
  upgradePlan,
} from '../../../lib';
import { partyLadder } from '../../../lib/diagnosis/ladders/party';
import { tunnelStep } from '../../../lib/diagnosis/steps/certificates';
import { flowsOf, type PlannedFlow } from '../../../lib/federation/flows';
import { lastingPartyChanges, lastingPartyValues } from '../../../lib/federation/lasting';
import { leaving } from '../../../lib/operations/removal';
import { failures } from '../../../lib/reports/failures';
import { exchangeDescriptorOf } from '../../support/declarations';
import { containersOf, objectsOf, podOf, workloadsOf } from '../../support/objects';

const exchange = exchangeDescriptorOf();
const party = (props: Partial<PartyProps & AgreementProps> = {}, joined = true) =>
  partyPlan({ domain: 'example.com', id: 30000, exchange: joined ? exchange : undefined, ...props });
const cluster = { pulsar: { cluster: true } } as const;

const workload = (end: PlannedFlow['from']): string | undefined => (end.kind === 'workload' ? end.workload : undefined);

describe('who calls whom, where Pulsar is highly available', () => {
  test.each([true, false])('its pods call ports that pods of it listen on (with an exchange: %s)', (joined) => {
    const plan = party(cluster, joined);
    const drawn = workloadsOf(objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan)));
    const listening = drawn.flatMap((it) =>
      containersOf(podOf(it)).flatMap(({ ports = [] }) =>
        ports.map(({ containerPort }) => `${it.metadata?.name}:${containerPort}`),
      ),
    );
    const called = flowsOf(plan).filter(({ to }) => workload(to)?.startsWith('pulsar'));
    for (const { to, port } of called) expect(listening).toContain(`${workload(to)}:${port}`);
    const parts = new Set(drawn.map(({ metadata }) => metadata?.name).filter((it) => it?.startsWith('pulsar')));
    expect(new Set(called.map(({ to }) => workload(to)))).toEqual(parts);
  });

  test('others come to the proxies, which go to the brokers; what is for others leaves from the brokers', () => {
    const flows = flowsOf(party(cluster));
    const from = (kind: string) => flows.filter((it) => it.from.kind === kind && it.port === 6651);
    expect(from('member').map(({ to }) => workload(to))).toEqual(['pulsar-proxy']);
    const led = flows.filter((it) => workload(it.from) === 'pulsar-proxy');
    expect([...new Set(led.map(({ to }) => workload(to)))]).toEqual(['pulsar']);
    const out = flows.filter(({ to }) => to.kind === 'endpoint' && to.service === 'trafficServer');
    expect(out.map((it) => workload(it.from))).toContain('pulsar');
    expect(out.map((it) => workload(it.from))).not.toContain('pulsar-proxy');
  });

  test('nobody calls what one process has not', () => {
    const ends = flowsOf(party()).flatMap(({ from, to }) => [workload(from), workload(to)]);
    expect(ends.filter((it) => it?.startsWith('pulsar-'))).toEqual([]);
  });
});

test('its pods count for capacity, and bookies as many as declared', () => {
  const pods = (props: Partial<PartyProps>) => {
    const { placed, pending } = capacity([party(props)], { vmClass: 'guaranteed-8xlarge', count: 9 });
    const names = [...placed, ...pending].map(({ name }) => name).filter((name) => name.startsWith('pulsar'));
    return Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((it) => it === name).length]));
  };
  expect(pods({})).toEqual({ pulsar: 1 });
  expect(pods({ pulsar: { cluster: { bookies: 5 } } })).toEqual({
    pulsar: 3,
    'pulsar-bookie': 5,
    'pulsar-zookeeper': 3,
    'pulsar-proxy': 2,
  });
});

test('the smallest cluster of the paper, three workers of 4xlarge, holds it by default', () => {
  expect(capacity([party(cluster)], { vmClass: 'best-effort-4xlarge', count: 3 })).toMatchObject({ fits: true });
});

describe('its claims', () => {
  const claims = [
    ...[0, 1, 2].map((i) => `data-pulsar-bookie-${i}`),
    ...[0, 1, 2].map((i) => `data-pulsar-zookeeper-${i}`),
  ];
  const named = (text: string) => [...text.matchAll(/data-pulsar[\w-]*\d/g)].map(([claim]) => claim);

  test('are named when the party leaves', () => {
    const plan = party(cluster);
    const { steps } = leaving(plan, { exchange: undefined, parties: [plan] });
    expect(named(JSON.stringify(steps))).toEqual(expect.arrayContaining(claims));
  });

  test('grow one by one, but for the small ones of ZooKeeper', () => {
    const before = lastingPartyValues(party(cluster));
    const [text = ''] = lastingPartyChanges(before, party({ ...cluster, volumesGiB: { pulsar: 50 } }));
    expect(named(text)).toEqual(claims.slice(0, 3));
    expect(text).toContain('delete statefulset pulsar-bookie --cascade=orphan');
  });

  test('are made anew with what ZooKeeper knows, where another release of Pulsar reads neither', () => {
    const before = party(cluster);
    const fate = '1.11.2';
    const after = partyPlan({
      domain: 'example.com',
      id: 30000,
      fate,
      exchange: exchangeDescriptorOf({ fate }),
      ...cluster,
    });
    const text = JSON.stringify(upgradePlan(before, after, { accept: ['messages'] }));
    expect(named(text)).toEqual(expect.arrayContaining(claims));
    expect(text).toContain('delete statefulset pulsar pulsar-bookie pulsar-zookeeper --cascade=foreground');
  });
});

describe('an update that', () => {
  test.each([
    ['a cluster', party(), party(cluster)],
    ['one process', party(cluster), party()],
  ])(
    'makes Pulsar %s says that messages do not move, and takes away what files leave and what it would find',
    (_, from, to) => {
      const [text = '', ...more] = lastingPartyChanges(lastingPartyValues(from), to);
      expect(more).toEqual([]);
      expect(text).toMatch(/messages do not move.*Update between jobs/);
      const removed = (kind: string) => / (.*) --/.exec(text.split(` delete ${kind}`)[1] ?? '')?.[1]?.split(' ') ?? [];
      const setsOf = (plan: typeof from) =>
        objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan)).filter(
          ({ kind, metadata }) => kind === 'StatefulSet' && metadata?.name?.startsWith('pulsar'),
        );
      expect(removed('statefulset').sort()).toEqual(
        setsOf(from)
          .map(({ metadata }) => metadata?.name)
          .sort(),
      );
      const claimed = setsOf(to).flatMap(({ metadata, spec: { replicas, volumeClaimTemplates = [] } }) =>
        volumeClaimTemplates.length === 0
          ? []
          : Array.from({ length: replicas }, (_, i) => `data-${metadata?.name}-${i}`),
      );
      expect(removed('pvc').sort()).toEqual(claimed.sort());
    },
  );

  test('has fewer bookies says that messages are lost, and one of more says nothing', () => {
    const [more, fewer] = [4, 3].map((bookies) => party({ pulsar: { cluster: { bookies } } }));
    if (more === undefined || fewer === undefined) throw new Error('two plans');
    expect(lastingPartyChanges(lastingPartyValues(more), fewer)).toEqual([expect.stringMatching(/was 4 and is 3/)]);
    expect(lastingPartyChanges(lastingPartyValues(fewer), more)).toEqual([]);
  });
});

test('KubeFATE has nothing for it, and a file says so', () => {
  const limits = (props: Partial<PartyProps>) =>
    clusterFile(
      partyPlan({ domain: 'example.com', id: 30000, transport: 'open', kubernetes: '1.21', ...props }),
    ).limits.map(({ path }) => path);
  expect(limits(cluster)).toContain('pulsar.cluster');
  expect(limits({})).not.toContain('pulsar.cluster');
  const kubefate = { transport: 'open', driver: 'kubefate' } as const;
  expect(() => party({ ...cluster, ...kubefate }, false)).toThrow(
    /pulsar\.cluster: is not in KubeFATE's charts, which have one process; leave it out, or use driver "native"/,
  );
  expect(() => party({ pulsar: { cluster: false }, ...kubefate }, false)).not.toThrow();
});

test('a diagnosis wants all of its pods, and those that are left do', () => {
  const steps = (props: Partial<PartyProps>) =>
    partyLadder(party(props), [], [])
      .map(({ id }) => id)
      .filter((id) => id.startsWith('pods pulsar'));
  expect(steps({})).toEqual(['pods pulsar']);
  expect(steps(cluster).sort()).toEqual([
    'pods pulsar',
    'pods pulsar-bookie',
    'pods pulsar-proxy',
    'pods pulsar-zookeeper',
  ]);
});

const podsOf = (workload: string, ready: number): Pod[] =>
  Array.from({ length: ready }, (_, i) => ({
    metadata: { name: `${workload}-${i}`, labels: { 'app.kubernetes.io/name': workload } },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        { name: workload, image: '', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
      ],
    },
  }));

const judgedOf = (plan: PartyPlan, workload: string, pods: readonly Pod[]) =>
  partyLadder(plan, [], [])
    .find(({ id }) => id === `pods ${workload}`)
    ?.judge({
      now: new Date('2026-12-01'),
      pods: { value: pods },
      events: { value: [] },
      answers: new Map(),
      verdicts: new Map(),
    });

test.each<[string, number, number, number]>([
  ['pulsar', 3, 3, 1],
  ['pulsar-proxy', 3, 2, 1],
  ['pulsar-zookeeper', 3, 3, 2],
  ['pulsar-bookie', 3, 3, 2],
  ['pulsar-bookie', 5, 5, 3],
])('of %s with %i bookies a diagnosis wants %i, warns of fewer, and fails below %i', (name, bookies, all, least) => {
  const plan = party({ pulsar: { cluster: { bookies } } });
  const judged = (ready: number) => judgedOf(plan, name, [...podsOf(name, ready), ...podsOf('mysql', 1)])?.verdict;
  expect([all, all - 1, least, least - 1].map(judged)).toEqual(['holds', 'warns', 'warns', 'fails']);
});

test('whatever a pod waits for before it starts, a diagnosis names', () => {
  const plan = party(cluster);
  const pods = workloadsOf(objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan)));
  const waiting = pods.flatMap((it) => {
    const { metadata: { labels } = {}, spec } = it.spec?.template ?? {};
    const [first] = spec?.initContainers ?? [];
    return first === undefined ? [] : [{ workload: `${it.metadata?.name}`, labels, name: first.name }];
  });
  const meanings = waiting.map(({ workload, labels, name }) => {
    const of = (container: string, state: object) => ({
      name: container,
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state,
    });
    const pod: Pod = {
      metadata: { name: `${workload}-0`, labels },
      status: {
        initContainerStatuses: [of(name, { running: {} })],
        containerStatuses: [of(workload, { waiting: { reason: 'PodInitializing' } })],
      },
    };
    return judgedOf(plan, workload, [pod]);
  });
  expect(waiting.map(({ workload }) => workload).sort()).toEqual(['fateflow', 'pulsar', 'pulsar-bookie']);
  expect(JSON.stringify(meanings)).not.toContain('it is being made');
  expect(meanings).toMatchObject(
    waiting.map(() => ({ verdict: 'fails', saw: expect.stringContaining('it waits for') })),
  );
});

test('a diagnosis looks at the certificate once, and for those who come through the exchange at the proxies', () => {
  const steps = partyLadder(party(cluster), [], podsOf('pulsar', 3));
  expect(steps.filter(({ id }) => id === 'certificate')).toHaveLength(1);
  expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
  const tunnel = steps.find(({ id }) => id === tunnelStep(30000));
  expect(tunnel?.needs).toContain('pods pulsar-proxy');
  expect(tunnel?.needs).not.toContain('pods pulsar');
});

test('the runbook looks at volumes where they are, and restarts whatever has the certificate', () => {
  const text = (props: Partial<PartyProps>) =>
    JSON.stringify(Object.values(failures).map((it) => it.party?.({ plan: party(props), others: [40000] } as never)));
  expect(text(cluster)).not.toMatch(/pulsar-0 -- df|data-pulsar-0/);
  expect(text(cluster)).toContain('app.kubernetes.io/name=pulsar-bookie');
  expect(text(cluster)).toContain('rollout restart statefulset/pulsar deployment/pulsar-proxy');
  expect(text({})).not.toMatch(/pulsar-bookie|pulsar-proxy/);
});
