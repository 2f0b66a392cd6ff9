import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { clusterFile, clusterYaml, exchangeFile, exchangePlan, federation } from '../../../../lib';
import { twoParties } from '../../../support/declarations';

const storageClass = 'vsan-default-storage-policy';
const driven = { driver: 'kubefate', sizing: 'reference' } as const;
const { exchange, parties } = federation({
  ...twoParties,
  transport: 'open',
  exchange: { ...twoParties.exchange, driver: 'kubefate' },
  parties: twoParties.parties.map((party) => ({
    ...party,
    ...driven,
    // The paper's second party differs from its first in this size.
    ...(party.id === 40000 && { volumesGiB: { mysql: 3 } }),
  })),
});

/** As Go's readers take it. */
const read = (text: string) => parse(text, { version: '1.1' });

/** What the paper's file says, with addresses reserved for documentation. @see KubeFATE-on-VCF, `kubefate_deployment` */
const paperParty = (id: number, mysqlGiB: number) => ({
  name: `fate-${id}`,
  namespace: `fate-${id}`,
  chartName: 'fate',
  chartVersion: 'v1.6.1',
  partyId: id,
  persistence: true,
  podSecurityPolicy: { enabled: true },
  modules: ['mysql', 'python', 'fateboard', 'client', 'spark', 'hdfs', 'nginx', 'pulsar'],
  backend: 'spark',
  nginx: { type: 'LoadBalancer', exchange: { ip: '192.0.2.69', httpPort: 9300 } },
  pulsar: { storageClass, size: '1Gi', publicLB: { enabled: true }, exchange: { ip: '192.0.2.68', port: 443 } },
  mysql: { size: `${mysqlGiB}Gi`, storageClass },
  python: { size: '10Gi', storageClass },
  client: { size: '1Gi', storageClass },
  hdfs: { namenode: { storageClass, size: '3Gi' }, datanode: { size: '10Gi', storageClass } },
  spark: { worker: { replicas: 1, resources: { limits: { cpu: '8', memory: '16Gi' } } } },
});

test.each([
  [30000, 1],
  [40000, 3],
])('the file of party %i says all that the paper’s says', (id, mysqlGiB) => {
  const plan = parties.find((party) => party.id === id);
  if (!plan) throw new Error('no plan');
  expect(read(clusterYaml(clusterFile(plan)))).toMatchObject(paperParty(id, mysqlGiB));
});

test('beyond the paper’s, a party’s file says what its own example needs to work: the domain, directories, both bounds', () => {
  const values = read(clusterYaml(clusterFile(parties[0] ?? never())));
  const paper = paperParty(30000, 1);
  expect(added(paper, values)).toEqual({
    ingress: expect.anything(),
    mysql: { subPath: 'mysql' },
    client: { subPath: 'client' },
    python: {
      resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '4', memory: '8Gi' } },
      spark: { cores_per_node: 8, nodes: 1 },
    },
    pulsar: { exchange: { domain: 'example.com' } },
    // What the chart's own default leaves of its requests beside the paper's limits.
    spark: { worker: { resources: { requests: { cpu: '1', memory: '2Gi' } }, affinity: expect.anything() } },
  });
});

const paperExchange = {
  name: 'fate-exchange',
  namespace: 'fate-exchange',
  chartName: 'fate-exchange',
  chartVersion: 'v1.6.1',
  partyId: 1,
  podSecurityPolicy: { enabled: true },
  modules: ['trafficServer', 'nginx'],
};

test('the exchange’s first file is the paper’s, without a route', () => {
  const plan = exchangePlan({ domain: 'example.com', transport: 'open', driver: 'kubefate', replicas: 1 });
  expect(read(clusterYaml(exchangeFile(plan)))).toEqual({
    ...paperExchange,
    trafficServer: { type: 'LoadBalancer', replicas: 1, route_table: { sni: [] } },
    nginx: { type: 'LoadBalancer', replicas: 1, route_table: {} },
  });
});

test('the exchange’s second file is the paper’s, with both routes of each party', () => {
  expect(read(clusterYaml(exchangeFile(exchange)))).toEqual({
    ...paperExchange,
    trafficServer: {
      type: 'LoadBalancer',
      replicas: 2,
      route_table: {
        sni: [
          { fqdn: '30000.example.com', tunnelRoute: '192.0.2.73:6651' },
          { fqdn: '40000.example.com', tunnelRoute: '192.0.2.164:6651' },
        ],
      },
    },
    nginx: {
      type: 'LoadBalancer',
      replicas: 2,
      route_table: {
        30000: { fateflow: [{ host: '192.0.2.72', http_port: 9300 }] },
        40000: { fateflow: [{ host: '192.0.2.165', http_port: 9300 }] },
      },
    },
  });
});

test('party ids are integers to a reader, as keys of a table, too', () => {
  const text = clusterYaml(exchangeFile(exchange));
  const table = parse(text, { mapAsMap: true }).get('nginx').get('route_table');
  expect([...table.keys()]).toEqual([30000, 40000]);
});

test('the domain of a party’s calls is that of the exchange’s routes', () => {
  for (const [i, plan] of parties.entries()) {
    const { domain } = read(clusterYaml(clusterFile(plan))).pulsar.exchange;
    const { fqdn } = read(clusterYaml(exchangeFile(exchange))).trafficServer.route_table.sni[i];
    expect(`${plan.id}.${domain}`).toBe(fqdn);
  }
});

type Values = Record<string, unknown>;
const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the second map has and the first has not. */
function added(first: Values, second: Values): Values {
  const entries = Object.entries(second).flatMap(([key, value]): [string, unknown][] => {
    const before = first[key];
    if (before === undefined) return [[key, value]];
    if (!isValues(before) || !isValues(value)) return [];
    const below = added(before, value);
    return Object.keys(below).length > 0 ? [[key, below]] : [];
  });
  return Object.fromEntries(entries);
}

const never = (): never => {
  throw new Error('no plan');
};
