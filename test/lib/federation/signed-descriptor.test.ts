import { X509Certificate } from 'node:crypto';
import { sign } from 'jws';
import { beforeAll, describe, expect, test } from 'vitest';
import { isSignedDescriptor, readSignedDescriptor, signDescriptor } from '../../../lib/federation/signed-descriptor';
import { Problems } from '../../../lib/input/problems';
import { crafted, daysFromNow, keys, now, pemOf } from '../../support/certificates';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';
import { partyDescriptorOf } from '../../support/parties';

const authority = { name: 'CN=ca.example.com', key: keys.otherRsa };
const party = partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73');
const key = pemOf(keys.rsa);

let ca: string;
let certificate: string;
let signed: string;
beforeAll(async () => {
  ca = await crafted({ subject: authority.name, names: [], ca: true, key: authority.key });
  certificate = await crafted({ issuer: authority });
  signed = signDescriptor(party, { certificate, key });
});

function read(text: string, trust: { ca?: string; now?: Date } = {}) {
  const problems = Problems.none();
  const found = readSignedDescriptor(problems, text, { ca, now, ...trust });
  problems.throwIfAny('descriptor');
  return found;
}
const refusal = (text: string, trust?: { ca?: string; now?: Date }): string =>
  problemsOf(() => read(text, trust))
    .map(({ what }) => what)
    .join('; ');

/** Signed by whoever, with a header of one's own. */
const forged = (payload: unknown, header: object, signer = pemOf(keys.rsa), algorithm = 'RS256'): string =>
  sign({
    header: { alg: algorithm, typ: 'kubefate-descriptor', ...header } as never,
    payload: JSON.stringify(payload),
    privateKey: signer,
  });
const derOf = (...certificates: readonly string[]) =>
  certificates.map((pem) => new X509Certificate(pem).raw.toString('base64'));

test('a descriptor comes back as its member signed it, as one line of text', () => {
  expect(read(signed)).toEqual(party);
  expect(signed).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(read(`${signed}\r\n`)).toEqual(party);
  expect(isSignedDescriptor(`${signed}\n`)).toBe(true);
  expect(isSignedDescriptor(JSON.stringify(party))).toBe(false);
});

test('signed again, it is the same text: a stack that shows it does not change', () => {
  expect(signDescriptor(party, { certificate, key })).toBe(signed);
});

test("an exchange's is signed by proxy.<domain>", async () => {
  const descriptor = exchangeDescriptorOf();
  const own = await crafted({ subject: 'CN=proxy.example.com', names: ['proxy.example.com'], issuer: authority });
  expect(read(signDescriptor(descriptor, { certificate: own, key }))).toEqual(descriptor);
  expect(problemsOf(() => signDescriptor(descriptor, { certificate, key }))).toMatchObject([{ path: 'certificate' }]);
});

test('an authority in between comes with the signature', async () => {
  const between = { name: 'CN=between', key: keys.otherRsa };
  const root = { name: 'CN=root', key: keys.rsa };
  const rootText = await crafted({ subject: root.name, names: [], ca: true, key: root.key });
  const middle = await crafted({ subject: between.name, names: [], ca: true, key: between.key, issuer: root });
  const leaf = await crafted({ issuer: between });
  expect(read(signDescriptor(party, { certificate: leaf + middle, key }), { ca: rootText })).toEqual(party);
  expect(refusal(signDescriptor(party, { certificate: leaf, key }), { ca: rootText })).toMatch('not trusted');
});

test('while one authority takes the place of another, those of both are taken', async () => {
  const next = await crafted({ subject: 'CN=ca-2.example.com', names: [], ca: true });
  expect(read(signed, { ca: next + ca })).toEqual(party);
});

describe('refused is', () => {
  test('what was changed on its way', () => {
    const [header, , signature] = signed.split('.');
    const other = Buffer.from(JSON.stringify({ ...party, nginx: { address: '203.0.113.1', port: 9300 } }));
    expect(refusal([header, other.toString('base64url'), signature].join('.'))).toBe('was changed after it was signed');
    expect(refusal(`${header}.${other.toString('base64url')}.`)).toMatch('signed');
  });

  test('a certificate of nobody that is trusted: its own, or of an authority of the same name', async () => {
    const own = signDescriptor(party, { certificate: await crafted({}), key });
    expect(refusal(own)).toBe('is signed by "30000.example.com" of an authority that is not trusted');
    const namesake = await crafted({ issuer: { name: authority.name, key: keys.rsa } });
    expect(refusal(signDescriptor(party, { certificate: namesake, key }))).toMatch('not trusted');
    expect(refusal(signed, { ca: '' })).toMatch('not trusted');
  });

  test("a member that signs with another member's name", async () => {
    const other = await crafted({ subject: 'CN=40000.example.com', names: ['40000.example.com'], issuer: authority });
    expect(problemsOf(() => signDescriptor(party, { certificate: other, key })).map(({ path }) => path)).toEqual([
      'certificate',
    ]);
    const text = forged(party, { x5c: derOf(other) });
    expect(refusal(text)).toBe('is of "30000.example.com", and signed by "40000.example.com"');
  });

  test('a member that certifies another', async () => {
    const member = { name: 'CN=40000.example.com', key: keys.otherRsa };
    const certifier = await crafted({
      subject: member.name,
      names: ['40000.example.com'],
      key: member.key,
      issuer: authority,
    });
    const leaf = await crafted({ issuer: member });
    expect(refusal(signDescriptor(party, { certificate: leaf + certifier, key }))).toMatch('not trusted');
  });

  test('a certificate, or an authority, that has ended or does not hold yet', async () => {
    expect(refusal(signed, { now: daysFromNow(301) })).toMatch(
      /^the certificate of "30000.example.com" ended on .*; the certificate of "ca.example.com" ended/,
    );
    expect(refusal(signed, { now: daysFromNow(-2) })).toMatch('holds from');
    const old = await crafted({
      subject: authority.name,
      names: [],
      ca: true,
      key: authority.key,
      notAfter: daysFromNow(0),
    });
    expect(refusal(signed, { ca: old, now: daysFromNow(1) })).toMatch(/^the certificate of "ca.example.com" ended/);
  });

  test.each<[string, () => string]>([
    ['no signature at all', () => forged(party, { x5c: derOf(certificate) }, '', 'none')],
    [
      'a password that is the public certificate',
      () => forged(party, { x5c: derOf(certificate) }, certificate, 'HS256'),
    ],
    ['extensions that must be understood', () => forged(party, { x5c: derOf(certificate), crit: ['b64'], b64: false })],
    ['a key beside the certificate', () => forged(party, { x5c: derOf(certificate), jwk: {} })],
    ['another kind of document', () => forged(party, { x5c: derOf(certificate), typ: 'JWT' })],
    ['no certificate', () => forged(party, {})],
    ['certificates that are none', () => forged(party, { x5c: ['AAAA', null] })],
    ['certificates without an end', () => forged(party, { x5c: Array(100).fill(derOf(certificate)[0]) })],
    ['a header that is no map', () => `${Buffer.from('[]').toString('base64url')}.e30.AAAA`],
    ['a header that is no JSON', () => `${Buffer.from('{').toString('base64url')}.e30.AAAA`],
    ['nothing', () => ''],
    ['JSON', () => JSON.stringify(party)],
  ])('%s', (_, text) => {
    expect(refusal(text())).toBe('is no signed descriptor');
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a text', 'x'],
    ['a party without an id', { ...party, id: undefined }],
    ['an id that is no number', { ...party, id: { toString: 0 } }],
    ['another domain', { ...party, domain: 'example.org' }],
    ['no domain', { ...party, domain: ['example.com'] }],
  ])('what its signer is not: %s', (_, payload) => {
    expect(refusal(forged(payload, { x5c: derOf(certificate) }))).toMatch(
      /^is of ".*", and signed by "30000.example.com"$/,
    );
  });
});

test('a key that is not of the certificate signs nothing, and is not shown', () => {
  const other = pemOf(keys.otherRsa);
  const found = problemsOf(() => signDescriptor(party, { certificate, key: other }));
  expect(found).toMatchObject([{ path: 'key', what: 'does not belong to the certificate' }]);
  expect(JSON.stringify(problemsOf(() => signDescriptor(party, { certificate, key: 'secret' })))).not.toMatch('secret');
});

test('a text that holds nothing to sign with is told so, all at once', () => {
  const found = problemsOf(() => signDescriptor(party, { certificate: '', key: '' }));
  expect(found.map(({ path }) => path)).toEqual(['certificate', 'key']);
});
