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
  /** Milliseconds for which nothing of a job that runs may be at work before that is told. @default two minutes */
  readonly stand?: number;
}

/** The state in which a job ends, or in which it is when nobody waits for it any more. @throws when FATE Flow stays away */
export async function endOf(flow: FlowClient, job: string, waiting: Waiting): Promise<string> {
  const { signal, told, seconds = Number.POSITIVE_INFINITY, stand = 120_000 } = waiting;
  const until = Date.now() + seconds * 1000;
  let [state, news, asks, awaySince, standsSince] = ['submitted', '', 0, 0, 0];
  while (!signal.aborted) {
    try {
      state = (await flow.state(job)) ?? state;
      const tasks = jobEnds.includes(state) ? [] : await tasksOf(flow, job);
      standsSince = stands(state, tasks) ? standsSince || Date.now() : 0;
      const isLong = standsSince !== 0 && Date.now() >= standsSince + stand;
      const next = `${progressText(state, tasks)}${isLong ? `; ${standing}` : ''}`;
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

/** Whether a job runs of which nothing is at work, as for a moment between two tasks. */
const stands = (state: string, tasks: readonly TaskState[]): boolean =>
  state === 'running' && tasks.length > 0 && tasks.every(({ state }) => state !== 'running');

/**
 * A FATE Flow that is lost between the starts of one task at two parties leaves cores of the job booked at the second, which never began
 * it. The job fails; run again, it waits for these cores for ever.
 *
 * @see FATE-Flow v2.2.0, `JobController.stop_job`, which passes over tasks that wait, and `ResourceManager.resource_for_task`
 */
const standing =
  'nothing of it has been at work for two minutes. A party may be away, or hold cores for a try that never began: where that stays so, stop it and submit it anew';

function progressText(state: string, tasks: readonly TaskState[]): string {
  const names = [...new Set(tasks.map(({ task }) => task))];
  const done = names.filter((name) => tasks.every(({ task, state }) => task !== name || state === 'success'));
  const atWork = names.filter((name) => tasks.some(({ task, state }) => task === name && state === 'running'));
  const now = atWork.length === 0 ? '' : `, at work: ${atWork.join(', ')}`;
  return names.length === 0 ? state : `${state}: ${done.length} of ${names.length} tasks are done${now}`;
}
