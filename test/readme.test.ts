import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Exchange, FederatedLearningCluster, IngressController } from '../constructs';
import * as library from '../index';
import {
  capacity,
  exchangePlan,
  federation,
  ingressControllerPlan,
  partyPlan,
  releases,
  type SizingPreset,
  secrets,
  sizingPresets,
} from '../lib';
import { fileOf, objectsOf } from './support/objects';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text]) => `${text}`);

test('the program of the README is the example two-party', () => {
  expect(blocks('ts')[0]).toBe(readFileSync(join(root, 'examples/two-party.ts'), 'utf8'));
});

test('the files and folders that the README leads to are there, in the package too', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => `${path}`);
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(links.filter((path) => !files.includes(path.split('/')[0]))).toEqual([]);
});

test('every function and class that the README names is exported', () => {
  const named = [...readme.matchAll(/`(?:new )?(\w+)\(/g)].map(([, name]) => `${name}`);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !(name in library))).toEqual([]);
});

test('the commands of the README are scripts of the package', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const named = [...readme.matchAll(/npm (?:run )?(test|synth|bench)/g)].map(([, script]) => `${script}`);
  expect(new Set(named)).toEqual(new Set(['synth', 'test', 'bench']));
  for (const script of named) expect(scripts).toHaveProperty(script);
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

test('the toy example is run in the container of FATE Flow, in the directory that its data mounts share', () => {
  const command = blocks('sh').find((block) => block.includes('toy_example')) ?? '';
  const { container, directories } = releases['1.6.1'].fateflow;
  expect(command).toContain(`statefulset/fateflow -c ${container} `);
  expect(command).toContain(`cd ${directories.logs.replace('/logs', '')}/examples/toy_example `);
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

describe('the commands for Secrets', () => {
  let directory: string;
  const created = new Map<string, Map<string, string>>();

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'secrets-'));
    // Keeps what it is told to create as files: <namespace>/<secret>/<key> in one name.
    writeFileSync(
      join(directory, 'kubectl'),
      `#!/bin/bash
       namespace=$2; secret=$6; shift 6
       for argument; do
         file=\${argument#--from-file=}
         case $file in *=*) key=\${file%%=*} path=\${file#*=} ;; *) key=$file path=$file ;; esac
         cp "$path" "made.$namespace.$secret.$key"
       done`,
    );
    chmodSync(join(directory, 'kubectl'), 0o755);
    execFileSync('bash', ['-euc', blocks('bash')[0] ?? 'exit 1'], {
      cwd: directory,
      env: { ...process.env, PATH: `${directory}:${process.env['PATH']}` },
      stdio: 'pipe',
    });
    for (const file of readdirSync(directory).filter((name) => name.startsWith('made.'))) {
      const [, namespace, secret, ...key] = file.split('.');
      const values = created.get(`${namespace}/${secret}`) ?? new Map();
      created.set(`${namespace}/${secret}`, values.set(key.join('.'), join(directory, file)));
    }
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const value = (secret: string, key: string) => `${created.get(secret)?.get(key)}`;
  const openssl = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });

  test('create every Secret that the pods read, with its keys', () => {
    const { trafficServerCertificate, pulsarCertificate, mysql, fateboard, notebook } = secrets;
    const expected = [
      [`fate-exchange/${trafficServerCertificate.name}`, Object.values(trafficServerCertificate.keys).sort()],
      ...[pulsarCertificate, mysql, fateboard, notebook].map(({ name, keys }) => [
        `fate-30000/${name}`,
        Object.values(keys).sort(),
      ]),
    ];
    const made = [...created].map(([name, values]) => [name, [...values.keys()].sort()]);
    expect(made.sort()).toEqual(expected.sort());
  });

  test.each([
    ['fate-exchange/traffic-server-cert', 'proxy.cert.pem', 'proxy.key.pem', 'proxy.example.com'],
    ['fate-30000/pulsar-cert', 'broker.cert.pem', 'broker.key-pk8.pem', '30000.example.com'],
  ])(
    'make in %s a certificate of the authority, with its own key, for the name that others use',
    (secret, certificate, key, name) => {
      const file = value(secret, certificate);
      expect(openssl('verify', '-CAfile', value(secret, 'ca.cert.pem'), file)).toContain('OK');
      expect(openssl('x509', '-in', file, '-noout', '-subject')).toMatch(new RegExp(`CN ?= ?${name}`));
      expect(openssl('x509', '-in', file, '-noout', '-checkhost', name)).toContain('does match');
      const publicKey = openssl('x509', '-in', file, '-noout', '-pubkey');
      expect(openssl('pkey', '-in', value(secret, key), '-pubout')).toBe(publicKey);
    },
  );

  test('make a key for Pulsar as unencrypted PKCS#8', () => {
    expect(readFileSync(value('fate-30000/pulsar-cert', 'broker.key-pk8.pem'), 'utf8')).toMatch(
      /^-----BEGIN PRIVATE KEY-----/,
    );
  });

  test('make a password for each use, without a line break at its end', () => {
    const passwords = [
      ['mysql', 'password'],
      ['mysql', 'root-password'],
      ['fateboard', 'password'],
      ['notebook', 'token'],
    ].map(([secret, key]) => readFileSync(value(`fate-30000/${secret}`, `${key}`), 'utf8'));
    expect(new Set(passwords).size).toBe(4);
    for (const password of passwords) expect(password).toMatch(/^[0-9a-f]{48}$/);
  });
});
