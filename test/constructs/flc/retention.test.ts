import type { CronJob } from 'kubernetes-types/batch/v1';
import type { VolumeMount } from 'kubernetes-types/core/v1';
import { expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, type PartyProps, partyPlan, releases } from '../../../lib';
import { environmentOf, find, objectsOf } from '../../support/objects';

const draw = (props: Partial<PartyProps> & { readonly fate?: FateRelease }) => {
  const plan = partyPlan({ domain: 'example.com', id: 30000, ...props });
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
};
const podOf = (props: Parameters<typeof draw>[0]) => {
  const objects = draw(props);
  const { spec } = find<CronJob>(objects, 'CronJob', 'retention');
  const pod = spec?.jobTemplate.spec?.template.spec;
  const [container] = pod?.containers ?? [];
  if (!spec || !pod || !container) throw new Error('it has no pods');
  return { objects, spec, pod, container };
};

test('a party that keeps everything has nothing that deletes', () => {
  const names = draw({}).map(({ metadata }) => metadata.name);
  expect(names.filter((name: string) => name.startsWith('retention'))).toEqual([]);
});

test('one looks at a time, by schedule, ends in time, and is seen when it fails', () => {
  const { spec, container } = podOf({ retention: { schedule: '15 3 * * 6' } });
  expect(spec).toMatchObject({ schedule: '15 3 * * 6', concurrencyPolicy: 'Forbid', failedJobsHistoryLimit: 3 });
  expect(spec.jobTemplate.spec).toMatchObject({ activeDeadlineSeconds: 3600, backoffLimit: 1 });
  expect(container.terminationMessagePolicy).toBe('FallbackToLogsOnError');
});

test.each(Object.keys(releases) as FateRelease[])(
  'of FATE %s it has the logs and the files of jobs where FATE Flow writes them, each with its days, and no model',
  (fate) => {
    const { objects, pod, container } = podOf({ fate, retention: { logsDays: 30, jobsDays: 14 } });
    const flow = find(objects, 'StatefulSet', 'fateflow').spec.template.spec.containers.find(
      ({ name }: { readonly name: string }) => name === releases[fate].fateflow.container,
    );
    const ofFlow = (flow.volumeMounts as VolumeMount[]).filter(({ name }) => name === 'data');
    const mounts = container.volumeMounts?.filter(({ name }) => name === 'data') ?? [];
    const days = container.command?.slice(2) ?? [];
    const kept = mounts.map(({ mountPath, subPath }) => {
      const writes = ofFlow.find((it) => it.subPath === subPath);
      return [writes?.mountPath.split('/').at(-1), days[days.indexOf(mountPath) + 1]];
    });
    expect(kept).toEqual([
      ['logs', '30'],
      ['jobs', '14'],
    ]);
    expect(pod.volumes).toContainEqual({ name: 'data', persistentVolumeClaim: { claimName: 'data-fateflow-0' } });
    expect(environmentOf(container)['JOB_TABLES']?.split(' ')).toEqual(releases[fate].jobTables);
  },
);

test("it is on the node of FATE Flow, whose volume is one node's at a time, and is none of its pods", () => {
  const { spec, pod } = podOf({ retention: {}, pods: { fateflow: { affinity: { nodeAffinity: {} } } } });
  expect(pod.affinity).toEqual({
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: 'kubernetes.io/hostname',
          labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'fateflow' } },
        },
      ],
    },
  });
  expect(spec.jobTemplate.spec?.template.metadata?.labels).toEqual({ 'app.kubernetes.io/name': 'retention' });
});

test('it asks a MySQL that others run, too, by the password of a Secret', () => {
  const { container } = podOf({ retention: {}, mysql: { external: { host: 'mysql.example.com', user: 'fate1' } } });
  expect(environmentOf(container)).toMatchObject({ MYSQL_HOST: 'mysql.example.com', MYSQL_USER: 'fate1' });
  expect(container.env).toContainEqual({
    name: 'MYSQL_PWD',
    valueFrom: { secretKeyRef: { name: 'external-mysql', key: 'password' } },
  });
});
