import { rootCertificates } from 'node:tls';
import type { CronJob } from 'kubernetes-types/batch/v1';
import { expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type BackupProps, clusterFile, type PartyPlan, partyPlan, type TrustedCa } from '../../../lib';
import { certificatesIn, ends } from '../../../lib/input/pem';
import { openPoints } from '../../../lib/reports/open-points';
import { problemsOf } from '../../support/declarations';
import { containersOf, environmentOf, fileOf, find, objectsOf, podOf, workloadsOf } from '../../support/objects';

/** Of authorities that Node.js knows. */
const [one = '', other = ''] = rootCertificates;
const trust: readonly TrustedCa[] = [
  { name: 'corporate-ca', certificate: `${one}\n\n${other}` },
  { name: 'proxy-ca', certificate: other },
];
const bucket: BackupProps = { to: { bucket: 'fate-backups', endpoint: 'https://s3.example.com' } };
const party = (more: object = {}) => partyPlan({ domain: 'example.com', id: 30000, ...more });
const draw = (plan: PartyPlan) => objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
const endOf = (text: string) =>
  new Date(Math.min(...(certificatesIn(text) ?? []).map((it) => ends(it).getTime()))).toISOString().slice(0, 10);

test('just what calls servers outside of the federation trusts them: the notebook, and what reaches for the bucket', () => {
  const objects = draw(party({ trust, backup: bucket, retention: {} }));
  const jobs = objects.filter(({ kind }) => kind === 'CronJob') as CronJob[];
  const running = [...workloadsOf(objects), ...jobs].flatMap((it) => containersOf(podOf(it)));
  const trusting = running.filter((it) => ['TRUST', 'SSL_CERT_DIR'].some((name) => name in environmentOf(it)));
  expect(trusting.map(({ name }) => name).sort()).toEqual(['client', 'fetch', 'store']);
  expect(running.length).toBeGreaterThan(8);
  for (const config of ['client-config', 'backup-config'])
    expect(certificatesIn(fileOf(objects, config, 'trust.pem'))).toHaveLength(3);
});

test('their files are where the containers are told of them', () => {
  const objects = draw(party({ trust, backup: bucket }));
  const [notebook] = containersOf(podOf(find(objects, 'StatefulSet', 'client')));
  const [mount] = notebook?.volumeMounts?.filter(({ name }) => name === 'client-config') ?? [];
  expect(notebook && environmentOf(notebook)['TRUST']).toBe(`${mount?.mountPath}/trust.pem`);
  const store = containersOf(podOf(find(objects, 'CronJob', 'backup'))).find(({ name }) => name === 'store');
  expect(store?.volumeMounts).toContainEqual(
    expect.objectContaining({ name: 'backup-config', mountPath: store && environmentOf(store)['SSL_CERT_DIR'] }),
  );
});

test('another list is another notebook, which reads it when it starts', () => {
  const checksum = (more: object) =>
    find(draw(party(more)), 'StatefulSet', 'client').spec.template.metadata.annotations['checksum/client-config'];
  expect(checksum({ trust })).not.toBe(checksum({ trust: trust.slice(1) }));
});

test('without any, nothing speaks of them', () => {
  expect(JSON.stringify(draw(party({ trust: [], backup: bucket })))).not.toMatch(/trust\.pem|SSL_CERT_DIR/);
  expect(draw(party({ trust: [] }))).toEqual(draw(party()));
});

test('backups in a claim call nobody, and trust nobody', () => {
  const objects = draw(party({ trust, backup: { to: { claimGiB: 20 } } }));
  expect(Object.keys(find(objects, 'ConfigMap', 'backup-config').data)).not.toContain('trust.pem');
});

test('until when each is good is told before anything is made', () => {
  const points = openPoints({ exchange: undefined, parties: [party({ trust })] }).map(({ what }) => what);
  expect(points).toEqual(
    expect.arrayContaining([
      `trusts authority corporate-ca until ${endOf(one + other)}`,
      `trusts authority proxy-ca until ${endOf(other)}`,
    ]),
  );
});

const broken = one.replace(/\n[^-\n]+\n/, '\n');
const key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
test.each<[string, unknown, readonly string[]]>([
  ['no list', { name: 'a', certificate: one }, ['trust']],
  ['a text', [one], ['trust[0]', 'trust[0].name', 'trust[0].certificate']],
  ['one without a name', [{ certificate: one }], ['trust[0].name']],
  ['a name that is a file', [{ name: 'ca.crt', certificate: one }], ['trust[0].name']],
  ['a certificate that lacks a line', [{ name: 'a', certificate: broken }], ['trust[0].certificate']],
  ['a key beside it', [{ name: 'a', certificate: one + key }], ['trust[0].certificate']],
  ['a path', [{ name: 'a', certificate: './ca.pem' }], ['trust[0].certificate']],
  ['two of one name', [trust[0], { name: 'corporate-ca', certificate: other }], ['trust[1].name']],
  ['another word', [{ name: 'a', certificate: one, pem: one }], ['trust[0].pem']],
])('%s is refused where it stands', (_, declared, paths) => {
  const problems = problemsOf(() => party({ trust: declared }));
  expect(problems.map(({ path }) => path)).toEqual(paths);
  expect(JSON.stringify(problems)).not.toContain('c2VjcmV0');
});

test('KubeFATE gives the notebook none of them, and says so', () => {
  const plan = party({ trust, driver: 'kubefate', transport: 'open' });
  expect(clusterFile(plan).limits).toContainEqual(expect.objectContaining({ path: 'trust', fatal: false }));
});
