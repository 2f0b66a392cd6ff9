import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  capacity,
  exchangeDescriptor,
  exchangePlan,
  type FederationProps,
  federation,
  InvalidInput,
  partyDescriptor,
  partyPlan,
} from '../lib';
import { exchangeKeys } from '../lib/federation/exchange';
import { partyKeys } from '../lib/federation/party';
import { isMap } from '../lib/input/checks';
import { twoParties } from './support/declarations';
import { hostile } from './support/hostile';
import { partyDescriptorOf } from './support/parties';

/** More than a build has the time for: `FUZZ_RUNS=1000000 npx vitest run test/fuzz.test.ts`. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

const exchange = exchangeDescriptor(exchangePlan({ domain: 'example.com' }), twoParties.exchange.addresses);

/** What takes the declaration or the descriptor of a member, with one that is sound. */
const entrances: readonly [name: string, sound: object, plan: (declared: never) => unknown][] = [
  ['federation', twoParties, (declared: FederationProps) => federation(declared)],
  ['partyPlan', { domain: 'example.com', id: 1, egress: ['198.51.100.0/28'], exchange }, partyPlan],
  ['exchangePlan', { domain: 'example.com', parties: [partyDescriptorOf(1, '192.0.2.1', '192.0.2.2')] }, exchangePlan],
  ['capacity', { vmClass: 'best-effort-2xlarge', count: 3 }, (declared) => capacity([], declared)],
  [
    'partyDescriptor',
    { nginx: '192.0.2.1', pulsar: '192.0.2.2' },
    (declared) => partyDescriptor(partyPlan({ domain: 'example.com', id: 1 }), declared),
  ],
];

test.each(entrances)('%s takes what is sound', (_, sound, plan) => {
  expect(() => plan(sound as never)).not.toThrow();
});

/** A value; of the hostile ones its index, since the generator looks into what it makes. */
const value = fc.oneof(
  fc.record({ hostile: fc.nat(hostile.length - 1) }),
  fc.constantFrom<unknown>(
    '',
    'a',
    '-',
    '0',
    'a\nb',
    '1.27',
    '192.0.2.9',
    0,
    -1,
    1,
    0.0004,
    1e21,
    Number.MAX_VALUE,
    true,
    [],
    {},
    [null],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Keys that some declaration has, and one that none has. */
const keys = [
  ...Object.keys(partyKeys),
  ...Object.keys(exchangeKeys),
  'production',
  'belowGuideline',
  'controlPlane',
  'network',
  'os',
  'trust',
  'hosts',
];
const key = fc.constantFrom(
  ...keys,
  'vmClasses',
  'contentLibrary',
  'loadBalancers',
  'clusters',
  'release',
  'parties',
  'more',
);

/** Every value of a declaration, by whom it is in and its key. */
const places = (holder: object): readonly (readonly [holder: Record<string, unknown>, key: string])[] =>
  Object.entries(holder).flatMap(([key, value]) => [
    [holder as Record<string, unknown>, key] as const,
    ...(typeof value === 'object' && value !== null ? places(value) : []),
  ]);

/** A declaration with some of its values replaced, and some added. */
function mutated(sound: object, changes: readonly (readonly [at: number, value: unknown])[], added: object): object {
  const copy = structuredClone(sound);
  const all = places(copy);
  for (const [at, value] of changes) {
    const [holder, key] = all[at % all.length] ?? [];
    if (holder !== undefined && key !== undefined) holder[key] = resolved(value);
  }
  return { ...copy, ...Object.fromEntries(Object.entries(added).map(([key, value]) => [key, resolved(value)])) };
}

const resolved = (value: unknown): unknown =>
  isMap(value) && typeof value['hostile'] === 'number' ? hostile[value['hostile']]?.[1] : value;

const changes = fc.array(fc.tuple(fc.nat(100), value), { maxLength: 2 });
const added = fc.dictionary(key, value, { maxKeys: 2 });

test.each(entrances)('%s answers any value with a plan or with the list of problems', (_, sound, plan) => {
  const answer = (declared: unknown) => {
    try {
      plan(declared as never);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      expect(error.message.length).toBeLessThan(100_000);
    }
  };
  for (const [, whole] of hostile) answer(whole);
  fc.assert(
    fc.property(changes, added, (changes, added) => answer(mutated(sound, changes, added))),
    { numRuns },
  );
});
