import { releases } from '../../lib/fate/releases';
import type { PartyPlan } from '../../lib/federation/party';
import type { TaskState } from '../../lib/jobs/answers';
import type { FlowClient } from '../flow/flow-client';

/** What a job came to. */
export interface JobFindings {
  readonly job: string;
  readonly party: number;
  readonly state: string;
  readonly tasks: readonly TaskState[];
  /** Where to look. */
  readonly look: readonly string[];
}

/** What FATE Flow tells of a job, and where there is more. */
export async function findingsOf(flow: FlowClient, plan: PartyPlan, job: string, state: string): Promise<JobFindings> {
  const tasks = await flow.tasks(job).catch(() => []);
  return { job, party: plan.id, state, tasks, look: state === 'success' ? [] : placesOf(plan, job, state) };
}

function placesOf({ id, fate, ingress, namespace }: PartyPlan, job: string, state: string): readonly string[] {
  const { directories, container } = releases[fate].fateflow;
  const { fateboard } = ingress.hosts;
  return [
    ...(fateboard === undefined ? [] : [`FATE Board: http${ingress.tlsSecrets.fateboard ? 's' : ''}://${fateboard}/`]),
    `logs: kubefate-tanzu job log ${job} --party ${id}, or ${directories.logs}/${job} in container ${container} of ${namespace}`,
    ...(state === 'failed' || state === 'canceled'
      ? [`parties and what is between them: kubefate-tanzu diagnose --party ${id}`]
      : []),
  ];
}

export function findingsText({ job, state, tasks, look }: JobFindings): string {
  const failed = tasks.filter(
    ({ state, error }) => state !== 'success' && state !== 'waiting' && (error || state !== 'running'),
  );
  return [
    `job ${job}: ${state}`,
    ...failed.map(
      ({ task, role, party, state, error }) => `  ${task} of ${role} ${party}: ${state}${error ? `: ${error}` : ''}`,
    ),
    ...look.map((place) => `  ${place}`),
    '',
  ].join('\n');
}
