import { setTimeout as sleep } from 'node:timers/promises';
import { jobEnds } from '../../lib/jobs/answers';
import type { Report } from '../arguments';
import { Mistake } from '../mistake';
import type { AskedJob } from './ask-job';
import { follow } from './follow';

/** Runs a job again. FATE Flow 1.6 answers success where it does nothing, and its state is the old one until it is at work. */
export async function again(asked: AskedJob, wait: boolean): Promise<Report> {
  const { flow, job } = asked;
  const before = `${await flow.state(job)}`;
  if (!jobEnds.includes(before)) throw new Mistake(`job ${job} is ${before}; stop it before it is run again`);
  if (before === 'success') throw new Mistake(`job ${job} has succeeded: nothing of it is left to be run again`);
  process.stderr.write(`job ${job}: ${await flow.rerun(job)}\n`);
  for (let tries = 0; tries < mostTries; tries++) {
    if ((await flow.state(job)) !== before) return follow({ ...asked, wait });
    await sleep(1000);
  }
  const text = `job ${job} is still ${before}: FATE Flow runs nothing of it again. Submit it anew.\n`;
  return { holds: false, text, json: { job, state: before } };
}

/** FATE Flow looks at its jobs every two seconds. */
const mostTries = 30;
