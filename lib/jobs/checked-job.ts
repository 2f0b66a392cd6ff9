import type { AlgorithmName } from './algorithms';
import type { JobBaseProps, LabelProps, ModelProps } from './description';
import type { JobResources } from './resources';
import type { Table } from './table';

/** Ids of parties by what they do. */
export interface JobRoles {
  readonly guest: readonly [number];
  readonly host: readonly number[];
  readonly arbiter?: readonly [number];
}

/** What both languages write of a job. */
export interface CheckedJob {
  readonly algorithm: AlgorithmName;
  readonly parameters: object;
  readonly roles: JobRoles;
  readonly guest: Participant;
  readonly hosts: readonly Participant[];
  readonly label: Required<LabelProps>;
  readonly model?: ModelProps;
  readonly resources: JobResources;
  readonly limits: JobLimits;
}

/** Tables of a party with data. */
export interface Participant {
  readonly table: Table;
  readonly validation?: Table;
}

/** How long, and how often. */
export type JobLimits = Pick<JobBaseProps, 'timeoutSeconds' | 'retries' | 'retryDelaySeconds' | 'topicMinutes'>;
