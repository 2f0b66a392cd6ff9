import type { DeclaredPlans } from '../../lib/federation/declaration';
import type { PartyPlan } from '../../lib/federation/party';
import { printable } from '../../lib/input/shown';
import { type UploadPlan, uploadPlan } from '../../lib/jobs/upload';
import type { Report } from '../arguments';
import { askedParty } from '../flow/asked-party';
import type { FlowClient, SentRows } from '../flow/flow-client';
import { type FlowSelection, flowOf } from '../flow/reach';
import { endOf } from '../flow/wait';
import { findingsOf, findingsText, type JobFindings } from '../job/findings';
import { Mistake } from '../mistake';
import { interruption } from '../terminal';
import { rowsOfTable } from './rows-of-table';

/** What was typed. */
export interface UploadOptions extends FlowSelection {
  readonly party?: number;
  readonly table: string;
  readonly namespace?: string;
  readonly partitions?: number;
  readonly delimiter?: string;
  readonly id?: string;
  readonly label?: string;
  readonly labelType?: 'int' | 'float';
  readonly replace: boolean;
}

/** Uploads a file, and waits until it is a table. */
export async function uploaded(plans: DeclaredPlans, file: string, options: UploadOptions): Promise<Report> {
  const { party, table: name, namespace, partitions, delimiter, id, label, labelType, replace } = options;
  const plan = askedParty(plans, party);
  if (labelType !== undefined && label === undefined)
    throw new Mistake('--label-type is of a column that --label names');
  const named = label === undefined ? undefined : { name: label, type: labelType };
  const upload = uploadPlan(plan, {
    table: { name, namespace },
    partitions,
    delimiter,
    id,
    label: named,
    replace,
  });
  const { table } = upload;
  const sent = rowsOfTable(file, upload);
  const flow = await flowOf(plans, plan, options);
  if (!replace && (await flow.rows(table.namespace, table.name)) !== undefined)
    throw new Mistake(`party ${plan.id} has a table ${table.namespace}.${table.name}; use another name, or --replace`);
  const { rows, ...findings } = await tableMade(flow, plan, sent, upload);
  const text =
    rows === undefined
      ? findingsText(findings)
      : `${table.namespace}.${table.name} of party ${plan.id}: ${rows} rows\n`;
  return { holds: rows !== undefined, text, json: { ...findings, table, rows } };
}

/**
 * Uploads rows, and waits until they are a table; of how many rows that is, nothing is told where none comes of it.
 *
 * @param signal ends it @default what ends this program: while rows are sent by itself, and then the waiting alone
 */
export async function tableMade(
  flow: FlowClient,
  plan: PartyPlan,
  sent: SentRows,
  { table, fields }: UploadPlan,
  signal?: AbortSignal,
): Promise<JobFindings & { readonly rows?: number }> {
  const job = await flow.upload(sent, fields, partsTold(), signal);
  const told = (news: string) => process.stderr.write(`job ${job}: ${printable(news)}\n`);
  const state = await endOf(flow, job, { signal: signal ?? interruption(), told });
  const rows = state === 'success' ? await flow.rows(table.namespace, table.name) : undefined;
  return { ...(await findingsOf(flow, plan, job, state)), rows };
}

/** Tells each tenth of a file that is sent. */
function partsTold(): (part: number) => void {
  let tenths = 0;
  return (part) => {
    if (Math.floor(part * 10) <= tenths) return;
    tenths = Math.floor(part * 10);
    if (tenths < 10) process.stderr.write(`${tenths * 10} % are sent\n`);
  };
}
