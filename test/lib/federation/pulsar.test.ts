import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PartyProps, partyPlan, type SizingPreset, sizingPresets } from '../../../lib';
import { problemsOf } from '../../support/declarations';

const plan = (props: Partial<PartyProps>) =>
  partyPlan({ domain: 'example.com', id: 30000, belowGuideline: true, ...props });

test('by default a topic may hold half of the volume, and what was read stays for three minutes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (pulsar) => {
      const { backlogGiB, readMinutes, unreadMinutes } = plan({ volumesGiB: { pulsar } }).pulsar;
      expect(backlogGiB).toBe(pulsar === 1 ? 1 : Math.floor(pulsar / 2));
      expect([readMinutes, unreadMinutes]).toEqual([3, undefined]);
    }),
  );
});

test('what is declared is planned', () => {
  const pulsar = { backlogGiB: 4, unreadMinutes: 60, readMinutes: 20 };
  expect(plan({ pulsar }).pulsar).toMatchObject(pulsar);
});

test.each([
  [{ backlogGiB: 6 }, 'pulsar.backlogGiB'], // of a volume of 5
  [{ backlogGiB: 0 }, 'pulsar.backlogGiB'],
  [{ backlogGiB: 0.5 }, 'pulsar.backlogGiB'],
  [{ backlogGiB: -1 }, 'pulsar.backlogGiB'],
  [{ unreadMinutes: 0 }, 'pulsar.unreadMinutes'],
  [{ unreadMinutes: 1e9 }, 'pulsar.unreadMinutes'], // seconds that Pulsar could not count
  [{ readMinutes: -1 }, 'pulsar.readMinutes'],
  [{ readMinutes: '3' }, 'pulsar.readMinutes'],
  [{ ttl: 3 }, 'pulsar.ttl'],
  ['3 minutes', 'pulsar'],
  [{ cluster: 'yes' }, 'pulsar.cluster'],
  [{ cluster: null }, 'pulsar.cluster'],
  [{ cluster: { brokers: 5 } }, 'pulsar.cluster.brokers'],
  [{ cluster: { bookies: 2 } }, 'pulsar.cluster.bookies'],
  [{ cluster: { resources: { broker: {} } } }, 'pulsar.cluster.resources.broker'],
  [{ cluster: { resources: { bookie: sized(1) } } }, 'pulsar.cluster.resources.bookie.limits.memoryGiB'],
])('%j is refused', (pulsar, path) => {
  expect(problemsOf(() => plan({ pulsar: pulsar as PartyProps['pulsar'] })).map((it) => it.path)).toEqual([path]);
});

function sized(memoryGiB: number) {
  return { requests: { cpu: 1, memoryGiB }, limits: { cpu: 1, memoryGiB } };
}

test('by default it is one process, and so with false', () => {
  for (const pulsar of [undefined, {}, { cluster: false }]) expect(plan({ pulsar }).pulsar.cluster).toBeUndefined();
});

test('of each part of a cluster all memory is promised, and as much of its CPU as of a broker', () => {
  for (const sizing of Object.keys(sizingPresets) as SizingPreset[]) {
    const { sizing: sizes, pulsar } = plan({ sizing, pulsar: { cluster: true } });
    const { requests, limits } = sizes.containers.pulsar;
    expect(pulsar.cluster?.bookies).toBe(3);
    for (const part of Object.values(pulsar.cluster?.containers ?? {})) {
      expect(part.requests.memoryGiB).toBe(part.limits.memoryGiB);
      expect(part.requests.cpu / part.limits.cpu).toBeCloseTo(requests.cpu / limits.cpu, 2);
    }
  }
});
