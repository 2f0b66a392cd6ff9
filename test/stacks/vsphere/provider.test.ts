import * as pulumi from '@pulumi/pulumi';
import { expect, test } from 'vitest';
import * as vsphere from '../../../stacks/vsphere';
import { record, unknown } from '../../support/pulumi-recorder';

const provider = async (args?: vsphere.ProviderArgs, options?: pulumi.ResourceOptions, preview = false) => {
  const run = await record(async () => void new vsphere.Provider('vcenter', args, options), { preview });
  return run.get('pulumi:providers:vsphere', 'vcenter');
};

test('booleans and integers go as JSON text, texts as they are, and what is absent not at all', async () => {
  const { inputs, options } = await provider({
    vsphereServer: 'vcenter.example.com',
    user: 'administrator@vsphere.local',
    allowUnverifiedSsl: false,
    apiTimeout: pulumi.output(10),
    persistSession: true,
  });
  expect(inputs).toEqual({
    vsphereServer: 'vcenter.example.com',
    user: 'administrator@vsphere.local',
    allowUnverifiedSsl: 'false',
    apiTimeout: '10',
    persistSession: 'true',
  });
  expect(options).toEqual({ version: '4.17.0', additionalSecretOutputs: ['password'] });
});

test('the password is secret, however it is given', async () => {
  for (const password of ['p', pulumi.output('p'), Promise.resolve('p')]) {
    const { inputs, secretInputs } = await provider({ password });
    expect([inputs, secretInputs]).toEqual([{ password: 'p' }, ['password']]);
  }
});

test('without arguments the plugin takes everything from its environment', async () => {
  expect((await provider()).inputs).toEqual({});
});

test('a value that a preview does not know stays unknown', async () => {
  const later = (): pulumi.Output<boolean> => {
    class Source extends pulumi.CustomResource {
      declare readonly ready: pulumi.Output<boolean>;
    }
    return new Source('test:index:Source', 'source', { ready: undefined }).ready;
  };
  const run = await record(async () => void new vsphere.Provider('vcenter', { allowUnverifiedSsl: later() }), {
    preview: true,
  });
  expect(run.get('pulumi:providers:vsphere', 'vcenter').inputs).toEqual({ allowUnverifiedSsl: unknown });
});

test("a user's version stands above the binding's", async () => {
  expect((await provider({}, { version: '4.18.0' })).options.version).toBe('4.18.0');
});
