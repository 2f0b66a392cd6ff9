import fc from 'fast-check';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import { describe, expect, test } from 'vitest';
import {
  App,
  Exchange,
  type ExchangePlan,
  type ExchangeProps,
  exchangePlan,
  type FateRelease,
  FederatedLearningCluster,
  federation,
  KubeFateService,
  kubeFatePlan,
  type PartyPlan,
  type PartyProps,
  partyPlan,
  releases,
  type Transport,
} from '../../../index';
import { acmeSolver, type FlowEnd, flowsOf, isAtPort, type PlannedFlow } from '../../../lib/federation/flows';
import { flowsOfService } from '../../../lib/kubefate/service/flows';
import { issuers } from '../../../lib/kubernetes/ingresses';
import { exchangeDescriptorOf, twoParties } from '../../support/declarations';
import { examples, filesOfExample, objectsIn } from '../../support/examples';
import { type AnyObject, find } from '../../support/objects';
import {
  clusterOf,
  isReachable,
  matches,
  podsOf,
  type TestCluster,
  type TestEnd,
  type TestPod,
} from '../../support/reachability';

/** A namespace of ours: what is drawn there, and who should call whom. */
interface Drawn {
  readonly namespace: string;
  readonly role: 'party' | 'exchange' | 'service';
  readonly objects: readonly AnyObject[];
  readonly flows: readonly PlannedFlow[];
}

const drawnParty = (plan: PartyPlan): Drawn => ({
  namespace: plan.namespace,
  role: 'party',
  objects: new FederatedLearningCluster(new App(), plan.namespace, plan).toJson(),
  flows: flowsOf(plan),
});
const drawnExchange = (plan: ExchangePlan): Drawn => ({
  namespace: plan.namespace,
  role: 'exchange',
  objects: new Exchange(new App(), plan.namespace, plan).toJson(),
  flows: flowsOf(plan),
});

const ofOthers = (namespace: string, name: string, labels: Readonly<Record<string, string>> = {}): TestPod => ({
  name,
  namespace,
  labels,
});
const controller = ofOthers('ingress-nginx', 'controller', { 'app.kubernetes.io/name': 'ingress-nginx' });
const prometheus = ofOthers('monitoring', 'prometheus');
const resolver = ofOthers('kube-system', 'coredns', { 'k8s-app': 'kube-dns' });
/** It has the labels of one of ours, in a namespace that is none. */
const stranger = ofOthers('elsewhere', 'stranger', { 'app.kubernetes.io/name': 'nginx' });
const strangers = [controller, prometheus, resolver, ofOthers('kube-system', 'other'), stranger];
const outside = ['192.0.2.68', '192.0.2.69', '192.0.2.72', '192.0.2.73', '198.51.100.7', '203.0.113.9'];

const solverOf = ({ namespace }: Drawn): TestPod => ofOthers(namespace, 'solver', acmeSolver.labels);
/** Of no workload that the plan knows. */
const unknownOf = ({ namespace }: Drawn): TestPod => ofOthers(namespace, 'unknown');

const clusterFor = (drawn: readonly Drawn[]): TestCluster =>
  clusterOf(
    drawn.flatMap(({ objects }) => objects),
    ['ingress-nginx', 'monitoring', 'kube-system', 'elsewhere'],
  );

const endsOf = (drawn: readonly Drawn[]): readonly TestEnd[] => [
  ...drawn.flatMap((it) => [...podsOf(it.objects), solverOf(it), unknownOf(it)]),
  ...strangers,
  ...outside,
];

const portsOf = (drawn: readonly Drawn[]): readonly number[] => {
  const planned = drawn.flatMap(({ flows }) =>
    flows.flatMap(({ port, to }) => [...[port].flat(), ...(to.kind === 'endpoint' ? [to.podPort] : [])]),
  );
  return [...new Set([...planned.filter((port) => port !== 'any'), 22, 9302, 8081, 40_000])];
};

/** Whether flows of the one who calls, and of the one who is called, have such a connection. */
function isPlanned(drawn: readonly Drawn[], call: Call): boolean {
  const at = (end: TestEnd) =>
    typeof end === 'string' ? undefined : drawn.find((it) => it.namespace === end.namespace);
  const [caller, called] = [at(call.from), at(call.to)];
  const isOut = caller === undefined || caller.flows.some((flow) => isSide(drawn, caller, flow, call, 'out'));
  const isIn = called === undefined || called.flows.some((flow) => isSide(drawn, called, flow, call, 'in'));
  return isOut && isIn;
}

interface Call {
  readonly from: TestEnd;
  readonly to: TestEnd;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** Whether a flow of a namespace has the half of a call that is its own: going out from there, or coming in. */
function isSide(drawn: readonly Drawn[], own: Drawn, flow: PlannedFlow, call: Call, side: 'in' | 'out'): boolean {
  const [near, far] = side === 'in' ? (['to', 'from'] as const) : (['from', 'to'] as const);
  if (!isOwn(own, flow[near], call[near]) || flow.protocol !== call.protocol) return false;
  const other = flow[far];
  if (other.kind === 'endpoint' && typeof call[far] !== 'string') {
    const member = roleOf(drawn, call[far]);
    if (member === (other.member === 'exchange' ? 'exchange' : 'party') && call.port === other.podPort) return true;
  }
  return isAtPort(flow, call.port) && isFar(drawn, own, other, call[far]);
}

function isOwn({ namespace, flows }: Drawn, end: FlowEnd, is: TestEnd): boolean {
  if (typeof is === 'string' || is.namespace !== namespace) return false;
  if (end.kind === 'every-pod') return flows.some(({ from, to }) => [from, to].some((it) => isWorkload(it, is)));
  return isWorkload(end, is);
}

const isWorkload = (end: FlowEnd, is: TestPod): boolean => end.kind === 'workload' && workloadOf(is) === end.workload;

const workloadOf = ({ labels }: TestPod): string | undefined =>
  labels['acme.cert-manager.io/http01-solver'] === 'true' ? acmeSolver.workload : labels['app.kubernetes.io/name'];

const roleOf = (drawn: readonly Drawn[], { namespace }: TestPod) =>
  drawn.find((it) => it.namespace === namespace)?.role;

function isFar(drawn: readonly Drawn[], own: Drawn, end: FlowEnd, is: TestEnd): boolean {
  if (end.kind === 'anybody' || end.kind === 'api-server') return true;
  if (end.kind === 'workload') return isOwn(own, end, is);
  if (end.kind === 'dns') return is === resolver;
  if (end.kind === 'ingress-controller' || end.kind === 'scraper')
    return typeof is !== 'string' && is.namespace === end.namespace;
  if (end.kind === 'host') return end.at.some((at) => isAt(at, is));
  if (end.kind === 'endpoint') return isAt(end.address, is);
  if (end.kind === 'every-pod' || end.kind === 'workers') return false;
  if (!end.isKeptTo) return true;
  return typeof is === 'string'
    ? is.startsWith('198.51.100.')
    : roleOf(drawn, is) === (end.member === 'exchange' ? 'exchange' : 'party');
}

/** A name may be any address. */
const isAt = (address: string, is: TestEnd): boolean => /[a-z]/.test(address) || address === is;

interface Probe extends Call {
  readonly isPlanned: boolean;
}

/** Every connection that has one of ours at an end, to each port that anything is planned for, and to some others. */
function probesOf(drawn: readonly Drawn[]): readonly Probe[] {
  const ends = endsOf(drawn);
  const ports = [...portsOf(drawn).map((port) => [port, 'TCP'] as const), [53, 'UDP'] as const];
  return ends.flatMap((from) =>
    ends
      .filter((to) => from !== to && isOurs(drawn, from, to))
      .flatMap((to) =>
        ports.map(([port, protocol]) => {
          const call = { from, to, port, protocol };
          return { ...call, isPlanned: isPlanned(drawn, call) };
        }),
      ),
  );
}

/** Connections that are let through and not planned, or planned and not let through. */
const differences = (drawn: readonly Drawn[], probes = probesOf(drawn), cluster = clusterFor(drawn)) =>
  probes
    .filter((probe) => isReachable(cluster, probe) !== probe.isPlanned)
    .map(
      ({ from, to, port, protocol, isPlanned }) =>
        `${nameOf(from)} -> ${nameOf(to)}:${port}/${protocol} is ${isPlanned ? 'closed' : 'open'}`,
    );

const isOurs = (drawn: readonly Drawn[], ...ends: readonly TestEnd[]): boolean =>
  ends.some((end) => typeof end !== 'string' && roleOf(drawn, end) !== undefined);

const nameOf = (end: TestEnd): string => (typeof end === 'string' ? end : `${end.namespace}/${end.name}`);

const addresses = { trafficServer: '192.0.2.68', nginx: '192.0.2.69' };
const everything = {
  verification: true,
  backup: { to: { bucket: 'backups', endpoint: 'https://s3.example.com:9443' } },
  retention: {},
  monitoring: {},
  ingress: {
    uis: ['notebook', 'fateboard', 'spark', 'pulsar'],
    basicAuthSecret: 'users',
    annotations: { 'cert-manager.io/cluster-issuer': 'acme' },
  },
} as const satisfies Partial<PartyProps>;

interface Options {
  readonly fate?: FateRelease;
  readonly transport?: Transport;
  readonly party?: Partial<PartyProps>;
  readonly exchange?: ExchangeProps;
}

function drawnFederation({ fate, transport, party, exchange }: Options): readonly Drawn[] {
  const plan = federation({
    domain: 'example.com',
    fate,
    transport,
    exchange: { addresses, ...exchange },
    parties: [
      { id: 30000, addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' }, ...party },
      { id: 40000, addresses: { nginx: '198.51.100.7', pulsar: 'pulsar.example.org' }, ports: { nginx: 30930 } },
    ],
  });
  return [drawnExchange(plan.exchange), ...plan.parties.map(drawnParty)];
}

const cases = (Object.keys(releases) as FateRelease[]).flatMap((fate) =>
  (['mutual-tls', 'open'] as const).flatMap((transport) =>
    (
      [
        ['what is usual', {}],
        ['everything', everything],
        ['a Pulsar of several pods', { ...everything, pulsar: { cluster: true } }],
      ] as const
    ).map(([what, party]) => [fate, transport, what, { fate, transport, party }] as const),
  ),
);

test.each(cases)('of FATE %s, transport %s, with %s: what is let through is what is planned', (...[, , , options]) => {
  expect(differences(drawnFederation(options))).toEqual([]);
});

test.each(cases)(
  'of FATE %s, transport %s, with %s: no list is empty, which no API server would give back',
  (...[, , , options]) => {
    const lists = (value: unknown): unknown[][] =>
      typeof value === 'object' && value !== null
        ? [...(Array.isArray(value) ? [value] : []), ...Object.values(value).flatMap(lists)]
        : [];
    const objects = drawnFederation(options).flatMap((drawn) => drawn.objects);
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies.length).toBeGreaterThan(10);
    expect(policies.filter((policy) => lists(policy).some(({ length }) => length === 0))).toEqual([]);
  },
);

const ranges = fc.constantFrom(undefined, ['198.51.100.0/28'], ['198.51.100.0/28', '198.51.100.16/28']);
const way = fc.record({ externalTrafficPolicy: fc.constantFrom('Cluster' as const, 'Local' as const) });
const anyParty = fc.record(
  {
    egress: ranges,
    services: fc.record({ nginx: way, pulsar: way }),
    verification: fc.boolean(),
    monitoring: fc.constantFrom({}, { namespace: 'elsewhere' }),
    pulsar: fc.record({ cluster: fc.boolean() }),
    backup: fc.constantFrom(
      everything.backup,
      { to: { claimGiB: 1 } },
      {
        to: { bucket: 'backups', endpoint: 'https://203.0.113.9' },
      },
    ),
    ingress: fc
      .record({
        shown: fc.constantFrom(
          { uis: [] },
          { uis: ['notebook'] as const },
          { uis: ['spark', 'fateboard'] as const, basicAuthSecret: 'users' },
          { uis: ['pulsar'] as const, basicAuthSecret: 'users' },
        ),
        controllerNamespace: fc.constantFrom('ingress-nginx', 'elsewhere'),
        annotations: fc.constantFrom({}, everything.ingress.annotations, { 'kubernetes.io/tls-acme': 'true' }),
      })
      .map(({ shown, ...ingress }) => ({ ...shown, ...ingress })),
  },
  { requiredKeys: [] },
);
const anyExchange = fc.record(
  { egress: ranges, services: fc.record({ trafficServer: way, nginx: way }), monitoring: fc.constant({}) },
  { requiredKeys: [] },
);

test('of any plan: what is let through is what is planned', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(releases) as FateRelease[])),
      fc.constantFrom('mutual-tls' as const, 'open' as const),
      anyParty,
      anyExchange,
      (fate, transport, party, exchange) => {
        expect(differences(drawnFederation({ fate, transport, party, exchange }).slice(0, 2))).toEqual([]);
      },
    ),
    { numRuns: 15 },
  );
});

const publishedBy = (...ids: readonly number[]): readonly string[] =>
  ids.flatMap((id) => [`fate-${id}/nginx:9300`, `fate-${id}/pulsar:6651`]);
/** With several brokers. */
const publishedByProxyOf = (id: number): readonly string[] => [`fate-${id}/nginx:9300`, `fate-${id}/pulsar-proxy:6651`];
const ofExchange = ['fate-exchange/nginx:9300', 'fate-exchange/traffic-server:443'];
/** What can be reached from elsewhere, in the namespaces of ours. */
const openIn: Readonly<Record<string, readonly string[]>> = {
  'exchange-only': ofExchange,
  mesh: publishedBy(30000, 40000, 50000),
  kubefate: [], // members are the charts', and the service is behind an ingress controller
  'platform-repo': [], // a party without an exchange
  'five-party': [...publishedBy(10000, 30000, 30001), ...publishedByProxyOf(20000), ...ofExchange], // 40000's are KubeFATE's
  'three-party': [...publishedByProxyOf(30000), ...publishedBy(40000, 50000), ...ofExchange],
  'two-party': [...publishedBy(30000, 40000), ...ofExchange],
};

test.each(examples)('of example %s nothing can be reached from elsewhere but what members publish', (example) => {
  const objects = objectsIn(filesOfExample(example));
  const cluster = clusterOf(objects, ['elsewhere']);
  const ours = new Set(cluster.policies.map(({ metadata }) => metadata?.namespace));
  const called = podsOf(objects).filter(({ namespace }) => ours.has(namespace));
  const ports = new Set(called.flatMap(({ ports = {} }) => Object.values(ports)));
  expect(called).not.toEqual([]);
  for (const from of [stranger, '203.0.113.9']) {
    const reached = called.flatMap((to) =>
      [...ports, 22]
        .filter((port) => isReachable(cluster, { from, to, port }))
        .map((port) => `${to.namespace}/${to.labels['app.kubernetes.io/name']}:${port}`),
    );
    expect([...new Set(reached)].sort(), nameOf(from)).toEqual([...(openIn[example] ?? [])].sort());
  }
});

test('an exchange is watched, and without parties it lets in whoever reaches its ports', () => {
  const drawn = [drawnExchange(exchangePlan({ domain: 'example.com', monitoring: {} }))];
  expect(differences(drawn)).toEqual([]);
  expect(reachedFrom(drawn, '203.0.113.9')).toEqual(['fate-exchange/nginx:9300', 'fate-exchange/traffic-server:443']);
});

test.each([
  ['without an exchange', {}],
  ['without an exchange, with everything', everything],
])('of parties %s: what is let through is what is planned', (_, party) => {
  const { parties } = federation({
    ...twoParties,
    exchange: false,
    parties: twoParties.parties.map((each) => ({ ...party, ...each })),
  });
  expect(differences(parties.map(drawnParty))).toEqual([]);
});

test('a party that stands alone lets in nobody, and calls nobody', () => {
  const drawn = [drawnParty(partyPlan({ domain: 'example.com', id: 30000, ingress: { uis: [] } }))];
  expect(differences(drawn)).toEqual([]);
  expect(reachedFrom(drawn, '203.0.113.9')).toEqual([]);
  expect(reachedFrom(drawn, stranger)).toEqual([]);
});

test.each(issuers)(
  'the proof of a host name that %s asks for by HTTP is let through, and without it there is none',
  (issuer) => {
    const solvers = (annotations: Readonly<Record<string, string>>) => {
      const drawn = [drawnParty(partyPlan({ domain: 'example.com', id: 30000, ingress: { annotations } }))];
      const solver = ofOthers('fate-30000', 'solver', acmeSolver.labels);
      return isReachable(clusterFor(drawn), { from: controller, to: solver, port: acmeSolver.port });
    };
    expect(solvers({ [issuer]: 'true' })).toBe(true);
    expect(solvers({ 'cert-manager.io/duration': '720h' })).toBe(false);
  },
);

test('a KubeFATE service is called by the ingress controller alone, and its database by the service', () => {
  const plan = kubeFatePlan({ host: 'kubefate.example.com', parties: ['fate-1'] });
  const objects = new KubeFateService(new App(), 'kube-fate', plan).toJson();
  const drawn: readonly Drawn[] = [{ namespace: 'kube-fate', role: 'service', objects, flows: flowsOfService(plan) }];
  expect(differences(drawn)).toEqual([]);
  expect(reachedFrom(drawn, stranger)).toEqual([]);
  expect(reachedFrom(drawn, controller)).toEqual(['kube-fate/kubefate:8080']);
});

/** Who of ours can be reached, and where. */
const reachedFrom = (drawn: readonly Drawn[], from: TestEnd): readonly string[] => {
  const cluster = clusterFor(drawn);
  const ports = portsOf(drawn);
  const reached = drawn
    .flatMap(({ objects }) => podsOf(objects))
    .flatMap((to) =>
      ports.flatMap((port) =>
        isReachable(cluster, { from, to, port })
          ? [`${to.namespace}/${to.labels['app.kubernetes.io/name']}:${port}`]
          : [],
      ),
    );
  return [...new Set(reached)].sort();
};

describe('from elsewhere', () => {
  const party = { ...everything, ingress: { ...everything.ingress, uis: ['notebook', 'spark'] } } as const;
  const drawn = drawnFederation({ fate: '2.2.0', party });
  const published = [
    'fate-30000/nginx:9300',
    'fate-30000/pulsar:6651',
    'fate-40000/nginx:9300',
    'fate-40000/pulsar:6651',
    'fate-exchange/nginx:9300',
    'fate-exchange/traffic-server:443',
  ];

  test('two ports of a party can be reached, and two of an exchange', () => {
    expect(reachedFrom(drawn, '203.0.113.9')).toEqual(published);
    expect(reachedFrom(drawn, stranger)).toEqual(published);
  });

  test('beside them an ingress controller reaches what it publishes, and a Prometheus what tells metrics', () => {
    expect(reachedFrom(drawn, controller).filter((it) => !published.includes(it))).toEqual([
      'fate-30000/client:20000',
      'fate-30000/spark-master:8080',
      'fate-40000/client:20000',
      'fate-40000/fateboard:8080',
    ]);
    expect(reachedFrom(drawn, prometheus).filter((it) => !published.includes(it))).toEqual([
      'fate-30000/exporter:7979',
      'fate-30000/exporter:9115',
      'fate-30000/nginx:9302',
      'fate-30000/pulsar:8080',
    ]);
  });

  test('a pod of one party reaches nothing of another one, which is in the same cluster', () => {
    for (const pod of podsOf(drawn[1]?.objects ?? []))
      expect(
        reachedFrom(drawn, pod).filter((it) => it.startsWith('fate-40000')),
        pod.name,
      ).toEqual([]);
  });
});

describe('ranges of callers', () => {
  const egress = ['198.51.100.0/28'];
  const local = { externalTrafficPolicy: 'Local' } as const;
  const kept: Options = {
    party: { egress, services: { nginx: local, pulsar: local } },
    exchange: { egress, services: { nginx: local, trafficServer: local } },
  };

  test('nobody comes in from elsewhere, where all have declared theirs and pods see addresses', () => {
    const drawn = drawnFederation(kept).slice(1, 2);
    expect(differences(drawn)).toEqual([]);
    expect(reachedFrom(drawn, '203.0.113.9')).toEqual([]);
    expect(reachedFrom(drawn, stranger)).toEqual([]);
    expect(reachedFrom(drawn, '198.51.100.7')).toEqual(['fate-30000/nginx:9300', 'fate-30000/pulsar:6651']);
    const { spec } = find(drawn[0]?.objects ?? [], 'Service', 'pulsar-public-tls');
    expect(spec).toMatchObject({ externalTrafficPolicy: 'Local', loadBalancerSourceRanges: egress });
  });

  test('one member that has declared none opens the port to all', () => {
    const [exchange] = drawnFederation(kept);
    const service = find(exchange?.objects ?? [], 'Service', 'nginx');
    expect(service.spec).toMatchObject({ externalTrafficPolicy: 'Local' });
    expect(service.spec).not.toHaveProperty('loadBalancerSourceRanges');
    expect(reachedFrom(exchange ? [exchange] : [], '203.0.113.9')).toHaveLength(2);
  });

  test('where pods do not see addresses, declared ranges are for the firewalls of others alone', () => {
    const drawn = drawnFederation({ party: { egress }, exchange: { egress } }).slice(1, 2);
    expect(differences(drawn)).toEqual([]);
    expect(reachedFrom(drawn, '203.0.113.9')).toEqual(['fate-30000/nginx:9300', 'fate-30000/pulsar:6651']);
    const { spec } = find(drawn[0]?.objects ?? [], 'Service', 'nginx');
    expect(spec).not.toHaveProperty('externalTrafficPolicy');
    expect(spec).not.toHaveProperty('loadBalancerSourceRanges');
  });
});

test('a name has no place in a policy: its port is open to every address', () => {
  const plan = partyPlan({
    domain: 'example.com',
    id: 30000,
    exchange: { ...exchangeDescriptorOf(), trafficServer: { address: 'exchange.example.org', port: 443 } },
  });
  const drawn = [drawnParty(plan)];
  const pulsar = podsOf(drawn[0]?.objects ?? []).find(({ name }) => name === 'pulsar-a') as TestPod;
  const cluster = clusterFor(drawn);
  expect(differences(drawn)).toEqual([]);
  expect(isReachable(cluster, { from: pulsar, to: '203.0.113.9', port: 443 })).toBe(true);
  expect(isReachable(cluster, { from: pulsar, to: '203.0.113.9', port: 9300 })).toBe(false);
});

test('without policies a namespace has none, and monitoring brings none either', () => {
  const [exchange, party] = drawnFederation({
    party: { ...everything, networkPolicies: false },
    exchange: { monitoring: {}, networkPolicies: false },
  });
  for (const drawn of [exchange, party])
    expect(drawn?.objects.filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
});

/** Every policy without one of its parts, or wider. */
function mutantsOf(policy: NetworkPolicy): readonly (readonly [what: string, NetworkPolicy | undefined])[] {
  const { spec } = policy;
  if (spec === undefined) throw new Error('a policy without a spec');
  const mutant = (what: string, more: Partial<typeof spec>) =>
    [what, { ...policy, spec: { ...spec, ...more } }] as const;
  const { ingress = [], egress = [] } = spec;
  return [
    ['is away', undefined],
    mutant('lets all in', { ingress: [{}] }),
    mutant('lets all out', { egress: [{}] }),
    ...(ingress.length > 0 ? [mutant('is not for what comes in', { policyTypes: ['Egress'] })] : []), // else the denial is
    mutant('is not for what goes out', { policyTypes: ['Ingress'] }),
    mutant('has a port more', { ingress: [...ingress, { ports: [{ port: 22, protocol: 'TCP' }] }] }),
    mutant('calls a port more', { egress: [...egress, { ports: [{ port: 22, protocol: 'TCP' }] }] }),
    ...ingress.flatMap((rule, i) => [
      mutant(`lacks rule ${i} in`, { ingress: spliced(ingress, i) }),
      ...(rule.from ?? []).map((_, j) =>
        mutant(`lacks peer ${j} of rule ${i} in`, {
          ingress: spliced(ingress, i, ...without(rule, 'from', rule.from, j)),
        }),
      ),
      ...(rule.from
        ? [mutant(`lets all in by rule ${i}`, { ingress: spliced(ingress, i, { ports: rule.ports }) })]
        : []),
    ]),
    ...egress.flatMap((rule, i) => [
      mutant(`lacks rule ${i} out`, { egress: spliced(egress, i) }),
      ...(rule.to ?? []).map((_, j) =>
        mutant(`lacks peer ${j} of rule ${i} out`, {
          egress: spliced(egress, i, ...without(rule, 'to', rule.to, j)),
        }),
      ),
      ...(rule.to ? [mutant(`lets all out by rule ${i}`, { egress: spliced(egress, i, { ports: rule.ports }) })] : []),
    ]),
  ];
}

const spliced = <T>(all: readonly T[], at: number, ...more: readonly T[]): T[] => [
  ...all.slice(0, at),
  ...more,
  ...all.slice(at + 1),
];

/** A rule with a peer less; none where it had no other, since a rule without peers is for everybody. */
const without = <Rule extends object>(rule: Rule, key: string, peers: readonly unknown[] = [], at: number): Rule[] =>
  peers.length > 1 ? [{ ...rule, [key]: spliced(peers, at) }] : [];

describe('each part of a policy counts', () => {
  const drawn = drawnFederation({ fate: '2.2.0', party: everything, exchange: { monitoring: {} } }).slice(0, 2);
  const cluster = clusterFor(drawn);
  const probes = probesOf(drawn);
  const named = cluster.policies.map(
    (policy) => [`${policy.metadata?.namespace}/${policy.metadata?.name}`, policy] as const,
  );

  test.each(named)('%s: whatever it lacks or has besides is found', (_, policy) => {
    const concerned = probes.filter(({ from, to }) => [from, to].some((end) => isSelected(policy, end)));
    const unfound = mutantsOf(policy).flatMap(([what, mutant]) => {
      const policies = cluster.policies.flatMap((it) => (it === policy ? (mutant ?? []) : it));
      const mutated = { ...cluster, policies };
      return concerned.some((probe) => isReachable(mutated, probe) !== probe.isPlanned) ? [] : [what];
    });
    expect(unfound).toEqual([]);
  });
});

/** Of a policy for all, those who have no other. */
function isSelected({ metadata, spec }: NetworkPolicy, end: TestEnd): boolean {
  if (typeof end === 'string' || end.namespace !== metadata?.namespace) return false;
  const selector = spec?.podSelector ?? {};
  return selector.matchLabels === undefined ? end.name === 'unknown' : matches(selector, end.labels);
}
