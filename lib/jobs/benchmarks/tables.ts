import { releases } from '../../fate/releases';
import type { PartyPlan } from '../../federation/party';
import { type AlgorithmName, algorithmOf } from '../algorithms';
import type { Table } from '../table';
import { type UploadPlan, uploadPlan } from '../upload';
import { benchmarks, paperResources } from './definitions';
import type { RandomRows } from './rows';

/** What is made up for a benchmark. */
export interface MadeUp {
  readonly benchmark: AlgorithmName;
  readonly rows: number;
  readonly columns: number;
  readonly seed: number;
}

/** Who gets rows of it. */
export interface RowsOwner {
  readonly party: number;
  readonly role: 'guest' | 'host';
}

/** Table of a party, by whose name everybody knows what is in it: who makes it at one party needs not ask those who use it. */
export const tableOf = ({ benchmark, rows, columns, seed }: MadeUp, { party, role }: RowsOwner): Table => ({
  namespace: 'benchmark',
  name: `${benchmark.replaceAll('-', '_')}_${role}_${party}_${rows}x${columns}_seed_${seed}`,
});

/** What is in it. Rows of two parties have the same ids; the labels are everybody's, or the guest's alone. */
export const rowsOf = ({ benchmark, rows, columns, seed }: MadeUp, owner: RowsOwner): RandomRows => ({
  rows,
  columns,
  classes: hasLabels(benchmark, owner) ? benchmarks[benchmark].classes : undefined,
  digits: benchmarks[benchmark].digits,
  seeds: [seed, owner.party, owner.role === 'guest' ? 0 : 1],
});

const hasLabels = (benchmark: AlgorithmName, { role }: RowsOwner): boolean =>
  algorithmOf(benchmark).labels === 'all' || role === 'guest';

/** How it is uploaded to its party. @param replace a table of the same name that has another number of rows */
export const uploadOf = (plan: PartyPlan, made: MadeUp, owner: RowsOwner, replace: boolean): UploadPlan =>
  uploadPlan(plan, {
    table: tableOf(made, owner),
    partitions: paperResources.partitions,
    replace,
    ...(releases[plan.fate].jobLanguage.kind === 'DAG' && hasLabels(made.benchmark, owner) && { label: { name: 'y' } }),
  });
