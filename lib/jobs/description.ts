import type { AlgorithmName } from './algorithms';
import type { HomoLrParameters } from './algorithms/homo-lr';
import type { HomoNnParameters } from './algorithms/homo-nn';
import type { SecureBoostParameters } from './algorithms/secure-boost';
import type { JobResourcesProps } from './resources';
import type { TableProps } from './table';

/** A job, as a person describes it: it trains a model, or has one that was trained predict. */
export type JobProps =
  | TrainingProps<'homo-lr', HomoLrParameters>
  | TrainingProps<'hetero-secure-boost', SecureBoostParameters>
  | TrainingProps<'homo-nn', HomoNnParameters>
  | PredictionProps;

/** What jobs of every kind have. */
export interface JobBaseProps {
  /** The party that submits the job; its rows have the labels. */
  readonly guest: ParticipantProps;
  /** The other parties with data. */
  readonly hosts: readonly ParticipantProps[];
  /** Id of the party that adds up what guest and hosts have found, where the algorithm needs one. @default the first host */
  readonly arbiter?: number;
  /** What the job takes of each party's Spark. @default the largest that all parties have room for */
  readonly resources?: JobResourcesProps;
  /**
   * Seconds after which FATE Flow ends it. FATE 1 counts from the submission, waiting and what was before a rerun included; FATE 2
   * counts each task.
   * @default 259200, which is FATE's
   */
  readonly timeoutSeconds?: number;
  /** How often a task that failed is tried again. FATE 1.6 cannot. @default 0 */
  readonly retries?: number;
  /** Seconds before it is tried again. FATE 1.11 alone. @default 1 */
  readonly retryDelaySeconds?: number;
  /**
   * Minutes for which Pulsar keeps what was read, for a worker that starts again. FATE 2 takes the party's.
   * @default the party's, `pulsar.readMinutes`
   */
  readonly topicMinutes?: number;
}

/** A party with data in a job. */
export interface ParticipantProps {
  /** Id of the party. */
  readonly party: number;
  /** Table to train on, or to predict for. */
  readonly table: TableProps;
  /** Table to look at the model with, of all parties or of none. Of trainings alone. @default none */
  readonly validation?: TableProps;
}

/** A job that trains a model, which its guest evaluates on the rows that it was trained on. */
export interface TrainingProps<Name extends AlgorithmName, Parameters> extends JobBaseProps {
  /** What is trained. */
  readonly algorithm: Name;
  /** How. @default FATE's own */
  readonly parameters?: Parameters;
  /** Column with what is to be learned. FATE 1 alone: FATE 2 is told when data are uploaded. @default `y` */
  readonly label?: LabelProps;
}

/** A column with what is to be learned. */
export interface LabelProps {
  /** Name of the column. @default 'y' */
  readonly name?: string;
  /** What its values are. @default 'int', and 'float' in a regression */
  readonly type?: 'int' | 'float';
}

/** A job that has a model predict. */
export interface PredictionProps extends JobBaseProps {
  /** What the model is. */
  readonly algorithm: AlgorithmName;
  /** The model. */
  readonly model: ModelProps;
}

/** A model that was trained. */
export interface ModelProps {
  /** Id of the job that trained it. */
  readonly job: string;
}
