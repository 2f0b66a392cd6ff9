import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, firewallRules, type PartyPlan, partyPlan, releases } from '../../../lib';
import { lastingPartyChanges, lastingPartyValues } from '../../../lib/federation/lasting';
import { openPoints } from '../../../lib/reports/open-points';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';
import { type AnyObject, containerOf, environmentOf, fileOf, find, objectsOf } from '../../support/objects';

const fates = Object.keys(releases) as FateRelease[];

const outside = { ranges: ['192.0.2.128/25'], driver: { address: { reserved: '192.0.2.80' } } };
const props = {
  masters: [{ host: 'spark-1.example.com' }, { host: 'spark-2.example.com', port: 7078 }],
  workers: { count: 3, cores: 4, memoryGiB: 16 },
  network: outside,
};
/** Which workers reach that find drivers by a Service. */
const hdfs = { external: { namenode: { host: 'nn.example.com' }, datanodes: { ranges: ['198.51.100.0/25'] } } };
const isByService = ({ network }: { readonly network?: object }) =>
  JSON.stringify(network)?.includes('address') === true;

const declared = (external: object, fate: FateRelease = '1.6.1'): PartyPlan =>
  partyPlan({
    domain: 'example.com',
    id: 30000,
    fate,
    exchange: exchangeDescriptorOf({ fate }),
    spark: { external } as never,
    ...(isByService(external) && { hdfs }),
  });
const drawn = (plan: PartyPlan): AnyObject[] => objectsOf((app) => new FederatedLearningCluster(app, 'party', plan));

/** What `spark-defaults.conf` says. */
const settingsOf = (objects: readonly AnyObject[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    fileOf(objects, 'fateflow-config', 'spark-defaults.conf')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')),
  );
const policyOf = (objects: readonly AnyObject[], name: string) =>
  objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name).spec;
const row = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ port: from + i, protocol: 'TCP' }));

describe.each(fates)('the Spark of somebody else, of FATE %s', (fate) => {
  test('is told to drivers, with an address and ports that are known before', () => {
    const python = { executable: '/opt/fate/bin/python', path: ['/opt/fate/python', '/opt/more'] };
    const objects = drawn(declared({ ...props, ports: { from: 31500, count: 4 }, python }, fate));
    expect(settingsOf(objects)).toMatchObject({
      'spark.master': 'spark://spark-1.example.com:7077,spark-2.example.com:7078',
      'spark.driver.host': '192.0.2.80',
      'spark.driver.bindAddress': '${POD_IP}',
      'spark.driver.port': '31500',
      'spark.driver.blockManager.port': '31504',
      'spark.blockManager.port': '31508',
      'spark.port.maxRetries': '3',
      'spark.executor.memory': '4096m',
      'spark.pyspark.python': '/opt/fate/bin/python',
      'spark.pyspark.driver.python': 'python',
      'spark.executorEnv.PYTHONPATH': '/opt/fate/python:/opt/more',
    });
  });

  test("has its cores in FATE Flow's ledger, and its jobs in the bounds of its workers", () => {
    const objects = drawn(declared(props, fate));
    const conf = parse(fileOf(objects, 'fateflow-config', 'service_conf.yaml'));
    const { cores, cores_per_node, nodes } = (conf.fate_on_spark ?? conf.computing).spark;
    expect(cores ?? cores_per_node * nodes).toBe(12);
    const { container } = releases[fate].fateflow;
    expect(environmentOf(containerOf(objects, container))).toMatchObject({
      SPARK_WORKERS: '3',
      SPARK_WORKER_CORES: '4',
      SPARK_WORKER_MEMORY: '16384m',
    });
  });

  test('is told names of Pulsar and HDFS that lead to them from any namespace', () => {
    const conf = fileOf(
      drawn(declared({ ...props, network: { namespace: 'spark' } }, fate)),
      'fateflow-config',
      'service_conf.yaml',
    );
    expect(conf).toContain('host: pulsar.fate-30000.svc\n');
    expect(conf).toContain('hdfs://namenode.fate-30000.svc:9000\n');
  });
});

describe('workers of the Spark of somebody else', () => {
  test("find drivers outside of the cluster by a Service that leads to FATE Flow's pod, each at its own port", () => {
    const { metadata, spec } = find(drawn(declared({ ...props, ports: { count: 2 } })), 'Service', 'spark-driver');
    expect(metadata.name).toBe('spark-driver');
    expect(spec).toMatchObject({
      type: 'LoadBalancer',
      loadBalancerIP: '192.0.2.80',
      selector: { 'app.kubernetes.io/name': 'fateflow' },
    });
    expect(spec.ports.map(({ name, port }: AnyObject) => [name, port])).toEqual([
      ['driver-0', 31000],
      ['driver-1', 31001],
      ['blocks-0', 31002],
      ['blocks-1', 31003],
    ]);
  });

  test('find them at nodes by the same ports', () => {
    const driver = { address: 'nodes.example.com', service: { type: 'NodePort' } };
    const objects = drawn(declared({ ...props, ports: { count: 2 }, network: { ...outside, driver } }));
    const { type, ports } = find(objects, 'Service', 'spark-driver').spec;
    expect(type).toBe('NodePort');
    for (const { port, nodePort } of ports) expect(nodePort).toBe(port);
  });

  test.each([
    [{ namespace: 'spark' }, { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'spark' } } }],
    [{ ranges: ['192.0.2.128/25'], driver: 'pod' }, { ipBlock: { cidr: '192.0.2.128/25' } }],
    [
      { ...outside, driver: { ...outside.driver, service: { externalTrafficPolicy: 'Local' } } },
      { ipBlock: { cidr: '192.0.2.128/25' } },
    ],
  ])('are let in to drivers, Pulsar and HDFS, and called by drivers, where the network is %j', (network, peer) => {
    const plan = declared({ ...props, ports: { count: 2 }, network });
    const objects = drawn(plan);
    const fateflow = policyOf(objects, 'fateflow');
    expect(fateflow.ingress).toContainEqual({ from: [peer], ports: row(31000, 31003) });
    expect(fateflow.egress).toContainEqual({ to: [peer], ports: row(31004, 31005) });
    const from = (name: string) =>
      policyOf(objects, name).ingress.flatMap((rule: AnyObject) =>
        JSON.stringify(rule.from ?? []).includes(JSON.stringify(peer))
          ? rule.ports.map(({ port }: AnyObject) => port)
          : [],
      );
    expect(from('pulsar')).toEqual([6650]);
    if (!plan.hdfs.isExternal) expect(['namenode', 'datanode'].map(from)).toEqual([[9000], [50010]]);
    const told = openPoints({ parties: [plan] }).map(({ what }) => what);
    expect(told.filter((it) => it.includes('takes connections of anybody'))).toEqual([]);
  });

  test('are not the only ones who reach drivers where pods do not see addresses, which is told', () => {
    const plan = declared({ ...props, ports: { count: 1 } });
    expect(policyOf(drawn(plan), 'fateflow').ingress).toContainEqual({ ports: row(31000, 31001) });
    const told = openPoints({ parties: [plan] }).map(({ what }) => what);
    expect(told.filter((it) => it.includes('takes connections of anybody'))).toHaveLength(1);
  });

  test('are in the list of whoever runs a firewall, in both directions', () => {
    const lines = (network: object) =>
      firewallRules([declared({ ...props, ports: { count: 2 }, network })])
        .filter(({ source, destination }) => [source, destination].some(({ who }) => /[Ss]park/.test(who)))
        .map(({ direction, source, destination, port }) =>
          [
            direction,
            source.who,
            ...(source.at ?? []),
            '→',
            destination.who,
            ...(destination.at ?? []),
            `${port}`,
          ].join(' '),
        );
    const masters = [
      'out party 30000 → Spark spark-1.example.com 7077',
      'out party 30000 → Spark spark-2.example.com 7078',
    ];
    const executors = 'out party 30000 → workers of Spark 192.0.2.128/25 31004,31005';
    const workers = 'in workers of Spark 192.0.2.128/25';
    expect(lines({ namespace: 'spark' })).toEqual(masters);
    expect(lines(outside)).toEqual(
      expect.arrayContaining([
        ...masters,
        executors,
        `${workers} → party 30000, drivers of Spark 192.0.2.80 31000,31001`,
        `${workers} → party 30000, drivers of Spark 192.0.2.80 31002,31003`,
      ]),
    );
    expect(lines({ ...outside, driver: 'pod' })).toEqual(
      expect.arrayContaining([
        ...masters,
        executors,
        `${workers} → party 30000, pods of fateflow 31000,31001`,
        `${workers} → party 30000, pods of pulsar 6650`,
      ]),
    );
  });
});

test('a row of ports has one for each core, and at most 16', () => {
  const ports = (workers: object) => (declared({ ...props, workers }).spark as { ports?: object }).ports;
  expect(ports({ count: 1, cores: 3, memoryGiB: 2 })).toEqual({
    drivers: [31000, 31002],
    blocks: [31003, 31005],
    executors: [31006, 31008],
  });
  expect(ports({ count: 10, cores: 10, memoryGiB: 20 })).toMatchObject({ drivers: [31000, 31015] });
});

test.each<[string, unknown, readonly string[]]>([
  ['a URL', 'spark://a:7077', ['']],
  ['nothing', {}, ['']],
  ['none of its parts', { external: {} }, ['external.workers', 'external.network', 'external.masters']],
  ['without a master', { external: { ...props, masters: [] } }, ['external.masters']],
  ['one master', { external: { ...props, masters: 'spark.example.com' } }, ['external.masters']],
  [
    'at URLs',
    { external: { ...props, masters: [{ host: 'spark://a.example.com:7077' }, 'b.example.com'] } },
    ['external.masters[0].host', 'external.masters[1]', 'external.masters[1].host'],
  ],
  [
    'twice at one master',
    { external: { ...props, masters: [{ host: 'a.example.com' }, { host: 'a.example.com', port: 7077 }] } },
    ['external.masters[1]'],
  ],
  [
    'of workers without memory for their cores',
    { external: { ...props, workers: { count: 1, cores: 8, memoryGiB: 2 } } },
    ['external.workers.memoryGiB'],
  ],
  [
    'in a namespace and outside',
    { external: { ...props, network: { namespace: 'spark', ranges: ['192.0.2.0/24'], driver: 'pod' } } },
    ['external.network.namespace'],
  ],
  [
    'outside without a driver',
    { external: { ...props, network: { ranges: ['192.0.2.0/24'] } } },
    ['external.network.driver'],
  ],
  [
    'everywhere',
    { external: { ...props, network: { ...outside, ranges: ['0.0.0.0/0'] } } },
    ['external.network.ranges[0]'],
  ],
  ['nowhere', { external: { ...props, network: { ...outside, ranges: [] } } }, ['external.network.ranges']],
  [
    'called at an address of nobody',
    { external: { ...props, network: { ...outside, driver: { address: '127.0.0.1' } } } },
    ['external.network.driver.address'],
  ],
  [
    'called at ports that nodes have not',
    {
      external: {
        ...props,
        ports: { from: 20000 },
        network: { ...outside, driver: { address: '192.0.2.5', service: { type: 'NodePort' } } },
      },
    },
    ['external.network.driver.service.type'],
  ],
  ['called at ports that nobody has', { external: { ...props, ports: { from: 65535 } } }, ['external.ports.from']],
  [
    'with a Python of any words',
    { external: { ...props, python: { executable: 'python3', path: ['/opt/a:/opt/b', '/opt/a\nspark.x y'] } } },
    ['external.python.executable', 'external.python.path[0]', 'external.python.path[1]'],
  ],
])('the Spark of somebody else is not %s', (_, spark, paths) => {
  const found = problemsOf(() => partyPlan({ domain: 'example.com', id: 30000, spark: spark as never, hdfs }));
  expect(found.map(({ path }) => path)).toEqual(paths.map((path) => (path === '' ? 'spark' : `spark.${path}`)));
});

test("workers who find drivers by a Service reach no datanode of the party's own", () => {
  const found = problemsOf(() =>
    partyPlan({ domain: 'example.com', id: 30000, spark: { external: { ...props, network: outside } } }),
  );
  expect(found.map(({ path }) => path)).toEqual(['spark.external.network.driver']);
});

test('a party that comes from a Spark of its own is warned of tables that keep the former name of its HDFS', () => {
  const before = lastingPartyValues(partyPlan({ domain: 'example.com', id: 30000, exchange: exchangeDescriptorOf() }));
  const after = declared({ ...props, network: { namespace: 'spark' } });
  expect(lastingPartyChanges(before, after).join()).toContain('namenode.fate-30000.svc');
});
