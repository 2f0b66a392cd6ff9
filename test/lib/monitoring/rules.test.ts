import { describe, expect, test } from 'vitest';
import { exchangePlan, type FateRelease, type PartyProps, partyPlan, releases } from '../../../lib';
import { exchangeRules, partyRules } from '../../../lib/monitoring/rules';
import { failures } from '../../../lib/reports/failures';
import { exchangeDescriptorOf } from '../../support/declarations';

const agreement = { domain: 'example.com', monitoring: {} };
const party = (props: Partial<PartyProps> = {}, fate: FateRelease = '1.6.1', isJoined = true) =>
  partyRules(
    partyPlan({
      ...agreement,
      fate,
      id: 30000,
      exchange: isJoined ? exchangeDescriptorOf({ fate }) : undefined,
      ...props,
    }),
  );
const exchange = exchangeRules(exchangePlan(agreement));
const expressionOf = (rules: ReturnType<typeof party>, alert: string) =>
  rules.find((rule) => rule.alert === alert)?.expr;

describe('alerts', () => {
  const all = [
    ...exchange,
    ...party({}, '1.6.1', false),
    ...(Object.keys(releases) as FateRelease[]).flatMap((fate) => party({}, fate)),
  ];

  test('each names a failure of the catalogue, whose remedy, actors and heading it has', () => {
    for (const { alert, labels, annotations } of all) {
      const { title, acts } = failures[labels.failure];
      expect(annotations.description, alert).toContain(title);
      expect(annotations.remedy, alert).toMatch(/\w{3,}.*\.$/);
      expect(annotations.acts).toBe(acts.join(', then '));
      expect(annotations.runbook).toBe(`#${labels.failure}`);
    }
  });

  test('each looks at one namespace and no other, and has its name, which sums lose', () => {
    for (const { alert, expr, labels } of all) {
      const namespaces = [...expr.matchAll(/namespace="([^"]*)"/g)].map(([, namespace]) => namespace);
      const selectors = [...expr.matchAll(/\w\{/g)];
      expect(namespaces, alert).toHaveLength(selectors.length);
      expect(new Set(namespaces)).toEqual(new Set([labels.namespace]));
    }
  });

  test('no two of a member have one name', () => {
    for (const rules of [exchange, party()]) {
      const names = rules.map(({ alert }) => alert);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('a party that stands alone has none of others', () => {
    const alone = party({}, '1.6.1', false).map(({ alert }) => alert);
    const joined = party().map(({ alert }) => alert);
    expect(joined.filter((alert) => !alone.includes(alert))).toEqual([
      'FateCertificateEnds',
      'FateReplicationStands',
      'FateBacklogFull',
      'FateCallsFail',
    ]);
  });

  test('as many workers and datanodes are missed as are declared', () => {
    const rules = party({ sparkWorkers: 5, datanodes: 3 });
    expect(expressionOf(rules, 'FateSparkWorkersMissing')).toMatch(/ < 5$/);
    expect(expressionOf(rules, 'FateDatanodesMissing')).toMatch(/ < 3$/);
  });

  test('Pulsar’s volume is full where Pulsar refuses, and all others where nothing is left', () => {
    for (const [volumeGiB, left] of [
      [1, 0.5],
      [2, 0.25],
      [20, 0.025],
    ] as const) {
      const rules = party({ volumesGiB: { pulsar: volumeGiB }, belowGuideline: true });
      const matched = [
        ...`${expressionOf(rules, 'FatePulsarVolumeFull')}`.matchAll(/persistentvolumeclaim=~"([\w|-]+)"/g),
      ];
      expect(matched.map(([, claim]) => claim)).toEqual(['data-pulsar-0', 'data-pulsar-0']);
      expect(expressionOf(rules, 'FatePulsarVolumeFull')).toContain(` - ${left}) / ${1 - left}, 0) < 0.15`);
      expect(expressionOf(rules, 'FateVolumeFull')).toContain('persistentvolumeclaim!~"data-pulsar-0"');
    }
  });

  test('of several bookies each volume is Pulsar’s', () => {
    const rules = party({ pulsar: { cluster: { bookies: 4 } } });
    const claims = [0, 1, 2, 3].map((i) => `data-pulsar-bookie-${i}`).join('|');
    expect(expressionOf(rules, 'FatePulsarVolumeFull')).toContain(`persistentvolumeclaim=~"${claims}"`);
    expect(expressionOf(rules, 'FateVolumeFull')).toContain(`persistentvolumeclaim!~"${claims}"`);
  });

  test('a job is long after the hours that are declared', () => {
    expect(expressionOf(party({ monitoring: { jobHours: 2 } }), 'FateJobRunsLong')).toMatch(/ > 7200$/);
  });

  test('a certificate ends soon when somebody has to renew it, or when cert-manager should have', () => {
    const seconds = (days: number) => ` < ${days * 86_400}`;
    expect(expressionOf(party(), 'FateCertificateEnds')).toContain(seconds(30));
    const certManager = { issuer: 'federation-ca', days: 60 };
    expect(expressionOf(party({ certManager }), 'FateCertificateEnds')).toContain(seconds(10));
  });
});
