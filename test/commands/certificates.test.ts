import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { options } from '../../commands/certificates/options';
import { memberFiles } from '../../commands/pki/folder';
import { certificateDays, rsaBits } from '../../lib/federation/certificates';
import { privateKeyIn } from '../../lib/input/pem';
import { contentOf, crafted, craftedRequest, folderWithAuthority, keys, pemOf } from '../support/certificates';
import { commandLine, type Ran } from '../support/command-line';

let tool: ReturnType<typeof commandLine>;
/** The files of `test/commands/folder`, and an authority. */
let prepared: string;
beforeAll(async () => {
  tool = commandLine();
  prepared = tool.folder();
  cpSync(await folderWithAuthority(), join(prepared, 'certificates'), { recursive: true });
});
afterAll(() => tool.close());

function newFolder(): string {
  const folder = tool.folder();
  cpSync(prepared, folder, { recursive: true });
  return folder;
}

const parsed = ({ stdout }: Ran) => JSON.parse(stdout);

test('defaults are those that the help names', () => {
  expect(options.memberDays.defaultDescription).toBe(`${certificateDays.member}`);
  expect(options.authorityDays.defaultDescription).toBe(`${certificateDays.authority}`);
  expect(options.soon.defaultDescription).toBe(`${certificateDays.soon}`);
  expect(options.memberBits.defaultDescription).toBe(`${rsaBits.member}`);
  expect(options.authorityBits.defaultDescription).toBe(`${rsaBits.authority}`);
});

test('an authority is made as it is asked for, once', () => {
  const folder = tool.folder();
  const args = ['certificates', 'ca', '--domain', 'example.com', '--bits', '2048', '--days', '100', '--json'];
  const made = tool.run(folder, ...args);
  expect(made.status).toBe(0);
  const certificate = new X509Certificate(readFileSync(join(folder, 'certificates/ca/ca.cert.pem')));
  expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(parsed(made)).toMatchObject({ changed: true, authorities: [{ name: 'ca.example.com', role: 'certifies' }] });
  const before = contentOf(join(folder, 'certificates'));
  expect(parsed(tool.run(folder, ...args)).changed).toBe(false);
  expect(contentOf(join(folder, 'certificates'))).toEqual(before);
});

test('members whose certificates cert-manager makes are passed over', () => {
  const folder = newFolder();
  const party = (id: number, more: object) => ({ id, ...more });
  const certManager = { issuer: 'federation-ca' };
  const declare = (second: object) =>
    writeFileSync(
      join(folder, 'federation.yaml'),
      JSON.stringify({
        domain: 'example.com',
        exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' }, certManager },
        parties: [party(30000, { certManager }), party(40000, second)],
      }),
    );
  declare({});
  const issued = parsed(tool.run(folder, 'certificates', 'issue', '--json'));
  expect(issued.members.map(({ name }: { name: string }) => name)).toEqual(['40000.example.com']);
  const names = parseAllDocuments(tool.run(folder, 'secrets').stdout)
    .map((document) => document.toJS())
    .filter(({ kind, metadata }) => kind === 'Secret' && metadata.name.includes('cert'))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(names).toEqual(['fate-40000/pulsar-cert']);
  declare({ certManager });
  const { status, stderr } = tool.run(folder, 'certificates', 'issue');
  expect([status, stderr]).toEqual([
    2,
    'error: cert-manager makes the certificates of fate-exchange, fate-30000, fate-40000\n',
  ]);
});

test('all members of a declaration are issued, by name and namespace', () => {
  const folder = newFolder();
  const issued = parsed(tool.run(folder, 'certificates', 'issue', '--json'));
  expect(issued.members.map(({ name, action }: { name: string; action: string }) => [name, action])).toEqual([
    ['proxy.example.com', 'issued'],
    ['30000.example.com', 'issued'],
    ['40000.example.com', 'issued'],
  ]);
  const { stdout, status } = tool.run(folder, 'certificates', 'issue', '--output', 'secrets');
  expect(status).toBe(0);
  const secrets = parseAllDocuments(stdout).map((document) => document.toJS().metadata);
  expect(secrets).toEqual([
    { name: 'traffic-server-cert', namespace: 'fate-exchange' },
    { name: 'pulsar-cert', namespace: 'fate-30000' },
    { name: 'pulsar-cert', namespace: 'fate-40000' },
  ]);
  expect(tool.run(folder, 'certificates', 'issue', '--output', 'secrets').stdout).toBe(stdout);
  expect(
    tool.shell(folder, 'kubefate-tanzu certificates issue --output secrets | kubefate-tanzu certificates check -')
      .status,
  ).toBe(0);
});

test('what was checked and does not hold ends in 1, as text and as JSON', () => {
  const folder = newFolder();
  tool.run(folder, 'certificates', 'issue', '--party', '30000', '--days', '20');
  const ran = tool.run(folder, 'certificates', 'check');
  expect(ran).toMatchObject({ status: 1, stderr: '' });
  expect(ran.stdout).toMatch(
    /30000\.example\.com of ca\.example\.com, .* does not hold\n {2}ends on \S+, in 19 days; renew it\n/,
  );
  const asJson = tool.run(folder, 'certificates', 'check', '--json');
  expect([asJson.status, parsed(asJson).certificates[0].faults]).toEqual([
    1,
    [{ what: expect.stringContaining('ends on'), remedy: 'renew it' }],
  ]);
  expect(tool.run(folder, 'certificates', 'check', '--soon', '10').status).toBe(0);
});

test('a request of somebody else ends in 1, and is certified under its own name alone', () => {
  const folder = newFolder();
  tool.run(folder, 'certificates', 'request', '--party', '40000', '--domain', 'example.com', '--folder', 'theirs');
  const request = 'theirs/40000.example.com/request.pem';
  const wrong = tool.run(folder, 'certificates', 'sign', request, '--party', '30000');
  expect(wrong).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('is of 40000.example.com and not of 30000.example.com'),
  });
  expect(existsSync(join(folder, 'certificates/30000.example.com'))).toBe(false);
  const told = parsed(
    tool.run(folder, 'certificates', 'request', 'federation.yaml', '--party', '40000', '--folder', 'theirs', '--json'),
  );
  expect(told).toMatchObject({ changed: false, request });
  const signed = tool.run(
    folder,
    'certificates',
    'sign',
    request,
    '--party',
    '40000',
    '--fingerprint',
    told.fingerprint,
  );
  expect(signed).toMatchObject({ status: 0, stdout: expect.stringContaining(told.fingerprint) });
});

test.each([
  ['a party that is not declared', 'issue --party 7', 'federation.yaml does not declare party 7'],
  ['a domain without a member', 'issue --domain example.com', 'nobody is named'],
  ['another domain than the authority', 'issue --domain example.org --exchange', 'certifies nobody of example.org'],
  ['an authority where another domain has one', 'ca --domain example.org', 'certifies nobody of example.org'],
  ['a request of several members', 'request', 'a request is of one member'],
  ['a request without its member', 'sign request.pem', 'whose request it is must be said'],
  ['a party that is none', 'sign request.pem --party 0', '--party: use a whole number'],
  ['days that are none', 'issue --days 0', '--days: use a whole number'],
  ['a short key', 'issue --bits 1024', '--bits: use a whole number'],
  ['an option without its value', 'issue --party', 'Not enough arguments'],
  ['no authority', 'sign request.pem --party 30000 --folder empty', 'holds no authority'],
  ['a step out of its turn', 'ca --switch', 'make one with --next'],
  ['two steps', 'ca --next --switch', 'mutually exclusive'],
  ['nothing to check', 'check --json nowhere', 'there is no such file or folder'],
])('%s is wrong use', (_, line, message) => {
  const folder = newFolder();
  writeFileSync(join(folder, 'request.pem'), '');
  const before = contentOf(folder);
  const ran = tool.run(folder, 'certificates', ...line.split(' '));
  expect(ran.status).toBe(2);
  expect(`${ran.stdout}${ran.stderr}`).toContain(message);
  expect(contentOf(folder)).toEqual(before);
});

const hasScript = spawnSync('script', ['--version']).status === 0;
test.skipIf(!hasScript)(`a terminal is shown no secret${hasScript ? '' : ' (skipped: no script)'}`, () => {
  const folder = newFolder();
  tool.run(folder, 'certificates', 'issue');
  for (const command of ['certificates issue --output secrets', 'secrets']) {
    const { stdout } = tool.shell(folder, `script -qec 'kubefate-tanzu ${command}' /dev/null </dev/null`);
    expect(stdout).toContain('standard output is a terminal');
    expect(stdout).not.toContain('kind: Secret');
  }
});

describe('no private key is shown', () => {
  /** Every line of it, which no other text has. */
  const seeds = [keys.rsa, keys.otherRsa, keys.ec, keys.shortRsa].flatMap((key) =>
    pemOf(key)
      .split('\n')
      .filter((line) => line.length > 20 && !line.includes('-----') && !line.startsWith('MII')),
  );
  const encoded = seeds.flatMap((line) => {
    const text = Buffer.from(line).toString('base64').replace(/=+$/, '');
    return [line, text.slice(4, -4), Buffer.from(line, 'base64').toString('hex').slice(2, -2)];
  });
  const expectNothingOf = (...texts: readonly string[]) => {
    for (const text of texts) expect(encoded.filter((seed) => text.includes(seed))).toEqual([]);
  };

  test('whatever is done with it, and whatever is wrong with it', async () => {
    expect(seeds.length).toBeGreaterThan(40);
    const folder = newFolder();
    const at = (...names: string[]) => join(folder, 'certificates', ...names);
    const own = memberFiles(at(), 30000, 'example.com');
    const outputs: Ran[] = [];
    const all = (json: string) => {
      for (const line of [
        'certificates ca --domain example.com',
        'certificates request --party 30000 --domain example.com',
        'certificates sign certificates/30000.example.com/request.pem --party 30000',
        'certificates sign certificates/30000.example.com/broker.key-pk8.pem --party 30000',
        'certificates issue',
        'certificates issue --renew --soon 3650',
        'certificates check',
        'certificates check certificates/30000.example.com/broker.key-pk8.pem',
        'certificates check certificates/30000.example.com/broker.cert.pem --key certificates/ca/ca.key.pem',
        'certificates check - < certificates/30000.example.com/broker.key-pk8.pem',
        'secrets broken/federation.yaml',
      ])
        outputs.push(tool.shell(folder, `kubefate-tanzu ${line}${json}`));
    };
    tool.shell(folder, 'mkdir -p certificates/30000.example.com broken');
    writeFileSync(at('ca/ca.key.pem'), pemOf(keys.rsa));
    writeFileSync(at('ca/ca.cert.pem'), await crafted({ subject: 'CN=ca.example.com', names: [], ca: true }));
    writeFileSync(join(folder, 'broken/federation.yaml'), pemOf(keys.rsa));
    const wrong = pemOf(keys.otherRsa);
    const broken = [
      wrong,
      pemOf(keys.ec),
      wrong.slice(0, 400),
      `{"kind": "Secret", ${wrong}`,
      wrong.replace('PRIVATE', 'RSA PRIVATE'),
    ];
    for (const [i, key] of broken.entries()) {
      writeFileSync(own.key, key);
      all(i % 2 === 0 ? '' : ' --json');
      rmSync(own.certificate, { force: true });
      rmSync(own.request, { force: true });
    }
    writeFileSync(own.request, await craftedRequest({ key: keys.otherRsa }));
    all('');
    expect(outputs.filter(({ status }) => status === 0).length).toBeGreaterThan(10);
    expect(outputs.filter(({ status }) => status !== 0).length).toBeGreaterThan(10);
    expect(outputs.filter(({ stderr }) => stderr.includes('fault of kubefate-tanzu'))).toEqual([]);
    expectNothingOf(...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]));
    expectNothingOf(...readdirSync(folder, { recursive: true, encoding: 'utf8' }));
  });

  test('and the search for it finds what Secrets hold', async () => {
    const folder = newFolder();
    tool.shell(folder, 'mkdir -p certificates/30000.example.com');
    writeFileSync(memberFiles(join(folder, 'certificates'), 30000, 'example.com').key, pemOf(keys.otherRsa));
    const { stdout } = tool.shell(folder, 'kubefate-tanzu certificates issue --output secrets');
    expect(encoded.some((seed) => stdout.includes(seed) || Buffer.from(stdout).toString().includes(seed))).toBe(true);
  });
});

describe('a run that is killed', () => {
  /** Kills the tool before the n-th time that a name appears or goes; its keys were made beforehand. */
  const killer = (folder: string) => {
    const path = join(folder, 'killer.cjs');
    writeFileSync(
      path,
      `const fs = require('node:fs'); const crypto = require('node:crypto');
       let left = Number(process.env.STEPS);
       const step = () => { if (left-- === 0) process.kill(process.pid, 'SIGKILL'); };
       for (const name of ['mkdirSync', 'linkSync', 'renameSync', 'rmSync']) {
         const own = fs[name];
         fs[name] = (path, ...rest) => { if (/certificates/.test(path)) step(); return own(path, ...rest); };
       }
       const key = crypto.createPrivateKey(${JSON.stringify(pemOf(keys.otherRsa))});
       crypto.generateKeyPair = (type, options, done) => done(null, crypto.createPublicKey(key), key);
       crypto.generateKeyPair[require('node:util').promisify.custom] = async () => ({ privateKey: key });`,
    );
    return path;
  };

  test.each([
    ['issue', 'certificates issue --party 30000', true],
    ['issue --new-key', 'certificates issue --party 30000 --soon 3650 --new-key', false],
    ['ca', 'certificates ca --domain example.com', true],
    ['ca --next', 'certificates ca --next', false],
    ['ca --switch', 'certificates ca --switch', false],
    ['request', 'certificates request --party 30000 --domain example.com', true],
  ])('%s leaves no half of a key, wherever it ends, and a second run completes it', (_, line, fromNothing) => {
    const start = newFolder();
    if (fromNothing && line.includes(' ca ')) rmSync(join(start, 'certificates'), { recursive: true });
    if (!fromNothing) tool.run(start, 'certificates', 'issue', '--party', '30000');
    if (line.includes('--switch')) {
      const require = `--require ${killer(start)}`;
      expect(
        tool.shell(start, `STEPS=1000000 NODE_OPTIONS='${require}' kubefate-tanzu certificates ca --next`).status,
      ).toBe(0);
    }
    let killed = 0;
    for (; ; killed++) {
      const folder = tool.folder();
      cpSync(start, folder, { recursive: true });
      const run = (steps: number) =>
        tool.shell(folder, `STEPS=${steps} NODE_OPTIONS='--require ${killer(folder)}' exec kubefate-tanzu ${line}`);
      const first = run(killed);
      for (const [path, text] of Object.entries(contentOf(folder)))
        if (/key[^/]*\.pem$/.test(path)) expect(privateKeyIn(text), `${path}, step ${killed}`).toBeDefined();
      const second = run(1_000_000);
      expect(second, `step ${killed}`).toMatchObject({ status: 0 });
      expect(
        Object.keys(contentOf(join(folder, 'certificates'))).filter((path) => path.includes('waiting')),
        `step ${killed}`,
      ).toEqual([]);
      if (first.status === 0) break;
    }
    expect(killed).toBeGreaterThan(line.includes('--switch') ? 1 : 4);
  });
});
