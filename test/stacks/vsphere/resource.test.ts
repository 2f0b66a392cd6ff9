import * as pulumi from '@pulumi/pulumi';
import { expect, test } from 'vitest';
import * as vsphere from '../../../stacks/vsphere';
import { failureOf, record, unknown } from '../../support/pulumi-recorder';

const namespace = { name: 'fate', supervisor: 'supervisor-1' };
const token = 'vsphere:index/namespace:Namespace';

test('a resource is registered under its token, for release 4.17.0 of the plugin', async () => {
  const run = await record(async () => void new vsphere.Namespace('ns', namespace));
  expect(run.get(token, 'ns').inputs).toEqual(namespace);
  expect(run.get(token, 'ns').options.version).toBe('4.17.0');
});

test("a user's options stand above the binding's, and are added where both are lists", async () => {
  const run = await record(
    async () =>
      void new vsphere.Namespace('ns', namespace, {
        version: '4.18.0',
        deleteBeforeReplace: false,
        replaceOnChanges: ['storagePolicies'],
        protect: true,
      }),
  );
  expect(run.get(token, 'ns').options).toEqual({
    version: '4.18.0',
    deleteBeforeReplace: false,
    replaceOnChanges: ['name', 'supervisor', 'storagePolicies'],
    protect: true,
  });
});

test('what the plugin cannot change in place is replaced, deleted first', async () => {
  const run = await record(async () => {
    new vsphere.Namespace('ns', namespace);
    new vsphere.VirtualMachineClass('class', { name: 'c', cpus: 2, memory: 4096 });
    new vsphere.Zone('zone', { name: 'z' });
  });
  const replaced = (type: string, name: string) => {
    const { replaceOnChanges, deleteBeforeReplace } = run.get(type, name).options;
    return [replaceOnChanges, deleteBeforeReplace];
  };
  expect(replaced(token, 'ns')).toEqual([['name', 'supervisor'], true]);
  expect(replaced('vsphere:index/virtualMachineClass:VirtualMachineClass', 'class')).toEqual([['name'], true]);
  expect(replaced('vsphere:index/zone:Zone', 'zone')).toEqual([undefined, undefined]);
});

test('an output-only property becomes an output of the object', async () => {
  const program = async () => {
    const cluster = new vsphere.ComputeCluster('cluster', { datacenterId: 'datacenter-1', name: 'c' });
    return { pool: cluster.resourcePoolId, drs: cluster.drsEnabled, name: cluster.name };
  };
  const run = await record(program, { resource: () => ({ resourcePoolId: 'resgroup-1' }) });
  expect(run.outputs).toEqual({ pool: 'resgroup-1', name: 'c' });
  expect((await record(program, { preview: true })).outputs).toMatchObject({ pool: unknown, name: 'c' });
});

test('passwords inside an input are secret on the way out and in the state', async () => {
  const subscription = (password: pulumi.Input<string> | undefined) => ({
    subscriptionUrl: 'https://example.com/lib.json',
    password,
  });
  const library = { name: 'library', storageBackings: ['datastore-1'] };
  const run = await record(async () => {
    const made = new vsphere.ContentLibrary('plain', { ...library, subscription: subscription('p') });
    new vsphere.ContentLibrary('output', { ...library, subscription: subscription(pulumi.output('p')) });
    new vsphere.ContentLibrary('whole', { ...library, subscription: pulumi.output(subscription('p')) });
    new vsphere.ContentLibrary('promise', { ...library, subscription: Promise.resolve(subscription('p')) });
    new vsphere.ContentLibrary('none', { ...library, subscription: subscription(undefined) });
    return { subscription: made.subscription };
  });
  const secretInputs = (name: string) => run.get('vsphere:index/contentLibrary:ContentLibrary', name).secretInputs;
  expect(['plain', 'output', 'whole', 'promise', 'none'].map(secretInputs)).toEqual([
    ['subscription.password'],
    ['subscription.password'],
    ['subscription'],
    ['subscription'],
    [],
  ]);
  expect(run.ofType('vsphere:index/contentLibrary:ContentLibrary')[0]?.options.additionalSecretOutputs).toEqual([
    'publication',
    'subscription',
  ]);
  expect(run.secretOutputs).toEqual(['subscription']);
});

test('passwords deep in a Supervisor are found, and what is not there stays absent', async () => {
  const edge = (haproxy?: object) => ({
    cluster: 'domain-c9',
    name: 's',
    controlPlane: { network: { backing: { network: 'network-1' } } },
    workloads: {
      network: { vsphere: { dvpg: 'dvportgroup-1' } },
      edge: { id: 'e', ...haproxy },
      kubeApiServerOptions: { security: { certificateDnsNames: ['s.example.com'] } },
    },
  });
  const haproxy = { servers: [{ host: '192.0.2.1', port: 5556 }], username: 'u', password: 'p', caChain: 'c' };
  const run = await record(async () => {
    new vsphere.SupervisorV2('with', edge({ haproxy }));
    new vsphere.SupervisorV2('without', edge());
  });
  const [made, without] = ['with', 'without'].map((name) => run.get('vsphere:index/supervisorV2:SupervisorV2', name));
  expect(made?.secretInputs).toEqual(['workloads.edge.haproxy.password']);
  expect(made?.inputs).toEqual(edge({ haproxy }));
  expect([without?.secretInputs, without?.inputs]).toEqual([[], edge()]);
});

test('only what the plugin can import can be read by its id', async () => {
  const readable = Object.entries(vsphere).flatMap(([name, value]) => (Object.hasOwn(value, 'get') ? [name] : []));
  expect(readable.sort()).toEqual(['ComputeCluster', 'ContentLibrary', 'Tag', 'TagCategory']);
  const run = await record(async () => ({ name: vsphere.Tag.get('existing', 'urn:tag:1').name }), {
    resource: () => ({ name: 'from vCenter' }),
  });
  expect(run.get('vsphere:index/tag:Tag', 'existing').readId).toBe('urn:tag:1');
  expect(run.outputs).toEqual({ name: 'from vCenter' });
});

test('an object is recognised by its token, whichever copy of the binding made it', async () => {
  const seen: boolean[] = [];
  await record(async () => {
    const tag = new vsphere.Tag('tag', { name: 't', categoryId: 'c' });
    seen.push(vsphere.Tag.isInstance(tag), vsphere.Zone.isInstance(tag), vsphere.Tag.isInstance(undefined));
  });
  expect(seen).toEqual([true, false, false]);
});

test("the SDK's own Provider serves: any provider of the package vsphere", async () => {
  class SdkProvider extends pulumi.ProviderResource {}
  const run = await record(
    async () => {
      const provider = new SdkProvider('vsphere', 'sdk', { user: 'u' });
      new vsphere.Namespace('ns', namespace, { provider });
      await vsphere.getPolicy({ name: 'p' }, { provider });
    },
    { invoke: () => ({ id: 'policy-1' }) },
  );
  expect(run.get(token, 'ns').provider).toBe('pulumi:providers:vsphere::sdk');
  expect(run.invokes[0]?.provider).toBe('pulumi:providers:vsphere::sdk');
});

test('every resource names the token that @pulumi/vsphere 4.17.0 has for it', async () => {
  const run = await record(async () => {
    new vsphere.ComputeCluster('r', { datacenterId: 'd', name: 'n' });
    new vsphere.ContentLibrary('r', { name: 'n', storageBackings: [] });
    new vsphere.Namespace('r', namespace);
    new vsphere.Supervisor('r', {} as vsphere.SupervisorArgs);
    new vsphere.SupervisorV2('r', {} as vsphere.SupervisorV2Args);
    new vsphere.Tag('r', { name: 'n', categoryId: 'c' });
    new vsphere.TagCategory('r', { name: 'n', cardinality: 'SINGLE', associableTypes: ['Datastore'] });
    new vsphere.VirtualMachineClass('r', { name: 'n', cpus: 1, memory: 1024 });
    new vsphere.VmStoragePolicy('r', { name: 'n', tagRules: [] });
    new vsphere.Zone('r', { name: 'n' });
  });
  expect(run.resources.map(({ type }) => type).sort()).toEqual([
    'vsphere:index/computeCluster:ComputeCluster',
    'vsphere:index/contentLibrary:ContentLibrary',
    'vsphere:index/namespace:Namespace',
    'vsphere:index/supervisor:Supervisor',
    'vsphere:index/supervisorV2:SupervisorV2',
    'vsphere:index/tag:Tag',
    'vsphere:index/tagCategory:TagCategory',
    'vsphere:index/virtualMachineClass:VirtualMachineClass',
    'vsphere:index/vmStoragePolicy:VmStoragePolicy',
    'vsphere:index/zone:Zone',
  ]);
});

test('every lookup asks under its token and release, with its arguments as they are', async () => {
  const inDatacenter = { name: 'n', datacenterId: 'datacenter-1' };
  const run = await record(
    async () => {
      await vsphere.getDatacenter({ name: 'n' });
      await vsphere.getComputeCluster(inDatacenter);
      await vsphere.getHost(inDatacenter);
      await vsphere.getNetwork(inDatacenter);
      await vsphere.getDistributedVirtualSwitch(inDatacenter);
      await vsphere.getDatastore(inDatacenter);
      await vsphere.getPolicy({ name: 'n' });
      await vsphere.getContentLibrary({ name: 'n' });
      await vsphere.getNamespace({ name: 'n' });
    },
    { invoke: () => ({ id: 'i' }) },
  );
  expect(run.invokes.map(({ token, args, version }) => [token, args, version])).toEqual([
    ['vsphere:index/getDatacenter:getDatacenter', { name: 'n' }, '4.17.0'],
    ['vsphere:index/getComputeCluster:getComputeCluster', inDatacenter, '4.17.0'],
    ['vsphere:index/getHost:getHost', inDatacenter, '4.17.0'],
    ['vsphere:index/getNetwork:getNetwork', inDatacenter, '4.17.0'],
    ['vsphere:index/getDistributedVirtualSwitch:getDistributedVirtualSwitch', inDatacenter, '4.17.0'],
    ['vsphere:index/getDatastore:getDatastore', inDatacenter, '4.17.0'],
    ['vsphere:index/getPolicy:getPolicy', { name: 'n' }, '4.17.0'],
    ['vsphere:index/getContentLibrary:getContentLibrary', { name: 'n' }, '4.17.0'],
    ['vsphere:index/getNamespace:getNamespace', { name: 'n' }, '4.17.0'],
  ]);
});

test('a lookup that depends on what does not exist yet is not asked in a preview', async () => {
  const program = async () => {
    const zone = new vsphere.Zone('zone', { name: 'z' });
    return { supervisor: vsphere.getNamespaceOutput({ name: 'n' }, { dependsOn: [zone] }).supervisor };
  };
  const invoke = () => ({ supervisor: 'supervisor-1' });
  const preview = await record(program, { invoke, preview: true });
  expect([preview.invokes, preview.outputs]).toEqual([[], { supervisor: unknown }]);
  expect((await record(program, { invoke })).outputs).toEqual({ supervisor: 'supervisor-1' });
});

test("a lookup fails with the plugin's own text", async () => {
  const { message } = await failureOf(() => vsphere.getDatacenter({ name: 'dc' }), {
    invoke: () => {
      throw new Error("datacenter 'dc' not found");
    },
  });
  expect(message).toBe("datacenter 'dc' not found");
});
