import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { inspect, type Material } from '../../../commands/pki/inspect';
import * as x509 from '../../../lib/input/x509-library';
import {
  authorityOf,
  type Crafted,
  crafted,
  daysFromNow,
  folderWithAuthority,
  handshake,
  issueIn,
  keys,
  newFolder,
  now,
  pairOf,
  pemOf,
} from '../../support/certificates';

let sound: Material;
let authority: { readonly name: string; readonly key: typeof keys.rsa; readonly pem: string };
beforeAll(async () => {
  const folder = await folderWithAuthority();
  await issueIn(folder, [30000]);
  sound = { source: 'here', ...pairOf(folder, 30000), secret: 'pulsarCertificate', name: '30000.example.com' };
  const { key, certificate } = authorityOf(folder);
  authority = { name: 'CN=ca.example.com', key, pem: `${certificate}` };
});

const faultsOf = (material: Material, options = {}) =>
  inspect(material, { now, soonDays: 30, ...options }).faults.map(({ what, remedy }) => {
    expect(remedy).not.toBe('');
    return what;
  });

test('nothing is wrong with what is made here', () => {
  expect(inspect(sound, { now, soonDays: 30, ca: authority.pem })).toMatchObject({
    name: '30000.example.com',
    issuer: 'ca.example.com',
    daysLeft: 395,
    faults: [],
  });
});

/** A certificate that somebody else made, of our authority. */
const ours = async (options: Crafted): Promise<Material> => ({
  ...sound,
  certificate: await crafted({ issuer: authority, key: keys.rsa, ...options }),
  key: pemOf(options.key ?? keys.rsa),
});
const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
const { keyEncipherment, digitalSignature } = x509.KeyUsageFlags;

test.each<[string, Crafted, string]>([
  ['ended', { notAfter: daysFromNow(-3) }, 'ended on '],
  ['ends soon', { notAfter: daysFromNow(12) }, 'ends on '],
  ['does not hold yet, or a clock is wrong', { notBefore: daysFromNow(1) }, 'and this clock says '],
  [
    'has another common name',
    { subject: 'CN=40000.example.com' },
    'is of 40000.example.com and not of 30000.example.com',
  ],
  ['has no common name', { subject: 'O=Organisation' }, 'is of nobody and not of 30000.example.com'],
  ['has no alternative name', { names: [] }, 'has no alternative name DNS:30000.example.com'],
  [
    'has that of another member too',
    { names: ['30000.example.com', '40000.example.com'] },
    'can be taken for 40000.example.com too',
  ],
  [
    'has that of everybody too',
    { names: ['30000.example.com', '*.example.com'] },
    'can be taken for *.example.com too',
  ],
  ['is not for servers', { extendedKeyUsage: [clientAuth] }, 'is not for servers (serverAuth)'],
  ['is not for clients', { extendedKeyUsage: [serverAuth] }, 'is not for clients (clientAuth)'],
  ['may not sign', { keyUsage: keyEncipherment }, 'its key may not sign (digitalSignature)'],
  ['is an authority', { ca: true }, 'is an authority itself, and could certify members'],
  ['has a short key', { key: keys.shortRsa }, 'its key has 1024 bits'],
  ['has a weak exponent', { key: keys.oddRsa }, 'its key has the public exponent 3'],
  ['is signed with SHA-1', { hash: 'SHA-1' }, 'is signed with SHA-1'],
  [
    'asks for what nobody knows',
    { extensions: [new x509.Extension('1.2.3.4', true, Uint8Array.of(5, 0))] },
    'asks for what TLS does not know (1.2.3.4, critical)',
  ],
])('one that %s is found', async (_, options, what) => {
  expect(faultsOf(await ours(options))).toEqual([expect.stringContaining(what)]);
});

test('an EC certificate is found with its key, in whatever form that is', async () => {
  const { certificate } = await ours({ key: keys.ec });
  const sec1 = `${keys.ec.export({ type: 'sec1', format: 'pem' })}`;
  expect(faultsOf({ ...sound, certificate, key: pemOf(keys.ec) })).toEqual([
    'its key is no RSA key but EC',
    'its key is not of the form it needs',
  ]);
  expect(faultsOf({ ...sound, certificate, key: sec1 })).toEqual([
    'its key is no RSA key but EC',
    'its key is an EC key',
  ]);
});

test('usages that are not named are all allowed, and names of other domains are nobody here', async () => {
  expect(faultsOf(await ours({ extendedKeyUsage: [] }))).toEqual([]);
  expect(faultsOf(await ours({ keyUsage: digitalSignature }))).toEqual([]);
  expect(faultsOf(await ours({ names: ['30000.example.com', 'pulsar.fate-30000.svc'] }))).toEqual([]);
});

describe('a key', () => {
  test('of another certificate is found', () => {
    expect(faultsOf({ ...sound, key: pemOf(keys.rsa) })).toEqual(['does not belong to its key']);
    expect(faultsOf({ ...sound, key: pemOf(keys.ec) })).toContain('does not belong to its key');
  });

  test('as PKCS#1 is found where PKCS#8 is needed, and there alone', async () => {
    const pkcs1 = { ...(await ours({})), key: `${keys.rsa.export({ type: 'pkcs1', format: 'pem' })}` };
    expect(faultsOf(pkcs1)).toEqual(['its key is PKCS#1']);
    expect(faultsOf({ ...pkcs1, secret: undefined })).toEqual([]);
  });

  test('beside another one is found: programs differ on which of them is meant', () => {
    for (const key of [`${sound.key}${pemOf(keys.ec)}`, `${pemOf(keys.ec)}${sound.key}`])
      expect(faultsOf({ ...sound, key })).toEqual(['has several keys']);
  });

  test('that is encrypted or broken is found', () => {
    const encrypted = keys.rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' });
    expect(faultsOf({ ...sound, key: `${encrypted}` })).toEqual(['its key is encrypted']);
    expect(faultsOf({ ...sound, key: 'hello' })).toEqual(['its key cannot be read']);
  });
});

describe('the chain', () => {
  test('of another authority is found, of the same name too', async () => {
    const stranger = { name: 'CN=root.example.com', key: keys.otherRsa };
    expect(faultsOf({ ...sound, ...(await ours({ issuer: stranger })) })).toEqual([
      'is of an authority that is not trusted: CN=root.example.com',
    ]);
    expect(faultsOf(await ours({ issuer: { ...authority, key: keys.otherRsa } }))).toEqual([
      'is not signed by the authority of that name',
    ]);
  });

  test('is compared with authorities that are given', async () => {
    const other = await crafted({ subject: 'CN=ca.example.com', names: [], ca: true, key: keys.otherRsa });
    expect(faultsOf(sound, { ca: other })).toEqual([
      'an authority that was given is not among those that it comes with',
      'is not signed by the authority of that name',
    ]);
    expect(faultsOf({ ...sound, ca: undefined }, { ca: authority.pem })).toEqual([]);
    expect(faultsOf({ ...sound, ca: `${authority.pem}${other}` }, { ca: authority.pem })).toEqual([]);
  });

  /** Of an authority `root` that has no limits, through another one. */
  const through = async (between: Crafted, root: Crafted = {}): Promise<Material> => {
    const [top, lower] = [
      { name: 'CN=root', key: keys.rsa },
      { name: 'CN=between', key: keys.otherRsa },
    ];
    const ca = await crafted({ subject: top.name, names: [], ca: true, key: top.key, ...root });
    const authority = { subject: lower.name, names: [], ca: true, key: lower.key, issuer: top, ...between };
    const certificates = [await crafted({ issuer: lower }), await crafted(authority)];
    return { source: 'here', certificate: certificates.join(''), ca };
  };

  test('goes through authorities between', async () => {
    const whole = await through({});
    expect(faultsOf(whole)).toEqual([]);
    expect(faultsOf(whole, { ca: whole.ca })).toEqual([]);
    const [certificate = ''] = `${whole.certificate}`.split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(faultsOf({ ...whole, certificate })).toEqual(['is of an authority that is not trusted: CN=between']);
  });

  test.each<[string, Crafted, string]>([
    ['that ended', { notAfter: daysFromNow(-1) }, 'its authority between ended on'],
    ['that ends soon', { notAfter: daysFromNow(9) }, 'its authority between ends on'],
  ])('through an authority %s is found, once', async (_, between, what) => {
    const found = await through(between);
    expect(faultsOf(found, { ca: found.ca })).toEqual([expect.stringContaining(what)]);
  });

  test('has to lead to an authority that signed itself: TLS trusts none below it, although it is given', async () => {
    const { certificate = '', ca = '' } = await through({});
    const [own = '', between = ''] = certificate.split(/(?<=-----END CERTIFICATE-----\n)/);
    const pair = (ca: string) => ({ certificate: own, key: pemOf(keys.rsa), ca });
    const end = 'its authority between is itself certified by one that is not trusted';
    expect(faultsOf({ source: 'here', ...pair(between) })).toEqual([expect.stringContaining(end)]);
    const name = '30000.example.com';
    await expect(handshake(pair(between), pair(between), name)).rejects.toThrow();
    expect(faultsOf({ source: 'here', ...pair(between + ca) })).toEqual([]);
    expect(await handshake(pair(between + ca), pair(between + ca), name)).toEqual([name, name]);
  });

  test('through more authorities than one allows is found', async () => {
    const limited = 'its authority root allows for 0 others below it, and there is 1';
    expect(faultsOf(await through({}, { pathLength: 0 }))).toEqual([limited]);
    expect(faultsOf(await through({ pathLength: 0 }, { pathLength: 1 }))).toEqual([]);
  });

  test.each<[string, Crafted, string]>([
    ['that ended', { notAfter: daysFromNow(-1) }, 'its authority CN ended on'],
    ['that ends soon', { notAfter: daysFromNow(9) }, 'its authority CN ends on'],
    ['that is none', { ca: false }, 'its authority CN is none (CA:TRUE)'],
    ['of a short key', { key: keys.shortRsa }, 'its authority CN has a key that has 1024 bits'],
  ])('of an authority %s is found', async (_, options, what) => {
    const made = { subject: 'CN=root', names: [], ca: true, key: keys.otherRsa, ...options };
    const ca = await crafted(made);
    const certificate = await crafted({ issuer: { name: 'CN=root', key: made.key } });
    expect(faultsOf({ source: 'here', certificate, ca })).toEqual([
      expect.stringContaining(what.replace('CN', 'root')),
    ]);
  });
});

describe('a file of authorities', () => {
  const alone = (certificate: string, more: Partial<Material> = {}): Material => ({
    source: 'here',
    certificate,
    ...more,
  });
  const made = (options: Crafted) => crafted({ subject: 'CN=root', names: [], ca: true, ...options });

  test('is judged as such, unless it is said to be a member', async () => {
    expect(faultsOf(alone(authority.pem))).toEqual([]);
    expect(faultsOf(alone(authority.pem + (await made({ key: keys.otherRsa }))))).toEqual([]);
    expect(faultsOf(alone(authority.pem, { name: 'ca.example.com' }))).toContain(
      'is an authority itself, and could certify members',
    );
    expect(faultsOf(alone(await ours({ ca: true }).then(({ certificate }) => `${certificate}`)))).toContain(
      'is an authority itself, and could certify members',
    );
  });

  test('is as good as each of them, and its key', async () => {
    const [ended, short] = [await made({ notAfter: daysFromNow(-1) }), await made({ key: keys.shortRsa })];
    expect(faultsOf(alone(authority.pem + ended + short))).toEqual([
      expect.stringMatching(/^its authority root ended on /),
      'its authority root has a key that has 1024 bits',
    ]);
    expect(faultsOf(alone(authority.pem, { key: pemOf(keys.ec) }))).toEqual(['does not belong to its key']);
    expect(faultsOf(alone(authority.pem, { key: pemOf(authority.key) }))).toEqual([]);
  });
});

test('everything comes at once', async () => {
  const wrong = await crafted({
    subject: 'CN=40000.example.com',
    names: [],
    ca: true,
    key: keys.shortRsa,
    hash: 'SHA-1',
    notAfter: daysFromNow(-1),
    keyUsage: keyEncipherment,
  });
  expect(faultsOf({ ...sound, certificate: wrong, key: pemOf(keys.ec), ca: 'nothing' })).toHaveLength(9);
});

test.each(['', 'hello', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'])(
  '%j is no certificate',
  (certificate) => {
    expect(faultsOf({ ...sound, certificate })).toEqual(['is no certificate']);
  },
);

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const reason = hasOpenssl ? '' : ' (skipped: no openssl)';
describe.skipIf(!hasOpenssl)(`what openssl makes${reason}`, () => {
  let folder: string;
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');

  /** As KubeFATE's documents have it, with one difference each. */
  function made(extensions: string, days: string, ...key: string[]): Material {
    folder = newFolder();
    mkdirSync(folder, { recursive: true });
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '7300',
      '-subj',
      '/CN=CARoot',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
    );
    openssl(
      'req',
      '-newkey',
      ...key,
      '-nodes',
      '-subj',
      '/CN=30000.example.com',
      '-keyout',
      'key.pem',
      '-out',
      'csr.pem',
    );
    writeFileSync(join(folder, 'ext'), extensions);
    openssl(
      'x509',
      '-req',
      '-days',
      days,
      '-in',
      'csr.pem',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-extfile',
      'ext',
      '-out',
      'cert.pem',
    );
    return { ...sound, certificate: text('cert.pem'), key: text('key.pem'), ca: text('ca.pem') };
  }

  /** Whoever made it dates it from the second in which it did. */
  const faultsOfMade = (material: Material) => faultsOf(material, { now: new Date(Date.now() + 1000) });
  const names = 'subjectAltName=DNS:30000.example.com\n';
  const usages = 'extendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=CA:FALSE\n';

  test('holds where it is right', () => {
    expect(faultsOfMade(made(`${names}${usages}`, '1000', 'rsa:2048'))).toEqual([]);
  });

  test('is found where it is not', () => {
    expect(faultsOfMade(made('extendedKeyUsage=serverAuth\n', '20', 'rsa:2048'))).toEqual([
      expect.stringContaining('ends on '),
      'has no alternative name DNS:30000.example.com',
      'is not for clients (clientAuth)',
    ]);
    expect(faultsOfMade(made(`${names}${usages}`, '1000', 'rsa:1024'))).toEqual(['its key has 1024 bits']);
    expect(faultsOfMade(made(`${names}${usages}`, '1000', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'))).toEqual([
      'its key is no RSA key but EC',
      'its key is not of the form it needs',
    ]);
  });

  test('with a key as openssl 1.0 wrote it, PKCS#1, is found', () => {
    const material = made(`${names}${usages}`, '1000', 'rsa:2048');
    openssl('rsa', '-traditional', '-in', 'key.pem', '-out', 'pkcs1.pem');
    expect(faultsOfMade({ ...material, key: text('pkcs1.pem') })).toEqual(['its key is PKCS#1']);
  });
});
