import 'reflect-metadata'; // asked for by parts of @peculiar/x509
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ExchangeConfig, exchangeStack } from '../../../stacks/exchange';
import { partyDescriptorOf } from '../../support/parties';
import { failureOf, type Recording, record, unknown, type World } from '../../support/pulumi-recorder';
import { certifyingCluster, exchangeSecrets, types } from '../../support/stacks';
import { certificateRequest, names } from '../../support/tls';
import { type WrongRequest, wrongRequests } from '../../support/wrong-requests';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'requests-'));
  process.env['PULUMI_NODEJS_ROOT_DIRECTORY'] = directory;
  writeFileSync(join(directory, '40000.json'), JSON.stringify(partyDescriptorOf(40000, '192.0.2.165', '192.0.2.164')));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
  delete process.env['PULUMI_NODEJS_ROOT_DIRECTORY'];
});

const federation = { domain: 'example.com' };
const first = partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73');
const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const resource = certifyingCluster();

const stack =
  (more: Partial<ExchangeConfig> = {}) =>
  () =>
    exchangeStack({ federation, certificates: { authority: true }, ...more });
const deploy = (more?: Partial<ExchangeConfig>, world: World = {}) => record(stack(more), { resource, ...world });

const authorityOf = (run: Recording) => new X509Certificate(`${run.outputs['authority']}`);
const certificatesOf = (run: Recording) => run.outputs['certificates'] as Readonly<Record<string, string>>;
const secretOf = (run: Recording): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(Object(run.get(types.secret, 'fate-exchange/traffic-server-cert').inputs['data'])).map(
      ([key, value]) => [key, Buffer.from(`${value}`, 'base64').toString()],
    ),
  );
const isOf = (certificate: X509Certificate, name: string, authority: X509Certificate) => {
  expect(certificate.subject).toBe(`CN=${name}`);
  expect(certificate.subjectAltName).toBe(`DNS:${name}`);
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  expect(certificate.ca).toBe(false);
  expect([certificate.checkIssued(authority), certificate.verify(authority.publicKey)]).toEqual([true, true]);
};

test('the exchange has a certificate of its own authority, whose certificate is told', async () => {
  const run = await deploy();
  const authority = authorityOf(run);
  expect([authority.subject, authority.ca, authority.verify(authority.publicKey)]).toEqual([
    'CN=ca.example.com',
    true,
    true,
  ]);
  const secret = secretOf(run);
  expect(secret['ca.cert.pem']).toBe(run.outputs['authority']);
  const certificate = new X509Certificate(secret['proxy.cert.pem'] ?? '');
  isOf(certificate, 'proxy.example.com', authority);
  expect(certificate.checkPrivateKey(createPrivateKey(secret['proxy.key.pem'] ?? ''))).toBe(true);
  expect(run.warnings()).toEqual([]);
});

test('no key is an output, and every one is secret on its way', async () => {
  const run = await deploy();
  expect(run.outputs).toMatchObject({ certificates: {}, authority: expect.stringMatching('BEGIN CERTIFICATE') });
  expect(run.secretOutputs).toEqual([]);
  expect(JSON.stringify([run.outputs, run.registeredOutputs])).not.toMatch('PRIVATE KEY');
  for (const { name, inputs, secretInputs } of run.resources)
    for (const [input, value] of Object.entries(inputs))
      if (`${JSON.stringify(value)}`.includes('PRIVATE KEY')) expect(secretInputs, name).toContain(input);
  expect(run.ofType(types.key).map(({ inputs }) => inputs['rsaBits'])).toEqual([4096, 2048]);
});

test("the authority's key alone outlives the stack, and its certificate may be renewed with it", async () => {
  const run = await deploy();
  expect(run.resources.filter(({ options }) => options.protect).map(({ key }) => key)).toEqual([
    `${types.key}::authority/key`,
  ]);
  expect(run.resources.filter(({ options }) => options.retainOnDelete)).toEqual([]);
});

test('certificates are renewed a month before they end, and the authority before it would end under one', async () => {
  const run = await deploy();
  const lifetime = (type: string, name: string) => {
    const { validityPeriodHours, earlyRenewalHours } = run.get(type, name).inputs;
    return [validityPeriodHours, earlyRenewalHours].map((hours) => Number(hours) / 24);
  };
  expect(lifetime(types.signed, 'exchange')).toEqual([396, 30]);
  expect(lifetime(types.selfSigned, 'authority')).toEqual([3650, 426]);
  const short = await deploy({ certificates: { authority: true, days: 30, authorityDays: 100 } });
  expect(short.get(types.signed, 'exchange').inputs).toMatchObject({
    validityPeriodHours: 30 * 24,
    earlyRenewalHours: 10 * 24,
  });
});

test('a party whose stack asks for a certificate gets one for its key, and a request in a file does, too', async () => {
  const request = (name: string) => certificateRequest(key, name, names([name]));
  writeFileSync(join(directory, '40000.csr'), await request('40000.example.com'));
  const stacks = {
    'acme/kubefate-tanzu/party-30000': {
      descriptor: first,
      certificateRequest: await request('30000.example.com'),
    },
  };
  const parties = [{ stack: 'party-30000' }, { id: 40000, file: '40000.json', unsigned: true, request: '40000.csr' }];
  const run = await deploy({ parties }, { stacks });
  expect(Object.keys(certificatesOf(run))).toEqual(['30000', '40000']);
  for (const [id, chain] of Object.entries(certificatesOf(run))) {
    const [certificate, authority] = chain.split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(authority).toBe(run.outputs['authority']);
    const signed = new X509Certificate(certificate ?? '');
    isOf(signed, `${id}.example.com`, authorityOf(run));
    expect(signed.checkPrivateKey(key)).toBe(true);
  }
  expect(run.warnings()).toEqual([]);
});

test.each([{ utf8String: '40000.example.com' }, { printableString: '40000.example.com' }])(
  'a request is taken in the name %j, as openssl and Go write it',
  async (name) => {
    const own = '40000.example.com';
    writeFileSync(join(directory, 'form.csr'), await certificateRequest(key, [{ CN: [name] }], names([own])));
    const run = await deploy({ parties: [{ id: 40000, file: '40000.json', unsigned: true, request: 'form.csr' }] });
    isOf(new X509Certificate(certificatesOf(run)['40000'] ?? ''), own, authorityOf(run));
  },
);

test('a party that asks for none gets a route and a warning', async () => {
  const stacks = { 'acme/kubefate-tanzu/party-30000': { descriptor: first } };
  const parties = [{ stack: 'party-30000' }, { id: 40000, file: '40000.json', unsigned: true }];
  const run = await deploy({ parties }, { stacks });
  expect(run.outputs).toMatchObject({ certificates: {}, routes: [{}, {}] });
  expect(run.warnings()).toEqual([
    'parties[0] (stack acme/kubefate-tanzu/party-30000) has no signing request, and gets no certificate: set `certificates` there',
    'parties[1] (file 40000.json) has no signing request, and gets no certificate: name the file that has its output `certificateRequest` by `request`',
  ]);
});

test('a preview names every key and certificate before there are any, and finds nothing to change in them afterwards', async () => {
  const update = await deploy();
  const preview = await deploy({}, { preview: true });
  expect(preview.resources.map(({ key }) => key).sort()).toEqual(update.resources.map(({ key }) => key).sort());
  expect(preview.outputs['authority']).toBe(unknown);
  const later = await deploy({}, { preview: true, deployed: () => true });
  expect(later.outputs['authority']).toBe(update.outputs['authority']);
  expect(secretOf(later)).toEqual(secretOf(update));
});

describe('a request is refused', () => {
  const own = '40000.example.com';
  const with40000 = (name: string | x509.JsonName = own) => certificateRequest(key, name, names([own]));
  const wrong: readonly Pick<WrongRequest, 'what' | 'text' | 'said' | 'ofNames'>[] = [
    ...wrongRequests(own),
    { what: 'of a common name alone', text: () => certificateRequest(key, own, []), said: 'names ""', ofNames: true },
    {
      what: 'with more in its subject',
      text: () => with40000([{ CN: [own] }, { O: ['Example'] }]),
      said: '"CN=40000.example.com, O=Example"',
      ofNames: true,
    },
  ];

  test.each(wrong)('$what', async ({ text, said, ofNames }) => {
    writeFileSync(join(directory, 'wrong.csr'), await text());
    const parties = [{ id: 40000, file: '40000.json', unsigned: true, request: 'wrong.csr' }];
    const { message, recording } = await failureOf(stack({ parties }), { resource });
    const problems = message.split('\n').slice(1);
    expect(problems).toEqual([expect.stringContaining(said)]);
    expect(problems[0]).toContain(`  parties[0] (file 40000.json).request: ${ofNames ? 'is of "' : said}`);
    expect(recording.resources).toEqual([]);
  });

  test("where a stack's output is another party's", async () => {
    const stacks = {
      'acme/kubefate-tanzu/party-30000': { descriptor: first, certificateRequest: await with40000() },
    };
    const { message } = await failureOf(stack({ parties: [{ stack: 'party-30000' }] }), { resource, stacks });
    expect(message).toMatch('(stack acme/kubefate-tanzu/party-30000).request: is of "CN=40000.example.com"');
  });

  test.each([
    ['missing.csr', 'cannot be read (ENOENT'],
    [7, '7 is no name'],
  ])('where its file is %j', async (request, expected) => {
    const parties = [{ id: 40000, file: '40000.json', unsigned: true, request: request as string }];
    const { message } = await failureOf(stack({ parties }), { resource });
    expect(message).toContain(`parties[0] (file 40000.json).request: ${expected}`);
  });
});

test.each<[string, Partial<Record<keyof ExchangeConfig, unknown>>, string]>([
  [
    'values beside those that the stack makes',
    { secrets: exchangeSecrets },
    'secrets.trafficServerCertificate: is given beside certificates, which make one; use one of the two',
  ],
  ['an authority that is none', { certificates: { authority: false } }, 'certificates.authority: false is no choice'],
  ['no map', { certificates: 'yes' }, 'certificates: "yes" is no map; use { authority: true }'],
  ['an unknown key', { certificates: { authority: true, day: 7 } }, 'certificates.day: is not known here'],
  ['a day', { certificates: { authority: true, days: 1 } }, 'certificates.days: 1 is out of range; use 7 to 3650'],
  [
    'a number of days that is none',
    { certificates: { authority: true, days: { toString: 0 } } },
    'certificates.days: ',
  ],
  [
    "an authority that a member's certificate outlives",
    { certificates: { authority: true, days: 100, authorityDays: 100 } },
    'certificates.authorityDays: 100 is out of range; use 230 to',
  ],
])('%s is refused', async (_, more, expected) => {
  const { message, recording } = await failureOf(stack(more as Partial<ExchangeConfig>), { resource });
  expect(message).toContain(`  ${expected}`);
  expect(recording.resources).toEqual([]);
});

test('without them, what is missing is said with both ways to have it', async () => {
  const { message } = await failureOf(stack({ certificates: undefined }), { resource });
  expect(message).toMatch(
    'secrets.trafficServerCertificate.key: is missing; set it as a secret, name a Secret that has it by existingSecret, or have the stack make one: certificates',
  );
});
