import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { commands } from '../commands';
import { Exchange, FederatedLearningCluster, IngressController } from '../constructs';
import * as library from '../index';
import {
  capacity,
  exchangePlan,
  type FateRelease,
  type Federation,
  federation,
  ingressControllerPlan,
  partyPlan,
  releases,
  type SizingPreset,
  secrets,
  sizingPresets,
} from '../lib';
import { type AnyObject, containersOf, fileOf, objectsOf, podOf, workloadsOf } from './support/objects';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const pages = readdirSync(join(root, 'docs'), { encoding: 'utf8', recursive: true }).filter((path) =>
  path.endsWith('.md'),
);
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'examples/credit-card/README.md',
  ...pages.map((path) => `docs/${path}`),
];
const all = documents.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
const blocks = (language: string, text = readme) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text]) => `${text}`);

test('the program of the README is the example two-party', () => {
  expect(blocks('ts')[0]).toBe(readFileSync(join(root, 'examples/two-party.ts'), 'utf8'));
});

/** Paths that a document leads to, from the root. */
const leadsTo = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, path]) =>
    join(dirname(file), `${path}`),
  );

test.each(documents)('the files and folders that %s leads to are there, in the package too', (file) => {
  const packed = ['README.md', ...JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).files];
  expect(leadsTo(file).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(leadsTo(file).filter((path) => !packed.some((it) => path === it || path.startsWith(`${it}/`)))).toEqual([]);
});

test('whoever begins with the README is led to every page', () => {
  const found = new Set(['README.md']);
  for (const file of found) for (const path of leadsTo(file)) if (path.endsWith('.md')) found.add(path);
  expect([...found].sort()).toEqual([...documents].sort());
});

test.each(documents)('what %s leads to inside of a document is a heading there', (file) => {
  const headingsOf = (path: string) =>
    [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      `${heading}`
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
  const links = readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g);
  const lost = [...links].filter(([, path, anchor]) => {
    const target = path === '' ? join(root, file) : join(root, dirname(file), `${path}`);
    return !headingsOf(target).includes(`${anchor}`);
  });
  expect(lost.map(([link]) => link)).toEqual([]);
});

test('every function and class that the README names is exported', () => {
  const named = [...readme.matchAll(/`(?:new )?(\w+)\(/g)].map(([, name]) => `${name}`);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !(name in library))).toEqual([]);
});

test('the nodes for Spark workers that the README has marked are those of a party and of a pool', () => {
  const { labels = {}, taints = [] } =
    partyPlan({ domain: 'example.com', id: 30000, sparkNodes: true }).sparkNodes ?? {};
  const named = [...readme.matchAll(/^kubectl (label|taint) node NAME (.*)$/gm)].map(([, verb, what]) => [verb, what]);
  expect(named).toEqual([
    ...Object.entries(labels).map((label) => ['label', label.join('=')]),
    ...taints.map(({ key, value, effect }) => ['taint', `${key}=${value}:${effect}`]),
  ]);
  expect(readme).toContain(`label\n\`${Object.entries(labels).map((label) => label.join(': '))}\``);
});

test('the commands of the README are scripts of the package', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const named = [...readme.matchAll(/npm (?:run )?(test|synth|bench)/g)].map(([, script]) => `${script}`);
  expect(new Set(named)).toEqual(new Set(['synth', 'test', 'bench']));
  for (const script of named) expect(scripts).toHaveProperty(script);
});

test('the commands of the tool that the README names are there', () => {
  const named = [...readme.matchAll(/npx kubefate-tanzu (\w+)/g)].map(([, name]) => `${name}`);
  const known = commands.map(({ command }) => command.split(' ')[0]);
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test('the error of the README is what such a declaration ends in', () => {
  const declare = () =>
    federation({
      domain: 'example.com',
      exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
      parties: [{ id: 30000 }, { id: 30000 }, { id: 40000, sparkWorkers: 0 }],
    });
  const from = readme.indexOf('federation "example.com" cannot be deployed:');
  expect(declare).toThrow(readme.slice(from, readme.indexOf('```', from)).trimEnd());
});

test('the declaration for KubeFATE is sound', () => {
  const program = blocks('ts', all).find((block) => block.includes("driver: 'kubefate'")) ?? '';
  const declare = new Function('federation', `${program} return { exchange, parties };`);
  const { exchange, parties } = declare(federation) as Federation;
  expect([exchange, ...parties].map(({ driver }) => driver)).toEqual(['kubefate', 'kubefate']);
});

test.each(Object.keys(sizingPresets) as SizingPreset[])('the README tells what %s requests', (sizing) => {
  const plan = partyPlan({ domain: 'example.com', id: 30000, sizing });
  const { requested } = capacity([plan], { vmClass: 'guaranteed-8xlarge', count: 3 });
  expect(readme).toMatch(new RegExp(`\`${sizing}\`.*\\| +${requested.cpu} vCPU, ${requested.memoryGiB} GiB +\\|`));
});

test("the README's party beside the exchange fits three best-effort-2xlarge and does not survive the loss of one", () => {
  const { exchange, parties } = federation({
    domain: 'example.com',
    exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
    parties: [{ id: 30000, sizing: 'minimum' }],
  });
  const answer = capacity([exchange, ...parties], { vmClass: 'best-effort-2xlarge', count: 3 });
  expect([answer.fits, answer.survivesNodeLoss]).toEqual([true, false]);
});

test.each(Object.keys(releases) as FateRelease[])('the toy example of FATE %s is run where it is', (fate) => {
  const { fateflow, toyExample } = releases[fate];
  const { container, directory, command } = toyExample;
  const text = command(30000, 40000).join(' ');
  const block = blocks('sh').find((it) => it.includes(text)) ?? '';
  if (container === 'client') return expect(block).toContain(`exec -it statefulset/client -- ${text}\n`);
  expect(block).toContain(`exec -it statefulset/fateflow -c ${fateflow.container} `);
  expect(block).toContain(`cd ${directory} && ${text}`);
});

test('the README tells how much more FATE 1.11.2 requests', () => {
  const of = (fate: FateRelease) =>
    capacity([partyPlan({ domain: 'example.com', fate, id: 30000 })], { vmClass: 'guaranteed-8xlarge', count: 3 })
      .requested;
  const more = { cpu: of('1.11.2').cpu - of('1.6.1').cpu, memoryGiB: of('1.11.2').memoryGiB - of('1.6.1').memoryGiB };
  expect(readme.replace(/\s+/g, ' ')).toContain(
    `and so ${more.cpu} vCPU and ${more.memoryGiB} GiB more in \`minimum\``,
  );
});

describe('where the README sends whoever has applied the files', () => {
  const { parties } = federation({
    domain: 'example.com',
    exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
    parties: [{ id: 30000 }],
  });
  const exchange = objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ domain: 'example.com' })));
  const party = objectsOf(
    (app) => new FederatedLearningCluster(app, 'party', parties[0] ?? partyPlan({ domain: '', id: 0 })),
  );
  const controller = objectsOf((app) => new IngressController(app, 'controller', ingressControllerPlan()));

  test('the addresses are those of Services with a LoadBalancer', () => {
    const named = [...readme.matchAll(/kubectl -n ([\w-]+) get service ([\w -]+)`/g)].flatMap(([, namespace, names]) =>
      `${names}`.split(' ').map((name) => [namespace, name]),
    );
    const drawn = [...exchange, ...party, ...controller]
      .filter(({ kind, spec }) => kind === 'Service' && spec.type === 'LoadBalancer')
      .map(({ metadata }) => [metadata.namespace, metadata.name]);
    expect(named.sort()).toEqual(drawn.sort());
  });

  test('the URLs are the hosts of the Ingresses, and all that is there by default', () => {
    const named = [...readme.matchAll(/`http:\/\/(30000\.[\w.]+)`/g)].map(([, host]) => host);
    expect(named.sort()).toEqual(Object.values(parties[0]?.ingress.hosts ?? {}).sort());
  });

  test("FATE Board's user and the Secrets are those of the pods", () => {
    expect(readme).toContain("FATE Board's user is `admin`");
    expect(fileOf(party, 'fateboard-config', 'application.properties')).toContain(
      'server.board.login.username=admin\n',
    );
    const { fateboard, notebook } = secrets;
    expect(readme).toContain(`get secret ${fateboard.name} -o jsonpath='{.data.${fateboard.keys.password}}'`);
    expect(readme).toContain(`get secret ${notebook.name} -o jsonpath='{.data.${notebook.keys.token}}'`);
  });
});

describe('from a clone to a federation', () => {
  let directory: string;
  /** What was applied, in this order. */
  let applied: readonly AnyObject[];

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'clone-'));
    const clone = join(directory, 'clone');
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter(Boolean);
    for (const file of tracked.filter((name) => existsSync(join(root, name))))
      cpSync(join(root, file), join(clone, file), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    const bin = join(directory, 'bin');
    mkdirSync(bin);
    // `npm ci` has been done, and kubectl keeps what it is told to apply.
    const npm = execFileSync('which', ['npm'], { encoding: 'utf8' }).trim();
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\n[ "$1" = ci ] || exec '${npm}' "$@"\n`);
    writeFileSync(
      join(bin, 'kubectl'),
      `#!/bin/bash
       [ "$1 $2" = 'apply -f' ] || exit 1
       [ "$3" = - ] && cat >> '${directory}/applied' || cat "$3"*.yaml >> '${directory}/applied'`,
    );
    for (const program of ['npm', 'kubectl']) chmodSync(join(bin, program), 0o755);
    execFileSync('bash', ['-euo', 'pipefail', '-c', blocks('bash')[0] ?? 'exit 1'], {
      cwd: clone,
      env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
      stdio: 'pipe',
    });
    applied = parseAllDocuments(readFileSync(join(directory, 'applied'), 'utf8')).map((each) => each.toJS());
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const secretOf = (name: string): Record<string, string> => {
    const found = applied.find(
      ({ kind, metadata }) => kind === 'Secret' && `${metadata.namespace}/${metadata.name}` === name,
    );
    const entries = Object.entries<string>(found?.data ?? {});
    return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  };

  test('the commands apply every Secret that pods of the manifests name, each in a Namespace that is there before it', () => {
    const position = (kind: string, name: string) =>
      applied.findIndex((each) => each.kind === kind && each.metadata.name === name);
    const read = workloadsOf(applied).flatMap((workload) => {
      const pod = podOf(workload);
      const references = containersOf(pod).flatMap(({ env = [] }) =>
        env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
      );
      const volumes = (pod.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []);
      return [...references, ...volumes].map((name) => `${workload.metadata?.namespace}/${name}`);
    });
    expect(new Set(read).size).toBe(9);
    for (const name of read) expect(Object.keys(secretOf(name)), name).not.toEqual([]);
    for (const [i, { kind, metadata }] of applied.entries())
      if (kind === 'Secret') expect(position('Namespace', metadata.namespace)).toBeLessThan(i);
  });

  test.each([
    ['fate-exchange/traffic-server-cert', 'proxy.cert.pem', 'proxy.key.pem', 'proxy.example.com'],
    ['fate-30000/pulsar-cert', 'broker.cert.pem', 'broker.key-pk8.pem', '30000.example.com'],
    ['fate-40000/pulsar-cert', 'broker.cert.pem', 'broker.key-pk8.pem', '40000.example.com'],
  ])(
    '%s has a certificate of the authority, with its own key, for the name that others use',
    (name, certificate, key, host) => {
      const values = secretOf(name);
      const read = new X509Certificate(`${values[certificate]}`);
      const authority = new X509Certificate(`${values['ca.cert.pem']}`);
      expect(read.checkIssued(authority) && read.verify(authority.publicKey)).toBe(true);
      expect(read.checkPrivateKey(createPrivateKey(`${values[key]}`))).toBe(true);
      expect([read.subject, read.checkHost(host)]).toEqual([`CN=${host}`, host]);
    },
  );

  test('every password is another one', () => {
    const passwords = ['fate-30000', 'fate-40000'].flatMap((namespace) =>
      ['mysql', 'fateboard', 'notebook'].flatMap((name) => Object.values(secretOf(`${namespace}/${name}`))),
    );
    expect(new Set(passwords).size).toBe(8);
  });
});
