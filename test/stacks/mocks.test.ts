import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { clusterStack } from '../../stacks/cluster';
import { exchangeStack } from '../../stacks/exchange';
import { partyStack } from '../../stacks/party';
import { workloadDomainStack } from '../../stacks/workload-domain/workload-domain';
import { exchangeDescriptorOf } from '../support/declarations';
import { isolated } from '../support/pulumi-recorder';
import { exchangeSecrets, partySecrets, types } from '../support/stacks';
import { tlsOutputs } from '../support/tls';
import { newDomain } from '../support/workload-domains';

const federation = { domain: 'example.com' };
const kubeconfig = stringify({ clusters: [{ cluster: { server: 'https://192.0.2.20:6443' } }] });

const programs: Readonly<Record<string, () => Promise<object>>> = {
  'a workload domain': () => workloadDomainStack({ name: 'org1', domain: newDomain('8.0') }),
  'a cluster': () =>
    clusterStack({
      name: 'org1',
      deployment: { cluster: { name: 'fate-org1', platform: 'vSphere 8.0', kubernetes: 'v1.26.5+vmware.2' } },
      supervisor: new kubernetes.Provider('supervisor', {}),
    }),
  'an exchange': () => exchangeStack({ federation, parties: [{ stack: 'party-30000' }], secrets: exchangeSecrets }),
  'an exchange that is the authority': () =>
    exchangeStack({ federation, parties: [{ stack: 'party-30000' }], certificates: { authority: true } }),
  'a party without a certificate yet': () =>
    partyStack({
      federation,
      party: { id: 30000 },
      exchange: exchangeDescriptorOf(),
      certificates: { file: 'certificates.json' },
    }),
  'a party': () =>
    partyStack({ federation, party: { id: 30000 }, exchange: exchangeDescriptorOf(), secrets: partySecrets }),
};

/** What providers add to the inputs of a resource. */
function outputsOf({ type, name, id }: pulumi.runtime.MockResourceArgs): object {
  if (type === types.password) return { result: 'generated' };
  if (type === types.secret && id) return { data: { value: Buffer.from(kubeconfig).toString('base64') } };
  if (type === 'pulumi:pulumi:StackReference') return { outputs: {} };
  return type === types.service && /\/(nginx|pulsar-public-tls|traffic-server|ingress-nginx-controller)$/.test(name)
    ? { status: { loadBalancer: { ingress: [{ ip: '192.0.2.80' }] } } }
    : {};
}

/** Pulumi's mocks give a secret as a map with its value. */
const revealed = (inputs: object) =>
  Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, Object(value).value ?? value]));

const mocks: pulumi.runtime.Mocks = {
  newResource: async (resource) => ({
    id: resource.id || `${resource.name}-id`,
    state: {
      ...resource.inputs,
      ...outputsOf(resource),
      ...(await tlsOutputs(resource.type, revealed(resource.inputs))),
    },
  }),
  call: ({ inputs: { name } }) => ({ id: `${name}-id`, supervisor: `${name}-supervisor` }),
};

test.each(Object.keys(programs).flatMap((role) => [false, true].map((preview) => ({ role, preview }))))(
  "Pulumi's own mocks run $role (preview: $preview)",
  ({ role, preview }) =>
    isolated(async () => {
      await pulumi.runtime.setMocks(mocks, 'fate', 'test', preview, 'acme');
      const outputs = await programs[role]?.();
      const known = new Promise<object>((resolve) => pulumi.output(outputs).apply((it) => resolve(Object(it))));
      if (!preview) expect(Object.keys(await known).sort()).toEqual(Object.keys(Object(outputs)).sort());
      await pulumi.runtime.disconnect(); // what fails by now is an unhandled rejection
    }),
);
