import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ExchangeDescriptor,
  exchangeDescriptor,
  exchangePlan,
  type PartyDescriptor,
  type Problem,
  partyDescriptor,
  partyPlan,
  releases,
} from '../../lib';
import { descriptorVersion } from '../../lib/federation/descriptor';
import { checkExchangeDescriptor, checkPartyDescriptor } from '../../lib/federation/descriptor-checks';
import { Problems } from '../../lib/input/problems';
import { problemsOf } from '../support/declarations';

const ajv = new Ajv({ strict: true, allErrors: true });
const schemaOf = (kind: string) =>
  JSON.parse(readFileSync(join(__dirname, `../../lib/schemas/${kind}-descriptor.json`), 'utf8'));

const agreement = { domain: 'example.com', fate: '1.6.1', transport: 'mutual-tls' } as const;

const octet = fc.nat(255);
/** Addresses of hosts, and some on either side of what is none. */
const ipv4 = fc
  .oneof(
    fc.tuple(fc.integer({ min: 1, max: 223 }), octet, octet, octet).map((parts) => parts.join('.')),
    fc.constantFrom('192.0.2.72', '10.0.0.1', '192.168.0.1', '172.16.0.1', '100.64.0.1', '126.255.255.255'),
    fc.constantFrom('169.253.255.255', '192.0.1.0', '223.255.255.255', '1.0.0.0', '168.63.129.15', '100.100.100.199'),
  )
  .filter((address) => !/^(127|169\.254|192\.0\.0)\./.test(address));
const dnsName = fc
  .array(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/), { minLength: 1, maxLength: 4 })
  .chain((labels) =>
    fc.constantFrom('example', 'local', 'internal', 'corp', 'xn--p1ai').map((top) => [...labels, top].join('.')),
  )
  .filter((name) => !/(^|\.)(metadata|instance-data)\.|\.(svc|pod)\./.test(name));
const port = fc.integer({ min: 1, max: 65535 });
const id = fc.integer({ min: 1, max: 999_999_999 });
const egress = fc.option(
  fc.array(
    fc.constantFrom('198.51.100.0/28', '2001:db8::/32', '192.0.2.1/32', '128.0.0.0/1', '::1/128', '2001:db8:0:1::/64'),
    { maxLength: 3 },
  ),
  {
    nil: undefined,
  },
);

const parties: fc.Arbitrary<PartyDescriptor> = fc
  .record({ id, egress, ports: fc.record({ nginx: port, pulsar: port }), nginx: ipv4, pulsar: fc.oneof(ipv4, dnsName) })
  .filter(({ nginx, pulsar }) => nginx !== pulsar)
  .map(({ nginx, pulsar, ...party }) => partyDescriptor(partyPlan({ ...agreement, ...party }), { nginx, pulsar }));

const exchanges: fc.Arbitrary<ExchangeDescriptor> = fc
  .record({
    ports: fc.record({ trafficServer: port, nginx: port }),
    trafficServer: fc.oneof(ipv4, dnsName),
    nginx: ipv4,
    egress,
  })
  .filter(({ trafficServer, nginx }) => trafficServer !== nginx)
  .map(({ ports, egress, ...addresses }) =>
    exchangeDescriptor(exchangePlan({ ...agreement, ports, egress }), addresses),
  );

type Check = (problems: Problems, descriptor: unknown, of: typeof agreement) => boolean;

const problemsIn = (check: Check, value: unknown): readonly Problem[] =>
  problemsOf(() => {
    const problems = Problems.none();
    check(problems, value, agreement);
    problems.add('', 'the end', '');
    problems.throwIfAny('x');
  }).slice(0, -1);

/** Addresses that a descriptor cannot have, and their neighbours that it can. */
const nearlyAddresses = [
  ...['0.0.0.0', '0.0.0.1', '1.0.0.0', '126.255.255.255', '127.0.0.1', '128.0.0.0', '223.255.255.255', '224.0.0.0'],
  ...['239.1.1.1', '240.0.0.1', '255.255.255.254', '255.255.255.255', '256.1.1.1', '1.2.3', '01.2.3.4', '1.2.3.4\n'],
  ...['169.253.255.255', '169.254.0.0', '169.254.169.254', '169.255.0.0', '192.0.0.192', '192.0.1.0', '192.0.2.0'],
  ...['100.100.100.199', '100.100.100.200', '168.63.129.15', '168.63.129.16', '10.0.0.1', '192.168.1.1', '100.64.0.1'],
  ...['127.1', '0x7f000001', '0x7f.0.0.1', '0x7f.1', '017700000001', '2130706433', '0177.0.0.1', '::1', '[::1]'],
];

const nearlyNames = [
  ...[
    'localhost',
    'a.localhost',
    'localhost.localdomain',
    'localhosts',
    'a.localhosts',
    'my-localhost',
    'a.my-localhost',
  ],
  ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
  ...['a.b.svc.corp.example', 'a.svc', 'svc.example', 'a.svcs.example', 'cluster.local', 'a.cluster.local'],
  ...['a.b.pod', 'a.pod.example', 'a.pods', 'a.fate-30000', 'a.xn--p1ai', 'a.xn--', 'a.x1', 'api.metadata.example'],
  ...['my-cluster.local', 'a.kube-system', 'a.kube-public', 'a.kube', 'pulsar.corp.local', 'pulsar.corp.internal'],
  ...[
    'metadata.google.internal',
    'metadata.example',
    'instance-data.ec2.internal',
    'my-metadata.example',
    'a.metadata',
  ],
  ...[
    'a',
    'A',
    'a.b',
    'a..b',
    '-a.b',
    'a-.b',
    'a_b.c',
    '1',
    '1.2',
    'a.1',
    'a.0x1',
    'a.0xg',
    'a.1b',
    'a.',
    ' a.b',
    'a.b\n',
  ],
  ...[`${'a'.repeat(63)}.b`, `${'a'.repeat(64)}.b`, `${'a.'.repeat(126)}b`, `${'a.'.repeat(127)}b`],
];

const nearlyNetworks = [
  ...['10.0.0.0/8', '10.0.0.5/8', '010.0.0.0/8', '10.0.0.0/08', '10.0.0.0/33', '10.0.0.0/0', '0.0.0.0/0', '0.0.0.0/1'],
  ...['0x7f.1/8', '10.0.0.0', '10.0.0/8', '10.0.0.0/8 ', '256.0.0.0/8', '10.0.0.0/-1', '10.0.0.0/+8', '10.0.0.0/'],
  ...['::/0', '::1/0', '::/1', '::1/128', '::1/129', 'fe80::%eth0/64', '2001:DB8::/32', '2001:db8:0:0::/64', ':::/8'],
  ...[
    '2001:db8::1/32',
    '2001:db8:::/32',
    '1:2:3:4:5:6:7:8/128',
    '1:2:3:4:5:6:7/128',
    '::ffff:10.0.0.0/104',
    '1::2::3/128',
  ],
];

const network = fc
  .tuple(fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended()), fc.integer({ min: 0, max: 130 }))
  .map(([address, prefix]) => `${address}/${prefix}`);

/** What a value may be replaced with: values of the wrong type, and texts that are nearly right. */
const wrong = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(null, true, -1, 0, 1, 1.5, 443, 65535, 65536, 1e9, '', [], {}) },
  { weight: 4, arbitrary: fc.constantFrom(...nearlyAddresses) },
  { weight: 4, arbitrary: fc.constantFrom(...nearlyNames) },
  { weight: 2, arbitrary: fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.')) },
  { weight: 4, arbitrary: fc.array(fc.oneof(fc.constantFrom(...nearlyNetworks), network), { maxLength: 3 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>({ address: '192.0.2.1', port: 1, more: 1 }, { address: 'name', port: 1 }),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);

/** A descriptor with some of its values replaced, left out or added. */
const mutated = (descriptors: fc.Arbitrary<object>) =>
  fc
    .tuple(
      descriptors,
      fc.array(fc.tuple(fc.nat(20), fc.option(wrong, { nil: undefined })), { minLength: 1, maxLength: 2 }),
    )
    .map(([descriptor, changes]) => {
      const copy = JSON.parse(JSON.stringify(descriptor));
      for (const [at, value] of changes) {
        const places: [Record<string, unknown>, string][] = [[copy, 'more']];
        for (const [key, inner] of Object.entries<unknown>(copy)) {
          places.push([copy, key]);
          if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) continue;
          for (const deep of Object.keys(inner)) places.push([inner as Record<string, unknown>, deep]);
        }
        const [holder, key] = places[at % places.length] ?? [copy, 'more'];
        if (value === undefined) delete holder[key];
        else holder[key] = structuredClone(value);
      }
      return copy as unknown;
    });

/**
 * Between values or parts of one, which a schema cannot compare: a network's address and the length of its prefix. And the
 * agreement, which it does not know.
 */
const beyondSchemas = ({ path, what }: Problem) =>
  ['domain', 'fate', 'fqdn'].includes(path) || what.includes('has bits of a host');

describe.each([
  { kind: 'party', descriptors: parties as fc.Arbitrary<object>, check: checkPartyDescriptor },
  { kind: 'exchange', descriptors: exchanges as fc.Arbitrary<object>, check: checkExchangeDescriptor },
])('the schema of the $kind descriptor', ({ kind, descriptors, check }) => {
  const schema = schemaOf(kind);
  const validate = ajv.compile(schema);

  test('takes every descriptor that this library makes, and so does the check', () => {
    fc.assert(
      fc.property(descriptors, (descriptor) => {
        const json: unknown = JSON.parse(JSON.stringify(descriptor));
        expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
        expect(problemsIn(check, json)).toEqual([]);
      }),
    );
  });

  test('refuses what the check refuses, and takes what it takes', () => {
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(mutated(descriptors), (value) => {
        const taken = validate(value);
        const problems = problemsIn(check, value);
        seen[taken ? 'taken' : 'refused'] += 1;
        if (taken)
          expect(
            problems.filter((problem) => !beyondSchemas(problem)),
            JSON.stringify(value),
          ).toEqual([]);
        else expect(problems, JSON.stringify([value, validate.errors])).not.toEqual([]);
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(100); // of ten thousand
  });

  test('knows the version and the FATE releases of this library', () => {
    expect(schema.properties.apiVersion.const).toBe(descriptorVersion);
    expect(schema.properties.fate.enum).toEqual(Object.keys(releases));
  });
});
