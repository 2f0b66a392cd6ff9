import { join } from 'node:path';
import { Construct } from 'constructs';
import type { JobSpec } from 'kubernetes-types/batch/v1';
import type { Container, EnvVar, PersistentVolumeClaim, PodSpec, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { releases } from '../../../lib/fate/releases';
import { secrets } from '../../../lib/fate/secrets';
import {
  type BackupClaim,
  type BackupPlan,
  backupName,
  backupResources,
  restoreName,
} from '../../../lib/federation/backup';
import { proxyVariables } from '../../../lib/federation/direct-calls';
import type { PartyPlan } from '../../../lib/federation/party';
import { dataVolume } from '../../../lib/kubernetes/data-volume';
import { spelledResources } from '../../../lib/kubernetes/quantities';
import { rights } from '../../../lib/kubernetes/rights';
import { trustFiles } from '../../../lib/kubernetes/trusted-cas';
import { Manifest } from '../../app/manifest';
import { ConfigFiles } from '../../parts/config-files';
import { secretVariable, variables } from '../../parts/container';
import { cronJobVersion, oneAtATime, type ScheduledJob } from '../../parts/cron-job';
import { fateFlowVolume, likeFateFlow, nextToFateFlow } from '../../parts/fateflow-volume';
import { mysqlVariables } from '../../parts/mysql-client';
import { podTemplate, type RightedContainer } from '../../parts/pod';
import { scriptText } from '../../parts/script';

/** A party that has backups. */
export interface BackedUpParty extends PartyPlan {
  readonly backup: BackupPlan;
}

/**
 * Copies of database and models, by schedule: a dump by MySQL's own client, then one file of it and the models. The way back is a
 * CronJob too, of which somebody makes a Job: it is suspended, and no time is its own.
 */
export class Backup extends Construct {
  constructor(scope: Construct, id: string, plan: BackedUpParty) {
    super(scope, id);
    const { trust, backup } = plan;
    const { to } = backup;
    const files = new ConfigFiles(this, 'backup-config', {
      ...scripts,
      ...('bucket' in to && to.ca !== undefined && { 'ca.pem': to.ca }),
      ...('bucket' in to && trustFiles(trust)),
    });
    if ('claimGiB' in to) this.claim(to);
    this.backup(plan, files);
    this.restore(plan, files);
  }

  private claim({ claimGiB, storageClass }: BackupClaim) {
    new Manifest<PersistentVolumeClaim>(this, 'claim', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: backupName },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: storageClass,
        resources: { requests: { storage: `${claimGiB}Gi` } },
      },
    });
  }

  private backup(plan: BackedUpParty, files: ConfigFiles) {
    const { schedule, timeoutMinutes } = plan.backup;
    new Manifest<ScheduledJob>(this, backupName, {
      apiVersion: cronJobVersion(plan),
      kind: 'CronJob',
      metadata: { name: backupName },
      spec: {
        schedule,
        ...oneAtATime,
        jobTemplate: {
          spec: job(plan, files, backupName, {
            backoffLimit: 2, // a model may be replaced while it is read
            activeDeadlineSeconds: timeoutMinutes * 60,
            initContainers: [dump(plan, files)],
            container: store(plan, files),
            affinity: { podAffinity: nextToFateFlow },
          }),
        },
      },
    });
  }

  private restore(plan: BackedUpParty, files: ConfigFiles) {
    new Manifest<ScheduledJob>(this, restoreName, {
      apiVersion: cronJobVersion(plan),
      kind: 'CronJob',
      metadata: { name: restoreName },
      spec: {
        schedule: '0 0 1 1 *',
        suspend: true,
        jobTemplate: {
          spec: job(plan, files, restoreName, {
            backoffLimit: 0,
            initContainers: [fetch(plan, files)],
            container: load(plan, files),
          }),
        },
      },
    });
  }
}

interface Work extends Pick<JobSpec, 'backoffLimit' | 'activeDeadlineSeconds'>, Pick<PodSpec, 'affinity'> {
  readonly initContainers: RightedContainer[];
  readonly container: RightedContainer;
}

function job(plan: BackedUpParty, files: ConfigFiles, name: string, work: Work): JobSpec {
  const { backoffLimit, activeDeadlineSeconds, initContainers, container, affinity } = work;
  return {
    backoffLimit,
    activeDeadlineSeconds,
    template: podTemplate(likeFateFlow(plan), 'fateflow', {
      metadata: { labels: { 'app.kubernetes.io/name': name } },
      spec: {
        restartPolicy: 'Never',
        affinity,
        initContainers,
        containers: [container],
        volumes: [files.volume, scratch, fateFlowVolume(plan), ...('claimGiB' in plan.backup.to ? [kept] : [])],
      },
    }),
  };
}

const kept: Volume = { name: 'backups', persistentVolumeClaim: { claimName: backupName } };
const scratch: Volume = { name: 'dump', emptyDir: {} };

const configuration = '/opt/backup';
const scratchMount: VolumeMount = { name: scratch.name, mountPath: '/dump' };
const keptMount: VolumeMount = { name: kept.name, mountPath: '/backups' };
const dumpFile = ({ mysql }: PartyPlan): string => `${scratchMount.mountPath}/${mysql.name}.sql.gz`;

function modelsMount({ fate }: PartyPlan): VolumeMount {
  const { models } = releases[fate].fateflow;
  return { name: dataVolume, mountPath: `/data/${models}`, subPath: models };
}

const dump = (plan: PartyPlan, files: ConfigFiles): RightedContainer => ({
  name: 'dump',
  rights: rights.backupDump,
  image: plan.images.mysql,
  command: ['/bin/sh', `${configuration}/backup-dump.sh`, dumpFile(plan)],
  env: mysqlVariables(plan),
  volumeMounts: [files.mountAt(configuration), scratchMount],
  ...common,
});

const store = (plan: BackedUpParty, files: ConfigFiles): RightedContainer => ({
  name: 'store',
  rights: rights.backupStore,
  image: plan.backup.image,
  command: [
    '/bin/sh',
    `${configuration}/backup-store.sh`,
    scratchMount.mountPath,
    belowRoot(dumpFile(plan)),
    belowRoot(modelsMount(plan).mountPath),
  ],
  env: [...targetVariables(plan), ...variables({ KEEP: `${plan.backup.keep}` })],
  volumeMounts: [
    files.mountAt(configuration),
    scratchMount,
    { ...modelsMount(plan), readOnly: true },
    ...keptMounts(plan),
  ],
  ...common,
});

const fetch = (plan: BackedUpParty, files: ConfigFiles): RightedContainer => ({
  name: 'fetch',
  rights: rights.backupStore,
  image: plan.backup.image,
  command: ['/bin/sh', `${configuration}/backup-fetch.sh`],
  env: [...targetVariables(plan)],
  volumeMounts: [files.mountAt(configuration), scratchMount, modelsMount(plan), ...keptMounts(plan)],
  ...common,
});

const load = (plan: PartyPlan, files: ConfigFiles): RightedContainer => ({
  name: 'load',
  rights: rights.backupLoad,
  image: plan.images.mysql,
  command: ['/bin/sh', `${configuration}/backup-load.sh`, dumpFile(plan), ...releases[plan.fate].jobTables],
  env: mysqlVariables(plan),
  volumeMounts: [files.mountAt(configuration), scratchMount],
  ...common,
});

const belowRoot = (path: string): string => path.slice(1);

const keptMounts = ({ backup }: BackedUpParty): readonly VolumeMount[] => ('claimGiB' in backup.to ? [keptMount] : []);

/** Why the last one failed is in the status of its pod, too. */
const common = {
  resources: spelledResources(backupResources),
  terminationMessagePolicy: 'FallbackToLogsOnError',
} satisfies Partial<Container>;

/** Where backups are, in the words of rclone, which has no other configuration than these. Another release could not read them. */
function targetVariables(plan: BackedUpParty): readonly EnvVar[] {
  const {
    namespace,
    fate,
    backup: { to },
  } = plan;
  const named = { NAME: `${namespace}-${fate}`, RCLONE_CONFIG: '/dev/null' };
  if ('claimGiB' in to) return variables({ ...named, TARGET: keptMount.mountPath });
  const { bucket, endpoint, region, folder, ca } = to;
  const { backupBucket } = secrets;
  return [
    ...variables({
      ...named,
      ...proxyVariables(plan),
      TARGET: `backup:${bucket}/${folder}`,
      RCLONE_CONFIG_BACKUP_TYPE: 's3',
      RCLONE_CONFIG_BACKUP_PROVIDER: 'Other',
      RCLONE_CONFIG_BACKUP_ENDPOINT: endpoint,
      ...(region !== undefined && { RCLONE_CONFIG_BACKUP_REGION: region }),
      RCLONE_CONFIG_BACKUP_NO_CHECK_BUCKET: 'true', // else it wants to make the bucket, too
      ...(ca !== undefined && { RCLONE_CA_CERT: `${configuration}/ca.pem` }),
      // Beside the file of those that everybody trusts, Go reads directories.
      ...(plan.trust.length > 0 && { SSL_CERT_DIR: configuration }),
    }),
    secretVariable('RCLONE_CONFIG_BACKUP_ACCESS_KEY_ID', backupBucket, backupBucket.keys.accessKey),
    secretVariable('RCLONE_CONFIG_BACKUP_SECRET_ACCESS_KEY', backupBucket, backupBucket.keys.secretKey),
  ];
}

const scripts = Object.fromEntries(
  ['backup-dump.sh', 'backup-store.sh', 'backup-fetch.sh', 'backup-load.sh'].map((file) => [
    file,
    scriptText(join(__dirname, file)),
  ]),
);
