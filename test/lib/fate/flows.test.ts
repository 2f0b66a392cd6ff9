import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  exchangeDescriptor,
  exchangePlan,
  type FateRelease,
  FederatedLearningCluster,
  partyPlan,
  releases,
  services,
  type Transport,
} from '../../../index';
import { type Flow, partyFlows } from '../../../lib/fate/flows';
import {
  type AnyObject,
  containersOf,
  environmentOf,
  find,
  objectsOf,
  podOf,
  workloadsOf,
} from '../../support/objects';

type Connection = `${string} -> ${string}:${string}`;
const connection = ({ from, to, port }: Pick<Flow, 'from' | 'to'> & { port: string }): Connection =>
  `${from} -> ${to}:${port}`;

/** In a file, and never called. */
const notCalled: readonly Connection[] = [
  'nginx -> fateflow:grpc', // `protocol: default` is HTTP
  'fateflow -> pulsar:broker-tls', // of the own entry in the route table, where FATE looks up others only
];

/** Called, and in no file: told by another program, or by the image. */
const toldLater: readonly Connection[] = [
  'datanode -> datanode:ipc',
  'fateflow -> namenode:ui', // by diagnose
  'fateflow -> sparkMaster:ui',
  'fateflow -> datanode:data', // by the namenode
  'sparkWorker -> datanode:data',
  'datanode -> datanode:data',
  'sparkWorker -> namenode:rpc', // by the driver
  'sparkWorker -> pulsar:broker',
  'sparkWorker -> sparkMaster:rpc', // SPARK_MASTER of the image
];

const drawn = (fate: FateRelease, transport: Transport) =>
  objectsOf((app) => {
    const agreement = { domain: 'example.com', fate, transport };
    const addresses = { trafficServer: '192.0.2.68', nginx: '192.0.2.69' };
    const exchange = exchangeDescriptor(exchangePlan({ ...agreement, addresses }));
    const plan = partyPlan({ ...agreement, id: 30000, exchange, datanodes: 2, replication: 2, verification: true });
    return new FederatedLearningCluster(app, 'party', plan);
  });

const callers: Readonly<Record<string, Flow['from']>> = {
  python: 'fateflow',
  fateflow: 'fateflow',
  'ping-mysql': 'fateflow',
  fateboard: 'fateboard',
  client: 'client',
  nginx: 'nginx',
  'spark-master': 'sparkMaster',
  'spark-worker': 'sparkWorker',
  namenode: 'namenode',
  datanode: 'datanode',
  pulsar: 'pulsar',
  mysql: 'mysql',
  'toy-example': 'toyExample',
};

/** Services and ports that a text names as `host:port`. */
const addressesIn = (text: string): [string, number][] =>
  [...text.matchAll(/(?<![\w.-])([a-z-]+):(\d+)/g)].map(([, host, port]) => [`${host}`, Number(port)]);

/** The same of data: a map that holds a host holds its ports. */
function addressesOf(data: unknown): [string, number][] {
  if (typeof data === 'string') return addressesIn(data);
  if (typeof data !== 'object' || data === null) return [];
  const values = Object.values(data);
  const hosts = values.filter((value) => typeof value === 'string');
  const ports = values.map(Number).filter((value) => value > 0);
  return [
    ...hosts.flatMap((host) => ports.map((port): [string, number] => [host, port])),
    ...values.flatMap(addressesOf),
  ];
}

const dataOf = (file: string, text: string): unknown => (file.endsWith('.yaml') ? parse(text) : text);

function configured(objects: readonly AnyObject[]): Set<Connection> {
  const jobs = objects.filter(({ kind }) => kind === 'Job');
  const pods = [...workloadsOf(objects), ...jobs].map(podOf);
  const found = pods.flatMap((pod) =>
    containersOf(pod).flatMap((container) => {
      const mounted = new Set(container.volumeMounts?.map(({ name }) => name));
      const files = (pod.volumes ?? [])
        .filter(({ name, configMap }) => configMap && mounted.has(name))
        .flatMap(({ configMap }) => Object.entries(find<AnyObject>(objects, 'ConfigMap', `${configMap?.name}`).data));
      const data = [
        environmentOf(container),
        container.command?.join(' '),
        ...files.map(([file, text]) => dataOf(file, `${text}`)),
      ];
      const from = callers[container.name];
      if (from === undefined) throw new Error(`whose container is ${container.name}?`);
      return data.flatMap(addressesOf).flatMap(([host, port]) => connectionsTo(from, host, port));
    }),
  );
  return new Set(found);
}

function connectionsTo(from: Flow['from'], host: string, port: number): Connection[] {
  return Object.entries(services).flatMap(([to, { name, ports }]) =>
    Object.entries<number>(ports).flatMap(([portName, number]) =>
      name === host && number === port ? [connection({ from, to: to as Flow['to'], port: portName })] : [],
    ),
  );
}

const cases = (Object.keys(releases) as FateRelease[]).flatMap((fate) =>
  (['mutual-tls', 'open'] as const).map((transport) => [fate, transport] as const),
);

describe.each(cases)('of FATE %s with transport %s', (fate, transport) => {
  const found = configured(drawn(fate, transport));
  const { jobs } = releases[fate].fateboard;
  const flows = new Set<Connection>(
    partyFlows
      .filter((it: Flow) => it.with === undefined || it.with.includes('verification'))
      .filter((it: Flow) => [undefined, transport].includes(it.transport) && [undefined, jobs].includes(it.jobs))
      .map(connection),
  );

  test('every address in a configuration of an FLC is a flow, or is known not to be called', () => {
    expect([...found].filter((it) => !flows.has(it)).sort()).toEqual([...notCalled].sort());
  });

  test('every flow is in a configuration, or is known to be told later', () => {
    const fixed = [...flows].filter((it) => !it.endsWith(':any'));
    const byVerify = transport === 'open' ? 'client -> nginx:http' : 'client -> nginxInternal:http';
    expect(fixed.filter((it) => !found.has(it)).sort()).toEqual([...toldLater, byVerify].sort());
  });
});

test('a flow is in the table once, and says why', () => {
  expect(new Set(partyFlows.map(connection)).size).toBe(partyFlows.length);
  for (const { why } of partyFlows) expect(why).not.toBe('');
});
