import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressCount,
  addressNumber,
  contains,
  isNetwork,
  overlaps,
  parseCidr,
  rangeOf,
  readNetwork,
  subnetMask,
  unreadable,
} from '../../../lib/input/cidr';
import { InvalidInput, Problems } from '../../../lib/input/problems';

const networks = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([number, prefix]) => {
    const first = Math.floor(number / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
    const octets = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
    return `${octets.join('.')}/${prefix}`;
  });

test('two networks overlap exactly when one holds the other, and the second of them is told', () => {
  fc.assert(
    fc.property(networks, networks, (a, b) => {
      const [one, other] = [a, b].map((text) => ({ cidr: parseCidr(text) }));
      if (!one || !other) throw new Error('two networks');
      const [range, otherRange] = [rangeOf(one.cidr), rangeOf(other.cidr)];
      const shared = contains(range, otherRange) || contains(otherRange, range);
      expect(overlaps([one, other])).toEqual(shared ? [{ network: other, first: one }] : []);
      expect(overlaps([other], [one])).toEqual(overlaps([one, other]));
      expect(overlaps([], [one, other])).toEqual([]);
    }),
  );
});

test('of a thousand networks that are one, each but the first is told once', () => {
  const same = Array.from({ length: 1000 }, () => ({ cidr: parseCidr('192.0.2.0/24') }));
  const found = overlaps(same);
  expect(found).toHaveLength(999);
  expect(found.every(({ first }) => first === same[0])).toBe(true);
});

test('a network begins at its own address and has as many as its prefix leaves', () => {
  fc.assert(
    fc.property(networks, (text) => {
      const cidr = parseCidr(text);
      const { first, last } = rangeOf(cidr);
      expect(isNetwork(text)).toBe(true);
      expect(first).toBe(addressNumber(cidr.address));
      expect(last - first + 1).toBe(addressCount(cidr));
      expect(`${cidr.address}/${cidr.prefix}`).toBe(text);
    }),
  );
});

test.each([
  ['neighbours', ['192.0.2.0/25', '192.0.2.128/25'], 0],
  ['a network and its lower half', ['192.0.2.0/25', '192.0.2.0/24'], 1],
  ['a network and its upper half', ['192.0.2.0/24', '192.0.2.128/25'], 1],
  ['a network and its first address', ['192.0.2.0/32', '192.0.2.0/24'], 1],
  ['a network and its last address', ['192.0.2.0/24', '192.0.2.255/32'], 1],
  ['its first address and its last', ['192.0.2.0/32', '192.0.2.255/32'], 0],
])('of %s so many overlap', (_, texts, count) => {
  expect(overlaps(texts.map((text) => ({ cidr: parseCidr(text) })))).toHaveLength(count);
});

test('addresses are compared as numbers, and those from 128.0.0.0 on are no negative ones', () => {
  expect(addressNumber('255.255.255.255')).toBe(2 ** 32 - 1);
  expect(addressNumber('192.0.2.1') - addressNumber('192.0.1.255')).toBe(2);
});

test.each(['10.0.0.5/8', '10.0.0.0/33', '10.1/16', '10.0.0.0', 'fd00::/64', '', 5, undefined, null])(
  '%j is no network',
  (value) => {
    const problems = Problems.none();
    expect(isNetwork(value)).toBe(false);
    expect(readNetwork(problems, 'cidr', value)).toBe(unreadable);
    expect(() => problems.throwIfAny('it')).toThrow(InvalidInput);
  },
);

test('for a network with bits of a host in it the message names the network', () => {
  const problems = Problems.none();
  readNetwork(problems, 'cidr', '10.0.5.5/20');
  expect(() => problems.throwIfAny('it')).toThrow('cidr: "10.0.5.5/20" is no IPv4 network; use "10.0.0.0/20"');
});

test('a prefix is also a mask', () => {
  expect([24, 23, 0, 32].map(subnetMask)).toEqual(['255.255.255.0', '255.255.254.0', '0.0.0.0', '255.255.255.255']);
});
