import type { JobInterface } from '../fate/releases';

/** How FATE Flow is asked for the jobs that run: a GET, or what is posted. */
export function runningJobs({ states }: JobInterface): { readonly path: string; readonly body?: object } {
  const [method, path = ''] = states.split(' ');
  const status = 'running';
  return method === 'GET' ? { path: `${path}?status=${status}` } : { path, body: { status } };
}
