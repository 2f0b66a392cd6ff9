import type { FateRelease } from '../../fate/releases';
import type { PartyPlan } from '../../federation/party';
import { columns } from '../../formats/columns';
import { counted } from '../../input/counted';
import type { Quantity } from '../../kubernetes/quantities';
import type { AlgorithmName } from '../algorithms';
import { type Figure, figureLines, type TaskState, type TimesTold } from '../answers';
import type { JobResourcesProps } from '../resources';
import type { BenchmarkPlan } from './benchmark';
import type { FigureDifference } from './definitions';

/** What a benchmark has measured, and on what. Times are those that the guest's FATE Flow tells. */
export interface BenchmarkReport {
  readonly benchmark: AlgorithmName;
  readonly release: FateRelease;
  /** Id of the job that was measured. */
  readonly job: string;
  /** Seconds from its submission until it began: until the cores were free that it takes. @default FATE Flow does not tell */
  readonly waitedSeconds?: number;
  /** Seconds from then until its end. @default FATE Flow does not tell */
  readonly tookSeconds?: number;
  readonly tasks: readonly MeasuredTask[];
  /** What its evaluation says of the model, on labels of which nothing can be learned where the rows are made up. */
  readonly metrics: readonly Figure[];
  /** Rows that were made up for each party. @default every party had a table of its own */
  readonly madeUp?: { readonly rows: number; readonly columns: number; readonly seed: number };
  /** What the algorithm was told, by FATE's names. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** What guest and hosts took of Spark, each of them. */
  readonly resources: Required<JobResourcesProps>;
  readonly parties: readonly MeasuredParty[];
  /** What is not as in the white paper. */
  readonly differences: readonly FigureDifference[];
}

/** A task of a role, by the clock of its party. */
export interface MeasuredTask {
  readonly task: string;
  readonly role: string;
  readonly party: string;
  /** Seconds from the beginning of the job, by the guest's clock. @default nobody tells */
  readonly beganSeconds?: number;
  /** @default nobody tells */
  readonly tookSeconds?: number;
}

/** A guest or a host, and what was declared of it. */
export interface MeasuredParty {
  readonly party: number;
  readonly role: 'guest' | 'host';
  readonly table: string;
  /** Rows that its FATE Flow counts. @default nobody has asked it */
  readonly rows?: number;
  /** What its containers may take. @default others have declared it */
  readonly sizing?: { readonly sparkWorkers: number; readonly sparkWorker: Quantity; readonly fateflow: Quantity };
}

/** What was found of a job that has succeeded. */
export interface Measured {
  readonly job: string;
  readonly times: TimesTold;
  readonly tasks: readonly TaskState[];
  readonly metrics: BenchmarkReport['metrics'];
  /** Rows of guest and hosts, in their order, as far as anybody has asked. */
  readonly rows: readonly (number | undefined)[];
}

export function benchmarkReport(
  plan: BenchmarkPlan,
  parties: readonly PartyPlan[],
  { job, times, tasks, metrics, rows: counts }: Measured,
): BenchmarkReport {
  const { benchmark, made, parameters, owners, differences } = plan;
  const { rows, columns, seed } = made;
  const { coreMemoryMiB: _, ...resources } = plan.job.resources;
  return {
    benchmark,
    release: plan.job.fate,
    job,
    waitedSeconds: seconds(times.created, times.started),
    tookSeconds: seconds(times.started, times.ended),
    tasks: tasks.map(({ task, role, party, started, ended }) => {
      const took = { beganSeconds: seconds(times.started, started), tookSeconds: seconds(started, ended) };
      return { task, role, party, ...took };
    }),
    metrics,
    madeUp: plan.isMadeUp ? { rows, columns, seed } : undefined,
    parameters: toldParameters(parameters),
    resources,
    parties: owners.map(({ party, role, table }, i) => ({
      party,
      role,
      table: `${table.namespace}.${table.name}`,
      rows: counts[i],
      sizing: sizingOf(parties.find(({ id }) => id === party)),
    })),
    differences,
  };
}

const seconds = (from: number | undefined, to: number | undefined): number | undefined =>
  from === undefined || to === undefined ? undefined : (to - from) / 1000;

/** A network by its layers. */
const toldParameters = (parameters: object): BenchmarkReport['parameters'] =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(({ layer }) => layer).join(', ') : value,
    ]),
  );

function sizingOf(plan: PartyPlan | undefined): MeasuredParty['sizing'] {
  if (plan === undefined) return undefined;
  const { containers } = plan.sizing;
  const { isExternal, workers } = plan.spark;
  return {
    sparkWorkers: workers.count,
    sparkWorker: isExternal
      ? { cpu: workers.cores, memoryGiB: workers.memoryMiB / 1024 }
      : containers.sparkWorker.limits,
    fateflow: containers.fateflow.limits,
  };
}

/** The same for people. */
export function benchmarkText(report: BenchmarkReport): string {
  const { benchmark, release, job, madeUp, metrics, parties, differences } = report;
  const { executors, executorCores, executorMemoryMiB, partitions } = report.resources;
  const rowsText = madeUp && [
    `${madeUp.rows} rows × ${madeUp.columns} columns made up for each party, seed ${madeUp.seed}`,
  ];
  const lines = [
    `${benchmark} on FATE ${release}: job ${job}`,
    ...(rowsText ?? []),
    Object.entries(report.parameters)
      .map(([name, value]) => `${name}: ${value}`)
      .join('; '),
    `${counted(executors, 'executor')} of ${counted(executorCores, 'core')} and ${executorMemoryMiB} MiB, ${counted(partitions, 'partition')}`,
    ...parties.map(partyText),
    ...differences.map(({ figure, paper, here }) => `${figure} is ${here}, and ${paper} in the white paper`),
  ];
  const times = columns([
    ['waited', secondsText(report.waitedSeconds)],
    ['took', secondsText(report.tookSeconds)],
  ]);
  return [...lines, '', ...times, '', ...taskLines(report), '', ...figureLines(metrics), '']
    .join('\n')
    .replace(/\n{2,}$/, '\n');
}

function partyText({ party, role, table, rows, sizing }: MeasuredParty): string {
  const counts = rows === undefined ? '' : `, ${counted(rows, 'row')}`;
  const has =
    sizing &&
    `; ${counted(sizing.sparkWorkers, 'Spark worker')} of ${quantityText(sizing.sparkWorker)}, FATE Flow of ${quantityText(sizing.fateflow)}`;
  return `${role} ${party}: ${table}${counts}${has ?? ''}`;
}

const quantityText = ({ cpu, memoryGiB }: Quantity): string => `${cpu} CPU and ${memoryGiB} GiB`;

const taskLines = ({ tasks }: BenchmarkReport): readonly string[] =>
  columns([
    ['task', 'role', 'party', 'began', 'took'],
    ...tasks.map(({ task, role, party, beganSeconds, tookSeconds }) => [
      task,
      role,
      party,
      secondsText(beganSeconds),
      secondsText(tookSeconds),
    ]),
  ]);

const secondsText = (told: number | undefined): string => (told === undefined ? 'not told' : `${told.toFixed(1)} s`);
