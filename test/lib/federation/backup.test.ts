import { expect, test } from 'vitest';
import { type BackupProps, capacity, partyPlan } from '../../../lib';
import { problemsOf } from '../../support/declarations';

const party = (backup?: unknown, more: object = {}) =>
  partyPlan({ domain: 'example.com', id: 30000, backup: backup as BackupProps, ...more });
const claim = { claimGiB: 20 };
const bucket = { bucket: 'fate-backups', endpoint: 'https://s3.example.com' };
const image = 'rclone/rclone:1.76.0';

test('nobody copies data, unless that is declared', () => {
  expect(party().backup).toBeUndefined();
});

test.each<[string, object, object, object]>([
  ['a claim', claim, {}, { claimGiB: 20, storageClass: 'vsan-default-storage-policy' }],
  ["a claim of the party's class", claim, { storageClass: 'fast' }, { claimGiB: 20, storageClass: 'fast' }],
  ['a claim of the default class', { ...claim, storageClass: false }, {}, { claimGiB: 20 }],
  ['a claim elsewhere', { ...claim, storageClass: 'nfs' }, {}, { claimGiB: 20, storageClass: 'nfs' }],
  ['a bucket', bucket, {}, { ...bucket, folder: 'fate-30000' }],
  ["a bucket's folder", { ...bucket, folder: 'a/b' }, { namespace: 'org1' }, { ...bucket, folder: 'a/b' }],
  ["a bucket's usual folder", bucket, { namespace: 'org1' }, { ...bucket, folder: 'org1' }],
])('%s has a week of nights', (_, to, more, planned) => {
  const usual = { schedule: '0 2 * * *', keep: 7, timeoutMinutes: 120, image };
  expect(party({ to }, more).backup).toEqual({ to: planned, ...usual });
});

test('its image comes from the registry, or is named', () => {
  const registry = 'harbor.example.com/fate';
  expect(party({ to: claim }, { registry }).backup?.image).toBe('harbor.example.com/fate/rclone:1.76.0');
  const plan = party({ to: claim }, { registry, images: { backup: 'example.com/rclone:1' } });
  expect(plan.backup?.image).toBe('example.com/rclone:1');
  expect(plan.images).not.toHaveProperty('backup');
});

test.each(['* * * * *', '59 23 31 12 6', '*/5 0-6,18 1 1-12/3 0', '0 0-23/2 * * 1-5'])(
  '%s is a schedule',
  (schedule) => {
    expect(party({ to: claim, schedule }).backup?.schedule).toBe(schedule);
  },
);

test.each(
  [
    ['60 * * * *', '* 24 * * *', '* * 0 * *', '* * 32 * *', '* * * 13 *', '* * * * 7'],
    ['* * * *', '* * * * * *', '', ' * * * *', '*  * * * *', '@daily', 'TZ=UTC * * * * *', '* * * * MON'],
    ['5-1 * * * *', '*/0 * * * *', ', * * * *', '1, * * * *', '1/ * * * *', '-1 * * * *', '1.5 * * * *'],
  ].flat(),
)('%j is none', (schedule) => {
  expect(problemsOf(() => party({ to: claim, schedule }))).toMatchObject([{ path: 'backup.schedule' }]);
});

test.each<[string, unknown, readonly string[]]>([
  ['no map', 'nightly', ['backup', 'backup.to']],
  ['nowhere', {}, ['backup.to']],
  ['a place that is no map', { to: 'bucket' }, ['backup.to', 'backup.to']],
  ['two places', { to: { ...claim, ...bucket } }, ['backup.to.bucket', 'backup.to.endpoint']],
  ['a claim of nothing', { to: { claimGiB: 0 } }, ['backup.to.claimGiB']],
  ['a claim of no size', { to: { storageClass: 'nfs' } }, ['backup.to.claimGiB']],
  ['a claim with a region', { to: { ...claim, region: 'a' } }, ['backup.to.region']],
  ['a class that is none', { to: { ...claim, storageClass: 'A B' } }, ['backup.to.storageClass']],
  ['a bucket that is none', { to: { ...bucket, bucket: 'a/b' } }, ['backup.to.bucket']],
  ['a bucket without a store', { to: { bucket: 'fate-backups' } }, ['backup.to.endpoint']],
  ['a store that everybody hears', { to: { ...bucket, endpoint: 'http://s3.example.com' } }, ['backup.to.endpoint']],
  ['a path of a store', { to: { ...bucket, endpoint: 'https://s3.example.com/a' } }, ['backup.to.endpoint']],
  ['a region that is none', { to: { ...bucket, region: 'a b' } }, ['backup.to.region']],
  ['a folder above', { to: { ...bucket, folder: '../a' } }, ['backup.to.folder']],
  ['an authority that is none', { to: { ...bucket, ca: 'ca.pem' } }, ['backup.to.ca']],
  ['none to keep', { to: claim, keep: 0 }, ['backup.keep']],
  ['no time', { to: claim, timeoutMinutes: 0 }, ['backup.timeoutMinutes']],
  ['another key', { to: claim, retention: 7 }, ['backup.retention']],
])('%s is refused', (_, declared, paths) => {
  expect(problemsOf(() => party(declared)).map(({ path }) => path)).toEqual(paths);
});

test("a store's address stays out of the message: it may hold a key", () => {
  const [problem] = problemsOf(() => party({ to: { ...bucket, endpoint: 'https://user:key@s3.example.com' } }));
  expect(JSON.stringify(problem)).not.toContain('user:key');
});

test("a backup's pod has to find room on FATE Flow's node", () => {
  const nodes = { vmClass: 'best-effort-4xlarge', count: 1 } as const;
  const [without, beside] = [undefined, { to: claim }].map((backup) => capacity([party(backup)], nodes).requested);
  expect((beside?.cpu ?? 0) - (without?.cpu ?? 0)).toBeCloseTo(0.1);
  expect((beside?.memoryGiB ?? 0) - (without?.memoryGiB ?? 0)).toBe(0.25);
});
