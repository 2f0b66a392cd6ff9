import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import { exchangePlan, type FateRelease, partyPlan, releases } from '../../../lib';
import { metrics } from '../../../lib/monitoring/metrics';
import { exchangeDescriptorOf } from '../../support/declarations';
import { type AnyObject, find, objectsOf } from '../../support/objects';
import { cache, refusal, titled } from '../support/engines';
import { promtool, rulesOf } from './prometheus';

const monitoring = { labels: { release: 'prometheus' } };
const agreement = { domain: 'example.com' };

const party = (fate: FateRelease, isJoined = true): AnyObject[] => {
  const exchange = isJoined ? exchangeDescriptorOf({ fate }) : undefined;
  const plan = partyPlan({ ...agreement, fate, id: 30000, exchange, monitoring });
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
};

/** Everything that has a rule or a dashboard. */
const members: Readonly<Record<string, AnyObject[]>> = {
  'an exchange': objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ ...agreement, monitoring }))),
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
