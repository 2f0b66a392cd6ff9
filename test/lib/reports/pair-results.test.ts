import { DOMParser } from '@xmldom/xmldom';
import { expect, test } from 'vitest';
import { junitXml, matrixText, type PairResult } from '../../../lib/reports/pair-results';

const result = (guest: number, host: number, more: Partial<PairResult> = {}): PairResult => ({
  guest,
  host,
  outcome: 'success',
  seconds: 40,
  reasons: [],
  ...more,
});
const plain = (text: string) => text;
const shades = { green: plain, red: plain, yellow: plain };

test('the matrix has guests as lines, hosts as columns, and a dash for what nobody asked for', () => {
  const results = [
    result(30000, 30000),
    result(30000, 40000, { outcome: 'failed' }),
    result(5, 30000, { outcome: 'unseen' }),
  ];
  expect(matrixText(results, shades)).toBe(
    [
      'guest \\ host  30000    5        40000',
      '30000         success  -        failed',
      '5             unseen   -        -',
      '',
    ].join('\n'),
  );
});

test('a report for CI systems has a case for each pair, and what was said of it whatever is in it', () => {
  const said = 'nginx says "<502>" & \u0007ends';
  const xml = junitXml([
    result(30000, 40000),
    result(40000, 30000, { outcome: 'failed', reasons: [said, 'job 1 is failed'] }),
    result(50000, 50000, { outcome: 'unseen', reasons: ['no context'], seconds: undefined }),
  ]);
  const suite = new DOMParser().parseFromString(xml, 'text/xml').documentElement;
  const attribute = (name: string) => suite?.getAttribute(name);
  expect(['tests', 'failures', 'skipped', 'time'].map(attribute)).toEqual(['3', '1', '1', '80']);
  expect(suite?.getElementsByTagName('failure')[0]?.getAttribute('message')).toBe(
    'nginx says "<502>" & ?ends; job 1 is failed',
  );
  const cases = Array.from(suite?.getElementsByTagName('testcase') ?? []);
  expect(cases.map((it) => it.getAttribute('name'))).toEqual(['30000 with 40000', '40000 with 30000', '50000 alone']);
});
