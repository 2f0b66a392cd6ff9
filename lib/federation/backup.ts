import { workloads } from '../fate/services';
import { isHttpUrl } from '../input/addresses';
import { checkKeys, checkPattern, type Keys, readInteger, readMap } from '../input/checks';
import { areCertificates } from '../input/pem';
import type { Problems } from '../input/problems';
import { type Resources, volumeBounds } from '../kubernetes/quantities';
import { readSchedule } from '../kubernetes/schedules';
import { readStorageClass, type StorageClassName } from '../kubernetes/storage-classes';

/**
 * Copies of a party's database and models, made while jobs go on: each is one file, whole or not there. They hold what FATE
 * Flow knows of jobs, models and tables, and the models; not the tables in HDFS, notebooks, logs and messages.
 */
export interface BackupProps {
  /** Where they go: a claim beside the party, which goes with its namespace, or a bucket somewhere else. */
  readonly to: BackupClaimProps | BackupBucketProps;
  /**
   * When one is made: minute, hour, day, month and weekday as cron has them, in the time zone of the cluster's control plane.
   * @default '0 2 * * *', every night at two
   */
  readonly schedule?: string;
  /** How many stay, 1 to 1000; older ones are deleted once another is whole. @default 7 */
  readonly keep?: number;
  /** Minutes after which one that is not done has failed, 1 to 1440. @default 120 */
  readonly timeoutMinutes?: number;
}

/** A claim for backups, in the namespace of the party. */
export interface BackupClaimProps {
  /** Its size in GiB. It can grow, and nothing else of it can change. */
  readonly claimGiB: number;
  /** StorageClass of the claim: of another datastore than the party's own, it outlives that. @default that of MySQL's claim */
  readonly storageClass?: StorageClassName;
}

/** A bucket of a store that speaks S3. Its keys are those of the Secret `backup-bucket`. */
export interface BackupBucketProps {
  /** Name of a bucket that exists. */
  readonly bucket: string;
  /** Where the store is: `https://s3.example.com`. */
  readonly endpoint: string;
  /** Region of the bucket. @default the store's own, which is 'us-east-1' of most */
  readonly region?: string;
  /** Folder in the bucket. @default the party's namespace */
  readonly folder?: string;
  /** Authority of the store's certificate, as PEM, and the only one then. @default those that everybody trusts, and the party's `trust` */
  readonly ca?: string;
}

/** Backups of a party, decided. */
export interface BackupPlan {
  readonly to: BackupClaim | BackupBucket;
  readonly schedule: string;
  readonly keep: number;
  readonly timeoutMinutes: number;
  /** With rclone and a shell. */
  readonly image: string;
}

/** The claim of a party's backups. */
export interface BackupClaim {
  readonly claimGiB: number;
  /** None for the cluster's default one. */
  readonly storageClass?: string;
}

/** The bucket of a party's backups. */
export interface BackupBucket extends BackupBucketProps {
  readonly folder: string;
}

/** As rclone publishes it. A party's `images.backup` is in the place of it. */
export const backupImage = 'rclone/rclone:1.76.0';

/** Name of the CronJob that makes backups, and of their claim. */
export const { backup: backupName } = workloads;

/** Name of the suspended CronJob whose Job is the way back. */
export const { restore: restoreName } = workloads;

/** Of each of its two containers, which run one after the other. */
export const backupResources: Resources = {
  requests: { cpu: 0.1, memoryGiB: 0.25 },
  limits: { cpu: 1, memoryGiB: 0.5 },
};

/** @param usual what the party has where nothing is declared */
export function planBackup(
  problems: Problems,
  declared: BackupProps | undefined,
  usual: { readonly image: string; readonly storageClass?: string; readonly folder: string },
): BackupPlan | undefined {
  if (declared === undefined) return undefined;
  const props = readMap(problems, '', declared, 'use one such as { to: { claimGiB: 20 } }, or leave it out');
  checkKeys<BackupProps>(problems, props, { to: true, schedule: true, keep: true, timeoutMinutes: true });
  const { keep = 7, timeoutMinutes = 120 } = props;
  return {
    to: planTarget(problems.at('to'), props.to, usual),
    schedule: readSchedule(problems, 'schedule', props.schedule, '0 2 * * *'),
    keep: readInteger(problems, 'keep', keep, 1, 1000),
    timeoutMinutes: readInteger(problems, 'timeoutMinutes', timeoutMinutes, 1, 1440),
    image: usual.image,
  };
}

function planTarget(
  problems: Problems,
  declared: BackupProps['to'] | undefined,
  usual: { readonly storageClass?: string; readonly folder: string },
): BackupPlan['to'] {
  const to = readMap<Partial<BackupClaimProps & BackupBucketProps>>(problems, '', declared, targets);
  const names = Object.keys(to);
  if (names.length === 0) {
    problems.add('', 'is nowhere', targets);
    return { claimGiB: volumeBounds.from };
  }
  const isBucket = names.some((name) => name in bucketKeys) && to.claimGiB === undefined;
  return isBucket ? planBucket(problems, to, usual.folder) : planClaim(problems, to, usual.storageClass);
}

const targets = 'use { claimGiB: 20 }, or { bucket: "fate-backups", endpoint: "https://s3.example.com" }';

function planClaim(problems: Problems, to: Partial<BackupClaimProps>, usual: string | undefined): BackupClaim {
  checkKeys<BackupClaimProps>(problems, to, { claimGiB: true, storageClass: true });
  return {
    claimGiB: readInteger(problems, 'claimGiB', to.claimGiB, volumeBounds.from, volumeBounds.to, volumeBounds.unit),
    storageClass: readStorageClass(problems, 'storageClass', to.storageClass, usual),
  };
}

function planBucket(problems: Problems, to: Partial<BackupBucketProps>, usualFolder: string): BackupBucket {
  checkKeys<BackupBucketProps>(problems, to, bucketKeys);
  const { bucket, endpoint, region, folder = usualFolder, ca } = to;
  checkPattern(problems, 'bucket', bucket, /^[A-Za-z0-9][-A-Za-z0-9._]{1,62}$/, 'fate-backups');
  checkEndpoint(problems, endpoint);
  if (region !== undefined) checkPattern(problems, 'region', region, /^[A-Za-z0-9][-A-Za-z0-9]{0,62}$/, 'eu-central-1');
  checkPattern(problems, 'folder', folder, /^[A-Za-z0-9][-\w.]{0,99}(\/[A-Za-z0-9][-\w.]{0,99}){0,9}$/, usualFolder);
  if (ca !== undefined && (typeof ca !== 'string' || !areCertificates(ca)))
    problems.add('ca', 'is no certificate as PEM', 'use those of the authority, or leave it out');
  return { bucket: bucket ?? '', endpoint: endpoint ?? '', region, folder, ca };
}

const bucketKeys: Keys<BackupBucketProps> = { bucket: true, endpoint: true, region: true, folder: true, ca: true };

/** Dumps hold whatever jobs were given: they go by TLS alone. Its text may hold a key, and stays out of the message. */
function checkEndpoint(problems: Problems, endpoint: unknown): void {
  if (isHttpUrl(endpoint) && /^https:\/\/[^/?#]+$/.test(endpoint)) return;
  problems.add('endpoint', 'is no https URL of a store', 'use scheme and host alone, such as "https://s3.example.com"');
}
