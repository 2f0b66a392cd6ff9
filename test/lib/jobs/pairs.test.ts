import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PartyProps, partyPlan } from '../../../lib';
import { type Pair, pairsOf, roomOf, startable } from '../../../lib/jobs/pairs';

test('each party alone comes first, and then every ordered pair', () => {
  expect(pairsOf([1, 2], [1, 2, 3])).toEqual([
    { guest: 1, host: 1 },
    { guest: 2, host: 2 },
    { guest: 1, host: 2 },
    { guest: 1, host: 3 },
    { guest: 2, host: 1 },
    { guest: 2, host: 3 },
  ]);
});

const cores = (cpu: number) => ({ requests: { cpu: 0.1, memoryGiB: 1 }, limits: { cpu, memoryGiB: 64 } });

test.each<[string, Partial<PartyProps>, number]>([
  ['the reference', { sizing: 'reference' }, 4], // 8 GiB for FATE Flow
  ['the minimum', {}, 2], // 5 GiB beside FATE Board
  ['few cores', { resources: { sparkWorker: cores(1), fateflow: cores(4) } }, 1],
  ['few cores of two workers', { sparkWorkers: 2, resources: { sparkWorker: cores(1), fateflow: cores(4) } }, 2],
])('a party of %s has room for %o', (_, props, room) => {
  expect(roomOf(partyPlan({ domain: 'example.com', id: 1, belowGuideline: true, ...props }))).toBe(room);
});

const party = fc.integer({ min: 1, max: 5 });
const pairs = fc.uniqueArray(fc.record({ guest: party, host: party }), {
  maxLength: 12,
  selector: ({ guest, host }) => `${guest}:${host}`,
});
const at = (some: readonly Pair[], id: number) =>
  some.flatMap(({ guest, host }) => [guest, host]).filter((it) => it === id).length;

test('no party has more roles than room, but for a pair that has its parties to itself, and something always starts', () => {
  fc.assert(
    fc.property(pairs, fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 6, maxLength: 6 }), (all, rooms) => {
      const room = (id: number) => rooms[id] ?? 1;
      let waiting: readonly Pair[] = all;
      let running: readonly Pair[] = [];
      while (waiting.length + running.length > 0) {
        const started = startable(waiting, running, room);
        waiting = waiting.filter((it) => !started.includes(it));
        running = [...running, ...started];
        expect(running.length).toBeGreaterThan(0);
        for (const id of [1, 2, 3, 4, 5]) {
          const own = running.filter(({ guest, host }) => guest === id || host === id);
          expect(at(running, id) <= room(id) || own.length === 1).toBe(true);
        }
        running = running.slice(1);
      }
    }),
  );
});
