import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { memberFiles } from '../../../commands/pki/folder';
import { secretForm } from '../../../lib/fate/secret-forms';
import {
  authorityOf,
  contentOf,
  crafted,
  daysFromNow,
  domain,
  folderWithAuthority,
  handshake,
  issueIn,
  keys,
  newFolder,
  now,
  pairOf,
  pemOf,
} from '../../support/certificates';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const openssl = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });

describe('what is issued', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await folderWithAuthority();
    await issueIn(folder, ['exchange', 30000, 40000]);
  });

  test.each([
    ['30000.example.com', 30000],
    ['proxy.example.com', 'exchange'],
  ] as const)('%s is a certificate of that name alone, for servers and clients, and no authority', (name, member) => {
    const { certificate, key } = pairOf(folder, member);
    const read = new X509Certificate(certificate);
    expect(read.subject).toBe(`CN=${name}`);
    expect(read.subjectAltName).toBe(`DNS:${name}`);
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(read.ca).toBe(false);
    expect(read.issuer).toBe('CN=ca.example.com');
    expect(secretForm('pulsarCertificate', 'key').fits(key)).toBe(true);
  });

  test('it holds from an hour before on, for 396 days', () => {
    const { validFrom, validTo } = new X509Certificate(pairOf(folder, 30000).certificate);
    const seconds = (from: Date, to: string) => Math.round((Date.parse(to) - from.getTime()) / 1000);
    expect(seconds(now, validFrom)).toBeCloseTo(-3600, -1);
    expect(seconds(daysFromNow(396), validTo)).toBeCloseTo(0, -1);
  });

  test('serial numbers are random, positive and all as long', () => {
    const serials = [30000, 40000, 'exchange' as const].map(
      (member) => new X509Certificate(pairOf(folder, member).certificate).serialNumber,
    );
    expect(new Set(serials).size).toBe(3);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  test('members know each other by TLS, both ways', async () => {
    const [exchange, one, other] = [pairOf(folder, 'exchange'), pairOf(folder, 30000), pairOf(folder, 40000)];
    expect(await handshake(one, other, '30000.example.com')).toEqual(['30000.example.com', '40000.example.com']);
    expect(await handshake(other, exchange, '40000.example.com')).toEqual(['40000.example.com', 'proxy.example.com']);
    await expect(handshake(one, other, '40000.example.com')).rejects.toThrow('does not match');
  });

  test('a member of another federation of the same name is let in by nobody', async () => {
    const elsewhere = await folderWithAuthority();
    await issueIn(elsewhere, [30000]);
    const stranger = { ...pairOf(elsewhere, 30000), ca: pairOf(folder, 30000).ca };
    await expect(handshake(pairOf(folder, 40000), stranger, '40000.example.com')).rejects.toThrow();
    await expect(handshake(stranger, pairOf(folder, 40000), '30000.example.com')).rejects.toThrow();
  });

  test.skipIf(!hasOpenssl)(
    `openssl finds nothing wrong, strict as it can be${hasOpenssl ? '' : ' (skipped: no openssl)'}`,
    () => {
      for (const member of ['exchange', 30000, 40000] as const) {
        const { certificate, ca, key, name } = memberFiles(folder, member, domain);
        const verified = openssl(
          'verify',
          '-x509_strict',
          '-purpose',
          'sslserver',
          '-verify_hostname',
          name,
          '-CAfile',
          ca,
          certificate,
        );
        expect(verified).toContain('OK');
        expect(openssl('verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', ca, certificate)).toContain('OK');
        expect(openssl('pkey', '-in', key, '-pubout')).toBe(openssl('x509', '-in', certificate, '-noout', '-pubkey'));
        const text = openssl('x509', '-in', certificate, '-noout', '-text');
        expect(text).toContain('sha256WithRSAEncryption');
        expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
        expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment\n/);
      }
      const authority = openssl('x509', '-in', join(folder, 'ca/ca.cert.pem'), '-noout', '-text');
      expect(authority).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
      expect(authority).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    },
  );

  test('all of it is for its owner alone, and is not taken by git', () => {
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const mode = statSync(join(entry.parentPath ?? entry.path, entry.name)).mode & 0o777;
      expect(mode, entry.name).toBe(entry.isDirectory() ? 0o700 : 0o600);
    }
  });

  test('a second run changes nothing, and says so; a new member is issued beside', async () => {
    const before = contentOf(folder);
    expect((await issueIn(folder, ['exchange', 30000])).map(({ action }) => action)).toEqual(['left', 'left']);
    expect(contentOf(folder)).toEqual(before);
    expect((await issueIn(folder, [30000, 50000])).map(({ action }) => action)).toEqual(['left', 'issued']);
    expect(contentOf(folder)).toMatchObject(before);
  });
});

describe('a certificate that is due', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await folderWithAuthority();
    await issueIn(folder, [30000], { days: 29 });
  });
  const certificate = () => new X509Certificate(pairOf(folder, 30000).certificate);

  test('is left, and named', async () => {
    const before = contentOf(folder);
    expect(await issueIn(folder, [30000])).toMatchObject([{ action: 'due' }]);
    expect(await issueIn(folder, [30000], { soonDays: 28 })).toMatchObject([{ action: 'left' }]);
    expect(contentOf(folder)).toEqual(before);
  });

  test('is renewed with its key, once', async () => {
    const before = pairOf(folder, 30000);
    expect(await issueIn(folder, [30000], { renew: 'with its key' })).toMatchObject([{ action: 'renewed' }]);
    const after = pairOf(folder, 30000);
    expect([after.key, after.ca]).toEqual([before.key, before.ca]);
    expect(certificate().publicKey.equals(new X509Certificate(before.certificate).publicKey)).toBe(true);
    expect(Date.parse(certificate().validTo)).toBeGreaterThan(daysFromNow(390).getTime());
    expect(await issueIn(folder, [30000], { renew: 'with its key' })).toMatchObject([{ action: 'left' }]);
    expect(pairOf(folder, 30000)).toEqual(after);
  });

  test('is renewed with a new key, and the old one is kept', async () => {
    const before = pairOf(folder, 30000);
    expect(await issueIn(folder, [30000], { renew: 'with a new key' })).toMatchObject([{ action: 'renewed' }]);
    const after = pairOf(folder, 30000);
    expect(after.key).not.toBe(before.key);
    expect(await handshake(after, after, '30000.example.com')).toHaveLength(2);
    const [kept] = readdirSync(join(folder, 'replaced'));
    expect(readFileSync(join(folder, 'replaced', `${kept}`, 'broker.key-pk8.pem'), 'utf8')).toBe(before.key);
  });

  test('never outlives its authority', async () => {
    await issueIn(folder, [40000], { days: 9999 });
    const { validTo } = new X509Certificate(pairOf(folder, 40000).certificate);
    expect(validTo).toBe(authorityOf(folder).certificate.validTo);
  });
});

test('a key that is there without a certificate gets one', async () => {
  const folder = await folderWithAuthority();
  await issueIn(folder, [30000]);
  const { certificate } = memberFiles(folder, 30000, domain);
  const before = pairOf(folder, 30000);
  rmSync(certificate);
  expect(await issueIn(folder, [30000])).toMatchObject([{ action: 'issued' }]);
  expect(pairOf(folder, 30000).key).toBe(before.key);
});

test('everything that is in the way is named at once, and nothing is written', async () => {
  const folder = await folderWithAuthority();
  const elsewhere = await folderWithAuthority();
  await issueIn(folder, [1, 2, 3, 4, 5]);
  await issueIn(elsewhere, [1]);
  const put = (member: number, file: 'certificate' | 'key', text: string) =>
    writeFileSync(memberFiles(folder, member, domain)[file], text);
  put(1, 'certificate', pairOf(elsewhere, 1).certificate);
  put(2, 'certificate', pairOf(folder, 3).certificate);
  put(3, 'key', pemOf(keys.ec));
  put(4, 'key', `${keys.rsa.export({ type: 'pkcs1', format: 'pem' })}`);
  put(5, 'certificate', 'no certificate');
  const before = contentOf(folder);
  const failing = issueIn(folder, [1, 2, 3, 4, 5, 6]);
  await expect(failing).rejects.toThrow(
    [
      `${folder}/1.example.com/broker.cert.pem: is of no authority here; `,
      `${folder}/2.example.com/broker.cert.pem: is of 3.example.com; `,
      `${folder}/3.example.com/broker.key-pk8.pem: is not of the form it needs; use an RSA key as PKCS#8`,
      `${folder}/4.example.com/broker.key-pk8.pem: is not of the form it needs; use an RSA key as PKCS#8`,
      `${folder}/5.example.com/broker.cert.pem: is no certificate; `,
    ].reduce(
      (pattern, part) => new RegExp(`${pattern.source}[^]*${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`),
      /nothing was issued/,
    ),
  );
  expect(contentOf(folder)).toEqual(before);
});

describe('an authority', () => {
  test('certifies members of its own domain only', async () => {
    const folder = await folderWithAuthority();
    await expect(issueIn(folder, [30000], { domain: 'example.org' })).rejects.toThrow(
      'certifies nobody of example.org',
    );
  });

  test.each([
    ['no authority', { ca: false }, 'is no authority'],
    [
      'certified by another',
      { ca: true, issuer: { name: 'CN=root', key: keys.otherRsa } },
      'itself certified by another',
    ],
    ['of another key', { ca: true, key: keys.otherRsa }, 'does not belong to the key beside it'],
  ] as const)('that is %s is refused', async (_, options, what) => {
    const folder = await folderWithAuthority();
    writeFileSync(join(folder, 'ca/ca.key.pem'), pemOf(keys.rsa));
    writeFileSync(
      join(folder, 'ca/ca.cert.pem'),
      await crafted({ subject: 'CN=ca.example.com', names: [], ...options }),
    );
    await expect(async () => issueIn(folder, [30000])).rejects.toThrow(what);
    expect(existsSync(memberFiles(folder, 30000, domain).folder)).toBe(false);
  });

  test('of an EC key is refused, which Pulsar 2.7 may not take', async () => {
    const folder = await folderWithAuthority();
    writeFileSync(join(folder, 'ca/ca.key.pem'), pemOf(keys.ec));
    await expect(async () => issueIn(folder, [30000])).rejects.toThrow('is no RSA key but EC');
  });

  test('that somebody brings certifies as the one that is made here', async () => {
    const folder = await folderWithAuthority();
    writeFileSync(join(folder, 'ca/ca.key.pem'), pemOf(keys.rsa));
    writeFileSync(join(folder, 'ca/ca.cert.pem'), await crafted({ subject: 'CN=FML, O=Org', names: [], ca: true }));
    await issueIn(folder, [30000, 40000]);
    const [one, other] = [pairOf(folder, 30000), pairOf(folder, 40000)];
    expect(await handshake(one, other, '30000.example.com')).toEqual(['30000.example.com', '40000.example.com']);
  });

  test('is asked for where there is none', async () => {
    await expect(async () => issueIn(newFolder(), [30000])).rejects.toThrow('holds no authority');
  });
});
