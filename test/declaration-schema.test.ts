import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import Ajv from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { declarationSchema, type Schema } from '../declaration-schema';
import type { Declaration } from '../lib';
import { planDeclaration } from '../lib/federation/declaration';
import { InvalidInput, type Problem } from '../lib/input/problems';
import { exchangeDescriptorOf, twoParties } from './support/declarations';

const root = join(__dirname, '..');
const schema = declarationSchema(root);
const ajv = new Ajv({ strict: true, allErrors: true, strictTuples: false, strictRequired: false });
const isValid = ajv.compile(schema);

const problemsOf = (declared: unknown): readonly Problem[] => {
  try {
    planDeclaration(declared as Declaration, { read: () => JSON.stringify(exchangeDescriptorOf()), now: new Date() });
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
};

const { nginx, pulsar } = twoParties.parties[0].addresses;
/** With something at every kind of place. */
const party = {
  id: 30000,
  addresses: { nginx: { reserved: nginx }, pulsar },
  ports: { nginx: 9301 },
  egress: ['198.51.100.0/28'],
  services: { nginx: { type: 'LoadBalancer', annotations: { a: 'b' } } },
  storageClass: 'vsan',
  storageClasses: { mysql: false },
  existingClaims: { client: 'notebooks' },
  sizing: 'production',
  datasetGiB: 40,
  belowGuideline: true,
  resources: { client: { requests: { cpu: 1, memoryGiB: 1 }, limits: { cpu: '2', memory: '2Gi' } } },
  ingress: { uis: ['notebook', 'fateboard'], tlsSecret: 'tls' },
  pods: {
    all: { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }] },
  },
  backup: { to: { claimGiB: 20, storageClass: false }, keep: 3 },
  retention: { logsDays: 30 },
  proxy: { url: 'http://proxy.example.com:3128', noProxy: ['.example.com'] },
  trust: [{ name: 'example-ca', certificate: rootCertificates[0] }],
  driver: 'native',
  kubernetes: '1.26',
};
const exchange = {
  ...twoParties.exchange,
  connectPorts: [6651, [30000, 32767]],
  replicas: 3,
  nginxConnectPorts: [9300, 9301],
};
const agreement = { domain: 'example.com', fate: '1.6.1' };
const declarations: Readonly<Record<string, object>> = {
  federation: { ...agreement, exchange, parties: [party, twoParties.parties[1]] },
  party: { federation: agreement, party, exchange: exchangeDescriptorOf() },
  "a party with its exchange's file": {
    federation: agreement,
    party,
    exchange: { file: 'exchange.json', unsigned: true },
  },
  exchange: { federation: agreement, exchange, parties: [] },
};

describe('the schema of declarations', () => {
  test.each(Object.entries(declarations))('takes a %s, as the code does', (_, declared) => {
    expect(isValid(declared), JSON.stringify(isValid.errors)).toBe(true);
    expect(problemsOf(declared)).toEqual([]);
    expect(isValid({ $schema: 'declaration.schema.json', ...declared })).toBe(true);
  });

  const commandFiles = readdirSync(join(root, 'test/commands/folder')).map((file) => `test/commands/folder/${file}`);
  test.each([...commandFiles.filter((file) => file.endsWith('.yaml')), 'examples/declared/federation.yaml'])(
    'takes %s',
    (file) => {
      const declared = parse(readFileSync(join(root, file), 'utf8'), { merge: true });
      expect(isValid(declared), JSON.stringify(isValid.errors)).toBe(true);
    },
  );

  test('is where the file says that init writes', () => {
    const text = readFileSync(join(root, 'examples/declared/federation.yaml'), 'utf8');
    const [, path = ''] = /^# yaml-language-server: \$schema=node_modules\/kubefate-tanzu\/(.*)$/m.exec(text) ?? [];
    const { exports, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(exports[`./${path}`]).toBe(`./${path}`);
    expect(scripts.build).toContain(path);
  });

  test('says of every word that a person writes what it means', () => {
    const silent = Object.entries<Schema>(schema['definitions'])
      .filter(([name]) => !/Descriptor$|^PublicEndpoint$/.test(name)) // which no person writes
      .flatMap(([name, { properties = {} }]) =>
        Object.entries<Schema>(properties)
          .filter(([, each]) => !('description' in each))
          .map(([key]) => `${name}.${key}`),
      );
    expect(silent).toEqual([]);
  });
});

/** A value with another at one of its places, or with a key more or less. */
function changed(value: unknown, choose: (below: number) => number, other: unknown): unknown {
  if (typeof value !== 'object' || value === null || choose(5) === 0) return other;
  const entries: [string, unknown][] = Object.entries(value);
  const at = choose(entries.length + 1);
  const [key, child] = entries[at] ?? [`key${choose(9)}`, undefined];
  const next = at === entries.length ? other : changed(child, choose, other);
  if (Array.isArray(value))
    return at === entries.length ? [...value, other] : value.map((each, i) => (i === at ? next : each));
  return { ...value, [key]: next };
}

test('what the schema refuses, the code refuses', () => {
  const others = fc.oneof(
    fc.constantFrom<unknown>(
      'Equal',
      'native',
      'kubefate',
      'huge',
      '1.6.1',
      'spark',
      'NodePort',
      true,
      false,
      0,
      1.5,
      null,
      [],
      {},
      [1],
      { a: 1 },
      '',
    ),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const change = fc.tuple(fc.constantFrom(...Object.values(declarations)), fc.infiniteStream(fc.nat(1000)), others);
  let refused = 0;
  fc.assert(
    fc.property(change, ([declared, choices, other]) => {
      const next = changed(declared, (below) => choices.next().value % below, other);
      if (isValid(next)) return;
      refused++;
      expect(problemsOf(next), `${JSON.stringify(next)}\n${ajv.errorsText(isValid.errors)}`).not.toEqual([]);
    }),
    { numRuns: 3000 },
  );
  expect(refused).toBeGreaterThan(500);
});

/** Every key of the schema at its place, each with a declaration that has nothing else but what the choice is known by. */
function* keysIn(at: Schema, path: readonly string[] = []): Generator<readonly string[]> {
  if ('$ref' in at) yield* keysIn(schema['definitions'][at['$ref'].split('/').at(-1)], path);
  for (const choice of [...(at['anyOf'] ?? []), ...(at['allOf'] ?? [])]) yield* keysIn(choice, path);
  if (at['type'] === 'array' && !Array.isArray(at['items'])) yield* keysIn(at['items'], [...path, '0']);
  for (const [key, below] of Object.entries<Schema>(at['properties'] ?? {})) {
    if (key === '$schema') continue;
    yield [...path, key];
    yield* keysIn(below, [...path, key]);
  }
}

const nested = (path: readonly string[], value: unknown): unknown => {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  return step === '0' ? [nested(rest, value)] : { ...companions[step], [step]: nested(rest, value) };
};

/** What a key stands beside: a choice is known by it. */
const companions: Readonly<Record<string, object>> = {
  nodePort: { type: 'NodePort' },
  file: { id: 1 },
  gpus: { algorithm: 'nn', device: 'gpu' },
};

test.each([
  ['FederationProps', {}],
  ['MeshProps', { exchange: false }],
  ['OwnPartyProps', { party: {} }],
  ['OwnExchangeProps', { federation: {} }],
])('every key in the schema of %s is known to the code', (name, declared) => {
  const paths = [...keysIn(schema['definitions'][name])];
  expect(paths.length).toBeGreaterThan(100);
  const unknown = paths.filter((path) => {
    const written = { ...declared, ...(nested(path, null) as object) };
    const problems = problemsOf(written);
    const place = path.join('.').replaceAll('.0', '[0]');
    return problems.some(({ path, what }) => path === place && what === 'is not known here');
  });
  expect(unknown.map((path) => path.join('.'))).toEqual([]);
});
