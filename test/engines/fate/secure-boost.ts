import { expect } from 'vitest';
import type { FlowApi } from './flow-api';

/** Of each table. */
export const rows = 200;
const namespace = 'experiment';

/** Truth of a row. */
export const labelOf = (id: number): number => id % 2;

/** The guest has the labels and a column that tells them, the host nothing that would. */
const tables = {
  guest: {
    text: csv('id,y,x0,x1', (i) => [labelOf(i), labelOf(i) + fraction(i, 7) / 2, fraction(i, 11)]),
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

/** What the role has, as a file. */
export const csvOf = (role: keyof typeof tables): string => tables[role].text;

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
  const guest = { role: 'guest', party_id: [`${guestId}`] };
  const host = { role: 'host', party_id: [`${hostId}`] };
  const read = (party: object, name: string) => ({
    parties: [party],
    tasks: { reader_0: { parameters: { namespace, name } } },
  });
  return {
    parties: [guest, host],
    stage: 'train',
    tasks: {
      reader_0: { component_ref: 'reader', stage: 'default', parameters: {} },
      psi_0: {
        component_ref: 'psi',
        stage: 'default',
        dependent_tasks: ['reader_0'],
        inputs: { data: { input_data: { task_output_artifact: output('reader_0', 'output_data') } } },
      },
      sbt_0: {
        component_ref: 'hetero_secureboost',
        dependent_tasks: ['psi_0'],
        parameters: { num_trees: 1, max_depth: 1, objective: 'binary:bce' },
        inputs: { data: { train_data: fromEach('psi_0', 'output_data', [guest, host]) } },
      },
      evaluation_0: {
        component_ref: 'evaluation',
        stage: 'default',
        dependent_tasks: ['sbt_0'],
        parties: [guest],
        parameters: { metrics: ['auc'] },
        inputs: { data: { input_datas: fromEach('sbt_0', 'train_output_data', [guest]) } },
      },
    },
    party_tasks: { [`guest_${guestId}`]: read(guest, 'guest'), [`host_${hostId}`]: read(host, 'host') },
  };
}

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
