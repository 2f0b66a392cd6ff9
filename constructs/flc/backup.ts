import { join } from 'node:path';
import { Construct } from 'constructs';
import type { CronJob } from 'kubernetes-types/batch/v1';
import type {
  Container,
  EnvVar,
  PersistentVolumeClaim,
  PodAffinity,
  Volume,
  VolumeMount,
} from 'kubernetes-types/core/v1';
import { database } from '../../lib/fate/database';
import { releases } from '../../lib/fate/releases';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import { type BackupPlan, backupResources } from '../../lib/federation/backup';
import type { PartyPlan } from '../../lib/federation/party';
import { dataClaim, dataVolume } from '../../lib/kubernetes/data-volume';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { isFromMinor } from '../../lib/kubernetes/releases';
import { Manifest } from '../app/manifest';
import { ConfigFiles } from '../parts/config-files';
import { secretVariable, variables } from '../parts/container';
import { podTemplate, rootWithoutExtras } from '../parts/pod';
import { scriptText } from '../parts/script';

/** A party that has backups. */
export interface BackedUpParty extends PartyPlan {
  readonly backup: BackupPlan;
}

/** Copies of database and models, by schedule: a dump by MySQL's own client, then one file with it and the models. */
export class Backup extends Construct {
  constructor(scope: Construct, id: string, plan: BackedUpParty) {
    super(scope, id);
    const { to } = plan.backup;
    const files = new ConfigFiles(this, 'backup-config', {
      'backup-dump.sh': dumpScript,
      'backup-store.sh': storeScript,
      ...('bucket' in to && to.ca !== undefined && { 'ca.pem': to.ca }),
    });
    if ('claimGiB' in to) this.claim(to);
    this.cronJob(plan, files);
  }

  private claim({ claimGiB, storageClass }: { readonly claimGiB: number; readonly storageClass?: string }) {
    new Manifest<PersistentVolumeClaim>(this, 'claim', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: storageClass,
        resources: { requests: { storage: `${claimGiB}Gi` } },
      },
    });
  }

  private cronJob(plan: BackedUpParty, files: ConfigFiles) {
    const { backup, kubernetes, pods } = plan;
    // On FATE Flow's node, so with what is said of its pods; but where that is, is said by its pod alone.
    const besideFateFlow = { ...plan, pods: { fateflow: { ...pods.fateflow, affinity: {} } } };
    new Manifest<ScheduledJob>(this, 'cron-job', {
      apiVersion: isFromMinor(kubernetes, 21) ? 'batch/v1' : 'batch/v1beta1',
      kind: 'CronJob',
      metadata: { name },
      spec: {
        schedule: backup.schedule,
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            backoffLimit: 2, // a model that FATE Flow replaces while it is read
            activeDeadlineSeconds: backup.timeoutMinutes * 60,
            template: podTemplate(besideFateFlow, 'fateflow', {
              metadata: { labels },
              spec: {
                restartPolicy: 'Never',
                affinity: { podAffinity: nextToFateFlow },
                initContainers: [dump(plan, files)],
                containers: [store(plan, files)],
                volumes: [files.volume, scratch, models, ...('claimGiB' in backup.to ? [target] : [])],
              },
            }),
          },
        },
      },
    });
  }
}

/** `batch/v1` has CronJobs since Kubernetes 1.21, which ends the other one in 1.25. */
type ScheduledJob = Omit<CronJob, 'apiVersion'> & { apiVersion: 'batch/v1' | 'batch/v1beta1' };

const name = 'backup';
const labels = { 'app.kubernetes.io/name': name };
const dumpScript = scriptText(join(__dirname, 'backup-dump.sh'));
const storeScript = scriptText(join(__dirname, 'backup-store.sh'));
const scripts = '/opt/backup';

/** FATE Flow's volume is one node's at a time, and pods of that node share it. */
const nextToFateFlow: PodAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: [
    {
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: { matchLabels: { 'app.kubernetes.io/name': services.fateflow.name } },
    },
  ],
};

const models: Volume = {
  name: dataVolume,
  persistentVolumeClaim: { claimName: dataClaim(services.fateflow.name, 0) },
};
const target: Volume = { name: 'backups', persistentVolumeClaim: { claimName: name } };
const scratch: Volume = { name: 'dump', emptyDir: {} };
const scratchMount: VolumeMount = { name: scratch.name, mountPath: '/dump' };
const dumpFile = `${scratchMount.mountPath}/${database.name}.sql.gz`;

const dump = (plan: PartyPlan, files: ConfigFiles): Container => ({
  name: 'dump',
  image: plan.images.mysql,
  command: ['/bin/sh', `${scripts}/backup-dump.sh`, dumpFile],
  env: [
    ...variables({
      MYSQL_HOST: database.host,
      MYSQL_PORT: `${database.port}`,
      MYSQL_USER: database.user,
      MYSQL_DATABASE: database.name,
    }),
    secretVariable('MYSQL_PWD', secrets.mysql, secrets.mysql.keys.password),
  ],
  volumeMounts: [files.mountAt(scripts), scratchMount],
  ...common,
});

function store(plan: BackedUpParty, files: ConfigFiles): Container {
  const { backup, fate, namespace } = plan;
  const { models: directory } = releases[fate].fateflow;
  return {
    name: 'store',
    image: backup.image,
    command: ['/bin/sh', `${scripts}/backup-store.sh`, dumpFile, `/data/${directory}`],
    env: [...variables({ NAME: namespace, KEEP: `${backup.keep}` }), ...targetVariables(backup)],
    volumeMounts: [
      files.mountAt(scripts),
      scratchMount,
      { name: dataVolume, mountPath: `/data/${directory}`, subPath: directory, readOnly: true },
      ...('claimGiB' in backup.to ? [{ name: target.name, mountPath: '/backups' }] : []),
    ],
    ...common,
  };
}

/** Why the last one failed is in the status of its pod. */
const common = {
  resources: spelledResources(backupResources),
  terminationMessagePolicy: 'FallbackToLogsOnError',
  securityContext: rootWithoutExtras,
} satisfies Partial<Container>;

/** Where backups are, in the words of rclone, which reads its configuration in its environment. */
function targetVariables({ to }: BackupPlan): readonly EnvVar[] {
  if ('claimGiB' in to) return variables({ TARGET: '/backups' });
  const { bucket, endpoint, region, folder, ca } = to;
  const { backupBucket } = secrets;
  return [
    ...variables({
      TARGET: `backup:${bucket}/${folder}`,
      RCLONE_CONFIG_BACKUP_TYPE: 's3',
      RCLONE_CONFIG_BACKUP_PROVIDER: 'Other',
      RCLONE_CONFIG_BACKUP_ENDPOINT: endpoint,
      ...(region !== undefined && { RCLONE_CONFIG_BACKUP_REGION: region }),
      RCLONE_CONFIG_BACKUP_NO_CHECK_BUCKET: 'true', // else it wants to make the bucket, too
      ...(ca !== undefined && { RCLONE_CA_CERT: `${scripts}/ca.pem` }),
    }),
    secretVariable('RCLONE_CONFIG_BACKUP_ACCESS_KEY_ID', backupBucket, backupBucket.keys.accessKey),
    secretVariable('RCLONE_CONFIG_BACKUP_SECRET_ACCESS_KEY', backupBucket, backupBucket.keys.secretKey),
  ];
}
