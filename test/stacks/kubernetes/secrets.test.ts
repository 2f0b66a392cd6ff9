import { generateKeyPairSync } from 'node:crypto';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { expect, test } from 'vitest';
import { InvalidInput, partyPlan } from '../../../index';
import type { SecretNeeds } from '../../../lib/federation/secret-needs';
import { Problems } from '../../../lib/input/problems';
import { checkSecrets, type PartySecrets, secretObjects } from '../../../stacks/kubernetes/secrets';
import { PartyDeployment } from '../../../stacks/party';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';
import { failureOf, record, type World } from '../../support/pulumi-recorder';
import { paperCluster, partySecrets, storedCertificate, types } from '../../support/stacks';

const plan = partyPlan({
  domain: 'example.com',
  id: 30000,
  exchange: exchangeDescriptorOf(),
  imagePullSecrets: ['registry-credentials', 'made-by-hand'],
});

const party = (secrets: PartySecrets) => async () => {
  const provider = new kubernetes.Provider('cluster', {});
  const { descriptor } = new PartyDeployment('party-30000', { plan, secrets }, { provider });
  return { descriptor };
};
const deploy = (secrets: PartySecrets, world: World = {}) =>
  record(party(secrets), { resource: paperCluster, ...world });
const values = (run: Awaited<ReturnType<typeof deploy>>, name: string) =>
  decoded(run.get(types.secret, `fate-30000/${name}`).inputs['data']);
const decoded = (data: unknown) =>
  Object.fromEntries(
    Object.entries(Object(data)).map(([key, value]) => [key, Buffer.from(`${value}`, 'base64').toString()]),
  );

test('passwords that nobody gave are generated, and are secret on their whole way', async () => {
  const run = await deploy(partySecrets);
  expect(values(run, 'mysql')).toEqual({
    'root-password': 'generated for fate-30000/mysql/root-password',
    password: 'generated for fate-30000/mysql/password',
  });
  expect(values(run, 'fateboard')).toEqual({ password: 'generated for fate-30000/fateboard/password' });
  expect(values(run, 'notebook')).toEqual({ token: 'generated for fate-30000/notebook/token' });
  for (const { options, parent, inputs } of run.ofType(types.password)) {
    expect(options.additionalSecretOutputs).toContain('result');
    expect(parent).toBe(`${types.party}::party-30000`);
    expect(inputs).toEqual({ length: 32, special: false });
  }
  for (const { secretInputs } of run.ofType(types.secret)) expect(secretInputs).toEqual(['data']);
});

test("no later version of this library gives another password, and MySQL's cannot be lost with the stack", async () => {
  const run = await deploy(partySecrets);
  for (const { name, options } of run.ofType(types.password)) {
    expect(options.ignoreChanges).toEqual(['length', 'special']);
    expect(options.protect ?? false, name).toBe(name.includes('/mysql/'));
  }
});

test('given values are taken, and nothing is generated for them', async () => {
  const run = await deploy({
    ...partySecrets,
    mysql: { password: pulumi.secret('given'), rootPassword: 'root' },
    notebook: { token: 'a token' },
  });
  expect(values(run, 'mysql')).toEqual({ 'root-password': 'root', password: 'given' });
  expect(values(run, 'notebook')).toEqual({ token: 'a token' });
  expect(run.ofType(types.password).map(({ name }) => name)).toEqual(['fate-30000/fateboard/password']);
});

test('a certificate has the keys that Pulsar mounts', async () => {
  const { pulsarCertificate } = partySecrets as { pulsarCertificate: Record<string, string> };
  expect(values(await deploy(partySecrets), 'pulsar-cert')).toEqual({
    'broker.cert.pem': pulsarCertificate['certificate'],
    'broker.key-pk8.pem': pulsarCertificate['key'],
    'ca.cert.pem': pulsarCertificate['ca'],
  });
});

const stored: World['resource'] = (resource) =>
  resource.readId === 'certificates/party-30000' ? { data: storedCertificate } : paperCluster(resource);

test('an existing Secret is read, and its values are copied', async () => {
  const run = await deploy({ pulsarCertificate: { existingSecret: 'certificates/party-30000' } }, { resource: stored });
  const source = run.get(types.secret, 'fate-30000/pulsar-cert/source');
  expect(source.readId).toBe('certificates/party-30000');
  expect(source.provider).toBe(`${types.provider}::cluster`);
  expect(values(run, 'pulsar-cert')).toEqual(decoded(storedCertificate));
  expect(run.get(types.secret, 'fate-30000/pulsar-cert').secretInputs).toEqual(['data']);
});

test('the very Secret that the pods read is left alone', async () => {
  for (const existingSecret of ['pulsar-cert', 'fate-30000/pulsar-cert']) {
    const run = await deploy({ pulsarCertificate: { existingSecret } });
    const made = run.ofType(types.secret).map(({ name }) => name);
    expect(made.sort()).toEqual(['fateboard', 'mysql', 'notebook'].map((name) => `fate-30000/${name}`));
  }
});

test('a Secret without the key that is needed is named, and no value is shown', async () => {
  const declared = { pulsarCertificate: { existingSecret: 'certificates/party-30000' } };
  const certificate = async () => ({ values: secretObjects({ ...needs, names: ['pulsarCertificate'] }, declared, {}) });
  const resource = () => ({ data: { 'tls.crt': Buffer.from('hush').toString('base64') } });
  const { message } = await failureOf(certificate, { resource });
  expect(message).toMatch('"broker.cert.pem" of Secret certificates/party-30000 is missing');
  expect(message).not.toMatch('hush');
});

test('a Secret with a key that Pulsar cannot read is named, and no value is shown', async () => {
  const declared = { pulsarCertificate: { existingSecret: 'certificates/party-30000' } };
  const certificate = async () => ({ values: secretObjects({ ...needs, names: ['pulsarCertificate'] }, declared, {}) });
  const stored = Buffer.from(ecKey).toString('base64');
  const resource = () => ({ data: { ...storedCertificate, 'broker.key-pk8.pem': stored } });
  const { message } = await failureOf(certificate, { resource });
  expect(message).toMatch(
    '"broker.key-pk8.pem" of Secret certificates/party-30000 is not of the form it needs; use an RSA',
  );
  expect(message).not.toMatch(ecKey.split('\n')[1] ?? '');
});

test.each<[string, PartySecrets, string]>([
  ['a password', { mysql: { password: pulumi.secret("it's hush") } }, 'secrets.mysql.password'],
  ['no text', { notebook: { token: pulumi.secret(undefined as unknown as string) } }, 'secrets.notebook.token'],
  [
    'an image pull Secret',
    { imagePullSecrets: { 'registry-credentials': pulumi.secret('hush') } },
    'secrets.imagePullSecrets.registry-credentials',
  ],
])('%s that is known late is refused late, and not shown', async (_, declared, path) => {
  const values = async () => ({ values: secretObjects({ ...needs, names: ['mysql', 'notebook'] }, declared, {}) });
  const { message } = await failureOf(values, { resource: paperCluster });
  expect(message).toMatch(path);
  expect(message).not.toMatch('hush');
});

test('image pull Secrets are made of the configurations that are given', async () => {
  const configuration = '{"auths":{}}';
  const run = await deploy({ ...partySecrets, imagePullSecrets: { 'registry-credentials': configuration } });
  expect(run.get(types.secret, 'fate-30000/registry-credentials').inputs['type']).toBe(
    'kubernetes.io/dockerconfigjson',
  );
  expect(values(run, 'registry-credentials')).toEqual({ '.dockerconfigjson': configuration });
  expect(run.ofType(types.secret).map(({ name }) => name)).not.toContain('fate-30000/made-by-hand');
});

test('a party with an exchange does not start without a certificate', async () => {
  const { message } = await failureOf(party({}), { resource: paperCluster });
  for (const key of ['certificate', 'key', 'ca'])
    expect(message).toMatch(`secrets.pulsarCertificate.${key}: is missing`);
});

const needs: SecretNeeds = {
  namespace: 'fate-30000',
  names: ['mysql', 'fateboard', 'notebook', 'pulsarCertificate'],
  issued: [],
  imagePullSecrets: ['registry-credentials'],
};

const problems = (declared: unknown) =>
  problemsOf(() => {
    const found = Problems.none();
    checkSecrets(found.at('secrets'), declared, needs);
    found.throwIfAny('x');
  });

const { pulsarCertificate } = partySecrets;
const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const rsaKey = '-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----\n';

test.each<[string, unknown, readonly string[]]>([
  ['no map', 'hush', ['secrets']],
  ['a certificate that is a text', { pulsarCertificate: 'hush' }, ['secrets.pulsarCertificate']],
  ['an unknown Secret', { pulsarCertificate, redis: { password: 'hush' } }, ['secrets.redis']],
  ['an unknown value', { pulsarCertificate, mysql: { user: 'hush' } }, ['secrets.mysql.user']],
  ['a Secret that is a text', { pulsarCertificate, mysql: 'hush' }, ['secrets.mysql']],
  ['a password that is a number', { pulsarCertificate, mysql: { password: 4711 } }, ['secrets.mysql.password']],
  ['an empty password', { pulsarCertificate, notebook: { token: '' } }, ['secrets.notebook.token']],
  [
    'a key that is not PKCS#8',
    { pulsarCertificate: { ...pulsarCertificate, key: rsaKey } },
    ['secrets.pulsarCertificate.key'],
  ],
  [
    'a key with which Pulsar does not start',
    { pulsarCertificate: { ...pulsarCertificate, key: ecKey } },
    ['secrets.pulsarCertificate.key'],
  ],
  ...["'hush", '"hush', 'hush\\'].map((password): [string, unknown, readonly string[]] => [
    `the password ${password.replace('hush', '…')} of MySQL`,
    { pulsarCertificate, mysql: { password, rootPassword: password } },
    ['secrets.mysql.rootPassword', 'secrets.mysql.password'],
  ]),
  [
    'a password that Spring would fill in',
    {
      pulsarCertificate,
      mysql: { password: '${hush}', rootPassword: '${hush}' },
      fateboard: { password: 'hush${HOME}' },
    },
    ['secrets.mysql.password', 'secrets.fateboard.password'],
  ],
  [
    'files that were swapped',
    { pulsarCertificate: { ...pulsarCertificate, certificate: rsaKey } },
    ['secrets.pulsarCertificate.certificate'],
  ],
  [
    'no name of a Secret',
    { pulsarCertificate: { existingSecret: 'a//b', key: 'hush' } },
    ['secrets.pulsarCertificate.key', 'secrets.pulsarCertificate.existingSecret'],
  ],
  [
    'an image pull Secret that no pod names',
    { pulsarCertificate, imagePullSecrets: { other: '{"hush":1}' } },
    ['secrets.imagePullSecrets.other'],
  ],
  [
    'a docker configuration that is none',
    { pulsarCertificate, imagePullSecrets: { 'registry-credentials': 'hush' } },
    ['secrets.imagePullSecrets.registry-credentials'],
  ],
])('%s is refused, and no value is shown', (_, declared, paths) => {
  const found = problems(declared);
  expect(found.map(({ path }) => path)).toEqual(paths);
  expect(new InvalidInput('x', found).message).not.toMatch(/hush|4711/);
});

test('what is sound, or is not known yet, is not refused', () => {
  for (const sound of [
    partySecrets,
    { pulsarCertificate: { existingSecret: 'certificates/party-30000' } },
    { pulsarCertificate, mysql: { password: pulumi.secret('later') }, fateboard: {} },
    { pulsarCertificate, mysql: { password: 'pass $word & / #%{}' }, fateboard: { password: "it's\\" } },
  ]) {
    expect(() => problems(sound)).toThrow('nothing was refused');
  }
});
