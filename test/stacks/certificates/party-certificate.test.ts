import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PartyConfig, partyStack } from '../../../stacks/party';
import { exchangeDescriptorOf } from '../../support/declarations';
import { failureOf, type Recording, record, type World } from '../../support/pulumi-recorder';
import { certifyingCluster, partySecrets, types } from '../../support/stacks';
import { tlsOutputs } from '../../support/tls';

const exchangeName = 'acme/kubefate-tanzu/exchange';
const descriptor = exchangeDescriptorOf();
const resource = certifyingCluster();

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'certificates-'));
  process.env['PULUMI_NODEJS_ROOT_DIRECTORY'] = directory;
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  delete process.env['PULUMI_NODEJS_ROOT_DIRECTORY'];
});

const config = (more: Partial<PartyConfig> = {}): PartyConfig => ({
  federation: { domain: 'example.com' },
  party: { id: 30000 },
  exchange: { stack: 'exchange' },
  certificates: { stack: 'exchange' },
  ...more,
});
const told = (certificates?: Readonly<Record<string, string>>): World => ({
  stacks: { [exchangeName]: { descriptor, ...(certificates && { certificates }) } },
  resource,
});
const deploy = (certificates?: Readonly<Record<string, string>>, more: Partial<PartyConfig> = {}, world: World = {}) =>
  record(() => partyStack(config(more)), { ...told(certificates), ...world });
const failure = async (certificates?: Readonly<Record<string, string>>, more: object = {}, world: World = {}) =>
  failureOf(() => partyStack(config(more)), { ...told(certificates), ...world });

const secretOf = (run: Recording): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(Object(run.get(types.secret, 'fate-30000/pulsar-cert').inputs['data'])).map(([key, value]) => [
      key,
      Buffer.from(`${value}`, 'base64').toString(),
    ]),
  );

/** What an exchange's stack makes of requests. */
async function authority(name = 'ca.example.com') {
  const { privateKeyPem } = await tlsOutputs(types.key, {});
  const uses = ['cert_signing'];
  const own = { privateKeyPem, subject: { commonName: name }, isCaCertificate: true, allowedUses: uses };
  const { certPem: ca } = await tlsOutputs(types.selfSigned, { ...own, validityPeriodHours: 1000 * 24 });
  const sign = async (certRequestPem: string, days = 300) => {
    const inputs = { certRequestPem, caCertPem: ca, caPrivateKeyPem: privateKeyPem, allowedUses: ['server_auth'] };
    return `${(await tlsOutputs(types.signed, { ...inputs, validityPeriodHours: days * 24 })).certPem}`;
  };
  return { ca: `${ca}`, sign };
}

async function requestOf(commonName: string): Promise<string> {
  const { privateKeyPem } = await tlsOutputs(types.key, {});
  const inputs = { privateKeyPem, subject: { commonName }, dnsNames: [commonName] };
  return (await tlsOutputs('tls:index/certRequest:CertRequest', inputs)).certRequestPem;
}

let ca: Awaited<ReturnType<typeof authority>>;
let request: string;
/** Certificate for the key that the party's stack has, and its authority. */
let chain: string;
beforeAll(async () => {
  ca = await authority();
  request = `${(await deploy()).outputs['certificateRequest']}`;
  chain = `${await ca.sign(request)}${ca.ca}`;
});

test('until there is a certificate, a party asks for one, and its Pulsar shows one that nobody trusts', async () => {
  const run = await deploy();
  const source = `certificates (stack ${exchangeName})`;
  expect(run.warnings()).toEqual([expect.stringContaining(`${source} has no certificate of this party yet`)]);
  const { 'broker.cert.pem': pem = '', 'broker.key-pk8.pem': key = '', 'ca.cert.pem': trusted } = secretOf(run);
  const certificate = new X509Certificate(pem);
  expect(certificate.subject).toBe('CN=30000.example.com');
  expect([certificate.ca, certificate.verify(certificate.publicKey)]).toEqual([false, true]);
  expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(key).toMatch('-----BEGIN PRIVATE KEY-----');
  expect(trusted).toBe(pem);
  expect(run.outputs['certificateRequest']).toMatch('BEGIN CERTIFICATE REQUEST');
});

test('the one that the exchange has made for its key is what its pods get, with the authority to trust', async () => {
  const run = await deploy({ '30000': chain });
  const secret = secretOf(run);
  expect(`${secret['broker.cert.pem']}${secret['ca.cert.pem']}`).toBe(chain);
  expect(secret['ca.cert.pem']).toBe(ca.ca);
  const certificate = new X509Certificate(secret['broker.cert.pem'] ?? '');
  expect(certificate.checkPrivateKey(createPrivateKey(secret['broker.key-pk8.pem'] ?? ''))).toBe(true);
  expect(run.outputs['certificateRequest']).toBe(request);
  expect(run.warnings()).toEqual([]);
});

test.each<[string, () => Promise<string> | string | undefined, number]>([
  ['the same one', () => chain, 0],
  ['the first one', () => undefined, 0],
  ['another one', async () => `${await ca.sign(request, 20)}${ca.ca}`, 1],
])(
  'after %s an update says, and so does its preview, whether Pulsar is to be restarted',
  async (_, before, warnings) => {
    const earlier = await before();
    const first = await deploy(earlier === undefined ? undefined : { '30000': earlier });
    const { inputs } = first.get(types.partyCertificate, 'party-30000');
    const previous: World['previous'] = ({ type }) => (type === types.partyCertificate ? inputs : undefined);
    for (const preview of [true, false]) {
      const said = (await deploy({ '30000': chain }, {}, { previous, preview })).warnings();
      expect(said).toHaveLength(warnings);
      for (const each of said) {
        expect(each).toMatch(
          /^30000\.example\.com gets another certificate, .* before that one ends on \d{4}-\d\d-\d\d:\n/,
        );
        expect(each).toContain('kubectl -n fate-30000 rollout restart statefulset/pulsar');
      }
    }
  },
);

test('its key is no output, secret on its way, and outlives the stack', async () => {
  const run = await deploy({ '30000': chain });
  expect(run.secretOutputs).toEqual([]);
  expect(JSON.stringify([run.outputs, run.registeredOutputs])).not.toMatch('PRIVATE KEY');
  for (const { name, inputs, secretInputs } of run.resources)
    for (const [input, value] of Object.entries(inputs))
      if (`${JSON.stringify(value)}`.includes('PRIVATE KEY')) expect(secretInputs, name).toContain(input);
  expect(run.get(types.key, 'party-30000/key')).toMatchObject({
    inputs: { algorithm: 'RSA', rsaBits: 2048 },
    options: { protect: true },
  });
});

test('a preview names everything before there is a key, and shows the new certificate before it is put in place', async () => {
  const preview = await deploy({ '30000': chain }, {}, { preview: true });
  const update = await deploy({ '30000': chain });
  expect(preview.resources.map(({ key }) => key).sort()).toEqual(update.resources.map(({ key }) => key).sort());
  const later = await deploy({ '30000': chain }, {}, { preview: true, deployed: () => true });
  expect(secretOf(later)).toEqual(secretOf(update));
  expect(later.outputs['certificateRequest']).toBe(request);
});

test('a certificate for another key is not shown, and a warning says what to do', async () => {
  const other = `${await ca.sign(await requestOf('30000.example.com'))}${ca.ca}`;
  const run = await deploy({ '30000': other });
  const certificate = new X509Certificate(secretOf(run)['broker.cert.pem'] ?? '');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(run.warnings()).toEqual([expect.stringContaining('has a certificate for 30000.example.com of another key')]);
});

test('no update takes its certificate away', async () => {
  const previous: World['previous'] = ({ type }) => (type === types.partyCertificate ? { certified: true } : undefined);
  const { message } = await failure(undefined, {}, { previous });
  expect(message).toMatch(`certificates (stack ${exchangeName}) has no certificate for 30000.example.com any more`);
  await deploy({ '30000': chain }, {}, { previous });
  const first: World['previous'] = ({ type }) => (type === types.partyCertificate ? { certified: false } : undefined);
  await deploy({ '30000': chain }, {}, { previous: first });
});

test('one that ends soon is taken, and a warning says so', async () => {
  for (const [days, end] of [
    [20, 'ends'],
    [-1, 'ended'],
  ] as const) {
    const run = await deploy({ '30000': `${await ca.sign(request, days)}${ca.ca}` });
    expect(run.warnings()).toEqual([
      expect.stringMatching(`exchange\\) ${end} on \\d{4}-\\d\\d-\\d\\d: have it renewed`),
    ]);
    expect(secretOf(run)['ca.cert.pem']).toBe(ca.ca);
  }
});

describe('a file', () => {
  const inFile = (text: string) => {
    writeFileSync(join(directory, 'certificates.json'), text);
    return deploy(undefined, { exchange: descriptor, certificates: { file: 'certificates.json' } });
  };

  test('is the JSON of the output, or PEM', async () => {
    for (const text of [JSON.stringify({ '30000': chain, '40000': 'not read' }), chain, `some words\n${chain}`]) {
      const secret = secretOf(await inFile(text));
      expect(`${secret['broker.cert.pem']}${secret['ca.cert.pem']}`).toBe(chain);
    }
  });

  test('that is not there yet, or has nothing of this party yet, is waited for', async () => {
    const none = await deploy(undefined, { exchange: descriptor, certificates: { file: 'certificates.json' } });
    for (const run of [none, await inFile('{"40000":"x"}')]) {
      expect(run.warnings()).toEqual([
        expect.stringMatching(/^certificates \(file certificates\.json\) .* send the output `certificateRequest`/),
      ]);
      expect(run.outputs['certificateRequest']).toBe(request);
    }
  });
});

const broken: Readonly<Record<string, readonly [make: () => Promise<string>, expected: string]>> = {
  'of another party': [
    async () => `${await ca.sign(await requestOf('40000.example.com'))}${ca.ca}`,
    'is of "CN=40000.example.com" with the alternative names "DNS:40000.example.com"; use the one of CN=30000.example.com',
  ],
  'of the exchange': [
    async () => `${await ca.sign(await requestOf('proxy.example.com'))}${ca.ca}`,
    'is of "CN=proxy.example.com"',
  ],
  'of another authority': [
    async () => `${await ca.sign(request)}${(await authority()).ca}`,
    'is signed by no authority that stands below it',
  ],
  'without its authority': [() => ca.sign(request), 'is no certificate with an authority below it'],
  'that is none': [async () => 'hush', 'is no certificate with an authority below it'],
  'that is broken': [
    async () => chain.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'),
    'is no certificate with an authority below it',
  ],
};

test.each(Object.entries(broken))('a certificate %s is refused, and nothing is made', async (_, [make, expected]) => {
  const { message, recording } = await failure({ '30000': await make() });
  expect(message).toContain(`  certificates (stack ${exchangeName}): ${expected}`);
  expect(message).not.toMatch('hush');
  expect(recording.resources.filter(({ type }) => !type.startsWith('pulumi:'))).toEqual([]);
});

test.each<[string, object, string]>([
  [
    'values beside those that the stack makes',
    { secrets: partySecrets },
    'secrets.pulsarCertificate: is given beside certificates, which make one; use one of the two',
  ],
  ['a party that stands alone', { exchange: undefined }, 'certificates: are for a party that meets others'],
  ['no source', { certificates: {} }, 'certificates: name neither a stack nor a file; use { stack: "exchange" }'],
  ['a source that is no name', { certificates: { file: 7 } }, 'certificates: name neither a stack nor a file'],
  ['two sources', { certificates: { stack: 'exchange', file: 'a' } }, 'certificates.file: is not known here'],
  ['no map', { certificates: 'exchange' }, 'certificates: name neither a stack nor a file'],
])('%s is refused', async (_, more, expected) => {
  const { message } = await failure(undefined, more);
  expect(message).toContain(`  ${expected}`);
});

test('a file that cannot be read is refused with the name of its source', async () => {
  writeFileSync(join(directory, 'certificates.json'), '{');
  const { message } = await failure(undefined, { exchange: descriptor, certificates: { file: 'certificates.json' } });
  expect(message).toMatch(/ {2}certificates \(file certificates\.json\): cannot be read \(.*JSON/);
});

test("the authority's stack may be another one than the exchange's", async () => {
  const stacks = { 'acme/kubefate-tanzu/exchange-org2': { certificates: { '30000': chain } } };
  const run = await deploy(undefined, { exchange: descriptor, certificates: { stack: 'exchange-org2' } }, { stacks });
  expect(secretOf(run)['ca.cert.pem']).toBe(ca.ca);
});
