import { releases } from '../fate/releases';
import { services } from '../fate/services';
import { executorMemoryMiB } from '../fate/spark';
import type { PartyPlan } from '../federation/party';
import type { JobProps, PredictionProps } from './description';
import { jobPlan } from './job';
import type { TableProps } from './table';
import { uploadPlan } from './upload';

/** The jobs of the example, between two parties. */
export interface CreditCardJobs {
  readonly train: JobProps;
  readonly predict: PredictionProps;
}

/**
 * What `flow.py` of the credit cards knows of a party: how its FATE Flow is asked, what is told beside its rows, and the jobs in which
 * it is the guest. Who the host is, and which job has trained, only the notebook says: `standIns` are in their places.
 *
 * @see examples/credit-card
 */
export function creditCardFlow(plan: PartyPlan, { train, predict }: CreditCardJobs): object {
  const { jobs, jobCalls, jobLanguage } = releases[plan.fate];
  const { name, ports } = services.fateflow;
  const standIns = { host: plan.id === nobody ? nobody - 1 : nobody, job: noJob };
  const training = jobPlan([plan], between(plan, standIns.host, train));
  const prediction = jobPlan([plan], { ...between(plan, standIns.host, predict), model: { job: noJob } });
  const label = jobLanguage.kind === 'DAG' ? { name: 'y' } : undefined;
  const fieldsOf = (table: TableProps) => uploadPlan(plan, { table, replace: true, label }).fields;
  return {
    party: plan.id,
    fateflow: `http://${name}:${ports.http}`,
    jobs,
    calls: jobCalls,
    uploads: Object.fromEntries([train.guest, ...train.hosts].map(({ table }) => [table.name, fieldsOf(table)])),
    tasks: training.tasks,
    train: training.submission,
    predict: prediction.submission,
    deployment: prediction.deployment,
    standIns,
  };
}

/** The last id that a party can have, and one that no job has. As text, neither is in anything else of a job. */
const [nobody, noJob] = [999_999_999, '200000000000000000000'];

/** Nothing is known of the host: one executor of no more than Spark's own default fits anybody. */
const between = <Job extends JobProps>({ id, spark }: PartyPlan, host: number, job: Job): Job => ({
  ...job,
  guest: { ...job.guest, party: id },
  hosts: job.hosts.map((each) => ({ ...each, party: host })),
  resources: { executors: 1, executorMemoryMiB: Math.min(1024, executorMemoryMiB(spark.workers)) },
});
