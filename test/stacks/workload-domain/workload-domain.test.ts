import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  type SupervisorLoadBalancerProps,
  type WorkloadDomainProps,
  workloadDomainPlan,
} from '../../../lib/tanzu/workload-domain';
import * as vsphere from '../../../stacks/vsphere';
import { WorkloadDomain, workloadDomainStack } from '../../../stacks/workload-domain/workload-domain';
import { failureOf, type Recording, record, unknown, type World } from '../../support/pulumi-recorder';
import { balancers, existingDomain, networks, newDomain, vdsNetworks } from '../../support/workload-domains';

const component = 'kubefate-tanzu:index:WorkloadDomain::org1';
const types = {
  namespace: 'vsphere:index/namespace:Namespace',
  supervisor: 'vsphere:index/supervisor:Supervisor',
  supervisorV2: 'vsphere:index/supervisorV2:SupervisorV2',
  vmClass: 'vsphere:index/virtualMachineClass:VirtualMachineClass',
  policy: 'vsphere:index/vmStoragePolicy:VmStoragePolicy',
  library: 'vsphere:index/contentLibrary:ContentLibrary',
};

const running = {
  configStatus: 'RUNNING',
  supervisor: 'supervisor-2',
  storagePolicies: ['getPolicy vSAN Default Storage Policy'],
  vmServices: [{ vmClasses: ['best-effort-small'], contentLibraries: ['getContentLibrary releases'] }],
};

/** A vCenter in which every name exists; ids say how they were found. */
const invoke: NonNullable<World['invoke']> = (token, { name }) => {
  const lookup = token.split(':')[2];
  return lookup === 'getNamespace' ? running : { id: `${lookup} ${name}` };
};

const stack = (domain: WorkloadDomainProps, world: World = {}) =>
  record(() => workloadDomainStack({ name: 'org1', domain }), { invoke, ...world });
const failure = async (domain: WorkloadDomainProps, world: World = {}) =>
  (await failureOf(() => workloadDomainStack({ name: 'org1', domain }), { invoke, ...world })).message;
const asked = (run: Recording) => run.invokes.map(({ token, args }) => `${token.split(':')[2]} ${args['name']}`);

test('by default everything is looked up, and only the vSphere Namespace is made', async () => {
  const run = await stack({ ...existingDomain, contentLibrary: 'releases', hosts: ['a', 'b', 'c', 'd'] });
  expect(asked(run)).toEqual([
    'getDatacenter dc-01',
    'getComputeCluster cluster-01',
    ...['a', 'b', 'c', 'd'].map((host) => `getHost ${host}`),
    'getPolicy vSAN Default Storage Policy',
    'getContentLibrary releases',
  ]);
  expect(run.invokes[1]?.args['datacenterId']).toBe('getDatacenter dc-01');
  expect(run.resources.map(({ key }) => key)).toEqual([component, `${types.namespace}::org1-namespace`]);
  const namespace = run.get(types.namespace, 'org1-namespace');
  expect(namespace.parent).toBe(component);
  expect(namespace.inputs).toEqual({
    name: 'fate',
    supervisor: 'supervisor-1',
    storagePolicies: ['getPolicy vSAN Default Storage Policy'],
    vmServices: [
      {
        vmClasses: workloadDomainPlan(existingDomain).vmClasses.names,
        contentLibraries: ['getContentLibrary releases'],
      },
    ],
  });
});

test('a namespace is protected: with it go all clusters in it', async () => {
  const { options } = (await stack(existingDomain)).get(types.namespace, 'org1-namespace');
  expect(options).toMatchObject({ protect: true, version: '4.17.0', replaceOnChanges: ['name', 'supervisor'] });
});

test('outputs are what the next stacks need', async () => {
  const run = await stack(existingDomain);
  const plan = workloadDomainPlan(existingDomain);
  expect(run.outputs).toEqual({
    supervisor: { id: 'supervisor-1', endpoint: '192.0.2.1' },
    namespace: 'org1-namespace-id',
    storageClasses: ['vsan-default-storage-policy'],
    vmClasses: plan.vmClasses.names,
    loadBalancers: { needed: 5 },
    preflight: plan.preflight,
  });
  expect(run.registeredOutputs[component]).toEqual({ supervisorId: 'supervisor-1', namespace: 'org1-namespace-id' });
  expect(run.secretOutputs).toEqual([]);
});

test('the Supervisor can be found by another namespace of it', async () => {
  const run = await stack({ ...existingDomain, supervisor: { ofNamespace: 'other' } });
  expect(asked(run)).toContain('getNamespace other');
  expect(run.get(types.namespace, 'org1-namespace').inputs['supervisor']).toBe('supervisor-2');
});

test('a namespace that exists is looked at, and nothing is made', async () => {
  const domain: WorkloadDomainProps = {
    ...existingDomain,
    supervisor: {},
    namespace: 'fate',
    vmClasses: ['best-effort-small'],
    contentLibrary: 'releases',
  };
  const run = await stack(domain);
  expect(run.resources.map(({ key }) => key)).toEqual([component]);
  expect(run.outputs).toMatchObject({ namespace: 'fate', supervisor: { id: 'supervisor-2' } });
  const message = await failure({ ...domain, vmClasses: ['guaranteed-2xlarge'] });
  expect(message).toMatch('vmClasses[0]: "guaranteed-2xlarge" is not bound to it; bind it in vCenter');
});

test('on vSphere 7 a namespace is taken at its word: no API of the provider reads it', async () => {
  const domain = {
    ...existingDomain,
    vsphere: '7.0',
    supervisor: { endpoint: '192.0.2.1' },
    namespace: 'fate',
  } as const;
  const run = await stack(domain);
  expect(asked(run)).toEqual([
    'getDatacenter dc-01',
    'getComputeCluster cluster-01',
    'getPolicy vSAN Default Storage Policy',
  ]);
  expect(run.outputs).toMatchObject({ namespace: 'fate', supervisor: { endpoint: '192.0.2.1' } });
  expect(run.outputs).not.toHaveProperty('supervisor.id');
  expect(await failure({ ...domain, namespace: undefined })).toMatch(
    /namespace: cannot be created on vSphere 7.0.*; create it in vCenter/,
  );
});

test('VM classes, a storage policy and a content library are made on request, and the namespace waits for them', async () => {
  const run = await stack({
    ...existingDomain,
    vmClasses: [
      'guaranteed-small',
      { create: { name: 'fate-worker', cpu: 8, memoryGiB: 64, guaranteed: true } },
      { create: { name: 'fate-client', cpu: 2, memoryGiB: 4 } },
    ],
    storagePolicies: ['Gold', { create: { name: 'Tagged', tagCategory: 'tier', tags: ['fast'] } }],
    contentLibrary: {
      create: { name: 'releases', datastore: 'vsan', subscriptionUrl: 'https://example.com/lib.json' },
    },
  });
  expect(run.get(types.vmClass, 'org1-fate-worker').inputs).toEqual({
    name: 'fate-worker',
    cpus: 8,
    memory: 65536,
    cpuReservation: 100,
    memoryReservation: 100,
  });
  expect(run.get(types.vmClass, 'org1-fate-client').inputs).toEqual({ name: 'fate-client', cpus: 2, memory: 4096 });
  expect(run.get(types.policy, 'org1-Tagged').inputs).toEqual({
    name: 'Tagged',
    tagRules: [{ tagCategory: 'tier', tags: ['fast'] }],
  });
  expect(run.get(types.library, 'org1-content-library').inputs).toEqual({
    name: 'releases',
    storageBackings: ['getDatastore vsan'],
    subscription: { subscriptionUrl: 'https://example.com/lib.json', automaticSync: true, onDemand: true },
  });
  const namespace = run.get(types.namespace, 'org1-namespace');
  expect(namespace.inputs).toMatchObject({
    storagePolicies: ['getPolicy Gold', 'org1-Tagged-id'],
    vmServices: [
      {
        vmClasses: ['guaranteed-small', 'org1-fate-worker-id', 'org1-fate-client-id'],
        contentLibraries: ['org1-content-library-id'],
      },
    ],
  });
  expect([...namespace.dependencies].sort()).toEqual([
    `${types.library}::org1-content-library`,
    `${types.vmClass}::org1-fate-client`,
    `${types.vmClass}::org1-fate-worker`,
    `${types.policy}::org1-Tagged`,
  ]);
  for (const resource of run.resources.filter(({ custom }) => custom)) expect(resource.parent).toBe(component);
});

test('a Supervisor of vSphere 8 gets everything that its resource requires, from ids that were looked up', async () => {
  const run = await stack(newDomain('8.0'));
  const { inputs, options, parent } = run.get(types.supervisor, 'org1-supervisor');
  expect(inputs).toEqual({
    cluster: 'getComputeCluster cluster-01',
    storagePolicy: 'getPolicy vSAN Default Storage Policy',
    contentLibrary: 'getContentLibrary kubernetes-releases',
    dvsUuid: 'getDistributedVirtualSwitch overlay-switch',
    edgeCluster: 'edge-cluster-id',
    sizingHint: 'SMALL',
    managementNetwork: {
      network: 'getNetwork management',
      startingAddress: '198.51.100.10',
      subnetMask: '255.255.255.0',
      gateway: '198.51.100.1',
      addressCount: 5,
    },
    podCidrs: [{ address: '10.244.0.0', prefix: 20 }],
    serviceCidr: { address: '10.112.0.0', prefix: 22 },
    ingressCidrs: [{ address: '192.0.2.0', prefix: 27 }],
    egressCidrs: [{ address: '192.0.2.32', prefix: 27 }],
    mainDns: ['198.51.100.2'],
    workerDns: ['198.51.100.2'],
    mainNtps: ['time.example.com'],
    workerNtps: ['time.example.com'],
    searchDomains: 'example.com',
    namespaces: [{ name: 'fate-bootstrap' }],
  });
  expect(options).toEqual({ version: '4.17.0', protect: true });
  expect(parent).toBe(component);
  const { supervisor } = run.get(types.namespace, 'org1-namespace').inputs;
  expect([asked(run).at(-1), supervisor]).toEqual(['getNamespace fate-bootstrap', 'supervisor-2']);
  expect(run.get(types.namespace, 'org1-namespace').dependencies).toEqual([`${types.supervisor}::org1-supervisor`]);
});

test('a Supervisor of vSphere 9 names its ranges as address and count, and is the one that the namespace names', async () => {
  const run = await stack(newDomain('9.0'));
  const { inputs, options } = run.get(types.supervisorV2, 'org1-supervisor');
  const services = {
    dns: { servers: ['198.51.100.2'], searchDomains: ['example.com'] },
    ntp: { servers: ['time.example.com'] },
  };
  expect(inputs).toEqual({
    name: 'fate',
    cluster: 'getComputeCluster cluster-01',
    controlPlane: {
      count: 3,
      size: 'SMALL',
      storagePolicy: 'getPolicy vSAN Default Storage Policy',
      network: {
        network: 'management',
        backing: { network: 'getNetwork management' },
        ipManagement: {
          dhcpEnabled: false,
          gatewayAddress: '198.51.100.1/24',
          ipAssignments: [{ assignee: 'NODE', ranges: [{ address: '198.51.100.10', count: 5 }] }],
        },
        services,
      },
    },
    workloads: {
      network: {
        network: 'primary',
        nsx: { dvs: 'getDistributedVirtualSwitch overlay-switch', namespaceSubnetPrefix: 28 },
        ipManagement: {
          dhcpEnabled: false,
          ipAssignments: [
            { assignee: 'POD', ranges: [{ address: '10.244.0.0', count: 4096 }] },
            { assignee: 'SERVICE', ranges: [{ address: '10.112.0.0', count: 1024 }] },
          ],
        },
        services,
      },
      edge: {
        lbAddressRanges: [{ address: '192.0.2.0', count: 32 }],
        nsx: { edgeCluster: 'edge-cluster-id', routingMode: 'ROUTED' },
      },
      kubeApiServerOptions: { security: { certificateDnsNames: ['fate.example.com'] } },
    },
  });
  expect(options).toMatchObject({ protect: true });
  expect(run.get(types.namespace, 'org1-namespace').inputs['supervisor']).toBe('org1-supervisor-id');
});

test('a preview names every object before anything exists', async () => {
  for (const vsphere of ['8.0', '9.0'] as const) {
    const preview = await stack(newDomain(vsphere), { preview: true });
    const keys = (run: Recording) => run.resources.map(({ key }) => key).sort();
    expect(keys(preview)).toEqual(keys(await stack(newDomain(vsphere))));
    expect(preview.get(types.namespace, 'org1-namespace').inputs['supervisor']).toBe(unknown);
    expect(preview.outputs).toMatchObject({ supervisor: { id: unknown }, namespace: unknown });
    expect(asked(preview)).not.toContain('getNamespace fate-bootstrap');
  }
});

test('a changed Supervisor of vSphere 8 is refused, in the preview already, and other namespaces in it are not', async () => {
  const before = (await stack(newDomain('8.0'))).get(types.supervisor, 'org1-supervisor').inputs;
  const from = (changed: object): World => ({
    previous: ({ type }) => (type === types.supervisor ? { ...before, __defaults: [], ...changed } : undefined),
  });
  const changed = newDomain('8.0', { networks: { ...networks, dns: ['198.51.100.3'] } });
  for (const preview of [true, false]) {
    expect(await failure(changed, { ...from({}), preview })).toMatch(
      /Supervisor "org1-supervisor" cannot be changed \(mainDns, workerDns\): change it in vCenter, and put the old value back/,
    );
  }
  await stack(newDomain('8.0'), from({}));
  await stack(newDomain('8.0'), from({ namespaces: [{ name: 'fate-bootstrap' }, { name: 'other' }] }));
});

test('everything, lookups too, goes through the provider that is given', async () => {
  const provider = 'pulumi:providers:vsphere::vcenter';
  const run = await record(
    () => {
      const vcenter = new vsphere.Provider('vcenter', { vsphereServer: 'vcenter.example.com' });
      return workloadDomainStack({ name: 'org1', domain: newDomain('8.0'), provider: vcenter });
    },
    { invoke },
  );
  expect(run.get('kubefate-tanzu:index:WorkloadDomain', 'org1').providers).toEqual({ vsphere: provider });
  const used = [...run.resources.filter(({ type }) => type.startsWith('vsphere:')), ...run.invokes];
  expect(new Set(used.map(({ provider }) => provider))).toEqual(new Set([provider]));
});

test('a component on its own looks everything up itself, with the provider of its surroundings', async () => {
  const plan = workloadDomainPlan(newDomain('8.0'));
  const run = await record(
    async () => {
      const vcenter = new vsphere.Provider('vcenter', {});
      new WorkloadDomain('org1', { plan }, { providers: [vcenter] });
    },
    { invoke },
  );
  const whole = await stack(newDomain('8.0'));
  expect(asked(run)).toEqual(asked(whole));
  expect(new Set(run.invokes.map(({ provider }) => provider))).toEqual(new Set(['pulumi:providers:vsphere::vcenter']));
  expect(run.get(types.supervisor, 'org1-supervisor').inputs).toEqual(
    whole.get(types.supervisor, 'org1-supervisor').inputs,
  );
});

test('two workload domains fit into one program', async () => {
  const run = await record(
    async () => {
      const plan = workloadDomainPlan({
        ...existingDomain,
        vmClasses: [{ create: { name: 'own', cpu: 2, memoryGiB: 4 } }],
      });
      new WorkloadDomain('org1', { plan });
      new WorkloadDomain('org2', { plan });
    },
    { invoke },
  );
  expect(run.ofType(types.namespace).map(({ name, parent }) => [name, parent])).toEqual([
    ['org1-namespace', component],
    ['org2-namespace', component.replace('org1', 'org2')],
  ]);
});

test('a wrong name is told from a vCenter that does not answer', async () => {
  const refusing = (refused: string, text: string): World => ({
    invoke: (token, args) => {
      if (token.includes(refused)) throw new Error(text);
      return invoke(token, args);
    },
  });
  expect(await failure(existingDomain, refusing('getComputeCluster', "cluster 'cluster-01' not found"))).toBe(
    'cluster "cluster-01" cannot be looked up; use the name of a cluster that exists, as vCenter spells it (cluster \'cluster-01\' not found)',
  );
  for (const text of [
    'error setting up new vSphere SOAP client: Post "https://vcenter.example.com/sdk": dial tcp: lookup vcenter.example.com: no such host',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'ServerFaultCode: Cannot complete login due to an incorrect user name or password.',
  ]) {
    const message = await failure(existingDomain, refusing('getDatacenter', text));
    expect(message).toMatch('vCenter did not answer: check vsphere:vsphereServer');
    expect(message).toContain(text);
  }
});

test('nothing is registered when the declaration is wrong', async () => {
  const overlapping = newDomain('8.0', { networks: { ...networks, egressCidrs: ['192.0.2.0/24'] } });
  const { message, recording } = await failureOf(() => workloadDomainStack({ name: 'org1', domain: overlapping }));
  expect(message).toMatch('192.0.2.0/24 overlaps supervisor.create.networks.ingressCidrs[0], 192.0.2.0/27');
  expect([recording.resources, recording.invokes]).toEqual([[], []]);
});

test("the SDK's own Provider is taken too", async () => {
  class SdkProvider extends pulumi.ProviderResource {}
  const run = await record(
    () =>
      workloadDomainStack({ name: 'org1', domain: existingDomain, provider: new SdkProvider('vsphere', 'sdk', {}) }),
    { invoke },
  );
  expect(run.get(types.namespace, 'org1-namespace').provider).toBe('pulumi:providers:vsphere::sdk');
});

describe('on a distributed switch', () => {
  const base = newDomain('8.0', { networks: vdsNetworks });
  const with9 = (loadBalancer: SupervisorLoadBalancerProps) =>
    newDomain('9.0', { networks: { ...vdsNetworks, loadBalancer } });
  const secrets = { loadBalancer: { password: 'tops3cret' } };
  const make = (domain: WorkloadDomainProps, more: object = { secrets }, world: World = {}) =>
    record(() => workloadDomainStack({ name: 'org1', domain, ...more }), { invoke, ...world });

  test('a Supervisor has two port groups, the addresses of nodes and of HAProxy, and its own name', async () => {
    const run = await make(base);
    expect(asked(run)).toEqual(expect.arrayContaining(['getNetwork management', 'getNetwork workload']));
    expect(asked(run).join()).not.toContain('getDistributedVirtualSwitch');
    const { inputs, secretInputs, options } = run.get(types.supervisorV2, 'org1-supervisor');
    expect(inputs['workloads']).toMatchObject({
      network: {
        network: 'primary',
        vsphere: { dvpg: 'getNetwork workload' },
        ipManagement: {
          dhcpEnabled: false,
          gatewayAddress: '203.0.113.1/24',
          ipAssignments: [
            { assignee: 'SERVICE', ranges: [{ address: '10.112.0.0', count: 1024 }] },
            { assignee: 'NODE', ranges: [{ address: '203.0.113.16', count: 80 }] },
          ],
        },
      },
      edge: {
        id: 'load-balancer',
        lbAddressRanges: [{ address: '203.0.113.128', count: 64 }],
        haproxy: {
          servers: [{ host: '198.51.100.20', port: 5556 }],
          username: 'supervisor',
          password: 'tops3cret',
          caChain: balancers.haproxy.certificateAuthority,
        },
      },
    });
    expect(secretInputs).toEqual(['workloads.edge.haproxy.password']);
    expect(options).toMatchObject({ protect: true });
    expect(inputs['controlPlane']).not.toHaveProperty('count');
    expect(run.get(types.namespace, 'org1-namespace').inputs['supervisor']).toBe('org1-supervisor-id');
  });

  test('NSX Advanced Load Balancer has its addresses itself, and the one of vSphere Foundation no password', async () => {
    const edgeOf = async (domain: WorkloadDomainProps, more?: object) =>
      (await make(domain, more)).get(types.supervisorV2, 'org1-supervisor').inputs['workloads'];
    expect(await edgeOf(with9(balancers['nsx-advanced']))).toMatchObject({
      edge: { nsxAdvanced: { host: '198.51.100.30', port: 443, username: 'supervisor', password: 'tops3cret' } },
    });
    expect(await edgeOf(with9(balancers['nsx-advanced']))).not.toHaveProperty('edge.lbAddressRanges');
    expect(await edgeOf(with9(balancers.foundation), {})).toMatchObject({
      edge: {
        foundation: {
          deploymentTarget: {
            availability: 'ACTIVE_PASSIVE',
            deploymentSize: 'SMALL',
            storagePolicy: 'getPolicy vSAN Default Storage Policy',
          },
        },
      },
    });
  });

  test('a password is asked where it is needed, refused where it is not, and never shown', async () => {
    const refused = async (domain: WorkloadDomainProps, more: object) =>
      (await failureOf(() => workloadDomainStack({ name: 'org1', domain, ...more }), { invoke })).message;
    expect(await refused(base, {})).toMatch('secrets.loadBalancer.password: is missing');
    expect(await refused(base, { secrets: { loadBalancer: { password: 5 } } })).toMatch('password: is no text');
    const unasked = await refused(existingDomain, { secrets });
    expect(unasked).toMatch('secrets.loadBalancer: is asked by nothing');
    expect(unasked).not.toContain('tops3cret');
    const component = () => new WorkloadDomain('org1', { plan: workloadDomainPlan(base) });
    expect((await failureOf(async () => component(), { invoke })).message).toMatch('secrets.loadBalancer.password');
  });

  test('a preview names every object', async () => {
    const keys = (run: Recording) => run.resources.map(({ key }) => key).sort();
    expect(keys(await make(base, { secrets }, { preview: true }))).toEqual(keys(await make(base)));
  });
});

describe("the provider's own schema", () => {
  const ajv = new Ajv({ strict: false });
  const schemas = parse(readFileSync(join(__dirname, '../vsphere/provider-schema.yaml'), 'utf8'));
  const password = { secrets: { loadBalancer: { password: 'p' } } };
  const onVds = (vsphere: '8.0' | '9.0', loadBalancer: SupervisorLoadBalancerProps) =>
    newDomain(vsphere, { networks: { ...vdsNetworks, loadBalancer } });
  const everything: WorkloadDomainProps = {
    ...existingDomain,
    vmClasses: ['best-effort-small', { create: { name: 'made', cpu: 2, memoryGiB: 4, guaranteed: true } }],
    storagePolicies: [{ create: { name: 'Fast', tagCategory: 'speed', tags: ['fast'] } }],
    contentLibrary: { create: { name: 'r', datastore: 'vsan', subscriptionUrl: 'https://example.com/lib.json' } },
  };
  const domains: readonly [string, WorkloadDomainProps, object?][] = [
    ['a namespace and all that it offers', everything],
    ['NSX-T on vSphere 8', newDomain('8.0')],
    ['NSX-T on vSphere 9', newDomain('9.0')],
    ['HAProxy', onVds('8.0', balancers.haproxy), password],
    ['NSX Advanced', onVds('9.0', { ...balancers['nsx-advanced'], cloud: 'vcenter' }), password],
    ['the load balancer of vSphere Foundation', onVds('9.0', balancers.foundation)],
  ];

  test.each(domains)('takes what is made for %s', async (_, domain, more = {}) => {
    const run = await record(() => workloadDomainStack({ name: 'org1', domain, ...more }), { invoke });
    const made = run.resources.filter(({ type }) => type.startsWith('vsphere:'));
    expect(made.length).toBeGreaterThan(0);
    for (const { type, inputs, key } of made) {
      const validate = ajv.compile(schemas[type]);
      expect([key, validate(JSON.parse(JSON.stringify(inputs))), validate.errors]).toEqual([key, true, null]);
      expect(validate({ ...inputs, other: 1 })).toBe(false);
    }
  });
});
