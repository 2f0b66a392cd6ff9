import type { CronJob } from 'kubernetes-types/batch/v1';
import { describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../../constructs';
import { type BackupProps, type FateRelease, type PartyProps, partyPlan, releases } from '../../../../lib';
import { environmentOf, find, objectsOf } from '../../../support/objects';

const toClaim = { to: { claimGiB: 20, storageClass: 'nfs' } };
const toBucket = { to: { bucket: 'fate-backups', endpoint: 'https://s3.example.com' } };
const draw = (backup: BackupProps | undefined, props: Partial<PartyProps> & { readonly fate?: FateRelease } = {}) => {
  const plan = partyPlan({ domain: 'example.com', id: 30000, backup, ...props });
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
};
const cronJob = (...drawn: Parameters<typeof draw>) => find<CronJob>(draw(...drawn), 'CronJob', 'backup');
const podOf = (...drawn: Parameters<typeof draw>) => {
  const template = cronJob(...drawn).spec?.jobTemplate.spec?.template;
  if (!template?.spec) throw new Error('it has no pods');
  const {
    initContainers: [dump] = [],
    containers: [store],
    ...spec
  } = template.spec;
  if (!dump || !store) throw new Error('a container is missing');
  return { dump, store, spec, metadata: template.metadata };
};

test('a party without backups has nothing of them', () => {
  const names = draw(undefined).map(({ metadata }) => metadata.name);
  expect(names.filter((name: string) => name.startsWith('backup'))).toEqual([]);
});

test('one is made at a time, by schedule, ends in time, and is seen when it fails', () => {
  const { spec } = cronJob({ ...toClaim, schedule: '30 1 * * *', timeoutMinutes: 30 });
  expect(spec).toMatchObject({ schedule: '30 1 * * *', concurrencyPolicy: 'Forbid', failedJobsHistoryLimit: 3 });
  expect(spec?.jobTemplate.spec).toMatchObject({ activeDeadlineSeconds: 1800, backoffLimit: 2 });
  const { dump, store, spec: pod } = podOf(toClaim);
  expect(pod.restartPolicy).toBe('Never');
  for (const { terminationMessagePolicy } of [dump, store])
    expect(terminationMessagePolicy).toBe('FallbackToLogsOnError');
});

test.each([
  ['1.20', 'batch/v1beta1'],
  ['1.21', 'batch/v1'],
  ['1.33', 'batch/v1'],
])('in Kubernetes %s it is of %s', (kubernetes, apiVersion) => {
  expect(cronJob(toClaim, { kubernetes }).apiVersion).toBe(apiVersion);
});

test.each(Object.keys(releases) as FateRelease[])('the models of FATE %s are read where FATE Flow has them', (fate) => {
  const objects = draw(toClaim, { fate, images: { mysql: 'example.com/mysql:8' } });
  const { container } = releases[fate].fateflow;
  const flow = find(objects, 'StatefulSet', 'fateflow').spec.template.spec.containers.find(
    ({ name }: { readonly name: string }) => name === container,
  );
  const { store, spec, dump } = podOf(toClaim, { fate, images: { mysql: 'example.com/mysql:8' } });
  expect(dump.image).toBe('example.com/mysql:8');
  const [mount, ...more] = store.volumeMounts?.filter(({ name }) => name === 'data') ?? [];
  expect(more).toEqual([]);
  expect(flow.volumeMounts).toContainEqual({
    name: 'data',
    subPath: mount?.subPath,
    mountPath: expect.stringMatching(/model(_local_cache)?$/),
  });
  expect({ readOnly: mount?.readOnly, path: mount?.mountPath }).toEqual({
    readOnly: true,
    path: `/${store.command?.at(-1)}`,
  });
  expect(spec.volumes).toContainEqual({ name: 'data', persistentVolumeClaim: { claimName: 'data-fateflow-0' } });
});

describe("FATE Flow's volume is one node's at a time", () => {
  const pods = {
    fateflow: {
      tolerations: [{ key: 'example.com/pool', operator: 'Exists' }],
      affinity: { podAffinity: {}, nodeAffinity: {} },
      environment: { HTTPS_PROXY: 'http://proxy.example.com', NO_PROXY: '.svc' },
    },
  } as const;

  test('so the pod is where FATE Flow is, whatever is said of where that may be', () => {
    const { spec } = podOf(toClaim, { pods });
    expect(spec.tolerations).toEqual(pods.fateflow.tolerations);
    expect(spec.affinity).toEqual({
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'fateflow' } },
          },
        ],
      },
    });
  });

  test('and goes out as FATE Flow does, but is none of its pods', () => {
    const { store, metadata } = podOf(toBucket, { pods });
    expect(environmentOf(store)).toMatchObject(pods.fateflow.environment);
    expect(metadata?.labels).toEqual({ 'app.kubernetes.io/name': 'backup' });
  });
});

test('no password and no key is anywhere but in a Secret', () => {
  const { dump, store } = podOf(toBucket);
  expect(dump.env).toContainEqual({
    name: 'MYSQL_PWD',
    valueFrom: { secretKeyRef: { name: 'mysql', key: 'password' } },
  });
  const keys = store.env
    ?.filter(({ valueFrom }) => valueFrom)
    .map(({ name, valueFrom }) => [name, valueFrom?.secretKeyRef]);
  expect(keys).toEqual([
    ['RCLONE_CONFIG_BACKUP_ACCESS_KEY_ID', { name: 'backup-bucket', key: 'access-key' }],
    ['RCLONE_CONFIG_BACKUP_SECRET_ACCESS_KEY', { name: 'backup-bucket', key: 'secret-key' }],
  ]);
});

test('a claim is made for them, and none where they go to a bucket', () => {
  const claim = find(draw(toClaim), 'PersistentVolumeClaim', 'backup');
  expect(claim.spec).toMatchObject({ storageClassName: 'nfs', resources: { requests: { storage: '20Gi' } } });
  const { store, spec } = podOf(toClaim);
  const [volume] = spec.volumes?.filter((it) => it.persistentVolumeClaim?.claimName === 'backup') ?? [];
  expect(store.volumeMounts).toContainEqual({ name: volume?.name, mountPath: environmentOf(store)['TARGET'] });
  expect(draw(toBucket).filter(({ kind }) => kind === 'PersistentVolumeClaim')).toEqual([]);
});

test("a store's own authority is in a file, and nothing else is trusted", () => {
  const ca = '-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n';
  const drawn = { to: { ...toBucket.to, ca } };
  expect(find(draw(drawn), 'ConfigMap', 'backup-config').data['ca.pem']).toBe(ca);
  expect(environmentOf(podOf(drawn).store)['RCLONE_CA_CERT']).toBe('/opt/backup/ca.pem');
  expect(environmentOf(podOf(toBucket).store)).not.toHaveProperty('RCLONE_CA_CERT');
});

test('KubeFATE makes none: a file that lacks them is refused', () => {
  const plan = partyPlan({ domain: 'example.com', id: 30000, backup: toClaim, driver: 'kubefate', transport: 'open' });
  expect(() => objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan))).toThrow(
    /backup: .*copies no data/,
  );
});
