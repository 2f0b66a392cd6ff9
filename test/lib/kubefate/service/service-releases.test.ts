import { expect, test } from 'vitest';
import { clusterFile, clusterYaml, exchangeFile, exchangePlan, partyPlan } from '../../../../lib';
import { exchangeCharts, partyCharts } from '../../../../lib/kubefate/charts';
import { firstFor, kubeFateReleases } from '../../../../lib/kubefate/service/service-releases';

const releases = Object.entries(kubeFateReleases);

test.each([...partyCharts, ...exchangeCharts].map(({ version }) => version))(
  'chart %s has a service, and whatever service has it, the later ones have it, too',
  (version) => {
    const first = releases.findIndex(([, { charts }]) => charts.includes(version));
    expect(first).toBeGreaterThanOrEqual(0);
    for (const [release, { charts }] of releases.slice(first))
      expect([release, charts]).toEqual([release, expect.arrayContaining([version])]);
    expect(firstFor(version)).toBe(releases[first]?.[0]);
  },
);

test('a service that sees no StatefulSet is for charts without any', () => {
  expect(firstFor('v1.6.1')).toBe('1.6.1');
  expect(firstFor('v1.11.2')).toBe('1.11.2');
  expect(firstFor('v1.9.0')).toBeUndefined();
});

test('a file says first which service it is for', () => {
  const agreed = { domain: 'example.com', transport: 'open', driver: 'kubefate' } as const;
  const first = (text: string) => text.split('\n')[0];
  expect(first(clusterYaml(clusterFile(partyPlan({ ...agreed, fate: '1.11.2', id: 30000 }))))).toBe(
    '# Chart fate v1.11.2 of KubeFATE, for a service of release 1.11.2 or later',
  );
  expect(first(clusterYaml(exchangeFile(exchangePlan(agreed))))).toBe(
    '# Chart fate-exchange v1.6.1 of KubeFATE, for a service of release 1.6.1 or later',
  );
});
