import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as library from '../index';
import { refusals } from './support/admission';
import { type Entrance, entrances, objectsOf } from './support/entrances';
import { hostile } from './support/hostile';
import { changes, keysOf, mutated, places, trials } from './support/mutants';

test.each(Object.entries(entrances))('%s takes what is sound', (_, { sound, plan }) => {
  expect(refusals(objectsOf(plan(...(sound as never[]))))).toEqual([]);
});

/** Public, and not an entrance: what they take is no declaration, no descriptor and no file of a person's. */
const others = {
  'takes a plan, or what a plan is made of': [
    'clusterFile',
    'clusterYaml',
    'describeCapacity',
    'Exchange',
    'exchangeFile',
    'exchangeNginxRoutes',
    'FederatedLearningCluster',
    'firewallRules',
    'ImageDiskMount',
    'images',
    'IngressController',
    'KubeFateService',
    'limitText',
    'partyNginxRoutes',
    'pulsarRoutes',
    'sniRoutes',
    'TanzuKubernetesCluster',
  ],
  'is for programs: any object is theirs, and the app says which one cannot be written': [
    'App',
    'Manifest',
    'TextFile',
  ],
  'is thrown': ['InvalidInput'],
};

test('every public function takes part, or takes nothing that a person writes', () => {
  const callable = Object.entries(library).filter(([, value]) => typeof value === 'function');
  const known = [...Object.keys(entrances).filter((name) => name in library), ...Object.values(others).flat()];
  expect(callable.map(([name]) => name).sort()).toEqual(known.sort());
});

const keys = keysOf(entrances);

test.each(Object.entries(entrances))(
  '%s answers any value with what can be deployed or with the list of problems',
  (_, entrance) => {
    const answer = (declared: readonly unknown[]) => {
      expect(refusals(drawn(entrance, declared))).toEqual([]);
    };
    for (const at of entrance.sound.keys()) {
      for (const [, whole] of hostile) answer(entrance.sound.map((sound, i) => (i === at ? whole : sound)));
    }
    const property = fc.property(changes, (changes) => answer(mutated(entrance.sound, changes, keys)));
    fc.assert(property, trials(650, entrance.share));
  },
);

test.each(Object.entries(entrances))('%s answers in every place to what is no text', (_, entrance) => {
  for (let at = 0; at < places(entrance.sound).length; at++) {
    for (const value of [Symbol('a'), { toString: 0, valueOf: 0 }, 1n]) {
      drawn(entrance, mutated(entrance.sound, [{ at, by: 'value', value, choice: 0 }], keys));
    }
  }
});

/** Objects of what was accepted; none of what was refused. */
function drawn({ plan }: Entrance, declared: readonly unknown[]): readonly unknown[] {
  try {
    return objectsOf(plan(...(declared as never[])));
  } catch (error) {
    if (!(error instanceof library.InvalidInput)) throw error;
    expect(error.message.length).toBeLessThan(100_000);
    return [];
  }
}
