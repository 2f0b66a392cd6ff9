import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import { exchangePlan, type FateRelease, partyPlan, releases } from '../../../lib';
import { yaml } from '../../../lib/formats/yaml';
import { metrics } from '../../../lib/monitoring/metrics';
import { type Monitored, prometheusFiles, type ScrapeConfig } from '../../../lib/monitoring/prometheus-files';
import { exchangeDescriptorOf } from '../../support/declarations';
import { type AnyObject, find, objectsOf, podOf, workloadsOf } from '../../support/objects';
import { cache, refusal, titled } from '../support/engines';
import { promtool, rulesOf } from './prometheus';

const monitoring = { labels: { release: 'prometheus' } };
const agreement = { domain: 'example.com' };

const planOf = (fate: FateRelease, isJoined = true, id = 30000) =>
  partyPlan({ ...agreement, fate, id, exchange: isJoined ? exchangeDescriptorOf({ fate }) : undefined, monitoring });
const party = (fate: FateRelease, isJoined?: boolean): AnyObject[] =>
  objectsOf((app) => new FederatedLearningCluster(app, 'party', planOf(fate, isJoined)));

const exchange = exchangePlan({ ...agreement, monitoring });

/** Everything that has a rule or a dashboard. */
const members: Readonly<Record<string, AnyObject[]>> = {
  'an exchange': objectsOf((app) => new Exchange(app, 'exchange', exchange)),
  'a party on its own': party('1.6.1', false),
  ...Object.fromEntries(
    (Object.keys(releases) as FateRelease[]).map((fate) => [`a party of FATE ${fate}`, party(fate)]),
  ),
};

const dashboardOf = (objects: readonly AnyObject[]): AnyObject =>
  JSON.parse(`${Object.values(find(objects, 'ConfigMap', 'dashboard').data)[0]}`);

const expressionsOf = (objects: readonly AnyObject[]): readonly string[] =>
  dashboardOf(objects).panels.flatMap(({ targets }: AnyObject) => targets.map(({ expr }: AnyObject) => expr));

/** Expressions of a dashboard as rules, with what Grafana fills in. */
const asRules = (expressions: readonly string[]): string =>
  stringify({
    groups: [
      {
        name: 'dashboard',
        rules: expressions.map((expr, i) => ({
          record: `panel:${i}`,
          expr: expr.replaceAll('$__rate_interval', '2m'),
        })),
      },
    ],
  });

/** Ports of pods with the labels by which Prometheus finds them. @see Prometheus, `kubernetes_sd_config`, role `pod` */
const discovered = (objects: readonly AnyObject[]) =>
  workloadsOf(objects).flatMap((workload, i) =>
    podOf(workload).containers.flatMap(({ ports = [] }) =>
      ports.map(({ name, containerPort }) => ({
        targets: [`192.0.2.${i}:${containerPort}`],
        labels: {
          __meta_kubernetes_namespace: workload.metadata?.namespace,
          __meta_kubernetes_pod_name: `${workload.metadata?.name}-0`,
          __meta_kubernetes_pod_label_app_kubernetes_io_name: workload.metadata?.name,
          __meta_kubernetes_pod_container_port_name: name,
          __meta_kubernetes_pod_phase: 'Running',
          __meta_kubernetes_pod_ip: `192.0.2.${i}`,
        },
      })),
    ),
  );

/** What Grafana's own types say of a dashboard: nothing, or what is none of it. */
const faultsOf = (dashboard: unknown): Promise<string> =>
  new Promise((resolve) => {
    const program = execFile(join(cache, 'monitoring/bin/dashboards'), (_, __, stderr) => resolve(stderr));
    program.stdin?.end(JSON.stringify(dashboard));
  });

describe.skipIf(refusal('prometheus') !== undefined)(titled('Prometheus and Grafana', refusal('prometheus')), () => {
  describe.each(Object.entries(members))('of %s', (_, objects) => {
    test('the rules are rules', async () => {
      const { code, text } = await promtool({ 'rules.yml': rulesOf(objects) }, 'check', 'rules', 'rules.yml');
      expect(code, text).toBe(0);
    });

    test('each expression of the dashboard is one', async () => {
      const rules = asRules(expressionsOf(objects));
      const { code, text } = await promtool({ 'panels.yml': rules }, 'check', 'rules', 'panels.yml');
      expect(code, text).toBe(0);
    });

    test("the dashboard is one by Grafana's types", async () => {
      expect(await faultsOf(dashboardOf(objects))).toBe('');
    });

    test('rules and dashboard read metrics that are scraped, or that the cluster has', () => {
      const text = [rulesOf(objects), ...expressionsOf(objects)].join('\n');
      const read = [...text.matchAll(/\b(\w+)\{namespace=/g)].map(([, name]) => `${name}`);
      expect(Object.values(metrics).flat()).toEqual(expect.arrayContaining([...new Set(read)]));
    });
  });

  describe('without an operator', () => {
    const plans = [exchange, ...Object.keys(releases).map((fate, i) => planOf(fate as FateRelease, true, 30000 + i))];
    const { scrape, rules } = prometheusFiles(plans as Monitored[]);
    const objects = plans.flatMap((plan) =>
      objectsOf((app) =>
        'id' in plan ? new FederatedLearningCluster(app, 'member', plan) : new Exchange(app, 'member', plan),
      ),
    );
    /** Debian's Prometheus is built without the discovery of pods: those that each job is told to look for are told to it. */
    const configuration = (jobs: readonly ScrapeConfig[]): string =>
      yaml({
        rule_files: ['rules.yaml'],
        scrape_configs: jobs.map(
          ({
            kubernetes_sd_configs: [
              {
                namespaces: { names },
              },
            ],
            ...job
          }) => ({
            ...job,
            static_configs: discovered(objects.filter(({ metadata }) => names.includes(metadata.namespace))),
          }),
        ),
      });

    test('the files of several members are a configuration, and its rules', async () => {
      const check = (jobs: readonly ScrapeConfig[]) =>
        promtool(
          { 'prometheus.yml': configuration(jobs), 'rules.yaml': yaml(rules) },
          ...['check', 'config', 'prometheus.yml'],
        );
      const { code, text } = await check(scrape.scrape_configs);
      expect(code, text).toBe(0);
      expect(text).toContain(`${rules.groups.flatMap((group) => group.rules).length} rules found`);
      const [first] = scrape.scrape_configs;
      if (first === undefined) throw new Error('no job');
      for (const wrong of [{ relabelings: [] }, { metric_relabel_configs: [{ action: 'forget' }] }])
        expect((await check([{ ...first, ...wrong }])).code).not.toBe(0);
    });

    test('of all ports of all pods of a member each job asks one, and names it as rules and dashboards want it', async () => {
      const two = scrape.scrape_configs.filter(({ job_name }) => /^fate-(exchange|30000)\//.test(job_name));
      const found = two.map(async (job) => {
        const { code, text } = await promtool(
          { 'prometheus.yml': configuration([job]), 'rules.yaml': yaml(rules) },
          ...['check', 'service-discovery', '--timeout=2s', 'prometheus.yml', job.job_name],
        );
        expect(code, text).toBe(0);
        const labels = JSON.parse(text).map((each: AnyObject) => each['labels']);
        expect(labels.length).toBeGreaterThan(5);
        return labels.filter((each: AnyObject | null) => each?.['__address__'] !== undefined);
      });
      expect(await Promise.all(found)).toEqual(
        two.map(({ job_name }) => {
          const [namespace, target] = job_name.split('/');
          return [expect.objectContaining({ namespace, target, pod: expect.stringMatching(/-0$/) })];
        }),
      );
    });
  });

  test('every metric that is kept is read somewhere', () => {
    const text = Object.values(members)
      .map((objects) => [rulesOf(objects), ...expressionsOf(objects)].join('\n'))
      .join('\n');
    const unread = Object.values(metrics)
      .flat()
      .filter((name) => !text.includes(`${name}{`));
    expect(unread).toEqual([]);
  });

  test('spoilt ones are told from good ones', async () => {
    const objects = party('1.6.1');
    const spoilt = rulesOf(objects).replaceAll('sum by', 'sum buy');
    expect((await promtool({ 'rules.yml': spoilt }, 'check', 'rules', 'rules.yml')).code).not.toBe(0);
    const dashboard = dashboardOf(objects);
    const [panel] = dashboard.panels;
    for (const wrong of [
      { ...dashboard, titel: 'FATE' },
      { ...dashboard, panels: [{ ...panel, targets: 'none' }] },
      { ...dashboard, panels: [{ ...panel, gridPosition: panel.gridPos }] },
    ])
      expect(await faultsOf(wrong)).not.toBe('');
  });
});
