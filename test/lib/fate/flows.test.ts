import type { PodSpec } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  App,
  Exchange,
  type ExchangePlan,
  type FateRelease,
  FederatedLearningCluster,
  federation,
  type PartyPlan,
  releases,
  type Transport,
} from '../../../index';
import { exchangeFlows, type Flow, partyFlows } from '../../../lib/fate/flows';
import { acmeSolver, type FlowEnd, flowsOf } from '../../../lib/federation/flows';
import { type AnyObject, containersOf, environmentOf, find } from '../../support/objects';

type Connection = `${string} -> ${string}:${number}`;

const backup = { to: { bucket: 'backups', endpoint: 'https://s3.example.com:9443' } };

/** With everything that calls somebody, and an exchange that is called by a name. */
function planned(fate: FateRelease, transport: Transport, cluster = false): readonly [PartyPlan, ExchangePlan] {
  const { parties, exchange } = federation({
    domain: 'example.com',
    fate,
    transport,
    exchange: { addresses: { trafficServer: 'exchange.example.com', nginx: '192.0.2.69' }, monitoring: {} },
    parties: [
      {
        id: 30000,
        addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' },
        ports: { nginx: 30930 },
        datanodes: 2,
        replication: 2,
        verification: { with: [40000] },
        monitoring: {},
        backup,
        retention: {},
        pulsar: { cluster },
        ingress: {
          uis: ['notebook', 'fateboard', 'spark', 'pulsar'],
          basicAuthSecret: 'users',
          annotations: { 'cert-manager.io/issuer': 'a' },
        },
      },
      { id: 40000, addresses: { nginx: '192.0.2.165', pulsar: 'pulsar.example.com' } },
    ],
  });
  const [party] = parties;
  if (party === undefined) throw new Error('no party');
  return [party, exchange];
}

const draw = (plan: PartyPlan | ExchangePlan): readonly AnyObject[] =>
  ('id' in plan
    ? new FederatedLearningCluster(new App(), plan.namespace, plan)
    : new Exchange(new App(), plan.namespace, plan)
  ).toJson();

/** Hosts and ports that a text names as `host:port`, or as a URL. */
const addressesIn = (text: string): [string, number][] => [
  ...[...text.matchAll(/(?<![\w.$@-])([a-z0-9][a-z0-9.-]*):(\d+)(?![\d.:])/g)].map(
    ([, host, port]): [string, number] => [`${host}`, Number(port)],
  ),
  ...[...text.matchAll(/https:\/\/([a-z0-9.-]+)(?![\w.:-])/g)].map(([, host]): [string, number] => [`${host}`, 443]),
];

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

const dataOf = (file: string, text: string): unknown => (/\.ya?ml$/.test(file) ? parse(text) : text);

/** Pods, by whose they are. */
const callersIn = (objects: readonly AnyObject[]): readonly (readonly [string, PodSpec])[] =>
  objects.flatMap(({ kind, spec }) => {
    const template = kind === 'CronJob' ? spec.jobTemplate.spec.template : spec?.template;
    return template?.spec ? [[template.metadata.labels['app.kubernetes.io/name'], template.spec] as const] : [];
  });

/** Whom a host and port are of: pods behind a Service, or somebody outside. */
function calledAt(objects: readonly AnyObject[], host: string, port: number): string | undefined {
  const name = host.replace(/^[a-z-]+-\d+\.(?=[a-z-]+$)/, ''); // a pod of a StatefulSet has one before the Service's
  const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name);
  if (service === undefined) return /^192\.0\.2\.|\.example\.com$/.test(host) ? `${host}:${port}` : undefined;
  const { selector, ports } = service.spec;
  const target = ports.find((each: AnyObject) => each.port === port)?.targetPort;
  return target === undefined ? undefined : `${selector['app.kubernetes.io/name']}:${target}`;
}

/** Every connection that something drawn names. */
function configured(objects: readonly AnyObject[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (from: string, host: string, port: number) => {
    const to = calledAt(objects, host, port);
    if (to !== undefined) found.add(`${from} -> ${to}`);
  };
  for (const [from, pod] of callersIn(objects)) {
    for (const container of containersOf(pod)) {
      const mounted = new Set(container.volumeMounts?.map(({ name }) => name));
      const files = (pod.volumes ?? [])
        .filter(({ name, configMap }) => configMap && mounted.has(name))
        .flatMap(({ configMap }) => Object.entries(find<AnyObject>(objects, 'ConfigMap', `${configMap?.name}`).data));
      const data = [
        environmentOf(container),
        container.command?.join(' '),
        ...files.map(([file, text]) => dataOf(file, `${text}`)),
      ];
      for (const [host, port] of data.flatMap(addressesOf)) add(from, host, port);
    }
  }
  for (const { kind, spec, metadata } of objects) {
    if (kind === 'PodMonitor') addScrapes(objects, spec, found, add);
    if (kind === 'Service' && spec.type === 'LoadBalancer')
      for (const { port } of spec.ports) add('outside', metadata.name, port);
    if (kind === 'Ingress')
      for (const { http } of spec.rules)
        for (const { backend } of http.paths)
          add('ingress-controller', backend.service.name, backend.service.port.number);
  }
  return found;
}

/** A Prometheus asks the pods of a monitor, or the exporter, which asks the target. */
function addScrapes(
  objects: readonly AnyObject[],
  { selector, podMetricsEndpoints }: AnyObject,
  found: Set<string>,
  add: (from: string, host: string, port: number) => void,
): void {
  const workload = selector.matchLabels['app.kubernetes.io/name'];
  for (const { port, params, relabelings } of podMetricsEndpoints) {
    const named = callersIn(objects)
      .filter(([name]) => name === workload)
      .flatMap(([, pod]) => pod.containers.flatMap(({ ports = [] }) => ports))
      .find(({ name }) => name === port);
    const through = relabelings.find(({ targetLabel }: AnyObject) => targetLabel === '__address__');
    if (through === undefined) found.add(`scraper -> ${workload}:${named?.containerPort}`);
    else {
      const [address, exporterPort] = through.replacement.split(':');
      add('scraper', address.split('.')[0], Number(exporterPort));
    }
    const [target] =
      params?.target ??
      relabelings.flatMap(({ replacement }: AnyObject) => (/\$1/.test(replacement) ? [replacement] : []));
    for (const [host, number] of addressesIn(`${target ?? ''}`.replace('$1', 'pods')))
      if (host === 'pods') found.add(`exporter -> ${workload}:${number}`);
      else add('exporter', host, number);
  }
}

/** Every connection of a plan whose port is known, and that no other program makes by itself. */
const inTable = (plan: PartyPlan | ExchangePlan): ReadonlySet<string> =>
  new Set(
    flowsOf(plan)
      .filter(({ port, to }) => port !== 'any' && to.kind !== 'dns')
      .map(({ from, to, port }) => `${endText(from)} -> ${endText(to)}:${port}`),
  );

function endText(end: FlowEnd): string {
  if (end.kind === 'workload') return end.workload;
  if (end.kind === 'endpoint') return end.address;
  if (end.kind === 'host') return end.at.join();
  return end.kind === 'member' || end.kind === 'anybody' ? 'outside' : end.kind;
}

const cases = (Object.keys(releases) as FateRelease[]).flatMap((fate) =>
  (['mutual-tls', 'open'] as const).flatMap((transport) =>
    (['one process', 'several pods'] as const).map((pulsar) => [fate, transport, pulsar] as const),
  ),
);

describe.each(cases)('of FATE %s with transport %s and a Pulsar of %s', (fate, transport, pulsar) => {
  const isCluster = pulsar === 'several pods';
  const [party, exchange] = planned(fate, transport, isCluster);
  const { hdfs } = releases[fate];

  /** In a file of a party, and never called. */
  const notCalled: readonly Connection[] = [
    ...(fate.startsWith('1.') ? (['fateflow -> 30000.fateboard.example.com:80'] as const) : []), // for people to open
    'nginx -> fateflow:9360', // `protocol: default` is HTTP
    'fateflow -> pulsar:6651', // of the own entry in the route table, where FATE looks up others only
    ...(isCluster ? (['pulsar-bookie -> pulsar:6650', 'pulsar-bookie -> pulsar:8080'] as const) : []), // told to ZooKeeper
  ];

  /** Inside of a Pulsar of several pods: told by ZooKeeper, by the broker that was asked, or by two ports in one word. */
  const betweenPulsars: readonly Connection[] = [
    'pulsar -> pulsar-bookie:3181',
    'pulsar-bookie -> pulsar-bookie:3181',
    ...[6650, 8080, 6651, 8081].map((port) => `pulsar -> pulsar:${port}` as const),
    ...[2888, 3888].map((port) => `pulsar-zookeeper -> pulsar-zookeeper:${port}` as const),
  ];

  /** Called, and in no file: told by another program, by the image or by a command. */
  const toldLater: readonly Connection[] = [
    `fateflow -> datanode:${hdfs.datanode.data}`, // by the namenode
    `spark-worker -> datanode:${hdfs.datanode.data}`,
    `datanode -> datanode:${hdfs.datanode.data}`,
    `datanode -> datanode:${hdfs.datanodeIpc}`,
    `namenode -> datanode:${hdfs.datanode.data}`, // by the steps of a move, in its pod
    'spark-worker -> namenode:9000', // by the driver
    'spark-worker -> pulsar:6650',
    'spark-worker -> spark-master:7077', // SPARK_MASTER of the image
    'pulsar -> exchange.example.com:443', // by FATE Flow
    `fateflow -> namenode:${hdfs.namenode.ui}`, // by diagnose
    'fateflow -> spark-master:8080',
    'fateflow -> 192.0.2.69:9300',
    transport === 'open' ? 'client -> nginx:9300' : 'client -> nginx:9301', // by verify
    `ingress-controller -> ${acmeSolver.workload}:${acmeSolver.port}`, // by cert-manager
    ...(isCluster ? betweenPulsars : []),
  ];

  test('every address in what is drawn of a party is in the table, or is known not to be called', () => {
    const table = inTable(party);
    const missing = [...configured(draw(party))].filter((it) => !table.has(it));
    expect(missing.sort()).toEqual([...notCalled].sort());
  });

  test('all of the table is in what is drawn of a party, or is known to be told later', () => {
    const found = configured(draw(party));
    expect([...inTable(party)].filter((it) => !found.has(it)).sort()).toEqual([...toldLater].sort());
  });

  test('what is drawn of an exchange has the same addresses as the table', () => {
    expect([...configured(draw(exchange))].sort()).toEqual([...inTable(exchange)].sort());
  });
});

describe('the table', () => {
  test.each<[string, readonly Flow[]]>([
    ['of a party', partyFlows],
    ['of an exchange', exchangeFlows],
  ])('%s has a connection once, and says why', (_, flows) => {
    expect(new Set(flows.map(({ from, to, port }) => `${from} -> ${to}:${port}`)).size).toBe(flows.length);
    for (const { why } of flows) expect(why).not.toBe('');
  });

  test('between members nothing goes in the clear, but for calls where they have agreed on it', () => {
    const between = (transport: Transport) =>
      planned('1.6.1', transport)
        .flatMap(flowsOf)
        .filter(({ from, to }) => from.kind === 'member' || to.kind === 'endpoint')
        .filter(({ from }) => endText(from) !== 'fateflow');
    for (const { encrypted } of between('mutual-tls')) expect(encrypted).toBe('mutual-tls');
    for (const { port, encrypted } of between('open'))
      expect(encrypted, `${port}`).toBe([9300, 30930].includes(Number(port)) ? 'no' : 'tls');
  });
});
