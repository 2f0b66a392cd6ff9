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

const agreement = { domain: 'example.com', fate: '1.6.1' } as const;

const ipv4 = fc
  .oneof(
    fc.tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join('.')),
    fc.constantFrom('192.0.2.72', '255.255.255.254', '240.0.0.1', '126.255.0.1'),
  )
  .filter((address) => !address.startsWith('127.'));
const dnsName = fc
  .array(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/), { minLength: 1, maxLength: 4 })
  .map((labels) => [...labels, 'example'].join('.'));
const port = fc.integer({ min: 1, max: 65535 });
const id = fc.integer({ min: 1, max: 999_999_999 });
const egress = fc.option(
  fc.array(fc.constantFrom('198.51.100.0/28', '2001:db8::/32', '192.0.2.1/32'), { maxLength: 3 }),
  {
    nil: undefined,
  },
);

const parties: fc.Arbitrary<PartyDescriptor> = fc
  .record({ id, egress, ports: fc.record({ nginx: port, pulsar: port }), nginx: ipv4, pulsar: fc.oneof(ipv4, dnsName) })
  .map(({ nginx, pulsar, ...party }) => partyDescriptor(partyPlan({ ...agreement, ...party }), { nginx, pulsar }));

const exchanges: fc.Arbitrary<ExchangeDescriptor> = fc
  .record({
    ports: fc.record({ trafficServer: port, nginx: port }),
    trafficServer: fc.oneof(ipv4, dnsName),
    nginx: ipv4,
  })
  .map(({ ports, ...addresses }) => exchangeDescriptor(exchangePlan({ ...agreement, ports }), addresses));

const problemsIn = (check: typeof checkPartyDescriptor, value: unknown): readonly Problem[] =>
  problemsOf(() => {
    const problems = Problems.none();
    check(problems, value, agreement);
    problems.add('', 'the end', '');
    problems.throwIfAny('x');
  }).slice(0, -1);

/** What a value may be replaced with: values of the wrong type, and texts that are nearly right. */
const wrong = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, -1, 0, 1, 1.5, 443, 65535, 65536, 1e9, '', [], {}, ['198.51.100.0/28'], ['198.51.100.0'], [7]],
      ...[
        '0.0.0.1',
        '1.2.3',
        '1.2.3.4',
        '01.2.3.4',
        '256.1.1.1',
        '127.0.0.1',
        '224.0.0.1',
        '239.1.1.1',
        '255.255.255.255',
      ],
      ...[
        'a',
        'A',
        'a.b',
        'a..b',
        '-a',
        'a-',
        'a_b',
        '1',
        '1.2',
        'a.',
        ' a',
        'a\n',
        `${'a'.repeat(64)}.b`,
        '1.2.3.4\n',
      ],
      { address: '192.0.2.1', port: 1, more: 1 },
      { address: 'name', port: 1 },
    ),
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

/** Between its values, which a schema cannot compare, and the agreement, which it does not know. */
const beyondSchemas = ({ path }: Problem) => ['domain', 'fate', 'fqdn'].includes(path);

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
      { numRuns: 3000 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(10); // thousands were tried
  });

  test('knows the version and the FATE releases of this library', () => {
    expect(schema.properties.apiVersion.const).toBe(descriptorVersion);
    expect(schema.properties.fate.enum).toEqual(Object.keys(releases));
  });
});
