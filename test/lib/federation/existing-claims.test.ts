import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { CronJob } from 'kubernetes-types/batch/v1';
import { expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { clusterFile, type ExistingClaims, type PartyPlan, partyPlan, upgradePlan } from '../../../lib';
import { lastingPartyChanges, lastingPartyValues } from '../../../lib/federation/lasting';
import { leaving } from '../../../lib/operations/removal';
import { type RestorableParty, restoreSteps } from '../../../lib/operations/restore';
import { openPoints } from '../../../lib/reports/open-points';
import { partyRunbook } from '../../../lib/reports/runbook';
import { problemsOf } from '../../support/declarations';
import { find, objectsOf, podOf } from '../../support/objects';

const party = (more: object = {}) =>
  partyPlan({ domain: 'example.com', id: 30000, datanodes: 1, replication: 1, ...more });
const draw = (plan: PartyPlan) => objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
const all: Required<ExistingClaims> = {
  mysql: 'records',
  fateflow: 'models',
  client: 'notebooks',
  namenode: 'names',
  datanode: 'tables',
  pulsar: 'messages',
};
const setsOf = (plan: PartyPlan) => draw(plan).filter(({ kind }) => kind === 'StatefulSet') as StatefulSet[];
const claimsIn = (pod: {
  volumes?: readonly { persistentVolumeClaim?: { claimName: string } | undefined }[] | undefined;
}) => (pod.volumes ?? []).flatMap((it) => it.persistentVolumeClaim?.claimName ?? []);

test('pods have the claims that are named, and none is made for them', () => {
  const sets = setsOf(party({ existingClaims: all }));
  expect(Object.fromEntries(sets.map((set) => [set.metadata?.name, claimsIn(podOf(set))]))).toEqual(
    Object.fromEntries(Object.entries(all).map(([volume, claim]) => [volume, [claim]])),
  );
  for (const { spec } of sets) expect(spec?.volumeClaimTemplates).toBeUndefined();
});

test('what is not named is made as ever', () => {
  const [named, usual] = [party({ existingClaims: { mysql: 'records' } }), party({})].map(setsOf);
  for (const set of named ?? [])
    if (set.metadata?.name !== 'mysql')
      expect(set).toEqual(usual?.find(({ metadata }) => metadata?.name === set.metadata?.name));
});

test("Jobs that have FATE Flow's volume have the claim that is named", () => {
  const objects = draw(party({ existingClaims: all, retention: {}, backup: { to: { claimGiB: 20 } } }));
  const jobs = objects.filter(({ kind }) => kind === 'CronJob') as CronJob[];
  expect(jobs.map((job) => claimsIn(podOf(job)).includes('models'))).toEqual([true, true, true]);
});

test('alerts of a full Pulsar are of the claim that is named', () => {
  const rules = JSON.stringify(find(draw(party({ existingClaims: all, monitoring: {} })), 'PrometheusRule', 'fate'));
  expect(rules).toContain('persistentvolumeclaim=~\\"messages\\"');
});

/** All that a party's pages and plans have anybody type and do. */
function instructions(claims: ExistingClaims): string {
  const backup = { to: { bucket: 'b-1', endpoint: 'https://s3.example.com' } };
  const [before, after] = (['1.6.1', '1.11.2'] as const).map((fate) => party({ fate, existingClaims: claims, backup }));
  if (before === undefined || after === undefined) throw new Error('no party');
  const upgrade = upgradePlan(before, after, { accept: ['messages', 'models', 'records', 'tables'] });
  return JSON.stringify([
    partyRunbook(after, []),
    upgrade.steps,
    upgrade.back,
    restoreSteps(after as RestorableParty),
    leaving(after, { exchange: undefined, parties: [after] }),
  ]);
}

test('no page has anybody delete such a claim by name, or speaks of one that is not there', () => {
  const text = instructions(all);
  expect(text.match(/data-(mysql|fateflow|client|namenode|datanode|pulsar)-\d/g)).toBe(null);
  expect(text.match(/[^"]*(delete pvc|data-\$)[^"]*/g)).toBe(null);
  for (const claim of Object.values(all)) expect(text).toContain(claim);
  expect(instructions({}).match(/delete pvc/g)?.length).toBeGreaterThan(2);
});

test('that another claim has nothing of what is on the one before is told, with what to do', () => {
  const changes = (before: object, now: object) => lastingPartyChanges(lastingPartyValues(party(before)), party(now));
  const named = { existingClaims: { mysql: 'records' } };
  expect(changes(named, named)).toEqual([]);
  expect(changes({}, named)).toEqual([
    expect.stringMatching(
      /^volume mysql of party 30000 was its own and is claim records now: .*\n.*delete statefulset mysql$/,
    ),
  ]);
  expect(changes(named, {})).toEqual([expect.stringMatching(/^volume mysql .* was claim records and is its own now/)]);
  expect(changes(named, { ...named, storageClass: 'other' }).join()).not.toContain('mysql');
  const [grown, ...more] = changes(named, { ...named, volumesGiB: { mysql: 50 } });
  expect(grown).toContain('patch pvc records');
  expect([grown, ...more].join()).not.toContain('delete statefulset');
});

test('an upgrade is none where a claim that stays is another', () => {
  const of = (fate: '1.6.1' | '1.11.2', claim: string) => party({ fate, existingClaims: { client: claim } });
  const upgrade = () => upgradePlan(of('1.6.1', 'notebooks'), of('1.11.2', 'others'), { accept: ['messages'] });
  expect(problemsOf(upgrade).map(({ path }) => path)).toEqual(['existingClaims.client']);
});

test('that they have to be there is told before anything is made', () => {
  const points = openPoints({
    exchange: undefined,
    parties: [party({ existingClaims: { mysql: 'records', client: 'n' } })],
  });
  expect(points.map(({ what }) => what)).toContain(
    "has 2 claims of somebody's making, records for mysql, n for client",
  );
});

test.each<[string, object, readonly string[]]>([
  ['a text', { existingClaims: 'records' }, ['existingClaims']],
  ['a volume that there is not', { existingClaims: { spark: 'a' } }, ['existingClaims.spark']],
  ['no name', { existingClaims: { mysql: 'A_b', client: 1 } }, ['existingClaims.mysql', 'existingClaims.client']],
  ['a name twice', { existingClaims: { mysql: 'a', client: 'a' } }, ['existingClaims.client']],
  ['the claim of another volume', { existingClaims: { mysql: 'data-client-0' } }, ['existingClaims.mysql']],
  ['a claim of a datanode to come', { existingClaims: { mysql: 'data-datanode-7' } }, ['existingClaims.mysql']],
  ['the claim of backups', { existingClaims: { mysql: 'backup' } }, ['existingClaims.mysql']],
  ['a class of its own', { existingClaims: { mysql: 'a' }, storageClasses: { mysql: 'b' } }, ['existingClaims.mysql']],
  ['one for two datanodes', { existingClaims: { datanode: 'a' }, datanodes: 2 }, ['existingClaims.datanode']],
  ['one for bookies', { existingClaims: { pulsar: 'a' }, pulsar: { cluster: true } }, ['existingClaims.pulsar']],
  [
    "one of somebody else's MySQL",
    { existingClaims: { mysql: 'a' }, mysql: { external: { host: 'db.example.com', database: 'f', user: 'f' } } },
    ['existingClaims.mysql'],
  ],
])('%s is refused where it stands', (_, declared, paths) => {
  expect(problemsOf(() => party(declared)).map(({ path }) => path)).toEqual(paths);
});

test('a claim may have the name that is its own in any case, and a size', () => {
  const plan = party({ existingClaims: { mysql: 'data-mysql-0', pulsar: 'messages' }, volumesGiB: { pulsar: 50 } });
  expect(plan.existingClaims).toEqual({ mysql: 'data-mysql-0', pulsar: 'messages' });
});

test('KubeFATE gives its charts the same claims', () => {
  const { values } = clusterFile(party({ existingClaims: all, driver: 'kubefate', transport: 'open' }));
  const of = (name: string) => (values[name] as { existingClaim?: string }).existingClaim;
  const { namenode, datanode } = values['hdfs'] as Record<string, { existingClaim?: string }>;
  expect([
    of('mysql'),
    of('python'),
    of('client'),
    of('pulsar'),
    namenode?.existingClaim,
    datanode?.existingClaim,
  ]).toEqual([...['records', 'models', 'notebooks', 'messages', 'names', 'tables']]);
});
