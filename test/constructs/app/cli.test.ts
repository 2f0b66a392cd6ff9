import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { filesOfExample, objectsIn } from '../../support/examples';

const all = mkdtempSync(join(tmpdir(), 'cli-test-'));
afterAll(() => rmSync(all, { recursive: true }));

/** What `cdk8s synth` prints for an example. */
const synth = (example: string, ...options: readonly string[]): string =>
  execFileSync(
    'node_modules/.bin/cdk8s',
    ['synth', '--check-upgrade', 'false', '--app', `node_modules/.bin/tsx examples/${example}.ts`, ...options],
    { cwd: join(__dirname, '../../..'), encoding: 'utf8', stdio: 'pipe' },
  );

const parsed = (text: string) => {
  const documents = parseAllDocuments(text);
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  return documents.map((each) => each.toJS());
};

const named = (objects: readonly { kind: string; metadata: { name: string; namespace?: string } }[]) =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`).sort();

test('cdk8s synth --stdout gives kubectl every object of the federation', () => {
  const objects = parsed(synth('two-party', '--stdout'));
  expect(named(objects)).toEqual(named(objectsIn(filesOfExample('two-party'))));
});

test('cdk8s synth --format helm makes a chart of the federation, without anything that Helm takes for its own', {}, () => {
  const output = join(all, 'helm');
  synth('two-party', '--format', 'helm', '--chart-version', '1.0.0', '--output', output);
  const texts = readdirSync(join(output, 'templates')).map((file) =>
    readFileSync(join(output, 'templates', file), 'utf8'),
  );
  expect(texts.join('')).not.toContain('{{');
  expect(named(texts.flatMap(parsed))).toEqual(named(objectsIn(filesOfExample('two-party'))));
});

test.each([
  ['--format helm', ['--format', 'helm', '--chart-version', '1.0.0', '--output', join(all, 'kubefate')]],
  ['--stdout', ['--stdout']],
])('cdk8s synth %s refuses files that are for the CLI of KubeFATE', (mode, options) => {
  let message = '';
  try {
    synth('kubefate', ...options);
  } catch (error) {
    message = `${(error as { stderr: string }).stderr}`;
  }
  expect(message).toMatch(/[\w-]+(\/[\w-]+)?: [\w.-]+\.yaml is no manifest, and cdk8s synth/);
  expect(message).toContain(`${mode} would take it for one`);
});
