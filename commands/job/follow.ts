import type { PartyPlan } from '../../lib/federation/party';
import { printable } from '../../lib/input/shown';
import { type Figure, figureLines, jobEnds, metricFigures } from '../../lib/jobs/answers';
import type { Report } from '../arguments';
import type { FlowClient } from '../flow/flow-client';
import { endOf } from '../flow/wait';
import { interruption } from '../terminal';
import { findingsOf, findingsText } from './findings';

/** A job that runs. */
export interface Followed {
  readonly flow: FlowClient;
  /** Whose FATE Flow is asked. */
  readonly plan: PartyPlan;
  readonly job: string;
  /** Whether it is waited for, and for how many seconds at most. */
  readonly wait: boolean;
  readonly seconds?: number;
  /** Task whose metrics are told when the job has succeeded. @default none */
  readonly evaluation?: string;
  /** Link to the job in FATE Board. */
  readonly board?: string;
}

/** Waits for a job and tells what it came to. Who is interrupted, waits no longer; the job goes on. */
export async function follow({ flow, plan, job, wait, seconds, evaluation, board }: Followed): Promise<Report> {
  const ending = interruption();
  const told = (news: string) => process.stderr.write(`job ${job}: ${printable(news)}\n`);
  const state = wait
    ? await endOf(flow, job, { signal: ending, told, seconds })
    : ((await flow.state(job)) ?? 'unknown');
  const isOver = jobEnds.includes(state);
  const findings = await findingsOf(flow, plan, job, state);
  const metrics =
    state === 'success' && evaluation !== undefined ? await evaluated(flow, plan, job, evaluation) : undefined;
  const text = `${findingsText(findings)}${isOver ? '' : goesOn(job, plan.id)}${board ? `  ${board}\n` : ''}${metrics ? figuresText(metrics) : ''}`;
  return { holds: state === 'success' || (!wait && !isOver), text, json: { ...findings, board, metrics } };
}

const goesOn = (job: string, party: number): string =>
  [
    'It goes on.',
    `  see it: kubefate-tanzu job status ${job} --party ${party}`,
    `  end it: kubefate-tanzu job stop ${job} --party ${party}`,
    '',
  ].join('\n');

async function evaluated(flow: FlowClient, { id }: PartyPlan, job: string, task: string) {
  return metricFigures(await flow.metrics(job, 'guest', id, task));
}

export const figuresText = (figures: readonly Figure[]): string =>
  figureLines(figures)
    .map((line) => `  ${line}\n`)
    .join('');
