import { expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  type ExchangeDescriptor,
  exchangeNginxRoutes,
  exchangePlan,
  federation,
  partyDescriptor,
  partyNginxRoutes,
  partyPlan,
  pulsarRoutes,
  sniRoutes,
} from '../../../lib';
import { callersOf } from '../../../lib/federation/routing';
import { yaml } from '../../../lib/formats/yaml';
import { problemsOf, twoParties } from '../../support/declarations';

const { exchange, parties } = federation(twoParties);
const party = parties[0];

/** The file as readers of both YAML versions take it, with party ids as the numbers that FATE looks for. */
const read = (file: string) => {
  const [old, current] = (['1.1', '1.2'] as const).map((version) => parse(file, { version, mapAsMap: true }));
  expect(old).toEqual(current);
  return current;
};

test('a broker is reached under its FQDN, at the address and port that the party gave', () => {
  expect(sniRoutes(exchange.parties)).toEqual({
    sni: [
      { fqdn: '30000.example.com', tunnel_route: '192.0.2.73:6651' },
      { fqdn: '40000.example.com', tunnel_route: '192.0.2.164:6651' },
    ],
  });
});

test('an exchange without parties has a list of routes, and it is empty', () => {
  expect(parse(yaml(sniRoutes([])))).toEqual({ sni: [] });
});

test("the exchange sends a call for a party to the party's nginx, and a call for anybody else nowhere", () => {
  const routes = read(yaml(exchangeNginxRoutes(exchange.parties)));
  expect([...routes.keys()]).toEqual(['default', 30000, 40000]);
  expect(routes.get(40000).get('fateflow')).toEqual([
    new Map<string, unknown>([
      ['host', '192.0.2.165'],
      ['http_port', 9300],
    ]),
  ]);
  expect(routes.get('default').get('proxy')[0].get('host')).toBe('127.0.0.1');
});

test('who may call through the exchange is who has a route', () => {
  expect([...callersOf(exchange.parties)]).toEqual([
    ['30000.example.com', 30000],
    ['40000.example.com', 40000],
  ]);
  expect([...callersOf([])]).toEqual([]);
});

test('a party sends its own calls to its FATE Flow and all others to the exchange', () => {
  const routes = read(yaml(partyNginxRoutes({ id: 30000, exchange: party?.exchange })));
  expect(routes.get('default').get('proxy')[0].get('host')).toBe('192.0.2.69');
  expect(routes.get(30000).get('fateflow')[0].get('host')).toBe('fateflow');
});

test('a party that stands alone sends calls for others nowhere, and its Pulsar knows only itself', () => {
  expect(
    read(yaml(partyNginxRoutes({ id: 30000 })))
      .get('default')
      .get('proxy')[0]
      .get('host'),
  ).toBe('127.0.0.1');
  expect([...read(yaml(pulsarRoutes({ id: 30000 }))).keys()]).toEqual([30000]);
});

test("Pulsar reaches every other party through Traffic Server under the federation's domain", () => {
  const routes = read(yaml(pulsarRoutes({ id: 30000, exchange: party?.exchange })));
  expect([...routes.keys()]).toEqual(['default', 30000]);
  expect(Object.fromEntries(routes.get('default'))).toEqual({
    proxy: '192.0.2.68:443',
    domain: 'example.com',
    brokerPort: 6650,
    brokerSslPort: 6651,
  });
  expect(Object.fromEntries(routes.get(30000))).toEqual({ host: 'pulsar', port: 6650, sslPort: 6651, proxy: '' });
});

const descriptor = (id: number, host: number) =>
  partyDescriptor(
    {
      id,
      fqdn: `${id}.example.com`,
      domain: 'example.com',
      fate: '1.6.1',
      transport: 'mutual-tls',
      ports: { nginx: 9300, pulsar: 6651 },
    },
    { nginx: `192.0.2.${host}`, pulsar: `192.0.2.${host + 1}` },
  );

test("a declaration in the place of an exchange's descriptor is told what it lacks", () => {
  const exchange = { kubernetes: '1.25' } as unknown as ExchangeDescriptor;
  expect(problemsOf(() => partyPlan({ domain: 'example.com', id: 30000, exchange }))).toEqual([
    {
      path: 'exchange',
      what: 'has neither kind nor apiVersion, so that it is no descriptor',
      remedy: 'use an Exchange of kubefate-tanzu/v1',
    },
  ]);
});

test('an exchange routes to the parties of its descriptors, by id, however they were listed', () => {
  const plan = exchangePlan({ domain: 'example.com', parties: [descriptor(40000, 10), descriptor(30000, 20)] });
  expect(plan.parties.map(({ id }) => id)).toEqual([30000, 40000]);
});

test.each<[string, object[], string[]]>([
  ['of another domain', [{ ...descriptor(1, 10), domain: 'example.org' }], ['parties[0].domain']],
  ['of another release', [{ ...descriptor(1, 10), fate: '1.11.2' }], ['parties[0].fate']],
  ['of a version that is not known', [{ ...descriptor(1, 10), apiVersion: 'kubefate-tanzu/v9' }], ['parties[0]']],
  ['that is an exchange', [{ ...descriptor(1, 10), kind: 'Exchange' }], ['parties[0]']],
  ['under a name that is not its own', [{ ...descriptor(1, 10), fqdn: '2.example.com' }], ['parties[0].fqdn']],
  ['twice', [descriptor(1, 10), descriptor(1, 20)], ['parties[1].id']],
  ['at the address of another', [descriptor(1, 10), descriptor(2, 10)], ['parties[1].nginx', 'parties[1].pulsar']],
  [
    'whose nginx has a name',
    [{ ...descriptor(1, 10), nginx: { address: 'nginx.example.com', port: 9300 } }],
    ['parties[0].nginx.address'],
  ],
  [
    'on a port that the exchange may not connect to',
    [{ ...descriptor(1, 10), pulsar: { address: '192.0.2.1', port: 443 } }],
    ['parties[0].pulsar.port'],
  ],
  [
    'without endpoints',
    [{ ...descriptor(1, 10), nginx: undefined, pulsar: null }],
    ['parties[0].nginx', 'parties[0].pulsar'],
  ],
  ['that is nothing', [null as never], ['parties[0]']],
])('an exchange refuses a party %s', (_, parties, paths) => {
  const declare = () => exchangePlan({ domain: 'example.com', parties: parties as never });
  expect(problemsOf(declare).map(({ path }) => path)).toEqual(paths);
});
