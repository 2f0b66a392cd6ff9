// A test of the program with Pulumi's own mocks: no cluster, no CLI, no backend.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import * as pulumi from '@pulumi/pulumi';
import program from './index';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const made: Readonly<Record<string, object>> = {
  'random:index/randomPassword:RandomPassword': { result: 'generated' },
  'tls:index/privateKey:PrivateKey': { privateKeyPemPkcs8: privateKey.export({ type: 'pkcs8', format: 'pem' }) },
  'tls:index/selfSignedCert:SelfSignedCert': { certPem: '-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n' },
};
const addresses: Readonly<Record<string, string>> = {
  'fate-30000/nginx': '192.0.2.72',
  'fate-30000/pulsar-public-tls': '192.0.2.73',
};

const resources: pulumi.runtime.MockResourceArgs[] = [];

/** What providers add to the inputs of a resource. */
function outputsOf({ type, name }: pulumi.runtime.MockResourceArgs): object {
  return name in addresses ? { status: { loadBalancer: { ingress: [{ ip: addresses[name] }] } } } : (made[type] ?? {});
}

test('party 30000 tells its addresses, and all of its data are on our storage', async () => {
  await pulumi.runtime.setMocks({
    newResource(resource) {
      resources.push(resource);
      return { id: `${resource.name}-id`, state: { ...resource.inputs, ...outputsOf(resource) } };
    },
    call: ({ inputs }) => inputs,
  });
  pulumi.runtime.setConfig('project:kubeconfig', '…');

  const { id, pulsar } = await known((await program()).descriptor);
  assert.deepEqual([id, pulsar], [30000, { address: '192.0.2.73', port: 6651 }]);

  const claims = resources.flatMap(({ inputs }) => inputs.spec?.volumeClaimTemplates ?? []);
  assert.ok(claims.length > 0);
  for (const { spec } of claims) assert.equal(spec.storageClassName, 'vsan-default-storage-policy');
});

const known = <Value>(output: pulumi.Output<Value> | undefined): Promise<Value> =>
  new Promise((resolve) => output?.apply((value) => resolve(value as Value)));
