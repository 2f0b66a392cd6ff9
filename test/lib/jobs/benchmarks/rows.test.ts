import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvBytes, csvOf, type RandomRows } from '../../../../lib/jobs/benchmarks/rows';
import { rowsOf } from '../../../../lib/jobs/benchmarks/tables';

const read = (of: RandomRows): readonly (readonly string[])[] =>
  [...csvOf(of)]
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

const shapes: fc.Arbitrary<RandomRows> = fc.record(
  {
    rows: fc.integer({ min: 1, max: 300 }),
    columns: fc.integer({ min: 4, max: 40 }),
    classes: fc.constantFrom(2, 10),
    digits: fc.constantFrom(4, 16),
    seeds: fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['rows', 'columns', 'digits', 'seeds'] },
);

test('rows have the shape that is asked for, ids in order, values from 0 to below 1 and labels of the classes', () => {
  const property = fc.property(shapes, (of) => {
    const [header = [], ...rows] = read(of);
    expect(header).toEqual([
      'id',
      ...(of.classes ? ['y'] : []),
      ...Array.from({ length: of.columns }, (_, i) => `x${i}`),
    ]);
    expect(rows.map(([id]) => id)).toEqual(Array.from({ length: of.rows }, (_, i) => `${i}`));
    for (const row of rows) {
      expect(row).toHaveLength(header.length);
      expect(row.slice(of.classes ? 2 : 1).join(',')).toMatch(new RegExp(`^(,?0\\.[0-9]{${of.digits}})+$`));
      if (of.classes) expect(Number(row[1])).toBeLessThan(of.classes);
    }
  });
  fc.assert(property, { numRuns: 50 });
});

test('the same seeds give the same rows, others give others, and their bytes are known before', () => {
  const property = fc.property(shapes, (of) => {
    const text = [...csvOf(of)].join('');
    expect([...csvOf(of)].join('')).toBe(text);
    expect([...csvOf({ ...of, seeds: of.seeds.map((seed) => seed ^ 1) })].join('')).not.toBe(text);
    expect(csvBytes(of)).toBe(text.length);
  });
  fc.assert(property, { numRuns: 100 });
  expect(csvBytes({ rows: 12_345, columns: 1, digits: 4, seeds: [1] })).toBe(
    [...csvOf({ rows: 12_345, columns: 1, digits: 4, seeds: [1] })].join('').length,
  );
});

test('nothing is to be learned: labels and values are even, and tell nothing of one another', () => {
  const rows = read({ rows: 20_000, columns: 2, classes: 2, digits: 16, seeds: [1, 30_000, 0] }).slice(1);
  const numbers = rows.map((row) => row.slice(1).map(Number));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const [i, expected] of [1 / 2, 1 / 2, 1 / 2].entries())
    expect(Math.abs(mean(numbers.map((row) => row[i] as number)) - expected)).toBeLessThan(0.02);
  for (const label of [0, 1])
    for (const i of [1, 2])
      expect(Math.abs(mean(numbers.filter(([y]) => y === label).map((row) => row[i] as number)) - 0.5)).toBeLessThan(
        0.02,
      );
  const products = numbers.map(([, a = 0, b = 0]) => (a - 0.5) * (b - 0.5));
  expect(Math.abs(mean(products))).toBeLessThan(0.005);
});

test('no piece is large, and the next is not made before somebody takes it, however many rows there are', () => {
  const pieces = csvOf({ rows: 1e9, columns: 250, classes: 2, digits: 16, seeds: [1] });
  for (let i = 0; i < 20; i++) expect((pieces.next().value as string).length).toBeLessThan(80_000);
});

const made = { rows: 50, columns: 3, seed: 7 };
const [guest, host] = [
  { party: 30_000, role: 'guest' },
  { party: 40_000, role: 'host' },
] as const;

test('guest and host of SecureBoost have the same rows by their ids, columns of their own, and the guest the labels', () => {
  const [ofGuest, ofHost] = [guest, host].map((owner) =>
    read(rowsOf({ benchmark: 'hetero-secure-boost', ...made }, owner)),
  );
  expect(ofGuest?.map(([id]) => id)).toEqual(ofHost?.map(([id]) => id));
  expect(ofGuest?.[0]).toEqual(['id', 'y', 'x0', 'x1', 'x2']);
  expect(ofHost?.[0]).toEqual(['id', 'x0', 'x1', 'x2']);
  expect(ofGuest?.[1]?.slice(2)).not.toEqual(ofHost?.[1]?.slice(1));
});

test.each([
  ['homo-lr', 2],
  ['homo-nn', 10],
] as const)(
  'all parties of %s have the same columns and labels of %i classes, and rows of their own',
  (benchmark, classes) => {
    const owners = [guest, host, { party: 30_000, role: 'host' } as const];
    const tables = owners.map((owner) => read(rowsOf({ benchmark, ...made, rows: 500 }, owner)));
    for (const [header, ...rows] of tables) {
      expect(header).toEqual(['id', 'y', 'x0', 'x1', 'x2']);
      expect(new Set(rows.map(([, label]) => label)).size).toBe(classes);
    }
    expect(new Set(tables.map(([, first]) => `${first}`)).size).toBe(owners.length);
  },
);
