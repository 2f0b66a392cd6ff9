import type { Volume } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import { type CertManagerProps, exchangePlan, partyPlan, secrets, type Transport } from '../../../lib';
import { exchangeDescriptorOf } from '../../support/declarations';
import { type AnyObject, find, objectsOf, podOf, workloadsOf } from '../../support/objects';

const issuer = { issuer: 'federation-ca' };
type Draw = (transport: Transport, certManager?: CertManagerProps) => AnyObject[];

const party: Draw = (transport, certManager) => {
  const exchange = exchangeDescriptorOf({ transport });
  const plan = partyPlan({ domain: 'example.com', transport, id: 30000, certManager, exchange });
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
};
const exchange: Draw = (transport, certManager) => {
  const plan = exchangePlan({ domain: 'example.com', transport, certManager });
  return objectsOf((app) => new Exchange(app, plan.namespace, plan));
};

const members = [
  { member: 'a party', draw: party, name: '30000.example.com', own: secrets.pulsarCertificate },
  { member: 'an exchange', draw: exchange, name: 'proxy.example.com', own: secrets.trafficServerCertificate },
];

test.each(members)('cert-manager makes what `certificates issue` makes for $member', ({ draw, name }) => {
  expect(find(draw('mutual-tls', { ...issuer, days: 90 }), 'Certificate', 'issued-certificate')).toMatchObject({
    apiVersion: 'cert-manager.io/v1',
    spec: {
      secretName: 'issued-certificate',
      commonName: name,
      dnsNames: [name],
      usages: ['digital signature', 'key encipherment', 'server auth', 'client auth'],
      privateKey: { algorithm: 'RSA', size: 2048, encoding: 'PKCS8', rotationPolicy: 'Always' },
      duration: '2160h',
      renewBefore: '720h',
      issuerRef: { name: 'federation-ca', kind: 'Issuer', group: 'cert-manager.io' },
    },
  });
});

test.each(members)('the Certificate of $member comes before the pods that wait for it', ({ draw }) => {
  const kinds = draw('mutual-tls', issuer).map(({ kind }) => kind);
  expect(kinds.slice(0, 2)).toEqual(['Namespace', 'Certificate']);
});

describe.each(members)('pods of $member', ({ draw, own }) => {
  const ofSecrets = (objects: readonly AnyObject[]): Volume[] =>
    workloadsOf(objects).flatMap((workload) => (podOf(workload).volumes ?? []).filter(({ secret }) => secret));

  test.each(['mutual-tls', 'open'] as const)('find it where they find one of a person (transport %s)', (transport) => {
    const before = ofSecrets(draw(transport));
    const after = ofSecrets(draw(transport, issuer));
    expect(before.length).toBeGreaterThan(0);
    expect(after).toEqual(
      before.map((volume) => {
        expect(volume.secret?.secretName).toBe(own.name);
        const items = [
          { key: 'tls.crt', path: own.keys.certificate },
          { key: 'tls.key', path: own.keys.key },
          { key: 'ca.crt', path: own.keys.ca },
        ];
        return { ...volume, secret: { ...volume.secret, secretName: 'issued-certificate', items } };
      }),
    );
  });

  test('are otherwise the same, and so is all that is drawn beside them', () => {
    const withoutVolumes = (objects: readonly AnyObject[]) =>
      JSON.parse(JSON.stringify(objects.filter(({ kind }) => kind !== 'Certificate')), (_, value) =>
        value?.secret?.secretName === undefined ? value : 'of a Secret',
      );
    expect(withoutVolumes(draw('mutual-tls', issuer))).toEqual(withoutVolumes(draw('mutual-tls')));
  });
});

test('a party that stands alone has nobody to show a certificate to', () => {
  const plan = partyPlan({ domain: 'example.com', id: 30000, certManager: issuer });
  const kinds = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan)).map(({ kind }) => kind);
  expect(kinds).not.toContain('Certificate');
});
