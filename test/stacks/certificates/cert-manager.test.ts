import { describe, expect, test } from 'vitest';
import type { CertManagerProps } from '../../../lib';
import { exchangeStack } from '../../../stacks/exchange';
import { partyStack } from '../../../stacks/party';
import { exchangeDescriptorOf } from '../../support/declarations';
import { failureOf, record } from '../../support/pulumi-recorder';
import { exchangeSecrets, paperCluster, partySecrets, types } from '../../support/stacks';

const federation = { domain: 'example.com' };
const certManager: CertManagerProps = { issuer: 'federation-ca' };

const party =
  (more = {}) =>
  () =>
    partyStack({ federation, party: { id: 30000, certManager }, exchange: exchangeDescriptorOf(), ...more });
const exchange =
  (more = {}) =>
  () =>
    exchangeStack({ federation, exchange: { certManager }, ...more });

const certificate = 'kubernetes:cert-manager.io/v1:Certificate';

describe.each([
  { member: 'party', stack: party, namespace: 'fate-30000', own: 'pulsarCertificate', given: partySecrets },
  {
    member: 'exchange',
    stack: exchange,
    namespace: 'fate-exchange',
    own: 'trafficServerCertificate',
    given: exchangeSecrets,
  },
])('where cert-manager makes the certificate of the $member', ({ member, stack, namespace, own, given }) => {
  test('nobody else is asked for one, and it is there before the pods', async () => {
    const run = await record(stack(), { resource: paperCluster });
    const secrets = run.ofType(types.secret).map(({ name }) => name);
    expect(secrets.filter((name) => name.includes('cert'))).toEqual([]);
    const issued = run.get(certificate, `${namespace}/issued-certificate`);
    expect(issued.inputs['metadata']).toMatchObject({ annotations: { 'pulumi.com/waitFor': 'condition=Ready' } });
    expect(issued.dependencies).toContain(`${types.namespace}::${namespace}`);
    const pods = [...run.ofType(types.deployment), ...run.ofType(types.statefulSet)];
    expect(pods.length).toBeGreaterThan(1);
    for (const { dependencies } of pods) expect(dependencies).toContain(issued.key);
  });

  test.each([
    ['values of one', { secrets: given }, `secrets.${own}: is given beside certManager, which makes one`],
    [
      'another way to make one',
      { certificates: { authority: true } },
      `certificates: are given beside ${member}.certManager, which makes one; use one of the two`,
    ],
  ])('%s are refused', async (_, more, expected) => {
    const { message, recording } = await failureOf(stack(more), { resource: paperCluster });
    expect(message).toContain(`  ${expected}`);
    expect(message.split('\n')).toHaveLength(2);
    expect(recording.resources.filter(({ type }) => type.startsWith('kubernetes:'))).toEqual([]);
  });
});
