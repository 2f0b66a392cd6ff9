import type { DeclaredPlans } from '../../lib/federation/declaration';
import type { PartyPlan } from '../../lib/federation/party';
import { printable } from '../../lib/input/shown';
import { metricFigures } from '../../lib/jobs/answers';
import type { BenchmarkPlan } from '../../lib/jobs/benchmarks/benchmark';
import { benchmarkReport, benchmarkText } from '../../lib/jobs/benchmarks/report';
import type { RowsOwner } from '../../lib/jobs/benchmarks/tables';
import type { Report } from '../arguments';
import { ClusterRefusal } from '../cluster/refusal';
import { askedParty, checkJobId } from '../flow/asked-party';
import type { FlowClient } from '../flow/flow-client';
import { type FlowSelection, flowOf } from '../flow/reach';
import { endOf } from '../flow/wait';
import { findingsText } from '../job/findings';
import { follow } from '../job/follow';
import { submission } from '../job/submitted';
import { Mistake } from '../mistake';
import { interruption } from '../terminal';
import { tableFor } from './made-up-rows';

/** What was typed. */
interface RunOptions extends FlowSelection {
  readonly upload?: readonly number[];
  readonly job?: string;
}

type Owner = BenchmarkPlan['owners'][number];

/** Gives parties their rows, has the guest submit the job, and tells what it has measured once it has succeeded. */
export async function measured(plans: DeclaredPlans, plan: BenchmarkPlan, options: RunOptions): Promise<Report> {
  const guest = askedParty(plans, plan.job.guest);
  if (options.job !== undefined) checkJobId(options.job);
  const flow = await flowOf(plans, guest, options);
  const signal = interruption();
  if (options.job === undefined && plan.isMadeUp) {
    const failed = await giveRows(plans, plan, flow, { ...options, signal });
    if (failed !== undefined) return failed;
  }
  const job = options.job ?? (await submitted(flow, plan));
  const told = (news: string) => process.stderr.write(`job ${job}: ${printable(news)}\n`);
  const state = await endOf(flow, job, { signal, told });
  if (state !== 'success') return follow({ flow, plan: guest, job, wait: false });
  return reported(plans, plan, flow, job);
}

/** Of each party in its own cluster. What is left to others is told, as what they would type. */
async function giveRows(
  plans: DeclaredPlans,
  { owners, made }: BenchmarkPlan,
  guestFlow: FlowClient,
  options: RunOptions & { readonly signal: AbortSignal },
): Promise<Report | undefined> {
  for (const owner of owners) {
    const plan = plans.parties.find(({ id }) => id === owner.party);
    if (plan === undefined || !isGiven(owner, options)) {
      process.stderr.write(`party ${owner.party} has to have its rows already, by: ${commandFor(owner, made)}\n`);
      continue;
    }
    const flow = owner.role === 'guest' ? guestFlow : await flowOfHost(plans, plan, guestFlow, options);
    const given = await tableFor(flow, plan, made, owner, options.signal);
    if ('findings' in given) return { holds: false, text: findingsText(given.findings), json: given.findings };
  }
  return undefined;
}

/** By a URL there is one FATE Flow. */
const isGiven = ({ party, role }: RowsOwner, { upload, url }: RunOptions): boolean =>
  upload === undefined ? url === undefined || role === 'guest' : upload.includes(party);

const commandFor = ({ party, role }: RowsOwner, { benchmark, rows, columns, seed }: BenchmarkPlan['made']): string =>
  `kubefate-tanzu benchmark data ${benchmark} --party ${party} --role ${role} --rows ${rows} --columns ${columns} --seed ${seed}`;

async function flowOfHost(plans: DeclaredPlans, plan: PartyPlan, guest: FlowClient, options: RunOptions) {
  if (plan.id === guest.party) return guest;
  if (options.url !== undefined) throw new Mistake(`--url is FATE Flow of ${guest.party}: --upload can name no other`);
  return flowOf(plans, plan, options).catch((error) => {
    if (!(error instanceof ClusterRefusal)) throw error;
    const hint = `Where others run party ${plan.id}, name those that get their rows from here: --upload ${guest.party}`;
    throw new Mistake(`${error.message}\n${hint}`);
  });
}

async function submitted(flow: FlowClient, { job: plan }: BenchmarkPlan): Promise<string> {
  const { job } = await submission(flow, plan);
  process.stderr.write(`job ${job}: submitted\n`);
  return job;
}

async function reported(plans: DeclaredPlans, plan: BenchmarkPlan, flow: FlowClient, job: string): Promise<Report> {
  const { evaluation, model } = plan.job.tasks;
  const [times, tasks, metrics, ...rows] = await Promise.all([
    flow.times(job),
    flow.tasks(job),
    flow.metrics(job, 'guest', flow.party, evaluation ?? model),
    ...plan.owners.map((owner: Owner) =>
      owner.party === flow.party ? flow.rows(owner.table.namespace, owner.table.name) : undefined,
    ),
  ]);
  const report = benchmarkReport(plan, plans.parties, { job, times, tasks, metrics: metricFigures(metrics), rows });
  return { text: benchmarkText(report), json: report };
}
