import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { examples, filesOfExample, objectsIn } from './support/examples';

const root = join(__dirname, '..');
const directories: string[] = [];
afterAll(() => directories.map((directory) => rmSync(directory, { recursive: true })));

describe.each(examples)('the example %s', (example) => {
  const files = filesOfExample(example);
  const objects = objectsIn(files);

  test('writes the manifests of its snapshot', async () => {
    const text = [...files].map(([file, content]) => `# ${file}\n${content}`).join('');
    await expect(text).toMatchFileSnapshot(`__snapshots__/${example}.yaml`);
  });

  test('is one screen, and its first line says what it shows', () => {
    const source = readFileSync(join(root, `examples/${example}.ts`), 'utf8');
    expect(source).toMatch(/^\/\/ [A-Z].*[.:]?\n/);
    expect(source.split('\n').length).toBeLessThan(50);
  });

  test('holds no password, key or token', () => {
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    expect(objects.flatMap((object) => secretsIn(object))).toEqual([]);
  });
});

const telling = /pass(word|wd|phrase)|token|secret|private.?key|credential/i;
const reference = /^$|^\$\{[A-Z_]+\}$/;

/** Literal values under a name that promises a secret, in fields, environments and files, and keys by their looks. */
function secretsIn(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return [...literals(name, value), ...fileValues(value), ...keys(value)];
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, name));
  if (typeof value !== 'object' || value === null) return [];
  const { name: variable, value: literal, valueFrom: _, ...rest } = value as Record<string, unknown>;
  const environment = typeof literal === 'string' ? literals(`${variable}`, literal) : [];
  return [...environment, ...Object.entries(rest).flatMap(([key, item]) => secretsIn(item, key))];
}

const names = ['secretName', 'tlsSecret', 'imagePullSecrets'];
const literals = (name: string, value: string) =>
  telling.test(name) && !names.includes(name) && !reference.test(value) ? [`${name}: ${value}`] : [];

/** `key: value` and `key=value` lines of a configuration file. */
const fileValues = (text: string) =>
  text.includes('\n') && !text.startsWith('#!')
    ? [...text.matchAll(/^[ \t]*([\w.-]+)[ \t]*[:=][ \t]*"?([^"\n]*)"?$/gm)].flatMap(([, key, value]) =>
        literals(`${key}`, `${value}`),
      )
    : [];

const keys = (text: string) =>
  /-----BEGIN|^eyJ/m.test(text) || (/^[A-Za-z0-9+][A-Za-z0-9+/]{39,}={0,2}$/.test(text) && !/^[0-9a-f]{64}$/.test(text))
    ? [text]
    : [];

test('the scan for secrets finds what it looks for', () => {
  const pem = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ');
  expect(secretsIn({ data: { 'a.yaml': 'database:\n  passwd: fate_dev\n' } })).toEqual(['passwd: fate_dev']);
  expect(secretsIn({ data: { 'a.properties': 'a=1\nlogin.password=admin\n' } })).toEqual(['login.password: admin']);
  expect(secretsIn({ env: [{ name: 'MYSQL_PASSWORD', value: 'fate_dev' }] })).toEqual(['MYSQL_PASSWORD: fate_dev']);
  expect(secretsIn({ data: { key: pem } })).toEqual([pem]);
});

test('two runs write the same bytes', () => {
  expect(filesOfExample('two-party')).toEqual(filesOfExample('two-party'));
});

test("cdk8s synth writes one file per namespace of the paper's federation and names each", () => {
  const directory = mkdtempSync(join(tmpdir(), 'synth-'));
  directories.push(directory);
  const printed = execFileSync(
    'node_modules/.bin/cdk8s',
    ['synth', '--check-upgrade', 'false', '--output', directory],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, CI: '1' },
    },
  );
  const expected = ['fate-30000', 'fate-40000', 'fate-exchange', 'image-disk-mount', 'ingress-nginx'].map(
    (name) => `${name}.k8s.yaml`,
  );
  expect(readdirSync(directory).sort()).toEqual(expected);
  for (const file of expected) expect(printed).toContain(file);
});

test('a declaration that cannot be deployed is one message in cdk8s synth, and no stack trace', () => {
  const directory = mkdtempSync(join(tmpdir(), 'synth-'));
  directories.push(directory);
  const source = readFileSync(join(root, 'examples/two-party.ts'), 'utf8')
    .replaceAll("'kubefate-tanzu'", JSON.stringify(join(root, 'index')))
    .replace('id: 40000', 'id: 30000');
  writeFileSync(join(directory, 'wrong.ts'), source);
  const app = `npx tsx ${join(directory, 'wrong.ts')}`;
  const args = ['synth', '--check-upgrade', 'false', '--app', app, '--output', join(directory, 'out')];
  const { status, stderr } = spawnSync('node_modules/.bin/cdk8s', args, { cwd: root, encoding: 'utf8' });
  const [printed = ''] = stderr.split('\nError: command'); // the CLI's own
  expect(status).not.toBe(0);
  expect(printed).toContain('parties[1].id: 30000 is already parties[0].id; every party needs its own id');
  expect(printed).not.toMatch(/^\s+at |problems/m);
  expect(printed.trim().split('\n').length).toBeLessThan(12);
});
