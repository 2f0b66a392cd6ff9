import { expect, test } from 'vitest';
import { type CertManagerProps, exchangePlan, partyPlan } from '../../../lib';
import { problemsOf } from '../../support/declarations';

const party = (certManager?: CertManagerProps) => partyPlan({ domain: 'example.com', id: 30000, certManager });
const exchange = (certManager?: CertManagerProps) => exchangePlan({ domain: 'example.com', certManager });

test('nobody but a person makes certificates, unless that is declared', () => {
  expect(party().certManager).toBeUndefined();
  expect(exchange().certManager).toBeUndefined();
});

test.each<[string, CertManagerProps, object]>([
  ['of the namespace', { issuer: 'ca' }, { name: 'ca', kind: 'Issuer', group: 'cert-manager.io' }],
  [
    'of the cluster',
    { issuer: 'ca', kind: 'ClusterIssuer' },
    { name: 'ca', kind: 'ClusterIssuer', group: 'cert-manager.io' },
  ],
  [
    'of another program',
    { issuer: 'ca', kind: 'AWSPCAIssuer', group: 'awspca.cert-manager.io' },
    { name: 'ca', kind: 'AWSPCAIssuer', group: 'awspca.cert-manager.io' },
  ],
])('an issuer %s certifies a party and an exchange for as long as commands do', (_, declared, issuer) => {
  for (const plan of [party, exchange])
    expect(plan(declared).certManager).toEqual({ issuer, days: 396, renewedDays: 30 });
});

test.each([
  [7, 2],
  [60, 20],
  [90, 30],
  [3650, 30],
])('a certificate of %i days is renewed in the last %i', (days, renewedDays) => {
  expect(party({ issuer: 'ca', days }).certManager).toMatchObject({ days, renewedDays });
});

test.each<[string, unknown, readonly string[]]>([
  ['no map', 'federation-ca', ['certManager', 'certManager.issuer']],
  ['nothing named', {}, ['certManager.issuer']],
  ['a name that no object has', { issuer: 'Federation CA' }, ['certManager.issuer']],
  ['a kind that cert-manager has not', { issuer: 'ca', kind: 'clusterissuer' }, ['certManager.kind']],
  ['a group without a kind', { issuer: 'ca', group: 'awspca.cert-manager.io' }, ['certManager.kind']],
  ['a group that is none', { issuer: 'ca', kind: 'A', group: 'a b' }, ['certManager.group']],
  ['no time to renew it in', { issuer: 'ca', days: 6 }, ['certManager.days']],
  ['longer than ten years', { issuer: 'ca', days: 3651 }, ['certManager.days']],
  ['another key', { issuer: 'ca', renewBefore: '1h' }, ['certManager.renewBefore']],
])('%s is refused, of a party and of an exchange', (_, declared, paths) => {
  for (const plan of [party, exchange]) {
    const problems = problemsOf(() => plan(declared as CertManagerProps));
    expect(problems.map(({ path }) => path)).toEqual(paths);
  }
});
