import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import {
  type ExchangeProps,
  exchangePlan,
  type PartyProps,
  partyPlan,
  type releases,
  type Transport,
} from '../../../lib';
import { metrics } from '../../../lib/monitoring/metrics';
import { exchangeDescriptorOf } from '../../support/declarations';
import { type AnyObject, fileOf, find, objectsOf, podOf, workloadsOf } from '../../support/objects';
import { clusterOf, isReachable, podsOf } from '../../support/reachability';

const transports: readonly Transport[] = ['mutual-tls', 'open'];
const party = (props: Partial<PartyProps> = { monitoring: {} }, transport: Transport = 'mutual-tls') => {
  const exchange = exchangeDescriptorOf({ transport });
  const plan = partyPlan({ domain: 'example.com', transport, id: 30000, exchange, ...props });
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
};
const exchange = (props: ExchangeProps = { monitoring: {} }, transport: Transport = 'mutual-tls') => {
  const plan = exchangePlan({ domain: 'example.com', transport, ...props });
  return objectsOf((app) => new Exchange(app, plan.namespace, plan));
};
const members = transports.flatMap((transport) => [
  [`a party, ${transport}`, party({ monitoring: {} }, transport)] as const,
  [`an exchange, ${transport}`, exchange({ monitoring: {} }, transport)] as const,
]);
const ofKind = (objects: readonly AnyObject[], kind: string) => objects.filter((it) => it.kind === kind);
const targetOf = (objects: readonly AnyObject[], monitor: string, target: string): AnyObject =>
  find(objects, 'PodMonitor', monitor).spec.podMetricsEndpoints.find(
    ({ relabelings }: AnyObject) => relabelings[0].replacement === target,
  );

describe('without monitoring', () => {
  test.each([
    ['party', party({})],
    ['exchange', exchange({})],
  ])('nothing of it is in a %s', (_, objects) => {
    for (const kind of ['PodMonitor', 'PrometheusRule']) expect(ofKind(objects, kind)).toEqual([]);
    expect(JSON.stringify(objects)).not.toMatch(/metrics\.lua|stats_over_http|lua_shared_dict|exporter/);
  });
});

test.each([
  ['party', party(), party({ monitoring: { operator: false } })],
  ['exchange', exchange(), exchange({ monitoring: { operator: false } })],
])('without an operator a %s has all but what only an operator reads', (_, objects, without) => {
  const ofOperator = objects.filter(({ apiVersion }) => apiVersion.startsWith('monitoring.coreos.com/'));
  expect(ofOperator.map(({ kind }) => kind)).toContain('PodMonitor');
  expect(without).toEqual(objects.filter((it) => !ofOperator.includes(it)));
});

describe.each(members)('metrics of %s', (_, objects) => {
  test('each monitor finds pods that have the port', () => {
    for (const { spec } of ofKind(objects, 'PodMonitor')) {
      const found = workloadsOf(objects).filter(
        (it) =>
          it.spec?.template.metadata?.labels?.['app.kubernetes.io/name'] ===
          spec.selector.matchLabels['app.kubernetes.io/name'],
      );
      expect(found).toHaveLength(1);
      const ports = found.flatMap((it) => podOf(it).containers.flatMap((container) => container.ports ?? []));
      for (const { port } of spec.podMetricsEndpoints) expect(ports.map(({ name }) => name)).toContain(port);
    }
  });

  test('each module that an exporter is asked for is in its file, and makes all that is kept', () => {
    const modules = ['json', 'blackbox'].map((it) => parse(fileOf(objects, 'exporter-config', `${it}.yml`)).modules);
    const known = Object.assign({}, ...modules);
    const endpoints = ofKind(objects, 'PodMonitor').flatMap(({ spec }) => spec.podMetricsEndpoints);
    const asked = endpoints.flatMap(({ params }) => params?.module ?? []);
    expect(asked.sort()).toEqual(Object.keys(known).sort());
    for (const module of Object.keys(modules[0])) {
      const made = modules[0][module].metrics.flatMap(({ name, values }: AnyObject) =>
        values ? Object.keys(values).map((end) => `${name}_${end}`) : [name],
      );
      expect(made.sort()).toEqual([...metrics[module as keyof typeof metrics]].sort());
    }
  });

  test('no Service that others reach has one port more', () => {
    const published = ofKind(objects, 'Service').filter(({ spec }) => spec.type === 'LoadBalancer');
    const ports = published.flatMap(({ spec }) => spec.ports.map(({ port }: AnyObject) => port));
    expect(ports.sort()).toEqual(
      objects.some(({ metadata }) => metadata.name === 'pulsar') ? [6651, 9300] : [443, 9300],
    );
  });

  test('only the Prometheus reaches them from outside of the namespace', () => {
    const cluster = clusterOf(objects, ['monitoring', 'elsewhere']);
    const called = podsOf(objects);
    for (const { spec } of ofKind(objects, 'PodMonitor')) {
      const workload = spec.selector.matchLabels['app.kubernetes.io/name'];
      const [to] = called.filter(({ labels }) => labels['app.kubernetes.io/name'] === workload);
      for (const endpoint of spec.podMetricsEndpoints) {
        const port = to?.ports?.[endpoint.port];
        if (to === undefined || port === undefined) throw new Error(`${workload} has no port ${endpoint.port}`);
        const reaches = (namespace: string) =>
          isReachable(cluster, { from: { name: 'any', namespace, labels: {} }, to, port });
        expect(reaches('elsewhere'), `${workload}:${port}`).toBe(false);
        // What tells no metrics itself is asked by the exporter.
        if (endpoint.relabelings.length === 1) expect(reaches('monitoring'), `${workload}:${port}`).toBe(true);
      }
    }
  });
});

describe('monitoring', () => {
  test('the certificate is looked at where it is shown to anybody', () => {
    const asked = (objects: readonly AnyObject[], target: string) =>
      targetOf(objects, 'exporter', target).params.target;
    expect(asked(party(), 'nginx:9300')).toEqual(['nginx:9300']);
    expect(asked(party({ monitoring: {} }, 'open'), 'pulsar-public-tls:6651')).toEqual(['pulsar-public-tls:6651']);
  });

  test('FATE Flow is asked as its release wants it', () => {
    const jobs = (fate: keyof typeof releases) => {
      const plan = partyPlan({ domain: 'example.com', fate, id: 30000, monitoring: {} });
      const objects = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
      const { params } = targetOf(objects, 'exporter', 'fateflow');
      const { body, metrics } = parse(fileOf(objects, 'exporter-config', 'json.yml')).modules.jobs;
      return { target: params.target[0], body: body && JSON.parse(body.content), job: metrics[0].labels.job_id };
    };
    const first = { target: 'http://fateflow:9380/v1/job/query', body: { status: 'running' }, job: '{.f_job_id}' };
    const second = { target: 'http://fateflow:9380/v2/job/query?status=running', body: undefined, job: '{.job_id}' };
    expect(jobs('1.6.1')).toEqual(first);
    expect(jobs('1.11.2')).toEqual(first);
    expect(jobs('2.0.0')).toEqual(second);
    expect(jobs('2.2.0')).toEqual(second);
  });

  test('monitors and rules have the labels that their Prometheus looks for, and the dashboard that of Grafana', () => {
    const objects = party({ monitoring: { labels: { release: 'prometheus' }, intervalSeconds: 60 } });
    for (const { kind, metadata, spec } of objects) {
      if (kind === 'PodMonitor' || kind === 'PrometheusRule') expect(metadata.labels.release).toBe('prometheus');
      if (kind === 'PodMonitor') for (const it of spec.podMetricsEndpoints) expect(it.interval).toBe('60s');
    }
    const { metadata, data } = find(objects, 'ConfigMap', 'dashboard');
    expect(metadata.labels.grafana_dashboard).toBe('1');
    expect(JSON.parse(data['fate-30000.json']).uid).toBe('fate-30000');
  });

  test('no two panels of a dashboard cover one another', () => {
    for (const objects of [party(), exchange()]) {
      const [text] = Object.values(find(objects, 'ConfigMap', 'dashboard').data);
      const cells = JSON.parse(`${text}`).panels.flatMap(({ gridPos: { x, y, w, h } }: AnyObject) =>
        Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
    }
  });
});
