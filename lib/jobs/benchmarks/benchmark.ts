import { releases } from '../../fate/releases';
import type { PartyPlan } from '../../federation/party';
import type { AlgorithmName } from '../algorithms';
import type { JobProps } from '../description';
import { type JobPlan, jobPlan } from '../job';
import type { JobResources, JobResourcesProps } from '../resources';
import type { Table } from '../table';
import { benchmarks, type FigureDifference, paperResources } from './definitions';
import { type MadeUp, type RowsOwner, tableOf } from './tables';

/** A benchmark of the white paper, as a person asks for it. */
export interface BenchmarkProps {
  readonly benchmark: AlgorithmName;
  readonly guest: number;
  readonly hosts: readonly number[];
  /** @default the first host, where there is one */
  readonly arbiter?: number;
  /** @default the paper's, as all figures below */
  readonly rows?: number;
  readonly columns?: number;
  readonly rounds?: number;
  /** Executors of each guest and host. @default the paper's 4, or as many as all parties have room for */
  readonly executors?: number;
  /** Parts that a table is worked on in. @default one for each executor */
  readonly partitions?: number;
  /** @default 1 */
  readonly seed?: number;
  /** A table that every party has. @default each has one of rows that are made up */
  readonly table?: Table;
  readonly timeoutSeconds?: number;
}

/** A benchmark that fits the federation. */
export interface BenchmarkPlan {
  readonly benchmark: AlgorithmName;
  readonly made: MadeUp;
  /** Whether it trains on rows that are made up. */
  readonly isMadeUp: boolean;
  readonly parameters: object;
  /** Guest and hosts, with the tables that they train on. */
  readonly owners: readonly (RowsOwner & { readonly table: Table })[];
  readonly job: JobPlan;
  /** What is not as in the white paper. */
  readonly differences: readonly FigureDifference[];
}

/**
 * A benchmark with the white paper's figures, of Spark with as much of them as all parties have room for.
 *
 * @throws {InvalidInput} with every problem
 */
export function benchmarkPlan(parties: readonly PartyPlan[], props: BenchmarkProps): BenchmarkPlan {
  const { benchmark, guest, hosts, arbiter, table, timeoutSeconds, seed = 1 } = props;
  const paper = benchmarks[benchmark];
  const { rows = paper.rows, columns = paper.columns, rounds = paper.rounds } = props;
  const made = { benchmark, rows, columns, seed };
  const owners = [guest, ...hosts].map((party, i): BenchmarkPlan['owners'][number] => {
    const owner = { party, role: i === 0 ? ('guest' as const) : ('host' as const) };
    return { ...owner, table: table ?? tableOf(made, owner) };
  });
  const { fate } = parties.find(({ id }) => id === guest) ?? parties[0] ?? { fate: '1.6.1' as const };
  const { kind } = releases[fate].jobLanguage;
  const parameters = paper.parameters({ rounds, columns }, kind);
  const [first, ...others] = owners.map(({ party, table }) => ({ party, table }));
  const description = { algorithm: benchmark, guest: first, hosts: others, arbiter, parameters, timeoutSeconds };
  const plan = (resources?: JobResourcesProps) => jobPlan(parties, { ...description, resources } as JobProps);
  const job = plan(resourcesFor(props, plan().resources));
  const differences = [...differencesOf(made, rounds, job), ...(paper.unlike?.(kind) ?? [])];
  return { benchmark, made, isMadeUp: table === undefined, parameters, owners, job, differences };
}

/** The paper's, or less where a party has no room for them; what is asked for is taken as it is, and may be refused. */
function resourcesFor({ executors: asked, partitions }: BenchmarkProps, most: JobResources): JobResourcesProps {
  const executors = asked ?? Math.min(paperResources.executors, most.executors);
  const executorMemoryMiB = Math.min(paperResources.executorMemoryMiB, most.executorMemoryMiB);
  return {
    executors,
    executorCores: paperResources.executorCores,
    executorMemoryMiB,
    partitions: partitions ?? executors,
  };
}

function differencesOf({ benchmark, rows, columns }: MadeUp, rounds: number, { resources }: JobPlan) {
  const paper: Readonly<Record<string, number>> = { ...paperFigures(benchmark), ...paperResources };
  const here: Readonly<Record<string, number>> = { rows, columns, rounds, ...resources };
  return Object.keys(paper).flatMap((figure): readonly FigureDifference[] => {
    const [theirs, ours] = [paper[figure] as number, here[figure] as number];
    return theirs === ours ? [] : [{ figure, paper: theirs, here: ours }];
  });
}

const paperFigures = (benchmark: AlgorithmName) => {
  const { rows, columns, rounds } = benchmarks[benchmark];
  return { rows, columns, rounds };
};
