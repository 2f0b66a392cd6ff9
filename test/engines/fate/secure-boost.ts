import { expect } from 'vitest';
import type { FlowApi } from './flow-api';

const rows = 200;
const namespace = 'experiment';

/** The guest has the labels and a column that tells them, the host nothing that would. */
const tables = {
  guest: {
    text: csv('id,y,x0,x1', (i) => [i % 2, (i % 2) + fraction(i, 7) / 2, fraction(i, 11)]),
    meta: { delimiter: ',', dtype: 'float64', label_type: 'int64', label_name: 'y', match_id_name: 'id' },
  },
  host: {
    text: csv('id,x0,x1', (i) => [fraction(i, 13), fraction(i, 17)]),
    meta: { delimiter: ',', dtype: 'float64', match_id_name: 'id' },
  },
};

function csv(header: string, columns: (i: number) => readonly number[]): string {
  return `${header}\n${Array.from({ length: rows }, (_, i) => `${[i, ...columns(i)].join(',')}\n`).join('')}`;
}

function fraction(i: number, prime: number): number {
  return ((i * 37) % prime) / prime;
}

/** Uploads what the role has, and tells the job. */
export async function upload(api: FlowApi, role: keyof typeof tables): Promise<string> {
  const { text, meta } = tables[role];
  const form = new FormData();
  const fields = {
    head: 'true',
    partitions: '2',
    meta: JSON.stringify(meta),
    extend_sid: 'true',
    namespace,
    name: role,
  };
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append('file', new Blob([text]), `${role}.csv`);
  const answer = await api.send('data/component/upload/file', form);
  expect(answer).toMatchObject({ code: 0 });
  return `${answer.job_id}`;
}

/** Hetero SecureBoost of one small tree, on what both have of the same rows, and what the guest finds of it. */
export function secureBoost(guestId: number, hostId: number): object {
  const { guest, host, tasks, party_tasks } = matched(guestId, hostId);
  return {
    parties: [guest, host],
    stage: 'train',
    tasks: {
      ...tasks,
      sbt_0: {
        component_ref: 'hetero_secureboost',
        dependent_tasks: ['psi_0'],
        parameters: { num_trees: 1, max_depth: 2, objective: 'binary:bce' },
        inputs: { data: { train_data: fromEach('psi_0', 'output_data', [guest, host]) } },
      },
      evaluation_0: evaluation(guest, 'train_output_data'),
    },
    party_tasks,
  };
}

/** As FATE Flow names what a job has trained. */
export interface Model {
  readonly model_id: string;
  readonly model_version: string;
}

/** What that tree predicts of the same rows, and what the guest finds of it. */
export function prediction(guestId: number, hostId: number, { model_id, model_version }: Model): object {
  const { guest, host, tasks, party_tasks } = matched(guestId, hostId);
  return {
    parties: [guest, host],
    stage: 'predict',
    conf: { model_warehouse: { model_id, model_version } },
    tasks: {
      ...tasks,
      sbt_0: {
        component_ref: 'hetero_secureboost',
        dependent_tasks: ['psi_0'],
        inputs: {
          data: { test_data: fromEach('psi_0', 'output_data', [guest, host]) },
          model: { input_model: { model_warehouse: output('sbt_0', 'output_model') } },
        },
      },
      evaluation_0: evaluation(guest, 'test_output_data'),
    },
    party_tasks,
  };
}

/** Each reads its table, and both find the rows that they have in common. */
function matched(guestId: number, hostId: number) {
  const guest = { role: 'guest', party_id: [`${guestId}`] };
  const host = { role: 'host', party_id: [`${hostId}`] };
  const read = (party: object, name: string) => ({
    parties: [party],
    tasks: { reader_0: { parameters: { namespace, name } } },
  });
  return {
    guest,
    host,
    tasks: {
      reader_0: { component_ref: 'reader', stage: 'default', parameters: {} },
      psi_0: {
        component_ref: 'psi',
        stage: 'default',
        dependent_tasks: ['reader_0'],
        inputs: { data: { input_data: { task_output_artifact: output('reader_0', 'output_data') } } },
      },
    },
    party_tasks: { [`guest_${guestId}`]: read(guest, 'guest'), [`host_${hostId}`]: read(host, 'host') },
  };
}

const evaluation = (guest: object, scores: string): object => ({
  component_ref: 'evaluation',
  stage: 'default',
  dependent_tasks: ['sbt_0'],
  parties: [guest],
  parameters: { metrics: ['auc'] },
  inputs: { data: { input_datas: fromEach('sbt_0', scores, [guest]) } },
});

const output = (task: string, key: string) => ({ producer_task: task, output_artifact_key: key });
const fromEach = (task: string, key: string, parties: readonly object[]) => ({
  task_output_artifact: [{ ...output(task, key), parties }],
});

/** Metrics that a task has left at the guest, by name. */
export async function metricsOf(api: FlowApi, job: string, guest: number, task: string): Promise<Map<string, unknown>> {
  const query = { job_id: job, role: 'guest', party_id: `${guest}`, task_name: task };
  const { data } = await api.get<{ name: string; data: unknown }[]>('output/metric/query', query);
  return new Map(data?.map(({ name, data }) => [name, data]));
}
