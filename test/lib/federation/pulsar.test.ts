import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PartyProps, partyPlan } from '../../../lib';
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
  expect(plan({ pulsar }).pulsar).toEqual(pulsar);
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
])('%j is refused', (pulsar, path) => {
  expect(problemsOf(() => plan({ pulsar: pulsar as PartyProps['pulsar'] })).map((it) => it.path)).toEqual([path]);
});
