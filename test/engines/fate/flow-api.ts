import { expect, vi } from 'vitest';
import { services } from '../../../lib';

/** An answer of FATE Flow 2. */
export interface Answer<Data = unknown> {
  readonly code: number;
  readonly message: string;
  readonly data?: Data;
  readonly job_id?: string;
}

/** FATE Flow's interface for its own users. */
export function flowApi(address: string) {
  async function call<Data>(method: string, path: string, body?: string | FormData): Promise<Answer<Data>> {
    const response = await fetch(`http://${address}:${services.fateflow.ports.http}/v2/${path}`, {
      method,
      body,
      ...(typeof body === 'string' && { headers: { 'Content-Type': 'application/json' } }),
      signal: AbortSignal.timeout(60_000),
    });
    return (await response.json()) as Answer<Data>;
  }
  return {
    get: <Data>(path: string, query: Readonly<Record<string, string>> = {}) =>
      call<Data>('GET', `${path}?${new URLSearchParams(query)}`),
    post: <Data>(path: string, body: object) => call<Data>('POST', path, JSON.stringify(body)),
    send: <Data>(path: string, form: FormData) => call<Data>('POST', path, form),
  };
}

export type FlowApi = ReturnType<typeof flowApi>;

/** The toy example, as FATE's own command submits it. */
export const toyExample = (guest: number, host: number): object => ({
  parties: [
    { role: 'guest', party_id: [`${guest}`] },
    { role: 'host', party_id: [`${host}`] },
  ],
  stage: 'default',
  tasks: { toy_example_0: { component_ref: 'toy_example', parameters: { data_num: 1024, partition: 4 } } },
});

export const submission = (api: FlowApi, dag: object): Promise<Answer> =>
  api.post('job/submit', { dag_schema: { dag, schema_version: '2.2.0' } });

/** Submits a job that all parties take, and tells which. */
export async function submit(api: FlowApi, dag: object): Promise<string> {
  const answer = await submission(api, dag);
  expect(answer).toMatchObject({ code: 0, job_id: expect.any(String) });
  return `${answer.job_id}`;
}

const ends = ['success', 'failed', 'canceled', 'timeout'];

/** State of a job at this party. */
export async function stateOf(api: FlowApi, job: string): Promise<string | undefined> {
  const { data } = await api.get<{ status: string }[]>('job/query', { job_id: job });
  return data?.[0]?.status;
}

/** State in which a job ends at this party. */
export async function endOf(api: FlowApi, job: string, timeout = 720_000): Promise<string | undefined> {
  return vi.waitFor(
    async () => {
      const state = await stateOf(api, job);
      expect(ends).toContain(state);
      return state;
    },
    { timeout, interval: 1000 },
  );
}

/** States of a job's tasks at this party, by the names of the tasks. */
export async function tasksOf(api: FlowApi, job: string): Promise<Map<string, string>> {
  const { data } = await api.get<{ task_name: string; party_status: string }[]>('job/task/query', { job_id: job });
  return new Map(data?.map(({ task_name, party_status }) => [task_name, party_status]));
}
