import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import program from '../../stacks/program';
import { exchangeDescriptorOf } from '../support/declarations';
import { failureOf, record, type World } from '../support/pulumi-recorder';
import { certifyingCluster, types } from '../support/stacks';

const root = join(__dirname, '../..');
const samples = join(root, 'examples/pulumi');

beforeAll(() => {
  process.env['PULUMI_NODEJS_ROOT_DIRECTORY'] = root;
});
afterAll(() => {
  delete process.env['PULUMI_NODEJS_ROOT_DIRECTORY'];
});

const configurationOf = (stack: string): Record<string, unknown> =>
  parse(readFileSync(join(samples, `Pulumi.${stack}.yaml`), 'utf8')).config;

const kubeconfig = stringify({ clusters: [{ cluster: { server: 'https://192.0.2.66:6443' } }] });
const base64 = (text: string) => Buffer.from(text).toString('base64');

const certifying = certifyingCluster();

/** Two organisations with vCenter, Supervisor and clusters. */
const world: World = {
  stacks: Object.fromEntries(
    Object.entries({
      'workload-domain-org1': {
        namespace: 'fate',
        vmClasses: ['best-effort-small', 'best-effort-2xlarge'],
        storageClasses: ['vsan-default-storage-policy'],
      },
      'workload-domain-org2': {
        namespace: 'fate',
        vmClasses: ['best-effort-small', 'best-effort-2xlarge'],
        storageClasses: ['vsan-default-storage-policy'],
      },
      'cluster-org1': { kubeconfig, ingressAddress: '192.0.2.80' },
      'cluster-org2': { kubeconfig, ingressAddress: '192.0.2.180' },
      exchange: { descriptor: exchangeDescriptorOf() },
      'party-30000': {},
    }).map(([name, outputs]) => [`acme/kubefate-tanzu/${name}`, outputs]),
  ),
  secretOutputs: ['kubeconfig'],
  invoke: (token, { name }) => ({ id: `${token} ${name}` }),
  resource: (resource) => {
    if (resource.readId !== undefined) return { data: { value: base64(kubeconfig) } };
    if (resource.name.startsWith('ingress-nginx/') && resource.type === types.service) {
      return { status: { loadBalancer: { ingress: [{ ip: '192.0.2.80' }] } } };
    }
    return certifying(resource);
  },
};

const sampleStacks = readdirSync(samples).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

/** Runs the program as a stack with its sample, or another configuration. */
const run = (stack: string, config = configurationOf(stack), more: World = {}) =>
  record(program, { ...world, stack, config, ...more });

describe('samples', () => {
  test('there is one for every role', () => {
    expect(sampleStacks.sort()).toEqual([
      ...['cluster-org1', 'cluster-org2', 'exchange', 'party-30000', 'party-40000'],
      ...['workload-domain-org1', 'workload-domain-org2'],
    ]);
  });

  test.each(sampleStacks)('%s is deployed, and previewed without losing an object', async (stack) => {
    const update = await run(stack);
    const preview = await run(stack, undefined, { preview: true });
    expect(update.resources.length).toBeGreaterThan(1);
    expect(preview.resources.map(({ key }) => key).sort()).toEqual(update.resources.map(({ key }) => key).sort());
    expect(Object.keys(preview.outputs).sort()).toEqual(Object.keys(update.outputs).sort());
    expect(
      update.warnings().filter((warning) => !/party-30000|has no certificate of this party yet/.test(warning)),
    ).toEqual([]);
  });

  test.each(sampleStacks)('%s holds no secret', (stack) => {
    const text = readFileSync(join(samples, `Pulumi.${stack}.yaml`), 'utf8');
    expect(text).not.toMatch(/secure:|-----BEGIN|password: /);
  });

  test('the Supervisor of the documentation is made, with its password from the secrets of the stack', async () => {
    const page = readFileSync(join(root, 'docs/workload-domain.md'), 'utf8');
    const { config } = parse(/```yaml\n([^`]*)```/.exec(page)?.[1] ?? '');
    const own = { ...world, stack: 'workload-domain-org1', config };
    const secretConfig = { 'kubefate-tanzu:secrets': { loadBalancer: { password: 'tops3cret' } } };
    const { resources } = await record(program, { ...own, secretConfig });
    const supervisor = resources.find(({ type }) => type === 'vsphere:index/supervisorV2:SupervisorV2');
    expect(supervisor?.inputs['workloads']).toHaveProperty('edge.haproxy.password', 'tops3cret');
    expect(supervisor?.secretInputs).toEqual(['workloads.edge.haproxy.password']);
    const { message } = await failureOf(program, own);
    expect(pathsIn(message)).toEqual(['kubefate-tanzu:secrets.loadBalancer.password']);
  });

  test("the exchange's sample takes one party from a stack and one from a file", async () => {
    const { outputs, warnings } = await run('exchange').then((run) => ({
      outputs: run.outputs,
      warnings: run.warnings(),
    }));
    expect(outputs['routes']).toEqual([
      {
        fqdn: '40000.example.com',
        nginx: '192.0.2.165:9300',
        pulsar: '192.0.2.164:6651',
        source: 'file examples/pulumi/party-40000.json',
      },
    ]);
    expect(warnings).toEqual([expect.stringMatching('party-30000')]);
  });

  test("the exchange's sample certifies the request that a file holds", async () => {
    expect(Object.keys(Object((await run('exchange')).outputs['certificates']))).toEqual(['40000']);
  });

  test('outputs of a party are those that others need', async () => {
    expect((await run('party-30000')).outputs).toMatchObject({
      descriptor: { id: 30000, nginx: { address: '192.0.2.72' } },
      certificateRequest: expect.stringMatching('BEGIN CERTIFICATE REQUEST'),
      urls: { notebook: 'http://30000.notebook.example.com' },
      hosts: { '30000.fateboard.example.com': '192.0.2.80' },
    });
  });

  test('the kubeconfig of a cluster is secret', async () => {
    const { outputs, secretOutputs } = await run('cluster-org1');
    expect(outputs).toMatchObject({ kubeconfig, ingressAddress: '192.0.2.80' });
    expect(secretOutputs).toEqual(['kubeconfig']);
  });
});

describe("a stack's name", () => {
  test.each([
    'dev',
    'party-',
    'party-030000',
    'party-a',
    'party-0',
    'exchanges',
    'exchange-',
    'Exchange',
    'cluster',
    'workload-domain',
  ])('"%s" has no role', async (stack) => {
    const { message } = await failureOf(program, { stack });
    expect(message).toBe(
      `stack ${stack} has no role: name it workload-domain-<name>, cluster-<name>, exchange, exchange-<name>, party-<id>`,
    );
  });

  test('an exchange may have a name', async () => {
    const exchange = await record(program, {
      ...world,
      stack: 'exchange-org1',
      config: configurationOf('exchange'),
    });
    expect(exchange.ofType(types.exchange)).toHaveLength(1);
  });

  test('the id of a party is there and nowhere else', async () => {
    const party = await run('party-40000');
    expect(party.ofType(types.party).map(({ name }) => name)).toEqual(['party-40000']);
    const config = { 'kubefate-tanzu:federation': { domain: 'example.com' }, 'kubefate-tanzu:party': { id: 30000 } };
    const { message } = await failureOf(program, { stack: 'party-40000', config });
    expect(message).toMatch('kubefate-tanzu:party.id: is in the name of the stack; leave it out');
  });
});

const pathsIn = (message: string) =>
  message
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/: /)[0]);

describe('a configuration', () => {
  test('is refused with all of its problems and their paths in it', async () => {
    const { message, recording } = await failureOf(program, {
      ...world,
      stack: 'party-30000',
      config: {
        'kubefate-tanzu:federation': 'example.com',
        'kubefate-tanzu:party': { storageClass: '', workers: 2 },
        'kubefate-tanzu:exchange': { stack: 'party-30000', file: 'a' },
        'kubefate-tanzu:partners': [],
        'other:party': { anything: 1 },
      },
      secretConfig: { 'kubefate-tanzu:secrets': 'hush' },
    });
    expect(message.split('\n')[0]).toBe('stack party-30000 cannot be deployed:');
    expect(pathsIn(message)).toEqual(
      expect.arrayContaining([
        'kubefate-tanzu:partners',
        'kubefate-tanzu:federation',
        'kubefate-tanzu:exchange.file',
        'kubefate-tanzu:exchange (stack acme/kubefate-tanzu/party-30000)',
        'kubefate-tanzu:party.workers',
        'kubefate-tanzu:party.storageClass',
        'kubefate-tanzu:secrets',
      ]),
    );
    expect(message).not.toMatch(/hush|other:|secrets\.|federation\./);
    expect(recording.resources.filter(({ type }) => type !== 'pulumi:pulumi:StackReference')).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, readonly string[]]>([
    [
      'workload-domain-org1',
      { 'kubefate-tanzu:workloadDomain': { vsphere: '6.7' }, 'kubefate-tanzu:party': {} },
      ['kubefate-tanzu:party', 'kubefate-tanzu:workloadDomain.vsphere', 'kubefate-tanzu:workloadDomain.datacenter'],
    ],
    [
      'cluster-org1',
      {
        'kubefate-tanzu:cluster': { name: 'A', platform: 'vSphere 8.0', kubernetes: 'v1.26' },
        'kubefate-tanzu:supervisor': { stack: 'a' },
        'kubefate-tanzu:workloadDomain': { name: 'a' },
        'kubefate-tanzu:ingress': {},
        'kubefate-tanzu:secrets': { imagePullSecrets: { harbor: '{}' } },
      },
      [
        'kubefate-tanzu:supervisor.stack',
        'kubefate-tanzu:workloadDomain.name',
        'kubefate-tanzu:ingress',
        'kubefate-tanzu:cluster.name',
        'kubefate-tanzu:secrets.imagePullSecrets.harbor',
      ],
    ],
    ['party-30000', {}, ['kubefate-tanzu:federation.domain']],
    ...['exchange', 'party-30000'].map((stack): [string, Record<string, unknown>, readonly string[]] => [
      stack,
      { 'kubefate-tanzu:federation': { domain: 'example.com', release: '1.6.1' } },
      ['kubefate-tanzu:federation.release'],
    ]),
  ])('of %s is checked by the same functions as everywhere', async (stack, config, paths) => {
    const { message, recording } = await failureOf(program, { ...world, stack, config });
    expect(pathsIn(message)).toEqual(expect.arrayContaining([...paths]));
    expect(recording.resources).toEqual([]);
  });

  test('keeps the secrets that it holds', async () => {
    const { resources, outputs } = await run('party-30000', undefined, {
      secretConfig: {
        'kubefate-tanzu:secrets': { mysql: { password: 'hush', rootPassword: 'hush' } },
      },
    });
    const holds = (inputs: object) =>
      ['hush', Buffer.from('hush').toString('base64')].some((it) => JSON.stringify(inputs).includes(it));
    const withPassword = resources.filter(({ inputs }) => holds(inputs));
    expect(withPassword.map(({ name, secretInputs }) => [name, secretInputs])).toEqual([
      ['fate-30000/mysql', ['data']],
    ]);
    expect(JSON.stringify(outputs)).not.toMatch('hush');
  });
});
