import { describe, expect, test } from 'vitest';
import { exchangePlan, partyPlan } from '../../../lib';
import { exchangeDashboard, partyDashboard } from '../../../lib/monitoring/dashboards';
import { partyModules } from '../../../lib/monitoring/exporters';
import { exchangeDescriptorOf } from '../../support/declarations';
import type { AnyObject } from '../../support/objects';

const agreement = { domain: 'example.com', monitoring: {} };
const party = partyPlan({ ...agreement, id: 30000, sparkWorkers: 5, datanodes: 3, exchange: exchangeDescriptorOf() });
const dashboards: readonly (readonly [string, AnyObject])[] = [
  ['a party', partyDashboard(party)],
  ['the exchange', exchangeDashboard(exchangePlan(agreement))],
];
const panelOf = (dashboard: AnyObject, title: string): AnyObject =>
  dashboard['panels'].find((panel: AnyObject) => panel['title'] === title);

/** Colour of a number, as Grafana finds it. */
const colourOf = (panel: AnyObject, value: number): string =>
  panel['fieldConfig'].defaults.thresholds.steps.findLast((step: AnyObject) => (step['value'] ?? -Infinity) <= value)
    .color;

describe.each(dashboards)('the dashboard of %s', (_, dashboard) => {
  const panels: readonly AnyObject[] = dashboard['panels'];

  test('has titles of which no two are alike, and legends whose labels the expression does not sum away', () => {
    const titles = panels.map((panel) => panel['title']);
    expect(new Set(titles).size).toBe(titles.length);
    for (const { expr, legendFormat } of panels.flatMap((panel) => panel['targets'])) {
      const [, kept] = /^sum(?: by \(([^)]*)\))?/.exec(expr) ?? [];
      const labels = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]: RegExpMatchArray) => `${label}`);
      if (kept !== undefined) expect(kept.split(', ').sort(), expr).toEqual(labels.sort());
    }
  });

  test('paints every number, and shows of a part at most the whole', () => {
    for (const panel of panels) {
      const { thresholds, unit, max } = panel['fieldConfig'].defaults;
      expect(thresholds !== undefined, panel['title']).toBe(panel['type'] === 'stat');
      expect(max).toBe(unit === 'percentunit' ? 1 : undefined);
    }
  });
});

describe('a number is red', () => {
  const [[, ofParty], [, ofExchange]] = dashboards as [(typeof dashboards)[0], (typeof dashboards)[0]];
  const day = 86_400;
  test.each<[string, AnyObject, number, number]>([
    ['Spark workers', ofParty, 5, 4],
    ['Datanodes', ofParty, 3, 2],
    ['Certificate ends in', ofParty, 31 * day, 29 * day],
    ['Certificate ends in', ofExchange, 31 * day, -day],
    ['Restarts of a day', ofParty, 3, 4],
    ['Tables of routes that pods of nginx read', ofExchange, 1, 2],
  ])('%s, where its alert fires', (title, dashboard, good, bad) => {
    const panel = panelOf(dashboard, title);
    expect([colourOf(panel, good), colourOf(panel, bad)]).toEqual(['green', 'red']);
  });
});

test('jobs have the labels that their exporter gives them', () => {
  const { legendFormat } = panelOf(partyDashboard(party), 'Jobs that run, since')['targets'][0];
  const labels = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]: RegExpMatchArray) => label);
  expect(labels).toEqual(Object.keys(partyModules(party).modules.jobs?.metrics[0]?.labels ?? {}));
});
