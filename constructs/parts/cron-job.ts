import type { CronJob, CronJobSpec } from 'kubernetes-types/batch/v1';
import { isFromMinor } from '../../lib/kubernetes/releases';

/** `batch/v1` has CronJobs since Kubernetes 1.21, and `v1beta1` had them up to 1.24. */
export type ScheduledJob = Omit<CronJob, 'apiVersion'> & { apiVersion: ReturnType<typeof cronJobVersion> };

export const cronJobVersion = ({ kubernetes }: { readonly kubernetes: string }) =>
  isFromMinor(kubernetes, 21) ? 'batch/v1' : 'batch/v1beta1';

/** Never two at a time; one that was missed is made up for within the hour. Of those that failed, three are left to be looked at. */
export const oneAtATime = {
  concurrencyPolicy: 'Forbid',
  startingDeadlineSeconds: 3600,
  successfulJobsHistoryLimit: 1,
  failedJobsHistoryLimit: 3,
} as const satisfies Partial<CronJobSpec>;
