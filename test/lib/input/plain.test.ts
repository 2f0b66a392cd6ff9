import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { plain, plainAround } from '../../../lib/input/plain';
import { hostile } from '../../support/hostile';

test('plain data is copied', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(plain(value)).toEqual(value);
      if (typeof value === 'object' && value !== null) expect(plain(value)).not.toBe(value);
    }),
  );
});

test('keys are keys, whatever they are called', () => {
  const value = JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}');
  expect(Object.entries(plain(value) as object)).toEqual([
    ['__proto__', { admin: true }],
    ['constructor', 1],
  ]);
});

/** Whether it is maps, lists and scalars, of few levels, with nothing in it that runs. */
function isInert(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const fields = Object.getOwnPropertyDescriptors(value);
  return depth < 40 && Object.values(fields).every((field) => 'value' in field && isInert(field.value, depth + 1));
}

test.each(hostile)('%s is nothing that acts', (_, value) => {
  expect(isInert(plain({ key: [value] }))).toBe(true);
});

test.each<[what: string, value: unknown]>([
  ['a Map', new Map()],
  ['a Promise', Promise.resolve()],
  ['a Url', new (class Url {})()],
  ['a text of 262145 characters', 'x'.repeat(262_145)],
  ['a list of 10001', new Array(10_001)],
  ['a map of 10001', Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`key-${i}`, i]))],
])('%s is said to be one', (what, value) => {
  expect(String(plain(value))).toBe(`Symbol(${what})`);
});

const inert = hostile.filter(([what]) => what !== 'an invalid date');

test.each(inert)('around what is not plain, %s is nothing that acts', (_, value) => {
  const own = new Map();
  const late = Promise.resolve(1);
  const { kept, key } = plainAround({ kept: [own, { late }], key: [value] }) as Record<string, unknown>;
  expect((kept as unknown[])[0]).toBe(own);
  expect(Object((kept as unknown[])[1]).late).toBe(late);
  expect(isInert(key)).toBe(true);
});

test('a hole in a list is a value that is missing', () => {
  // biome-ignore lint/suspicious/noSparseArray: what this is about
  expect(Object.keys(plain([1, , 2]) as object)).toEqual(['0', '1', '2']);
});
