import type { Secret } from 'kubernetes-types/core/v1';
import { beforeAll, describe, expect, test } from 'vitest';
import { secretValues } from '../../../commands/pki/secret-manifest';
import { generatedSecret, kubeFateSecrets, missingSecrets } from '../../../commands/secrets/missing-secrets';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import { exchangePlan, federation, partyPlan } from '../../../lib';
import { secretForm } from '../../../lib/fate/secret-forms';
import { type SecretName, secrets } from '../../../lib/fate/secrets';
import { folderWithAuthority, issueIn, newFolder, now } from '../../support/certificates';
import { containersOf, objectsOf, podOf, workloadsOf } from '../../support/objects';

const plans = federation({
  domain: 'example.com',
  exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
  parties: [{ id: 30000 }, { id: 40000, namespace: 'org2', kubernetes: '1.24', imagePullSecrets: ['registry'] }],
});

let certificates: string;
beforeAll(async () => {
  certificates = await folderWithAuthority();
  await issueIn(certificates, ['exchange', 30000, 40000]);
});

const missing = (existing: readonly string[] = [], folder = certificates) =>
  missingSecrets(plans, { existing: new Set(existing), certificates: folder, now });
const named = ({
  objects,
}: {
  readonly objects: readonly { kind?: string; metadata?: { name?: string; namespace?: string } }[];
}) => objects.map(({ kind, metadata }) => [kind, metadata?.namespace, metadata?.name].filter(Boolean).join(' '));

test('every Secret that pods of a federation name is made, with each key that they read', () => {
  const drawn = [
    ...objectsOf((app) => new Exchange(app, 'exchange', plans.exchange)),
    ...plans.parties.flatMap((party) => objectsOf((app) => new FederatedLearningCluster(app, party.namespace, party))),
  ];
  const { objects, faults } = missing();
  const made = new Map(
    objects
      .filter(({ kind }) => kind === 'Secret')
      .map((each) => [`${each.metadata?.namespace}/${each.metadata?.name}`, Object.keys(secretValues(each as Secret))]),
  );
  expect(faults).toEqual([]);
  const read = workloadsOf(drawn).flatMap((workload) => {
    const namespace = workload.metadata?.namespace;
    const variables = containersOf(podOf(workload)).flatMap(({ env = [] }) => env);
    const references = variables.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
    const volumes = (podOf(workload).volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []);
    return [
      ...references.map(({ name, key }) => ({ name: `${namespace}/${name}`, key })),
      ...volumes.map((name) => ({ name: `${namespace}/${name}`, key: undefined })),
    ];
  });
  expect(read.length).toBeGreaterThan(10);
  for (const { name, key } of read) {
    expect([...made.keys()]).toContain(name);
    if (key !== undefined) expect(made.get(name), name).toContain(key);
  }
  expect(new Set(read.map(({ name }) => name))).toEqual(new Set(made.keys()));
});

test('Namespaces come first, and are those of the manifests to the letter', () => {
  const { objects } = missing();
  expect(named({ objects })).toEqual([
    'Namespace fate-exchange',
    'Namespace fate-30000',
    'Namespace org2',
    'Secret fate-exchange traffic-server-cert',
    ...['mysql', 'fateboard', 'notebook', 'pulsar-cert'].map((name) => `Secret fate-30000 ${name}`),
    ...['mysql', 'fateboard', 'notebook', 'pulsar-cert'].map((name) => `Secret org2 ${name}`),
  ]);
  const drawn = objectsOf((app) => new Exchange(app, 'exchange', plans.exchange));
  expect(objects[0]).toEqual(drawn.find(({ kind }) => kind === 'Namespace'));
});

test('what exists is left out, and with its last Secret its Namespace', () => {
  expect(named(missing(['fate-30000/mysql', 'fate-exchange/traffic-server-cert', 'elsewhere/notebook']))).toEqual([
    'Namespace fate-30000',
    'Namespace org2',
    ...['fateboard', 'notebook', 'pulsar-cert'].map((name) => `Secret fate-30000 ${name}`),
    ...['mysql', 'fateboard', 'notebook', 'pulsar-cert'].map((name) => `Secret org2 ${name}`),
  ]);
  const all = missing().objects.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
  expect(missing(all).objects).toEqual([]);
});

test('certificates that are missing are named all at once, unless their Secrets exist', () => {
  const { faults, objects } = missing([], newFolder());
  expect(faults).toEqual(
    ['proxy', '30000', '40000'].map(
      (name) => `${name}.example.com has no certificate; run \`kubefate-tanzu certificates issue\` first`,
    ),
  );
  expect(named({ objects })).toContain('Secret fate-30000 mysql');
  expect(
    missing(['fate-exchange/traffic-server-cert', 'fate-30000/pulsar-cert', 'org2/pulsar-cert'], newFolder()).faults,
  ).toEqual([]);
});

test('logins to registries are named, since nobody can make them up', () => {
  expect(missing().others).toEqual([['org2/registry', 'a login to a registry']]);
  expect(missing(['org2/registry']).others).toEqual([]);
});

test('so are the keys of a bucket, of which none is made up', () => {
  const to = { bucket: 'fate-backups', endpoint: 'https://s3.example.com' };
  const parties = [partyPlan({ domain: 'example.com', id: 30000, backup: { to } })];
  const { objects, others } = missingSecrets({ parties }, { existing: new Set(), certificates: newFolder(), now });
  expect(named({ objects }).filter((name) => name.includes('backup'))).toEqual([]);
  expect(others).toEqual([['fate-30000/backup-bucket', 'the keys of a bucket, access-key and secret-key']]);
});

test('so is the password of a MySQL that others run, and none of its own is made', () => {
  const parties = [partyPlan({ domain: 'example.com', id: 30000, mysql: { external: { host: 'mysql.example.com' } } })];
  const { objects, others } = missingSecrets({ parties }, { existing: new Set(), certificates: newFolder(), now });
  expect(named({ objects }).filter((name) => name.includes('mysql'))).toEqual([]);
  expect(others).toEqual([['fate-30000/external-mysql', 'the password of a user of MySQL, password']]);
});

test('a party by itself needs no certificate, one of KubeFATE nothing else', () => {
  const alone = partyPlan({ domain: 'example.com', id: 30000 });
  expect(named(missingSecrets({ parties: [alone] }, { existing: new Set(), certificates: newFolder(), now }))).toEqual([
    'Namespace fate-30000',
    ...['mysql', 'fateboard', 'notebook'].map((name) => `Secret fate-30000 ${name}`),
  ]);
  const { exchange, parties } = federation({
    domain: 'example.com',
    transport: 'open',
    exchange: { driver: 'kubefate', addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
    parties: [{ id: 30000, driver: 'kubefate' }],
  });
  expect(named(missingSecrets({ exchange, parties }, { existing: new Set(), certificates, now }))).toEqual([
    'Namespace fate-exchange',
    'Namespace fate-30000',
    'Secret fate-exchange traffic-server-cert',
    'Secret fate-30000 pulsar-cert',
  ]);
  const only = missingSecrets(
    { exchange: exchangePlan({ domain: 'example.com' }), parties: [] },
    { existing: new Set(), certificates, now },
  );
  expect(named(only)).toEqual(['Namespace fate-exchange', 'Secret fate-exchange traffic-server-cert']);
});

describe('a generated value', () => {
  const generated = ['mysql', 'fateboard', 'notebook', 'kubeFate'] as const satisfies readonly SecretName[];
  const made = (name: SecretName) => {
    const values = secretValues(generatedSecret('fate-30000', name));
    return Object.entries<string>(secrets[name].keys).map(([key, field]) => ({
      key,
      field,
      value: values[field] ?? '',
    }));
  };

  test.each(generated)('of %s is what its reader takes, and each time another', (name) => {
    const seen = new Set<string>();
    for (let i = 0; i < 50; i++) {
      for (const { key, field, value } of made(name)) {
        expect(secretForm(name, key).fits(value), field).toBe(true);
        if (!/[uU]sername/.test(field)) {
          expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
          expect(seen).not.toContain(value);
          seen.add(value);
        }
      }
    }
    expect(seen.size).toBeGreaterThan(0);
  });

  test('has every character as often as any other', () => {
    const text = Array.from({ length: 200 }, () =>
      made('mysql')
        .map(({ value }) => value)
        .join(''),
    ).join('');
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    for (const count of counts.values()) expect(Math.abs(count - text.length / 62)).toBeLessThan(100); // seven times its deviation
  });

  test('cannot be replaced by a second run: its Secret is immutable, and that of a certificate is not', () => {
    for (const { kind, metadata, ...rest } of missing().objects.filter(({ kind }) => kind === 'Secret')) {
      const isCertificate = metadata?.name?.endsWith('-cert');
      expect('immutable' in rest && rest.immutable, metadata?.name).toBe(!isCertificate);
    }
  });

  test("of KubeFATE's service has user names of 16 characters at most", () => {
    const [secret] = kubeFateSecrets(new Set());
    expect(secretValues(secret ?? {})).toMatchObject({ kubefateUsername: 'admin', mariadbUsername: 'kubefate' });
    expect(kubeFateSecrets(new Set(['kube-fate/kubefate-secret']))).toEqual([]);
  });
});
