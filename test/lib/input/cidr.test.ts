import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressCount,
  addressNumber,
  contains,
  isNetwork,
  overlap,
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

test('two networks overlap exactly when one holds the other', () => {
  fc.assert(
    fc.property(networks, networks, (a, b) => {
      const [one, other] = [rangeOf(parseCidr(a)), rangeOf(parseCidr(b))];
      expect(overlap(one, other)).toBe(contains(one, other) || contains(other, one));
      expect(overlap(one, other)).toBe(overlap(other, one));
    }),
  );
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

test('neighbours do not overlap', () => {
  const [low, high, both] = ['192.0.2.0/25', '192.0.2.128/25', '192.0.2.0/24'].map((text) => rangeOf(parseCidr(text)));
  if (!low || !high || !both) throw new Error('three networks');
  expect([overlap(low, high), overlap(low, both), overlap(both, high)]).toEqual([false, true, true]);
});

test('one address in common is an overlap', () => {
  const [whole, first, last] = ['192.0.2.0/24', '192.0.2.0/32', '192.0.2.255/32'].map((text) =>
    rangeOf(parseCidr(text)),
  );
  if (!whole || !first || !last) throw new Error('three networks');
  expect([overlap(first, whole), overlap(last, whole), overlap(whole, last), overlap(first, last)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
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
