import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  clusterFile,
  type ExchangePlan,
  exchangeDescriptor,
  exchangeNginxRoutes,
  exchangePlan,
  type FateRelease,
  federation,
  type PartyPlan,
  type PartyProps,
  partyDescriptor,
  partyNginxRoutes,
  partyPlan,
  pulsarRoutes,
  releases,
  sniRoutes,
} from '../../../lib';
import { lastingPartyChanges, lastingPartyValues } from '../../../lib/federation/lasting';
import { yaml } from '../../../lib/formats/yaml';
import { leaving } from '../../../lib/operations/removal';
import { openPoints } from '../../../lib/reports/open-points';
import { exchangeDescriptorOf, problemsOf, twoParties } from '../../support/declarations';
import { partyDescriptorOf } from '../../support/parties';

const mesh = { ...twoParties, exchange: false } as const;
const { parties } = federation(mesh);
const [first, second] = parties as [PartyPlan, PartyPlan];

/** Numbers of parties without and with addresses. */
const sizes = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 8 }));
const partyOf = (i: number, hasAddresses: boolean): PartyProps => ({
  id: 7 * i + 1,
  ...(hasAddresses && { addresses: { nginx: `192.0.2.${2 * i}`, pulsar: `192.0.2.${2 * i + 1}` } }),
});
const membersOf = ([without, having]: readonly [number, number]): readonly PartyProps[] =>
  Array.from({ length: without + having }, (_, i) => partyOf(i, i >= without));

/** Whose nginx, at last, takes a call of one party for an id; none where it ends. */
function called(from: PartyPlan, to: number, all: readonly PartyPlan[], exchange?: ExchangePlan): number | undefined {
  const [own] = hosts(partyNginxRoutes(from), to);
  if (own?.host === 'fateflow') return from.id;
  const isExchange = own?.host === exchange?.addresses?.nginx && own?.http_port === exchange?.ports.nginx;
  const [last] = exchange && isExchange ? hosts(exchangeNginxRoutes(exchange.parties), to) : [own];
  return all.find(({ addresses, ports }) => addresses?.nginx === last?.host && ports.nginx === last?.http_port)?.id;
}

/** As FATE's nginx chooses: the entry of the party, else the default. */
const hosts = (routes: ReturnType<typeof partyNginxRoutes>, to: number) =>
  (routes.get(to) ?? routes.get('default'))?.[routes.has(to) ? 'fateflow' : 'proxy'] ?? [];

/** Whose Pulsar one party's is led to for an id, as FATE registers it and Traffic Server routes it. */
function led(from: PartyPlan, to: number, all: readonly PartyPlan[], exchange?: ExchangePlan): number | undefined {
  const routes = pulsarRoutes(from) as ReadonlyMap<number | 'default', Readonly<Record<string, unknown>>>;
  const { host, sslPort, proxy, domain } = routes.get(to) ?? routes.get('default') ?? {};
  if (host === 'pulsar') return from.id;
  const { sni } = sniRoutes(exchange?.parties ?? []);
  const tunnel = sni.find(({ fqdn }) => fqdn === `${to}.${domain}`)?.tunnel_route;
  const isExchange = proxy === `${exchange?.addresses?.trafficServer}:${exchange?.ports.trafficServer}`;
  const at = isExchange ? tunnel : `${host}:${sslPort}`;
  return all.find(({ addresses, ports }) => `${addresses?.pulsar}:${ports.pulsar}` === at)?.id;
}

test.each([
  ['through an exchange', { addresses: { trafficServer: '198.51.100.1', nginx: '198.51.100.2' } }],
  ['without one', false],
] as const)('each party reaches each other one that has addresses, itself, and nobody else, %s', (_, exchange) => {
  fc.assert(
    fc.property(sizes, (size) => {
      const planned = federation({ domain: 'example.com', exchange, parties: membersOf(size) });
      const known = planned.parties.filter(({ addresses }) => addresses !== undefined).map(({ id }) => id);
      for (const from of planned.parties)
        for (const to of [...planned.parties.map(({ id }) => id), 999]) {
          const reached = to === from.id || known.includes(to) ? to : undefined;
          expect([to, called(from, to, planned.parties, planned.exchange)]).toEqual([to, reached]);
          expect([to, led(from, to, planned.parties, planned.exchange)]).toEqual([to, reached]);
        }
    }),
    { numRuns: 50 },
  );
});

test('through two exchanges, each of which knows all parties, each party reaches each other one by its own', () => {
  const { domain, parties: declared } = { ...twoParties, parties: membersOf([0, 5]) };
  const exchanges = [1, 2].map((i) =>
    exchangePlan({
      domain,
      addresses: { trafficServer: `198.51.100.${i}`, nginx: `203.0.113.${i}` },
      parties: declared.flatMap((party) => partyDescriptor(partyPlan({ domain, ...party })) ?? []),
    }),
  );
  const planned = declared.map((party, i) => {
    const own = exchanges[i % 2] as ExchangePlan;
    return { own, plan: partyPlan({ domain, ...party, exchange: exchangeDescriptor(own) }) };
  });
  const plans = planned.map(({ plan }) => plan);
  for (const { own, plan } of planned)
    for (const { id } of plans) {
      expect([called(plan, id, plans, own), led(plan, id, plans, own)]).toEqual([id, id]);
    }
});

test('a party that knows its peers by their descriptors has the plan that it has in the whole federation', () => {
  const { domain } = twoParties;
  const peers = [partyDescriptor(second)].flatMap((it) => it ?? []);
  expect(partyPlan({ domain, ...twoParties.parties[0], peers })).toEqual(first);
});

test('a party joins by a descriptor alone: all others of its plan stay', () => {
  const { peers: _, ...before } = first;
  const third = { id: 50000, addresses: { nginx: '192.0.2.80', pulsar: '192.0.2.81' } };
  const [grown] = federation({ ...mesh, parties: [...mesh.parties, third] }).parties;
  expect(grown).toMatchObject(before);
  expect(grown?.peers?.map(({ id }) => id)).toEqual([40000, 50000]);
});

test.each<[string, () => unknown, string, string]>([
  [
    'an exchange that is nothing at all',
    () => federation({ ...mesh, exchange: true as never }),
    'exchange',
    'or false where parties call one another directly',
  ],
  [
    'peers beside an exchange',
    () => partyPlan({ domain: 'example.com', id: 1, peers: [], exchange: exchangeDescriptorOf() }),
    'peers',
    'use one of the two',
  ],
  [
    'itself among its peers',
    () => partyPlan({ domain: 'example.com', ...twoParties.parties[0], peers: [...(second.peers ?? [])] }),
    'peers[0].id',
    'leave it out',
  ],
  [
    'a peer twice',
    () => partyPlan({ domain: 'example.com', id: 1, peers: [...(first.peers ?? []), ...(first.peers ?? [])] }),
    'peers[1].id',
    'every party needs its own id',
  ],
  [
    "a peer's address as its own",
    () =>
      partyPlan({
        domain: 'example.com',
        id: 1,
        addresses: { nginx: '192.0.2.165', pulsar: '192.0.2.9' },
        peers: first.peers,
      }),
    'peers[0].nginx',
    'every LoadBalancer has its own address',
  ],
  [
    'a peer of another federation',
    () => partyPlan({ domain: 'example.org', id: 1, peers: first.peers }),
    'peers[0].domain',
    'use "example.org"',
  ],
])('%s is refused', (_, declare, path, remedy) => {
  expect(problemsOf(declare)).toContainEqual(
    expect.objectContaining({ path, remedy: expect.stringContaining(remedy) }),
  );
});

test.each<FateRelease>(['2.0.0', '2.2.0'])(
  'FATE %s, which finds no entry of a single party, needs an exchange',
  (fate) => {
    const refused = { remedy: 'use an exchange, or FATE 1.6.1 or 1.11.2' };
    expect(problemsOf(() => federation({ ...mesh, fate }))).toEqual([
      expect.objectContaining({ path: 'exchange', ...refused }),
    ]);
    expect(problemsOf(() => partyPlan({ domain: 'example.com', fate, id: 1, peers: [] }))).toEqual([
      expect.objectContaining({ path: 'peers', ...refused }),
    ]);
  },
);

function standaloneConf({ pulsar, ...party }: PartyPlan, fate: FateRelease) {
  if (pulsar.isExternal) throw new Error('somebody else runs its Pulsar');
  return releases[fate].pulsar.standaloneConf({ ...party, pulsar });
}

test('Pulsar has the same file with an exchange and without one', () => {
  const [joined] = federation(twoParties).parties as [PartyPlan];
  for (const fate of ['1.6.1', '1.11.2'] as const)
    expect(standaloneConf(first, fate)).toEqual(standaloneConf(joined, fate));
});

test.each<[string, Partial<Parameters<typeof partyPlan>[0]>, readonly string[]]>([
  [
    'at another address',
    { peers: [partyDescriptorOf(40000, '192.0.2.165', '192.0.2.99')] },
    [
      'that of party 40000 was 192.0.2.164:6651 and is 192.0.2.99:6651 now.*\n.*clusters delete 40000.*\n.*delete pod pulsar-0$',
    ],
  ],
  [
    'behind an exchange',
    { exchange: exchangeDescriptorOf() },
    ['that of party 40000 was 192.0.2.164:6651 and is behind the exchange now'],
  ],
  ['gone', { peers: [] }, []],
  ['where it was', { peers: first.peers }, []],
])('Pulsar has to forget another one that is %s', (_, joining, texts) => {
  const { domain } = twoParties;
  const now = partyPlan({ domain, ...twoParties.parties[0], ...joining });
  expect(lastingPartyChanges(lastingPartyValues(first), now)).toEqual(
    texts.map((text) => expect.stringMatching(new RegExp(text))),
  );
});

test('what is open of a party without an exchange is an address, and a peer', () => {
  const { domain } = twoParties;
  const whatOf = (plan: PartyPlan) => openPoints({ parties: [plan] }).map(({ what }) => what);
  const open = whatOf(partyPlan({ domain, id: 1, peers: [] }));
  expect(open).toEqual(expect.arrayContaining(['has no addresses yet', 'knows no other party yet']));
  expect(open).not.toContain('stands alone');
  expect(whatOf(first)).not.toContain('knows no other party yet');
  expect(whatOf(first)).toContain("Pulsar's address 192.0.2.73 is not reserved");
});

test('KubeFATE gets both tables of a party without an exchange, TLS on, and no way to anybody else', () => {
  const old = mesh.parties.map((party) => ({ ...party, kubernetes: '1.21' }));
  const [plan] = federation({ ...mesh, transport: 'open', parties: old }).parties as [PartyPlan];
  const { values, limits } = clusterFile(plan);
  expect(limits.filter(({ fatal }) => fatal)).toEqual([]);
  expect(parse(yaml(values), { mapAsMap: false })).toMatchObject({
    nginx: {
      exchange: { ip: '127.0.0.1', httpPort: 9 },
      route_table: { 40000: { fateflow: [{ host: '192.0.2.165', http_port: 9300 }] } },
    },
    pulsar: {
      publicLB: { enabled: true },
      exchange: { ip: '127.0.0.1', port: 9, domain: 'example.com' },
      route_table: {
        30000: { host: 'pulsar', port: 6650, sslPort: 6651 },
        40000: { host: '192.0.2.164', port: 6650, sslPort: 6651 },
      },
    },
  });
});

test('a party leaves by being nobody to the others first', () => {
  const { steps } = leaving(first, { parties });
  expect(steps.map(({ what }) => what)[1]).toMatch(/^Every other party takes it out of its `peers`/);
  expect(steps[1]?.withFiles).toEqual(['kubectl apply -f manifests/fate-40000.k8s.yaml']);
  expect(steps[2]?.commands[0]).toMatch(/^kubectl -n fate-40000 exec pulsar-0 -- .*clusters delete 30000/);
});
