import { setTimeout as sleep } from 'node:timers/promises';
import { jobEnds } from '../../lib/jobs/answers';
import type { Report } from '../arguments';
import { Mistake } from '../mistake';
import type { AskedJob } from './ask-job';
import { follow } from './follow';

/**
 * Runs a job again. FATE Flow answers success also where it does nothing: FATE Flow 2 does so for a minute with a job that was at work
 * when FATE Flow was lost, for its scheduler was, too, and has locked the job. So it is asked until it takes the job up.
 *
 * @param pause milliseconds between two looks at the state, which stays the old one until the job is taken up
 */
export async function again(asked: AskedJob, wait: boolean, pause = 1000): Promise<Report> {
  const { flow, job } = asked;
  const before = `${await flow.state(job)}`;
  if (!jobEnds.includes(before)) throw new Mistake(`job ${job} is ${before}; stop it before it is run again`);
  if (before === 'success') throw new Mistake(`job ${job} has succeeded: nothing of it is left to be run again`);
  for (let looks = 0; looks < mostLooks; looks++) {
    if (looks % looksOfOneAsk === 0) process.stderr.write(`job ${job}: ${await flow.rerun(job)}\n`);
    await sleep(pause);
    if ((await flow.state(job)) !== before) return follow({ ...asked, wait });
  }
  const text = `job ${job} is still ${before}: FATE Flow runs nothing of it again. Submit it anew.\n`;
  return { holds: false, text, json: { job, state: before } };
}

/** FATE Flow looks at its jobs every two seconds, at many of them more slowly. */
const looksOfOneAsk = 25;
const mostLooks = 5 * looksOfOneAsk;
