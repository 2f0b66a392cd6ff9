import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, federation, type PartyProps, partyPlan } from '../../../lib';
import type { DeclaredPlans } from '../../../lib/federation/declaration';
import { leaving, tearingDown } from '../../../lib/operations/removal';
import { type RestorableParty, restoreSteps } from '../../../lib/operations/restore';
import { describeRemoval } from '../../../lib/reports/removal-text';
import { describeRestore } from '../../../lib/reports/restore-text';
import { exchangeDescriptorOf, twoParties } from '../../support/declarations';
import { objectsOf } from '../../support/objects';

const bucket = { to: { bucket: 'fate-backups', endpoint: 'https://s3.example.com' } } as const;
const restorable = (fate: FateRelease = '1.6.1', backup: PartyProps['backup'] = bucket) =>
  partyPlan({ domain: 'example.com', id: 30000, fate, backup }) as RestorableParty;

const page = (name: string) => join(__dirname, '../../../docs', name);
const withHead = (name: string, texts: readonly string[]) => {
  const [head = ''] = readFileSync(page(name), 'utf8').split(/(?<=^<!-- .* -->\n)/m);
  return `${[head, ...texts].join('\n\n').replace('-->\n\n\n', '-->\n\n')}\n`;
};

test('the page about backups ends in the way back: vitest -u writes it', async () => {
  await expect(withHead('backup.md', [describeRestore(restorable())])).toMatchFileSnapshot(page('backup.md'));
});

test('the page about removal has a party that leaves, and all that ends: vitest -u writes it', async () => {
  const plans = federation(twoParties);
  const [first, ...others] = plans.parties;
  if (first === undefined) throw new Error('there is no party');
  const texts = [leaving(first, plans), ...tearingDown({ ...plans, parties: others })].map(describeRemoval);
  await expect(withHead('removal.md', texts)).toMatchFileSnapshot(page('removal.md'));
});

test.each<[string, Partial<PartyProps>]>([
  ['as it is', {}],
  ['with all that may be beside it', { monitoring: {}, backup: bucket, verification: true }],
  ['with a certificate of cert-manager', { certManager: { issuer: 'ca' } }],
  ['on Kubernetes 1.21', { kubernetes: '1.21' }],
  ['with a Pulsar that survives the loss of a node', { pulsar: { cluster: true } }],
])('with files every kind that is drawn of a party is taken away, but its namespace and claims: %s', (_, props) => {
  const plan = partyPlan({ domain: 'example.com', id: 30000, exchange: exchangeDescriptorOf(), ...props } as Parameters<
    typeof partyPlan
  >[0]);
  const drawn = objectsOf((app) => new FederatedLearningCluster(app, 'party', plan)).map(({ kind }) => `${kind}`);
  const lines = leaving(plan, { parties: [plan] }).steps.flatMap(({ withFiles = [] }) => withFiles);
  const [, list = ''] = /delete (\S+) --selector/.exec(lines.join('\n')) ?? [];
  const taken = list.split(',').map((name) =>
    name
      .split('.')[0]
      ?.replace(/(?<=s)es$|s$/, '')
      .replace(/ie$/, 'y'),
  );
  const left = new Set(drawn.filter((kind) => !taken.includes(kind.toLowerCase())));
  expect([...left].sort()).toEqual([
    'Namespace',
    ...(drawn.includes('PersistentVolumeClaim') ? ['PersistentVolumeClaim'] : []),
  ]);
  expect(lines.some((line) => line.includes('delete secret'))).toBe(props.certManager !== undefined);
});

const commandsOf = (steps: readonly { readonly commands: readonly string[] }[]) =>
  steps.flatMap(({ commands }) => commands);

describe('the way back', () => {
  test('stops FATE Flow before anything is put back, and starts it afterwards', () => {
    const lines = commandsOf(restoreSteps(restorable()));
    const [stop, put, start] = [
      'scale statefulset/fateflow --replicas=0',
      '--from=cronjob/restore',
      'scale statefulset/fateflow --replicas=1',
    ].map((words) => lines.findIndex((line) => line.includes(words)));
    expect(stop).toBeGreaterThan(-1);
    expect(put).toBeGreaterThan(stop ?? 0);
    expect(start).toBeGreaterThan(put ?? 0);
  });

  test.each([
    ['1.6.1', 'canceled'],
    ['1.11.2', 'failed'],
    ['2.2.0', 'failed'],
  ] as const)('of FATE %s says that jobs at work become %s', (fate, state) => {
    expect(restoreSteps(restorable(fate)).at(-1)?.what).toContain(`at work become ${state} `);
  });

  test('begins with the namespace only where its backups are elsewhere', () => {
    expect(restoreSteps(restorable())[0]?.commands).toEqual(['pulumi up --stack party-30000']);
    expect(restoreSteps(restorable('1.6.1', { to: { claimGiB: 20 } }))[0]?.commands).toEqual([]);
  });
});

describe('a party that leaves', () => {
  const plans = federation({ ...twoParties, parties: [...twoParties.parties, { id: 50000, namespace: 'org3' }] });
  const [first, second] = plans.parties as [DeclaredPlans['parties'][number], DeclaredPlans['parties'][number]];
  const texts = (plan = first, all: DeclaredPlans = plans) => leaving(plan, all).steps.map(({ what }) => what);
  const linesOf = (plan = first, all: DeclaredPlans = plans) =>
    leaving(plan, all).steps.flatMap(({ commands, withFiles = [] }) => [...commands, ...withFiles]);
  const at = (lines: readonly string[], words: string) => lines.findIndex((line) => line.includes(words));

  test('loses its route before its pods, and its data last of all', () => {
    const lines = linesOf();
    const order = [
      'manifests/fate-exchange',
      'clusters delete 30000',
      'destroy --stack party-30000 --exclude',
      'delete namespace fate-30000',
    ];
    expect(order.map((words) => at(lines, words))).toEqual(
      order.map((words) => at(lines, words)).sort((a, b) => a - b),
    );
    expect(order.map((words) => at(lines, words))).not.toContain(-1);
  });

  test('is forgotten by the Pulsar of every other party, and of no other', () => {
    const begins = (line: string) => line.split(' -- ')[0];
    const lines = linesOf().filter((line) => line.includes('clusters delete 30000'));
    expect(lines.map(begins)).toEqual(['fate-40000', 'org3'].map((it) => `kubectl -n ${it} exec pulsar-0`));
    for (const line of lines)
      expect(line).toMatch(/tenants update fl-tenant .* && bin\/pulsar-admin clusters delete 30000'$/);
    const alone = { parties: [partyPlan({ domain: 'example.com', id: 30000, exchange: exchangeDescriptorOf() })] };
    const [own] = alone.parties;
    expect(
      linesOf(own, alone)
        .filter((line) => line.includes('clusters delete'))
        .map(begins),
    ).toEqual(['kubectl -n <namespace of each> exec pulsar-0']);
  });

  test('is taken from the list of the tenant by what is typed, and then from those of Pulsar', () => {
    const directory = mkdtempSync(join(tmpdir(), 'pulsar-'));
    mkdirSync(join(directory, 'bin'));
    const admin =
      '#!/bin/sh\necho "$*" >>calls\n[ "$*" != "clusters list" ] || printf \'"%s"\\n\' standalone 30000 300001 40000\n';
    writeFileSync(join(directory, 'bin/pulsar-admin'), admin, { mode: 0o755 });
    const typed =
      linesOf()
        .find((line) => line.includes('pulsar-admin'))
        ?.replace(/^kubectl .* -- /, '') ?? '';
    const { status, stderr } = spawnSync('sh', ['-c', typed], { cwd: directory, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n')).toEqual([
      'clusters list',
      'tenants update fl-tenant --allowed-clusters standalone,300001,40000',
      'clusters delete 30000',
    ]);
    rmSync(directory, { recursive: true });
  });

  test('keeps nothing that the last step but one does not name', () => {
    const kept = texts().find((what) => what.startsWith('When nobody wants to go back')) ?? '';
    const claims = ['mysql', 'fateflow', 'client', 'namenode', 'datanode', 'pulsar'].map((it) => `data-${it}-0`);
    for (const claim of claims) expect(kept).toContain(`claim ${claim}`);
    expect(linesOf()).toContain('pulumi state unprotect --all --yes --stack party-30000');
  });

  test('has a last backup, and its claim goes too', () => {
    const [own] = [partyPlan({ domain: 'example.com', id: 30000, backup: { to: { claimGiB: 9 } } })];
    const lines = linesOf(own, { parties: [] });
    expect(at(lines, 'create job backup-last --from=cronjob/backup')).toBe(0);
    expect(texts(own, { parties: [] }).join()).toContain('claim backup');
    expect(linesOf(second).join()).not.toContain('backup');
  });

  test('alone has no route, no certificate, and nobody who would know it', () => {
    const alone = partyPlan({ domain: 'example.com', id: 30000 });
    expect(
      linesOf(alone, { parties: [alone] }).filter((line) => /exchange|pulsar-admin|certificates/.test(line)),
    ).toEqual([]);
  });

  test.each([
    ['1.6.1', ['python-data', 'mysql-data'], [], 'deployment/pulsar'],
    ['1.11.2', [], ['python-data-python-0', 'data-mysql-0'], 'statefulset/pulsar'],
  ] as const)(
    "of KubeFATE's chart %s is deleted by KubeFATE, with the claims that go with it",
    (fate, gone, kept, pulsar) => {
      const declared = { ...twoParties, fate, transport: 'open' } as const;
      const parties = twoParties.parties.map((it) => ({ ...it, driver: 'kubefate' as const }));
      const all = federation({ ...declared, parties });
      const [own] = all.parties;
      const deleted = texts(own, all).find((what) => what.startsWith('KubeFATE deletes it')) ?? '';
      for (const claim of gone) expect(deleted).toContain(claim);
      const taken = texts(own, all).find((what) => what.startsWith('When nobody wants')) ?? '';
      for (const claim of kept) expect(taken).toContain(claim);
      for (const claim of gone) expect(taken).not.toContain(claim);
      expect(linesOf(own, all).join('\n')).toContain(`kubectl -n fate-40000 exec ${pulsar} -- sh -c `);
      expect(linesOf(own, all).join()).not.toContain('pulumi destroy');
    },
  );
});

test('all of a federation ends with its parties, then the exchange, then clusters, then the workload domain', () => {
  const removals = tearingDown(federation(twoParties));
  expect(removals.map(({ what }) => what)).toEqual([
    'fate-30000 ends',
    'fate-40000 ends',
    'fate-exchange ends',
    'Clusters and the workload domain end',
  ]);
  const lines = commandsOf(removals.flatMap(({ steps }) => steps));
  const destroyed = lines
    .filter((line) => /^pulumi destroy --stack \S+$/.test(line))
    .map((line) => line.split(' ').at(-1));
  expect(destroyed).toEqual(['party-30000', 'party-40000', 'exchange', 'cluster-<name>', 'workload-domain-<name>']);
});
