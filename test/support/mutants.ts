import * as fc from 'fast-check';
import { isMap } from '../../lib/input/checks';
import { hostile } from './hostile';

/** A change of one value of a declaration: plain data, so that a failure is printed, made smaller and found again. */
export interface Change {
  /** Which value, counted through the declaration and around. */
  readonly at: number;
  readonly by: 'value' | 'twist' | 'copy' | 'removal' | 'addition';
  /** In its place, or under another key. */
  readonly value: unknown;
  /** Which twist, which key, or which value to copy. */
  readonly choice: number;
}

/**
 * How a property is looked into: `FUZZ_RUNS=100000 FUZZ_SEED=7 npx vitest run test/fuzz.test.ts`.
 *
 * @param runs of a build, which has no time for more
 */
export const trials = (runs: number, share = 1): { readonly numRuns: number; readonly seed?: number } => {
  const { FUZZ_RUNS, FUZZ_SEED } = process.env;
  return { numRuns: Math.ceil(Number(FUZZ_RUNS ?? runs) * share), ...(FUZZ_SEED && { seed: Number(FUZZ_SEED) }) };
};

/** Every value of a declaration, by whom it is in and its key. */
export const places = (holder: object): readonly (readonly [holder: Record<string, unknown>, key: string])[] =>
  Object.entries(holder).flatMap(([key, value]) => [
    [holder as Record<string, unknown>, key] as const,
    ...(typeof value === 'object' && value !== null ? places(value) : []),
  ]);

/** Keys that some of these declarations have, and two that none has. */
export const keysOf = (
  declarations: Readonly<Record<string, { readonly sound: readonly object[] }>>,
): readonly string[] => [
  ...new Set(Object.values(declarations).flatMap(({ sound }) => places(sound).map(([, key]) => key))),
  'more',
  'constructor',
];

/**
 * A declaration with some of its values replaced, twisted a little, left out, under another key, or the same as another one.
 *
 * @param keys that it may get
 */
export function mutated(
  sound: readonly object[],
  changes: readonly Change[],
  keys: readonly string[],
): readonly unknown[] {
  const copy = structuredClone(sound);
  const all = places(copy);
  const values = places(sound).map(([holder, key]) => holder[key]);
  for (const { at, by, value, choice } of changes) {
    const [holder, key] = pick(all, at) ?? [];
    if (holder === undefined || key === undefined) continue;
    if (by === 'addition') holder[pick(keys, choice) ?? 'more'] = resolved(value);
    else if (by === 'removal') delete holder[key];
    else if (by === 'twist') holder[key] = twisted(pick(values, at), choice);
    else if (by === 'copy') holder[key] = structuredClone(pick(values, choice));
    else holder[key] = resolved(value);
  }
  return copy;
}

const pick = <T>(values: readonly T[], index: number): T | undefined => values[index % values.length];

const resolved = (value: unknown): unknown =>
  isMap(value) && typeof value['hostile'] === 'number' ? hostile[value['hostile']]?.[1] : value;

/** A value next to the one that is there: what bounds and grammars are about. */
function twisted(value: unknown, choice: number): unknown {
  if (typeof value === 'string') return pick(textTwists, choice)?.(value);
  if (typeof value === 'number') return pick(numberTwists, choice)?.(value);
  if (typeof value === 'boolean') return choice % 2 ? !value : `${value}`;
  if (Array.isArray(value)) return pick(listTwists, choice)?.(value);
  return isMap(value) ? pick(mapTwists, choice)?.(value) : value;
}

const textTwists: readonly ((text: string) => unknown)[] = [
  (text) => `${text}0`,
  (text) => `${text}-`,
  (text) => `${text}.`,
  (text) => `${text} `,
  (text) => `${text}\n`,
  (text) => `-${text}`,
  (text) => `.${text}`,
  (text) => `x${text}`,
  (text) => `0${text}`,
  (text) => text.slice(1),
  (text) => text.slice(0, -1),
  (text) => text.toUpperCase(),
  (text) => `${text}.${text}`,
  (text) => `${text}/${text}`,
  (text) => text.repeat(9),
  (text) => text.padEnd(54, 'x'),
  (text) => text.padEnd(63, 'x'),
  (text) => text.padEnd(64, 'x'),
  (text) => text.padEnd(253, 'x'),
  (text) => text.replace(/\d/g, '7'),
  (text) => text.replaceAll('.', '-'),
  (text) => Number(text.replace(/\D/g, '')),
];

const numberTwists: readonly ((number: number) => unknown)[] = [
  (number) => number + 1,
  (number) => number - 1,
  (number) => number + 0.5,
  (number) => number / 1024,
  (number) => number / 3,
  (number) => number * 2,
  (number) => number * 100,
  (number) => number * 1024,
  (number) => -number,
  (number) => `${number}`,
  (number) => [number, number],
];

const listTwists: readonly ((list: readonly unknown[]) => unknown)[] = [
  (list) => [...list, ...list],
  (list) => list.slice(1),
  (list) => [...list].reverse(),
  (list) => list[0],
  (list) => [list],
  (list) => Array.from({ length: 300 }, () => list[0]),
  (list) => Array.from({ length: 200 }, (_, i) => (typeof list[0] === 'string' ? `${list[0]}${i}` : i)),
];

const mapTwists: readonly ((map: Readonly<Record<string, unknown>>) => unknown)[] = [
  (map) => Object.fromEntries(Object.entries(map).slice(1)),
  (map) => Object.fromEntries(Object.entries(map).slice(0, 1)),
  (map) => Object.fromEntries(Object.entries(map).reverse()),
  (map) => Object.values(map)[0],
  (map) => [map],
  (map) => ({ ...map, ...Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key-${i}`, 'value'])) }),
];

/** A value; of the hostile ones its index, since the generator looks into what it makes. */
const value = fc.oneof(
  { weight: 1, arbitrary: fc.record({ hostile: fc.nat(hostile.length - 1) }) },
  {
    weight: 12,
    arbitrary: fc.constantFrom<unknown>(
      '',
      ' ',
      'a',
      '-',
      '0',
      '7',
      'a\nb',
      'a\u0000',
      'A_b',
      'x'.repeat(64),
      'x'.repeat(54),
      `${'x.'.repeat(30)}x`,
      '\u{1f600}',
      '__proto__',
      'constructor',
      '1.20',
      '1.24',
      '1.27',
      '1.37',
      '192.0.2.9',
      '192.0.2.9:80',
      '192.0.2.0/24',
      '::1',
      '2001:db8::/32',
      'a.example.com',
      '*.example.com',
      'http://a.example.com:1/',
      'a/b',
      'example.com/a',
      'a@sha256:0',
      '/dev',
      '/var/lib/etcd',
      'LoadBalancer',
      'NodePort',
      'ClusterIP',
      'kubefate',
      'UTC',
      'Etc/GMT+1',
      '500m',
      '0.5',
      '1e3',
      '+1',
      '1Gi',
      '1Ki',
      '1G',
      '1Ei',
      '-1Gi',
      '999999999999Ti',
      { cpu: '500m', memory: '1Gi' },
      { cpu: 0.0015, memory: '1000000k' },
      { cpu: '250m', memory: '300M' },
      0,
      -1,
      1,
      2,
      3,
      7.5,
      30000,
      32768,
      65536,
      0.0004,
      1e-9,
      1e21,
      2 ** 31,
      Number.MAX_VALUE,
      Number.NaN,
      null,
      undefined,
      true,
      false,
      [],
      {},
      [null],
      [1],
      ['a', 'a'],
      { a: 'b' },
      { 'a b': 'c\n' },
      { reserved: '192.0.2.7' },
      { type: 'NodePort', nodePort: 30001 },
      { operator: 'Exists' },
    ),
  },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    at: fc.nat(100_000),
    by: fc.constantFrom<Change['by']>('value', 'value', 'value', 'twist', 'twist', 'copy', 'removal', 'addition'),
    value,
    choice: fc.nat(100_000),
  }),
  { minLength: 1, maxLength: 3 },
);
