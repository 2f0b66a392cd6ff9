import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(__dirname, '..');
const run = (directory: string, program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: directory, encoding: 'utf8', stdio: 'pipe' });
const bin = (name: string) => join(root, 'node_modules/.bin', name);
const twoParty = readFileSync(join(root, 'examples/two-party.ts'), 'utf8');
const { peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

let directory: string;
let tarball: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'package-'));
  run(root, 'npm', 'pack', '--silent', '--pack-destination', directory);
  tarball = join(directory, `${readdirSync(directory)[0]}`);
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

test('the package is what package managers and bundlers expect', () => {
  expect(run(root, bin('publint'), tarball, '--strict')).toContain('All good');
});

test('its types serve CommonJS and ES modules, and projects that resolve as Node 10 did', () => {
  const { status, stdout } = spawnSync(bin('attw'), [tarball], { encoding: 'utf8' });
  expect(stdout).toContain('No problems found');
  expect(status).toBe(0);
});

test('it holds the compiled rooms with their scripts, and no sources', () => {
  const files = run(directory, 'tar', '-tf', tarball).trim().split('\n');
  expect(files).toContain('package/build/constructs/parts/watched-server.sh');
  expect(files).toContain('package/build/index.d.ts');
  expect(files.filter((file) => /\.ts$/.test(file) && !file.endsWith('.d.ts'))).toEqual([]);
  expect(
    files.filter((file) => !/^package\/(build\/|lib\/schemas\/|package\.json|README\.md|LICENSE)/.test(file)),
  ).toEqual([]);
});

const registry = spawnSync('npm', ['view', 'constructs', 'version']).status === 0;
describe.skipIf(!registry)(
  `in an empty project with the peers alone${registry ? '' : ' (skipped: no package registry)'}`,
  () => {
    let project: string;
    const required = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
    const manifests = (output: string) => readdirSync(join(project, output)).sort();
    const expected = ['fate-30000', 'fate-40000', 'fate-exchange', 'image-disk-mount', 'ingress-nginx'].map(
      (name) => `${name}.k8s.yaml`,
    );

    beforeAll(() => {
      project = join(directory, 'project');
      mkdirSync(project);
      writeFileSync(join(project, 'package.json'), '{ "private": true }');
      run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball, ...required);
    }, 120_000);

    test('it is installed without Pulumi', () => {
      expect(readdirSync(join(project, 'node_modules'))).not.toContain('@pulumi');
    });

    test.each([
      ['CommonJS', 'cts', 'CommonJS'],
      ['ES modules', 'mts', 'ESNext'],
    ])("the README's program compiles and runs as %s", (_, extension, name) => {
      const source = join(project, `main.${extension}`);
      writeFileSync(source, twoParty);
      run(project, bin('tsc'), '--module', 'node16', '--target', 'es2022', '--strict', '--skipLibCheck', source);
      const environment = { ...process.env, CDK8S_OUTDIR: name };
      execFileSync(process.execPath, [source.replace(/ts$/, 'js')], { cwd: project, env: environment });
      expect(manifests(name)).toEqual(expected);
    });

    test('its types of Kubernetes objects can be imported by ES modules', () => {
      const source = join(project, 'types.mts');
      writeFileSync(
        source,
        `import { type core, Manifest } from 'kubefate-tanzu';
       export const port: core.ServicePort = { port: 80 };
       export const service = (scope: import('constructs').Construct) =>
         new Manifest<core.Service>(scope, 'service', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [port] } });
       // @ts-expect-error a port is a number
       export const wrong: core.ServicePort = { port: '80' };`,
      );
      run(
        project,
        bin('tsc'),
        '--noEmit',
        '--module',
        'node16',
        '--target',
        'es2022',
        '--strict',
        '--skipLibCheck',
        source,
      );
    });
  },
);
