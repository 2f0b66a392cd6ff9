import { describe, expect, test } from 'vitest';
import { InvalidInput, readClusterFile } from '../../../../lib';
import { releases } from '../../../../lib/fate/releases';
import { exchangeCharts, partyCharts } from '../../../../lib/kubefate/charts';
import * as keys from './chart-keys';

const keysOf: Readonly<Record<string, readonly string[]>> = {
  'fate v1.6.1': keys.ofParty161,
  'fate v1.11.2': keys.ofParty1112,
  'fate v2.0.0': keys.ofParty200,
  'fate-exchange v1.6.1': keys.ofExchange161,
  'fate-exchange v1.11.2': keys.ofExchange1112,
};

const charts = [
  ...partyCharts.map((chart) => ({ name: `fate ${chart.version}`, chart, engines: chart.engines })),
  ...exchangeCharts.map((chart) => ({ name: `fate-exchange ${chart.version}`, chart, engines: {} })),
];

/** A file of the chart with one more key, whose value fits nothing. */
function fileWith(name: string, engines: object, key: string): string {
  const [chartName, chartVersion] = name.split(' ');
  const party = chartName === 'fate';
  const modules = party ? 'mysql, python, fateboard, client, spark, hdfs, nginx, pulsar' : 'trafficServer, nginx';
  const base = {
    ...{ name: 'fate-9999', namespace: 'fate-9999', chartName, chartVersion, partyId: 9999, modules: `[${modules}]` },
    ...engines,
  };
  const [top = '', ...rest] = key.split('.');
  const lines = Object.entries(base).filter(([own]) => own !== top || rest.length > 0);
  const added = [top, ...rest].map((step, i) => `${'  '.repeat(i)}${step}:`).join('\n');
  return `${lines.map(([own, value]) => `${own}: ${value}\n`).join('')}${added} zzz\n`;
}

/** What is said of a file, in one text. */
function said(text: string): string {
  try {
    return JSON.stringify(readClusterFile(text).differences);
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
}

describe.each(charts)('of chart $name', ({ name, chart, engines }) => {
  const known = keysOf[name] ?? [];

  test('every key is read, or it is told why it is not taken over', () => {
    const unknown = known.filter((key) =>
      /no key of the chart|is a key of chart/.test(said(fileWith(name, engines, key))),
    );
    expect(unknown).toEqual([]);
    expect(said(fileWith(name, engines, 'zzz'))).toMatch(/no key of the chart/);
  });

  test('reasons are of keys that it has, or of those that are in its examples and that nothing reads', () => {
    const steps = (path: string) => path.split('.');
    const isKey = (pattern: string) =>
      known.some((key) => {
        const [asked, had] = [steps(pattern), steps(key)];
        return asked.slice(0, had.length).every((step, i) => step === '*' || had[i] === undefined || step === had[i]);
      });
    const others = Object.entries(chart.reasons).filter(([pattern]) => !isKey(pattern));
    expect(others.filter(([, reason]) => !/chart (reads it|drops it)|CLI/.test(reason))).toEqual([]);
  });

  test('keys of later ones are none of its own', () => {
    expect(Object.keys(chart.later).filter((key) => known.includes(key))).toEqual([]);
  });
});

test('a key is told to be of the first chart that has it', () => {
  const versions = partyCharts.map(({ version }) => `${version}`);
  for (const { later } of partyCharts) {
    // KubeFATE's CLI reads `skippedKeys`, for charts from v1.9.0 on, and no chart does.
    for (const [key, first] of Object.entries(later).filter(([name]) => name !== 'skippedKeys')) {
      const has = (version: string) =>
        keysOf[`fate ${version}`]?.some((own) => own === key || own.startsWith(`${key}.`));
      const until = versions.slice(0, versions.indexOf(first) + 1).map((version) => [key, version, has(version)]);
      expect(until).toEqual(until.map(([, version]) => [key, version, version === first]));
    }
  }
});

test('a release with charts has them here, and no other one has', () => {
  for (const [fate, { charts }] of Object.entries(releases)) {
    expect([fate, partyCharts.find((it) => it.fate === fate)?.version]).toEqual([fate, charts?.version]);
    expect([fate, exchangeCharts.some((it) => it.fate === fate)]).toEqual([fate, charts !== undefined]);
  }
});
