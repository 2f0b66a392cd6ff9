import { describe, expect, test } from 'vitest';
import { capacity, exchangePlan, partyPlan } from '../../../lib';
import type { PartyMonitoringProps } from '../../../lib/federation/monitoring';
import { problemsOf } from '../../support/declarations';

const agreement = { domain: 'example.com' };
const party = (monitoring?: PartyMonitoringProps, more: object = {}) =>
  partyPlan({ ...agreement, id: 30000, monitoring, ...more });

describe('monitoring', () => {
  test('is nothing where nobody asks for it', () => {
    expect(party().monitoring).toBeUndefined();
    expect(exchangePlan(agreement).monitoring).toBeUndefined();
  });

  test('of defaults has a Prometheus of its operator in the namespace monitoring, which takes all monitors', () => {
    expect(party({}).monitoring).toMatchObject({
      operator: true,
      namespace: 'monitoring',
      labels: {},
      intervalSeconds: 30,
      jobHours: 24,
    });
  });

  test('has the images of its exporters from the registry of all others, or those that are declared', () => {
    const registry = 'harbor.example.com/fate';
    expect(party({}, { registry }).monitoring?.images).toEqual({
      jsonExporter: `${registry}/json-exporter:v0.8.0`,
      blackboxExporter: `${registry}/blackbox-exporter:v0.28.0`,
    });
    const own = { jsonExporter: 'example.com/own:1' };
    expect(party({ images: own }, { registry }).monitoring?.images).toMatchObject(own);
  });

  test('has what is said of every pod for its own, too', () => {
    const pods = { all: { nodeSelector: { pool: 'fate' } }, nginx: { nodeSelector: { pool: 'edge' } } };
    expect(party({}, { pods }).monitoring?.pods.exporter.nodeSelector).toEqual({ pool: 'fate' });
  });

  test('is counted where pods are', () => {
    const nodes = { vmClass: 'best-effort-4xlarge', count: 3 } as const;
    const requested = (monitoring?: object) =>
      capacity([party(monitoring), exchangePlan({ ...agreement, monitoring })], nodes).requested;
    const [without, beside] = [requested(), requested({})];
    expect(beside.cpu - without.cpu).toBeCloseTo(0.04);
    expect(beside.memoryGiB - without.memoryGiB).toBeCloseTo(0.125);
  });

  test.each<[string, object, string]>([
    ['a namespace that is none', { namespace: 'Monitoring' }, 'namespace'],
    ['a label that is none', { labels: { release: 'a b' } }, 'labels.release'],
    ['scrapes that never end', { intervalSeconds: 1 }, 'intervalSeconds'],
    ['jobs of no time', { jobHours: 0 }, 'jobHours'],
    ['an image that is none', { images: { jsonExporter: 'A B' } }, 'images.jsonExporter'],
    ['an exporter that there is not', { images: { mysqldExporter: 'a:1' } }, 'images.mysqldExporter'],
    ['an option that there is not', { grafana: true }, 'grafana'],
    ['an operator that is no yes or no', { operator: 'prometheus' }, 'operator'],
    ['labels for an operator that there is not', { operator: false, labels: { release: 'prometheus' } }, 'labels'],
  ])('is refused with %s', (_, monitoring, path) => {
    expect(problemsOf(() => party(monitoring as PartyMonitoringProps)).map((it) => it.path)).toEqual([
      `monitoring.${path}`,
    ]);
  });

  test('that is no map is refused once; a registry that is none is told of where it is declared', () => {
    const wrong = true as unknown as PartyMonitoringProps;
    expect(problemsOf(() => party(wrong)).map((it) => it.path)).toEqual(['monitoring']);
    expect(problemsOf(() => party({}, { registry: 'https://a' })).map((it) => it.path)).toEqual(['registry']);
  });
});
