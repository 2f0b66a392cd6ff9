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

/** Runs pairs to their end, the oldest first, and looks at what runs beside one another. */
function runAll(
  all: readonly Pair[],
  room: (id: number) => number,
  look: (running: readonly Pair[], met: readonly Pair[]) => void,
) {
  let waiting = all;
  let running: readonly Pair[] = [];
  const met: Pair[] = [];
  while (waiting.length + running.length > 0) {
    const started = startable(waiting, { running, met, room });
    waiting = waiting.filter((it) => !started.includes(it));
    running = [...running, ...started];
    expect(running.length).toBeGreaterThan(0);
    look(running, met);
    met.push(...running.slice(0, 1));
    running = running.slice(1);
  }
}

test('no party has more roles than room, but for a pair that has its parties to itself, and something always starts', () => {
  fc.assert(
    fc.property(pairs, fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 6, maxLength: 6 }), (all, rooms) => {
      const room = (id: number) => rooms[id] ?? 1;
      runAll(all, room, (running) => {
        for (const id of [1, 2, 3, 4, 5]) {
          const own = running.filter(({ guest, host }) => guest === id || host === id);
          expect(at(running, id) <= room(id) || own.length === 1).toBe(true);
        }
      });
    }),
  );
});

test('no party meets two others for the first time at once', () => {
  const two = ({ guest, host }: Pair) => [guest, host].sort().join();
  fc.assert(
    fc.property(pairs, (all) => {
      runAll(
        all,
        () => 100,
        (running, met) => {
          const meetings = running.filter((it) => it.guest !== it.host && !met.some((other) => two(other) === two(it)));
          for (const id of [1, 2, 3, 4, 5]) expect(at(meetings, id)).toBeLessThanOrEqual(1);
        },
      );
    }),
  );
});

test('parties that have met run beside a first meeting, and meetings of others beside it', () => {
  const [pair, back, third, apart] = ['1:2', '2:1', '1:3', '3:4'].map((it) => {
    const [guest = 0, host = 0] = it.split(':').map(Number);
    return { guest, host };
  }) as [Pair, Pair, Pair, Pair];
  const room = () => 100;
  expect(startable([pair, back, third, apart], { running: [], met: [], room })).toEqual([pair, apart]);
  expect(startable([back, third, apart], { running: [], met: [pair], room })).toEqual([back, third]);
});
