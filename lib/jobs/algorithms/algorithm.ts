import type { DslLanguage, JobLanguage } from '../../fate/releases';
import type { Problem } from '../../input/problems';
import type { ParameterTable } from './parameters';

/** What a model is to say: one of two classes, one of several, or a number. */
export type JobTask = 'binary' | 'multi' | 'regression';

/** What a job trains, in the words of both languages. Tasks of a DAG are named as components of a DSL are. */
export interface Algorithm<Parameters> {
  /** Name of its task. */
  readonly name: string;
  /** Whether an arbiter adds up what the others have found. */
  readonly arbiter: boolean;
  /**
   * - `all`: everybody has rows of their own, all with the same columns.
   * - `guest`: all have the same rows with columns of their own, and the guest has the label.
   */
  readonly labels: 'all' | 'guest';
  /** Whether PyTorch computes it, which the basic builds of FATE's images do not have where there are others. */
  readonly isNeural: boolean;
  readonly parameters: ParameterTable<Parameters>;
  /** Those without which it does not start, and what stands for them where they were refused, so that reading can go on. */
  readonly needed: Partial<Parameters>;
  /** Why a language cannot say it, where its parameters do not show that one by one. @default it can */
  lacking?(parameters: Parameters, language: JobLanguage): Problem | undefined;
  /** What evaluation takes its result for. */
  task(parameters: Parameters): JobTask;
  readonly dsl: { readonly module: string; parameters(declared: Parameters, language: DslLanguage): object };
  readonly dag: { readonly component: string; parameters(declared: Parameters): object };
}

/** Name of the task that says how good a model is, whatever it is. */
export const evaluationTask = 'evaluation_0';
