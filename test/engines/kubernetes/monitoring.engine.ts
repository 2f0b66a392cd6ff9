import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import { exchangePlan, partyPlan } from '../../../lib';
import { metrics } from '../../../lib/monitoring/metrics';
import { exchangeDescriptorOf } from '../../support/declarations';
import { type AnyObject, find, objectsOf, podOf } from '../../support/objects';
import { expectAlerts, lasting, namesOf, type Recording, scrapeCluster } from '../monitoring/prometheus';
import { cache, refusal, titled } from '../support/engines';
import { type ApiServer, freePort, startApiServer } from './api-server';
import { prometheusDefinitions } from './definitions';
import { apply, createAll, pathOf, read } from './live-objects';
import { type Programs, programs } from './programs';

const agreement = { domain: 'example.com', monitoring: { labels: { release: 'prometheus' } } };
const party = partyPlan({ ...agreement, id: 30000, exchange: exchangeDescriptorOf() });
const exchange = exchangePlan(agreement);
const drawn = [
  ...objectsOf((app) => new FederatedLearningCluster(app, party.namespace, party)),
  ...objectsOf((app) => new Exchange(app, exchange.namespace, exchange)),
];
/** What is drawn for monitoring alone. */
const added = drawn.filter(
  ({ kind, metadata: { name } }) =>
    ['PodMonitor', 'PrometheusRule', 'NetworkPolicy'].includes(kind) || /^(exporter|dashboard)/.test(name),
);

const refused = refusal('kubernetes-1.37') ?? refusal('prometheus');

describe.skipIf(refused !== undefined)(
  titled("An API server with the Prometheus operator's definitions", refused),
  () => {
    let server: ApiServer;
    beforeAll(async () => {
      server = await startApiServer('1.37', { flags: { 'disable-admission-plugins': 'ServiceAccount' } }); // nobody makes one
      await createAll(
        server,
        [party, exchange].map(({ namespace }) => find(drawn, 'Namespace', namespace)),
      );
      await createAll(server, prometheusDefinitions());
      await vi.waitFor(
        async () => {
          const { body } = await server.call('GET', '/apis/monitoring.coreos.com/v1');
          expect(body.resources?.map(({ kind }: AnyObject) => kind)).toEqual(
            expect.arrayContaining(['PodMonitor', 'PrometheusRule']),
          );
        },
        { timeout: 180_000, interval: 200 },
      );
    });
    afterAll(() => server?.stop());

    test.each(
      added.map((object): [string, string, string, AnyObject] => [
        object.kind,
        object.metadata.name,
        object.metadata.namespace,
        object,
      ]),
    )('takes %s %s of %s as it is drawn, and applied again without a change', async (_, __, ___, object) => {
      const first = await apply(server, object);
      expect((await read(server, object)).body).toMatchObject(object);
      expect(await apply(server, object)).toEqual(first);
    });

    const monitor = find(drawn, 'PodMonitor', 'pulsar');
    const [endpoint] = monitor.spec.podMetricsEndpoints;
    const rules = added.find(({ kind }) => kind === 'PrometheusRule');
    const [group] = rules.spec.groups;

    test.each<[string, AnyObject, object, string]>([
      ['a field that is misspelt', monitor, { podMetricsEndpoint: [] }, 'unknown field "spec.podMetricsEndpoint"'],
      [
        'an interval that is none',
        monitor,
        { podMetricsEndpoints: [{ ...endpoint, interval: 'often' }] },
        'spec.podMetricsEndpoints[0].interval',
      ],
      [
        'a relabelling that there is not',
        monitor,
        { podMetricsEndpoints: [{ ...endpoint, relabelings: [{ action: 'forget' }] }] },
        'Unsupported value: "forget"',
      ],
      [
        'a rule without an expression',
        rules,
        { groups: [{ ...group, rules: [{ alert: 'A' }] }] },
        'expr: Required value',
      ],
    ])('refuses %s', async (_, object, change, message) => {
      const collection = `${await server.collectionOf(object)}?fieldValidation=Strict&dryRun=All`;
      const changed = {
        ...object,
        metadata: { ...object.metadata, name: 'other' },
        spec: { ...object.spec, ...change },
      };
      const { status, body } = await server.call('POST', collection, changed);
      expect({ status, message: body.message }).toEqual({
        status: expect.toBeOneOf([400, 422]),
        message: expect.stringContaining(message),
      });
    });

    const noMetrics = refusal('kube-state-metrics');
    describe.skipIf(noMetrics !== undefined)(titled('with kube-state-metrics', noMetrics), () => {
      const objects = drawn.filter(({ metadata }) => metadata.namespace === party.namespace);
      const pod: AnyObject = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'nginx-0', namespace: party.namespace },
        spec: podOf(find(objects, 'Deployment', 'nginx')),
      };
      let started: Programs;
      let told: () => Promise<Recording>;

      beforeAll(async () => {
        started = programs('kube-state-metrics', 300);
        const [port, telemetry] = [await freePort(), await freePort()];
        const kubeconfig = join(started.directory, 'kubeconfig');
        writeFileSync(kubeconfig, server.kubeconfig, { mode: 0o600 });
        started.start(join(cache, 'kube-state-metrics/kube-state-metrics'), {
          kubeconfig,
          resources: 'pods',
          host: '127.0.0.1',
          port: `${port}`,
          'telemetry-host': '127.0.0.1',
          'telemetry-port': `${telemetry}`,
        });
        told = () => scrapeCluster(`http://127.0.0.1:${port}/metrics`);
        await createAll(server, [pod]);
      });
      afterAll(() => started?.stop());

      /** What is told once the pod is so. */
      async function when(status: AnyObject, series: string, value: number): Promise<Recording> {
        const path = `${await pathOf(server, pod)}/status`;
        const merged = { contentType: 'application/merge-patch+json' };
        expect(await server.call('PATCH', path, { status }, merged)).toMatchObject({ status: 200 });
        return vi.waitFor(
          async () => {
            const recording = await told();
            const found = [...recording].filter(
              ([name]) => name.startsWith(series.split('{')[0] ?? '') && name.includes(series.split('{')[1] ?? ''),
            );
            expect(found.map(([, value]) => value)).toEqual([value]);
            return recording;
          },
          { timeout: 90_000, interval: 100 },
        );
      }
      const running = (ready: boolean, restartCount = 0): AnyObject => ({
        phase: 'Running',
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
        containerStatuses: pod.spec.containers.map(({ name, image }: AnyObject) => ({
          name,
          image,
          imageID: '',
          ready,
          restartCount,
          state: { running: {} },
        })),
      });

      test('a pod that does not start, is not ready or starts again and again is an alert, until it is well', async () => {
        const pending = await when({}, 'kube_pod_status_phase{phase="Pending"', 1);
        await expectAlerts(objects, lasting(pending, 12), ['FatePodPending']);
        const unready = await when(running(false), 'kube_pod_status_ready{condition="true"', 0);
        await expectAlerts(objects, [...lasting(pending, 12), ...lasting(unready, 9)], []);
        await expectAlerts(objects, [...lasting(pending, 12), ...lasting(unready, 12)], ['FatePodNotReady']);
        const well = await when(running(true), 'kube_pod_status_ready{condition="true"', 1);
        expect(namesOf(well)).toEqual(metrics.cluster.filter((it) => it.startsWith('kube_')).sort());
        await expectAlerts(objects, [...lasting(unready, 12), ...lasting(well, 2)], []);
        const history = [well];
        for (let restarts = 1; restarts <= 5; restarts++)
          history.push(await when(running(true, restarts), 'kube_pod_container_status_restarts_total{', restarts));
        await expectAlerts(objects, history, ['FatePodRestarts']);
        await expectAlerts(objects, [...history, ...lasting(history.at(-1) ?? well, 60)], []);
      });
    });
  },
);
