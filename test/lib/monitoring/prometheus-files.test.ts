import { describe, expect, test } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import { exchangePlan, type FateRelease, partyPlan, releases, type Transport } from '../../../lib';
import { type Monitored, prometheusFiles } from '../../../lib/monitoring/prometheus-files';
import { exchangeDescriptorOf } from '../../support/declarations';
import { type AnyObject, find, objectsOf } from '../../support/objects';

const domain = 'example.com';
const monitoring = { intervalSeconds: 45 };
const exchangeOf = (transport: Transport) => exchangePlan({ domain, transport, monitoring }) as Monitored;
const partyOf = (fate: FateRelease, transport: Transport, isJoined = true) => {
  const exchange = isJoined ? exchangeDescriptorOf({ fate, transport }) : undefined;
  return partyPlan({ domain, fate, transport, id: 30000, exchange, monitoring }) as Monitored;
};
const drawn = (plan: Monitored): readonly AnyObject[] =>
  objectsOf((app) =>
    'id' in plan ? new FederatedLearningCluster(app, 'member', plan) : new Exchange(app, 'member', plan),
  );

const members: readonly (readonly [string, Monitored])[] = [
  ...(['mutual-tls', 'open'] as const).map((it) => [`an exchange, ${it}`, exchangeOf(it)] as const),
  ...(Object.keys(releases) as FateRelease[]).map((it) => [`a party of ${it}`, partyOf(it, 'mutual-tls')] as const),
  ['an open party', partyOf('1.6.1', 'open')],
  ['a party that stands alone', partyOf('1.6.1', 'mutual-tls', false)],
];

/** As the operator makes it of a step of a monitor. */
const snake = (step: AnyObject): AnyObject =>
  Object.fromEntries(
    Object.entries(step).map(([key, value]) => [key.replace(/[A-Z]/g, (it) => `_${it.toLowerCase()}`), value]),
  );

describe.each(members)('files of %s', (_, plan) => {
  const objects = drawn(plan);
  const { scrape, rules, dashboards } = JSON.parse(JSON.stringify(prometheusFiles([plan])));

  test('have a job for each endpoint of each monitor, which asks the same, and keeps the same', () => {
    const monitors = objects.filter(({ kind }) => kind === 'PodMonitor');
    const asked = monitors.flatMap(({ spec }) =>
      spec.podMetricsEndpoints.map(({ relabelings, metricRelabelings, ...endpoint }: AnyObject) => ({
        workload: spec.selector.matchLabels['app.kubernetes.io/name'],
        endpoint,
        steps: relabelings.map(snake),
        kept: metricRelabelings.map(snake),
      })),
    );
    const scraped = scrape.scrape_configs.map((job: AnyObject) => {
      const [workload, port, , , , ...steps] = job['relabel_configs'];
      return {
        workload: workload.regex,
        endpoint: {
          port: port.regex,
          path: job['metrics_path'],
          params: job['params'],
          interval: job['scrape_interval'],
          honorTimestamps: job['honor_timestamps'],
        },
        steps,
        kept: job['metric_relabel_configs'],
      };
    });
    expect(scraped).toEqual(asked);
  });

  test('look for pods in the namespace of the member alone, under names of their own', () => {
    const jobs: readonly AnyObject[] = scrape.scrape_configs;
    for (const job of jobs)
      expect(job['kubernetes_sd_configs']).toEqual([{ role: 'pod', namespaces: { names: [plan.namespace] } }]);
    expect(new Set(jobs.map((job) => job['job_name'])).size).toBe(jobs.length);
  });

  test('have the rules and the dashboard that are drawn', () => {
    expect(rules.groups).toEqual([
      { name: plan.namespace, rules: find(objects, 'PrometheusRule', 'fate').spec.groups[0].rules },
    ]);
    const { data } = find(objects, 'ConfigMap', 'dashboard');
    expect(dashboards).toEqual({ [plan.namespace]: JSON.parse(data[`${plan.namespace}.json`]) });
  });
});

test('several members share a file, and no name in it', () => {
  const { scrape, rules, dashboards } = prometheusFiles([exchangeOf('open'), partyOf('2.2.0', 'open')]);
  const names = scrape.scrape_configs.map(({ job_name }) => job_name);
  expect(new Set(names).size).toBe(names.length);
  expect(rules.groups.map(({ name }) => name)).toEqual(['fate-exchange', 'fate-30000']);
  expect(Object.keys(dashboards)).toEqual(['fate-exchange', 'fate-30000']);
});
