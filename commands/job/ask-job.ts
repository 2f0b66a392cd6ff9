import type { PartyPlan } from '../../lib/federation/party';
import { planDeclared } from '../declaration-file';
import { askedParty, checkJobId } from '../flow/asked-party';
import type { FlowClient } from '../flow/flow-client';
import { type FlowSelection, flowOf } from '../flow/reach';
import { Mistake } from '../mistake';

/** A job, and whose FATE Flow is asked of it. */
export interface AskedJob {
  readonly flow: FlowClient;
  readonly plan: PartyPlan;
  readonly job: string;
}

/** @throws {Mistake} of a job that the party does not know */
export async function askJob(job: string, party: number | undefined, selection: FlowSelection): Promise<AskedJob> {
  const plans = await planDeclared(selection.declaration);
  checkJobId(job);
  const plan = askedParty(plans, party);
  const flow = await flowOf(plans, plan, selection);
  if ((await flow.state(job)) === undefined) throw new Mistake(`party ${plan.id} knows no job ${job}`);
  return { flow, plan, job };
}
