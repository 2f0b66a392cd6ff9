import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import { exchangePlan, partyPlan } from '../../../lib';
import { exchangeDescriptorOf } from '../../support/declarations';
import { type AnyObject, find, objectsOf } from '../../support/objects';
import { refusal, titled } from '../support/engines';
import { type ApiServer, startApiServer } from './api-server';
import { prometheusDefinitions } from './definitions';
import { apply, createAll, read } from './live-objects';

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
      server = await startApiServer('1.37');
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
        { timeout: 60_000, interval: 200 },
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
  },
);
