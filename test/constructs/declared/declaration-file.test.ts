import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { planDeclarationFile } from '../../../constructs/declared/declaration-file';
import { federation } from '../../../lib';
import { problemsOf, twoParties } from '../../support/declarations';

const folder = mkdtempSync(join(tmpdir(), 'declared-'));
cpSync(join(__dirname, '../../commands/folder'), folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test.each([
  ['YAML', 'federation.yaml'],
  ['JSON', 'federation.json'],
])('a federation is read from %s, and its $schema is for editors', (_, name) => {
  file('federation.json', JSON.stringify({ $schema: 'https://example.com/schema.json', ...twoParties }));
  expect(planDeclarationFile(join(folder, name))).toEqual(federation(twoParties));
});

test('descriptors are read from beside the declaration', () => {
  const [party] = planDeclarationFile(join(folder, 'party-30000.yaml')).parties;
  expect(party?.exchange?.trafficServer.address).toBe('192.0.2.68');
  const { exchange } = planDeclarationFile(join(folder, 'exchange.yaml'));
  expect(exchange?.parties.map(({ id }) => id)).toEqual([40000]);
});

test('what Windows writes is read, as declaration and as descriptor', () => {
  for (const name of ['federation.yaml', 'party-30000.yaml', 'exchange.json']) {
    const text = readFileSync(join(folder, name), 'utf8').replaceAll('\n', '\r\n');
    writeFileSync(join(folder, name), `\ufeff${text}`, 'utf16le');
  }
  expect(planDeclarationFile(join(folder, 'federation.yaml'))).toEqual(federation(twoParties));
  expect(planDeclarationFile(join(folder, 'party-30000.yaml')).parties[0]?.exchange).toBeDefined();
});

test('every problem has its line and column, in their order', () => {
  const path = file(
    'wrong.yaml',
    `domain: example.com
exchange: {}
common: &common
  sparkWorkers: 0
parties:
  - id: 30000
    <<: *common
    sizing: huge
  - id: 30000
    pods: { python: {} }
`,
  );
  expect(problemsOf(() => planDeclarationFile(path)).map(({ path }) => path.replace(`${folder}/`, ''))).toEqual([
    'wrong.yaml:2:11 exchange.addresses',
    'wrong.yaml:4:3 common',
    'wrong.yaml:4:17 parties[0].sparkWorkers',
    'wrong.yaml:8:13 parties[0].sizing',
    'wrong.yaml:9:9 parties[1].id',
    'wrong.yaml:10:21 parties[1].pods.python',
  ]);
});

test('what is no YAML is refused by its place alone, and so is what declares nothing', () => {
  const placesOf = (content: string) =>
    problemsOf(() => planDeclarationFile(file('wrong.yaml', content))).map(({ path }) => path.replace(folder, ''));
  expect(placesOf('a: 1\na: 2\n')).toEqual(['/wrong.yaml:2:1']);
  expect(placesOf('')).toEqual(['/wrong.yaml:1:1']);
  expect(placesOf('- a\n')).toEqual(['/wrong.yaml:1:1']);
});

test('a descriptor that is no JSON is refused with its name, at the place that names it', () => {
  file('broken.json', '{');
  const path = file(
    'party.yaml',
    'federation: { domain: example.com }\nparty: { id: 1 }\nexchange: { file: broken.json, unsigned: true }\n',
  );
  expect(problemsOf(() => planDeclarationFile(path))).toEqual([
    {
      path: `${path}:3:11 exchange (file broken.json)`,
      what: expect.stringMatching(/^cannot be read \(/),
      remedy: 'use the JSON that its author sent',
    },
  ]);
});
