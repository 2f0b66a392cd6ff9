import type { DeclaredPlans } from '../../lib/federation/declaration';
import { withModelVersion } from '../../lib/jobs/dsl';
import type { JobPlan } from '../../lib/jobs/job';
import type { Report } from '../arguments';
import { askedParty } from '../flow/asked-party';
import { type FlowClient, FlowRefusal } from '../flow/flow-client';
import { type FlowSelection, flowOf } from '../flow/reach';
import { follow } from './follow';

interface SubmitOptions extends FlowSelection {
  readonly wait: boolean;
  readonly timeout?: number;
}

/** Submits a job and follows it. */
export async function submitted(plans: DeclaredPlans, job: JobPlan, options: SubmitOptions): Promise<Report> {
  const plan = askedParty(plans, job.guest);
  const flow = await flowOf(plans, plan, options);
  const taken = await submission(flow, job);
  process.stderr.write(`job ${taken.job}: submitted\n`);
  const { wait, timeout: seconds } = options;
  return follow({ flow, plan, ...taken, wait, seconds, evaluation: job.tasks.evaluation });
}

/** @throws {FlowRefusal} with how to see what is in the way */
export async function submission(flow: FlowClient, { submission, deployment, roles }: JobPlan) {
  try {
    const told = deployment === undefined ? submission : withModelVersion(submission, await flow.deploy(deployment));
    return await flow.submit(told);
  } catch (error) {
    if (!(error instanceof FlowRefusal)) throw error;
    const peers = [...new Set(roles.host)].filter((id) => id !== flow.party);
    const asked = peers.map((id) => ` --peer ${id}`).join('');
    throw new FlowRefusal(
      `${error.message}\nSee what is in the way: kubefate-tanzu diagnose --party ${flow.party}${asked}`,
      error.code,
    );
  }
}
