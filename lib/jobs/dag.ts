import { algorithmOf } from './algorithms';
import { evaluationTask } from './algorithms/algorithm';
import { given } from './algorithms/parameters';
import type { CheckedJob, JobRoles, Participant } from './checked-job';

/**
 * A job as FATE 2 takes it.
 *
 * @see FATE-Flow v2.2.0, `python/fate_flow/entity/spec/dag`, `examples`
 */
export function dagSubmission(job: CheckedJob): object {
  const { roles, model } = job;
  const dag = {
    parties: partiesOf(model === undefined ? roles : withData(roles)),
    stage: model === undefined ? 'train' : 'predict',
    conf: conf(job),
    tasks: model === undefined ? training(job) : prediction(job),
    party_tasks: partyTasks(job),
  };
  return { dag_schema: { dag, schema_version: '2.0.0' } };
}

const partiesOf = (roles: JobRoles) =>
  Object.entries(roles)
    .filter(([, ids]) => ids !== undefined)
    .map(([role, ids]) => ({ role, party_id: [...new Set(ids.map(String))] }));

const withData = ({ guest, host }: JobRoles): JobRoles => ({ guest, host });

function conf({ resources, limits, model }: CheckedJob): object {
  const { executors, executorCores, executorMemoryMiB, partitions } = resources;
  return given({
    cores: executors * executorCores,
    computing_partitions: partitions,
    auto_retries: limits.retries,
    model_warehouse: model && { model_id: model.job, model_version: '0' },
    task: given({
      // FATE Flow gives an arbiter one core by itself, and forgets of it in its books.
      engine_run: {
        'num-executors': executors,
        'executor-cores': executorCores,
        'executor-memory': `${executorMemoryMiB}m`,
      },
      timeout: limits.timeoutSeconds,
    }),
  });
}

function training(job: CheckedJob): object {
  const { name, dag, task } = algorithmOf(job.algorithm);
  const { roles, guest } = job;
  const all = partiesOf(withData(roles));
  const isValidated = guest.validation !== undefined;
  return {
    ...chain(job, '0'),
    ...(isValidated && chain(job, '1')),
    [name]: {
      component_ref: dag.component,
      dependent_tasks: [lastOf(job, '0'), ...(isValidated ? [lastOf(job, '1')] : [])],
      parties: partiesOf(roles),
      parameters: dag.parameters(job.parameters),
      inputs: {
        data: given({
          train_data: fromEach(lastOf(job, '0'), 'output_data', all),
          validate_data: isValidated ? fromEach(lastOf(job, '1'), 'output_data', all) : undefined,
        }),
      },
    },
    [evaluationTask]: {
      component_ref: 'evaluation',
      stage: 'default',
      dependent_tasks: [name],
      parties: all.slice(0, 1),
      parameters: { default_eval_setting: task(job.parameters) },
      inputs: { data: { input_datas: fromEach(name, 'train_output_data', all.slice(0, 1)) } },
    },
  };
}

/** The task keeps the name that it had when the model was trained. */
function prediction(job: CheckedJob): object {
  const { name, dag } = algorithmOf(job.algorithm);
  const all = partiesOf(withData(job.roles));
  const model_warehouse = { producer_task: name, output_artifact_key: 'output_model', parties: all };
  return {
    ...chain(job, '0'),
    [name]: {
      component_ref: dag.component,
      dependent_tasks: [lastOf(job, '0')],
      parties: all,
      parameters: {},
      inputs: {
        data: { test_data: fromEach(lastOf(job, '0'), 'output_data', all) },
        model: { input_model: { model_warehouse } },
      },
    },
  };
}

type Which = '0' | '1';

const isAligned = ({ algorithm }: CheckedJob): boolean => algorithmOf(algorithm).labels === 'guest';

/** Task whose output is what an algorithm takes. */
const lastOf = (job: CheckedJob, which: Which): string => (isAligned(job) ? `psi_${which}` : `reader_${which}`);

/** From the table of each party to the rows that all of them have. */
function chain(job: CheckedJob, which: Which): object {
  const parties = partiesOf(withData(job.roles));
  const reader = `reader_${which}`;
  const psi = {
    component_ref: 'psi',
    stage: 'default',
    dependent_tasks: [reader],
    parties,
    parameters: {},
    inputs: { data: { input_data: { task_output_artifact: output(reader, 'output_data') } } },
  };
  return {
    [reader]: { component_ref: 'reader', stage: 'default', parties, parameters: {} },
    ...(isAligned(job) && { [`psi_${which}`]: psi }),
  };
}

const output = (producer_task: string, output_artifact_key: string) => ({ producer_task, output_artifact_key });

const fromEach = (task: string, key: string, parties: readonly object[]) => ({
  task_output_artifact: [{ ...output(task, key), parties }],
});

/** Tables of each party. */
function partyTasks({ roles, guest, hosts }: CheckedJob): object {
  const entry = (role: 'guest' | 'host', id: number, { table, validation }: Participant) => [
    `${role}_${id}`,
    {
      parties: [{ role, party_id: [`${id}`] }],
      tasks: given({ reader_0: { parameters: table }, reader_1: validation && { parameters: validation } }),
    },
  ];
  return Object.fromEntries([
    entry('guest', roles.guest[0], guest),
    ...hosts.map((host, i) => entry('host', roles.host[i] as number, host)),
  ]);
}
