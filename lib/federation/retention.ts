import { workloads } from '../fate/services';
import { checkKeys, type Keys, readInteger, readMap } from '../input/checks';
import type { Problems } from '../input/problems';
import type { Resources } from '../kubernetes/quantities';
import { readSchedule } from '../kubernetes/schedules';

/**
 * How long FATE Flow's volume keeps what it has of a job that has ended. Days count from when something was last written there. A job
 * that has not ended keeps all of it, and models, records and tables stay however old they are.
 */
export interface RetentionProps {
  /** Days for logs of a job, 1 to 3650: then FATE Board shows none of it. @default 90 */
  readonly logsDays?: number;
  /** Days for files of a job, 1 to 3650: its configuration, and what is left of uploads that failed. @default 90 */
  readonly jobsDays?: number;
  /**
   * When it is looked for what is older: minute, hour, day, month and weekday as cron has them, in the time zone of the cluster's
   * control plane.
   * @default '0 4 * * *', every night at four
   */
  readonly schedule?: string;
}

/** How long a party keeps what jobs leave, decided. */
export interface RetentionPlan {
  readonly logsDays: number;
  readonly jobsDays: number;
  readonly schedule: string;
}

/** Name of the CronJob that deletes what is older. */
export const { retention: retentionName } = workloads;

/** Of its container, which is there for some minutes a day. */
export const retentionResources: Resources = {
  requests: { cpu: 0.1, memoryGiB: 0.125 },
  limits: { cpu: 1, memoryGiB: 0.25 },
};

export function planRetention(problems: Problems, declared: RetentionProps | undefined): RetentionPlan | undefined {
  if (declared === undefined) return undefined;
  const props = readMap(problems, '', declared, 'use one such as { logsDays: 90 }, or leave it out');
  checkKeys(problems, props, keys);
  const { logsDays = usualDays, jobsDays = usualDays, schedule } = props;
  return {
    logsDays: readInteger(problems, 'logsDays', logsDays, 1, mostDays),
    jobsDays: readInteger(problems, 'jobsDays', jobsDays, 1, mostDays),
    schedule: readSchedule(problems, 'schedule', schedule, '0 4 * * *'),
  };
}

const keys: Keys<RetentionProps> = { logsDays: true, jobsDays: true, schedule: true };
const usualDays = 90;
const mostDays = 3650;
