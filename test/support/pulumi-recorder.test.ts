import * as pulumi from '@pulumi/pulumi';
import { expect, test } from 'vitest';
import { failureOf, record, unknown } from './pulumi-recorder';

class Thing extends pulumi.CustomResource {
  declare readonly out: pulumi.Output<string>;
  declare readonly given: pulumi.Output<unknown>;
  constructor(name: string, given: pulumi.Input<unknown>, options?: pulumi.CustomResourceOptions) {
    super('test:index:Thing', name, { given, out: undefined }, options);
  }
}

class Group extends pulumi.ComponentResource {
  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super('test:index:Group', name, {}, options);
    const first = new Thing('first', pulumi.secret({ deep: 1 }), { parent: this, protect: true });
    new Thing('second', [first.out], { parent: this, dependsOn: first, customTimeouts: { create: '5m' } });
    this.registerOutputs({ out: first.out });
  }
}

class Access extends pulumi.ProviderResource {}

const outputsOf = (run: { outputs: object }) => run.outputs;

test('parents, dependencies, options and secrets are kept', async () => {
  const run = await record(
    async () => {
      new Group('group', { provider: new Access('test', 'access') });
    },
    { resource: ({ name }) => ({ out: `${name} out` }) },
  );
  const second = run.get('test:index:Thing', 'second');
  expect(second.parent).toBe('test:index:Group::group');
  expect(second.inputs).toEqual({ given: ['first out'] });
  expect(second.dependencies).toEqual(['test:index:Thing::first']);
  expect(second.propertyDependencies).toEqual({ given: ['test:index:Thing::first'] });
  expect(second.options).toEqual({ customTimeouts: { create: '5m' } });
  expect(second.provider).toBe('pulumi:providers:test::access');
  const first = run.get('test:index:Thing', 'first');
  expect([first.inputs, first.secretInputs]).toEqual([{ given: { deep: 1 } }, ['given']]);
  expect(first.options).toEqual({ protect: true });
  expect(run.get('test:index:Group', 'group').providers).toEqual({ test: 'pulumi:providers:test::access' });
  expect(run.get('test:index:Group', 'group').parent).toBeUndefined();
  expect(run.registeredOutputs['test:index:Group::group']).toEqual({ out: 'first out' });
});

test('a preview does not know the id of a new resource, nor what its provider will add', async () => {
  const program = async () => {
    const thing = new Thing('new', 'given');
    return { id: thing.id, out: thing.out, given: thing.given };
  };
  const world = { resource: () => ({ out: 'made' }) };
  expect(outputsOf(await record(program, { ...world, preview: true }))).toEqual({
    id: unknown,
    out: unknown,
    given: 'given',
  });
  const made = { id: 'new-id', out: 'made', given: 'given' };
  expect(outputsOf(await record(program, { ...world, preview: true, deployed: () => true }))).toEqual(made);
  expect(outputsOf(await record(program, world))).toEqual(made);
});

test('secret outputs stay secret on their way out', async () => {
  const run = await record(async () => ({
    a: new Thing('marked', 'x', { additionalSecretOutputs: ['given'] }).given,
    b: { c: pulumi.secret(1) },
    d: 'plain',
  }));
  expect(run.outputs).toEqual({ a: 'x', b: { c: 1 }, d: 'plain' });
  expect(run.secretOutputs).toEqual(['a', 'b.c']);
});

test('another stack is answered from the world, and one that is not there fails', async () => {
  const program = async () => ({
    details: await new pulumi.StackReference('acme/kubefate-tanzu/exchange').getOutputDetails('descriptor'),
    secret: await new pulumi.StackReference('acme/kubefate-tanzu/cluster').getOutputDetails('kubeconfig'),
  });
  const stacks = {
    'acme/kubefate-tanzu/exchange': { descriptor: { kind: 'Exchange' } },
    'acme/kubefate-tanzu/cluster': { kubeconfig: 'k' },
  };
  const run = await record(program, { stacks, secretOutputs: ['kubeconfig'] });
  expect(run.outputs).toMatchObject({ details: { value: { kind: 'Exchange' } }, secret: { secretValue: 'k' } });
  expect((await failureOf(program)).message).toMatch(/unknown stack "acme\/kubefate-tanzu\/exchange"/);
});

test('configuration, calls and messages are seen', async () => {
  const run = await record(
    async () => {
      const config = new pulumi.Config();
      pulumi.log.warn(`careful with ${config.requireObject<{ id: number }>('party').id}`);
      const { answer } = await pulumi.runtime.invoke('test:index:get', { key: 'a' }, { version: '1.2.3' });
      return { answer, password: config.requireSecret('password') };
    },
    {
      config: { 'kubefate-tanzu:party': { id: 1 } },
      secretConfig: { 'kubefate-tanzu:password': 'p' },
      invoke: (_, { key }) => ({ answer: `${key}!` }),
    },
  );
  expect(run.warnings()).toEqual(['careful with 1']);
  expect(run.invokes).toEqual([{ token: 'test:index:get', args: { key: 'a' }, version: '1.2.3' }]);
  expect(run.outputs).toEqual({ answer: 'a!', password: 'p' });
  expect(run.secretOutputs).toEqual(['password']);
});

test('a run fails with its program, with a resource, with a call, and with a name given twice', async () => {
  const refuse = () => {
    throw new Error('refused by the provider');
  };
  const create = async () => void new Thing('a', 1);
  expect((await failureOf(async () => Promise.reject(new Error('the program')))).message).toBe('the program');
  expect((await failureOf(create, { resource: refuse })).message).toMatch('refused by the provider');
  const invoke = () => pulumi.runtime.invoke('test:index:get', {});
  expect((await failureOf(invoke, { invoke: refuse })).message).toMatch('refused by the provider');
  const twice = async () => void [new Thing('a', 1), new Thing('a', 2)];
  expect((await failureOf(twice)).message).toMatch('Duplicate resource URN: test:index:Thing::a');
  await expect(record(create, { resource: refuse })).rejects.toThrow('refused by the provider');
  expect((await record(create)).resources).toHaveLength(1);
});

test('hooks run before an update that changes something, in a preview if they say so', async () => {
  const seen: unknown[] = [];
  const program = (onDryRun: boolean) => async () => {
    const hook = new pulumi.ResourceHook('hook', (args) => void seen.push([args.oldInputs, args.newInputs]), {
      onDryRun,
    });
    new Thing('a', 1, { hooks: { beforeUpdate: [hook] } });
  };
  await record(program(false), { previous: () => ({ given: 1 }) });
  await record(program(false), { previous: () => ({ given: 0 }), preview: true });
  expect(seen).toEqual([]);
  await record(program(true), { previous: () => ({ given: 0 }), preview: true });
  await record(program(false), { previous: () => ({ given: 0 }) });
  expect(seen).toEqual(Array(2).fill([{ given: 0 }, { given: 1 }]));
});
