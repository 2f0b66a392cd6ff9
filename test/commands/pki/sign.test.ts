import { createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signingAuthorities } from '../../../commands/pki/authorities';
import { memberFiles } from '../../../commands/pki/folder';
import { fingerprint } from '../../../commands/pki/pem';
import { request } from '../../../commands/pki/requests';
import { type SignOptions, sign } from '../../../commands/pki/sign';
import * as x509 from '../../../lib/input/x509-library';
import {
  contentOf,
  craftedRequest,
  domain,
  folderWithAuthority,
  handshake,
  issueIn,
  keys,
  newFolder,
  now,
  pairOf,
} from '../../support/certificates';
import { wrongRequests } from '../../support/wrong-requests';

let folder: string;
beforeAll(async () => {
  folder = await folderWithAuthority();
});
beforeEach(() => {
  for (const member of [30000, 'exchange'] as const)
    rmSync(memberFiles(folder, member, domain).folder, { recursive: true, force: true });
});

const signing = (text: string, options: Partial<SignOptions> = {}) =>
  sign(text, signingAuthorities(folder), { folder, domain, member: 30000, days: 396, now, ...options });

const faultsOf = async (text: string, options?: Partial<SignOptions>) => {
  const signed = await signing(text, options);
  expect(existsSync(memberFiles(folder, 30000, domain).certificate)).toBe(false);
  return 'faults' in signed ? signed.faults : [];
};

test('an organisation keeps its key, sends a request, and is a member with what comes back', async () => {
  const organisation = join(newFolder(), 'certificates');
  const { files, publicKey } = await request(organisation, 30000, domain, 2048);
  expect(Object.keys(contentOf(organisation)).sort()).toEqual([
    '.gitignore',
    '30000.example.com/broker.key-pk8.pem',
    '30000.example.com/request.pem',
  ]);
  const signed = await signing(readFileSync(files.request, 'utf8'), { fingerprint: fingerprint(publicKey) });
  if ('faults' in signed) throw new Error(signed.faults.join('\n'));
  expect(Object.keys(contentOf(signed.files.folder)).sort()).toEqual(['broker.cert.pem', 'ca.cert.pem']);
  for (const file of ['certificate', 'ca'] as const) writeFileSync(files[file], readFileSync(signed.files[file]));
  await issueIn(folder, ['exchange']);
  const pairs = [pairOf(organisation, 30000), pairOf(folder, 'exchange')] as const;
  expect(await handshake(...pairs, '30000.example.com')).toEqual(['30000.example.com', 'proxy.example.com']);
});

test('a second request is the first one, unless its key is another', async () => {
  const organisation = newFolder();
  const { files } = await request(organisation, 30000, domain, 2048);
  const before = contentOf(organisation);
  expect(await request(organisation, 30000, domain, 2048)).toMatchObject({ isNew: false });
  expect(contentOf(organisation)).toEqual(before);
  writeFileSync(files.key, keys.rsa.export({ type: 'pkcs8', format: 'pem' }));
  const again = await request(organisation, 30000, domain, 2048);
  expect(again.isNew).toBe(true);
  expect(again.publicKey.equals(createPublicKey(keys.rsa))).toBe(true);
});

test.each(wrongRequests('30000.example.com'))('a request $what is refused', async ({ text, said }) => {
  expect(await faultsOf(await text())).toEqual([expect.stringContaining(said)]);
});

test('a request of a common name alone, or of a whole subject, is taken: the certificate has names of its own', async () => {
  for (const name of ['CN=30000.example.com', 'C=AT, O=Organisation, CN=30000.example.com']) {
    const signed = await signing(await craftedRequest({ name }));
    expect(signed).toMatchObject({ certificate: { subject: 'CN=30000.example.com' } });
  }
});

test('what stands around a request is passed over', async () => {
  const text = `Certificate Request:\n    Data:\n${await craftedRequest({})}sent by us\n`;
  expect(await signing(text)).toHaveProperty('certificate');
});

test('what else is wrong comes at once', async () => {
  const options = {
    name: 'CN=40000.example.com',
    key: keys.shortRsa,
    extensions: [new x509.BasicConstraintsExtension(true)],
  };
  expect(await faultsOf(await craftedRequest(options), { fingerprint: '00' })).toHaveLength(4);
});

test('names in a request cannot write to a terminal', async () => {
  const [fault, ...more] = await faultsOf(await craftedRequest({ name: 'CN=30000.example.com\u001b[2J' }));
  expect([fault, ...more].join('')).toContain('\\u001b');
  expect([fault, ...more].join('')).not.toContain('\u001b');
});

describe('the key that was told by another way', () => {
  test.each([
    ['as it is printed', (text: string) => text],
    ['with colons and in capitals', (text: string) => text.replaceAll(' ', ':').toUpperCase()],
  ])('is taken %s', async (_, spelled) => {
    const told = spelled(fingerprint(keys.rsa));
    expect(await signing(await craftedRequest({}), { fingerprint: told })).toHaveProperty('certificate');
  });

  test('is compared in full', async () => {
    const told = fingerprint(keys.rsa).slice(0, -1);
    expect(await faultsOf(await craftedRequest({}), { fingerprint: told })).toEqual([
      expect.stringContaining(`has the fingerprint ${fingerprint(keys.rsa)}`),
    ]);
  });
});

test('whoever has a certificate gets no second one for another key, and another one for the same', async () => {
  await signing(await craftedRequest({}));
  const { certificate } = memberFiles(folder, 30000, domain);
  const before = readFileSync(certificate, 'utf8');
  const other = await signing(await craftedRequest({ key: keys.otherRsa }));
  expect(other).toEqual({ faults: [expect.stringContaining('its key is another one than 30000.example.com has')] });
  expect(readFileSync(certificate, 'utf8')).toBe(before);
  expect(await signing(await craftedRequest({}))).toHaveProperty('certificate');
});

test('a member whose key is elsewhere keeps its certificate, which is renewed for the same key', async () => {
  await signing(await craftedRequest({}), { days: 20 });
  expect(await issueIn(folder, [30000])).toMatchObject([{ action: 'due', hasKey: false }]);
  await issueIn(folder, [30000], { renew: 'with its key' });
  const files = memberFiles(folder, 30000, domain);
  const renewed = new X509Certificate(readFileSync(files.certificate));
  expect(renewed.publicKey.equals(createPublicKey(keys.rsa))).toBe(true);
  expect(existsSync(files.key)).toBe(false);
  await expect(issueIn(folder, [30000], { renew: 'with a new key' })).rejects.toThrow('make another request');
});
