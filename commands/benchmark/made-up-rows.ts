import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DeclaredPlans } from '../../lib/federation/declaration';
import type { PartyPlan } from '../../lib/federation/party';
import type { AlgorithmName } from '../../lib/jobs/algorithms';
import { benchmarks } from '../../lib/jobs/benchmarks/definitions';
import { csvBytes, csvOf } from '../../lib/jobs/benchmarks/rows';
import { type MadeUp, type RowsOwner, rowsOf, tableOf, uploadOf } from '../../lib/jobs/benchmarks/tables';
import type { Report } from '../arguments';
import { tableMade } from '../data/uploaded';
import { checkWritable, makeFolder } from '../files';
import { askedParty } from '../flow/asked-party';
import type { FlowClient } from '../flow/flow-client';
import { type FlowSelection, flowOf } from '../flow/reach';
import { findingsText, type JobFindings } from '../job/findings';
import { Mistake } from '../mistake';

/** What was typed. */
interface RowsOptions extends FlowSelection {
  readonly party?: number;
  readonly role: RowsOwner['role'];
  readonly to?: string;
}

interface Asked {
  readonly benchmark: AlgorithmName;
  readonly rows?: number;
  readonly columns?: number;
  readonly seed?: number;
}

/** Makes up the rows of one party: a table, or a file. */
export async function madeUpRows(plans: DeclaredPlans, asked: Asked, options: RowsOptions): Promise<Report> {
  const plan = askedParty(plans, options.party);
  const paper = benchmarks[asked.benchmark];
  const { benchmark, rows = paper.rows, columns = paper.columns, seed = 1 } = asked;
  const made = { benchmark, rows, columns, seed };
  const owner = { party: plan.id, role: options.role };
  const table = tableOf(made, owner);
  if (options.to !== undefined) {
    await write(made, owner, options.to);
    return { text: `${options.to}\n`, json: { file: options.to, rows: made.rows, table } };
  }
  const given = await tableFor(await flowOf(plans, plan, options), plan, made, owner);
  return 'findings' in given
    ? { holds: false, text: findingsText(given.findings), json: { ...given.findings, table } }
    : { text: `${table.namespace}.${table.name} of party ${plan.id}: ${given.rows} rows\n`, json: { table, ...given } };
}

async function write(made: MadeUp, owner: RowsOwner, path: string): Promise<void> {
  checkWritable(path);
  makeFolder(dirname(path));
  try {
    await pipeline(Readable.from(csvOf(rowsOf(made, owner))), createWriteStream(path, { flags: 'wx' }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new Mistake(`${path} exists; name another file`);
    await rm(path, { force: true });
    throw error;
  }
}

/** The table of a party, which is made where there is none, or one of fewer rows that an upload has left that was cut. */
export async function tableFor(
  flow: FlowClient,
  plan: PartyPlan,
  made: MadeUp,
  owner: RowsOwner,
  signal?: AbortSignal,
): Promise<{ readonly rows: number } | { readonly findings: JobFindings }> {
  const { namespace, name } = tableOf(made, owner);
  const there = await flow.rows(namespace, name);
  if (there === made.rows) return { rows: there };
  const random = rowsOf(made, owner);
  const sent = { name: `${name}.csv`, bytes: csvBytes(random), pieces: () => csvOf(random) };
  process.stderr.write(`party ${plan.id}: ${made.rows} rows are made up and sent, ${megabytes(sent.bytes)}\n`);
  const { rows, ...findings } = await tableMade(
    flow,
    plan,
    sent,
    uploadOf(plan, made, owner, there !== undefined),
    signal,
  );
  if (rows === undefined) return { findings };
  if (rows === made.rows) return { rows };
  throw new Mistake(`party ${plan.id} has ${rows} of ${made.rows} rows in ${namespace}.${name}; run it again`);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
