import { setTimeout as sleep } from 'node:timers/promises';
import { jobEnds, type TaskState } from '../../lib/jobs/answers';
import { type FlowClient, FlowRefusal } from './flow-client';

/** How a job is waited for. */
export interface Waiting {
  /** Ends the waiting, and not the job. */
  readonly signal: AbortSignal;
  /** Gets what is new of the job. */
  readonly told: (news: string) => void;
  /** Seconds after which nobody waits any more. @default as long as it takes */
  readonly seconds?: number;
}

/** The state in which a job ends, or in which it is when nobody waits for it any more. @throws when FATE Flow stays away */
export async function endOf(flow: FlowClient, job: string, waiting: Waiting): Promise<string> {
  const { signal, told, seconds = Number.POSITIVE_INFINITY } = waiting;
  const until = Date.now() + seconds * 1000;
  let [state, news, asks, awaySince] = ['submitted', '', 0, 0];
  while (!signal.aborted) {
    try {
      state = (await flow.state(job)) ?? state;
      const next = jobEnds.includes(state) ? state : progressText(state, await tasksOf(flow, job));
      if (next !== news) told(next);
      [news, awaySince] = [next, 0];
    } catch (error) {
      if (awaySince === 0) told((error as Error).message);
      [news, awaySince] = ['', awaySince || Date.now()];
      if (Date.now() > awaySince + patience) throw error;
    }
    const pause = Math.min(longestPause, 500 * 1.3 ** asks++);
    if (jobEnds.includes(state) || Date.now() + pause > until) break;
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
  return state;
}

/** Milliseconds between two questions, of a job that takes its time. */
const longestPause = 5000;
/** Milliseconds for which FATE Flow may be away: pods start again, and connections are cut. */
const patience = 180_000;

/** FATE Flow 1 finds it a failure when there are none yet. */
async function tasksOf(flow: FlowClient, job: string): Promise<readonly TaskState[]> {
  try {
    return await flow.tasks(job);
  } catch (error) {
    if (error instanceof FlowRefusal && error.code !== undefined) return [];
    throw error;
  }
}

function progressText(state: string, tasks: readonly TaskState[]): string {
  const names = [...new Set(tasks.map(({ task }) => task))];
  const done = names.filter((name) => tasks.every(({ task, state }) => task !== name || state === 'success'));
  const atWork = names.filter((name) => tasks.some(({ task, state }) => task === name && state === 'running'));
  const now = atWork.length === 0 ? '' : `, at work: ${atWork.join(', ')}`;
  return names.length === 0 ? state : `${state}: ${done.length} of ${names.length} tasks are done${now}`;
}
