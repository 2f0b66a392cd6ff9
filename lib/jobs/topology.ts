import { type FateRelease, releases } from '../fate/releases';
import type { SizingPreset } from '../fate/sizes';
import type { ComputeProps } from '../federation/compute';
import type { PartyProps } from '../federation/party';
import { isId, readPartyId } from '../federation/party-id';
import { checkNames, checkUnique, readDeclaration, readEntries, readOneOf } from '../input/checks';
import { Problems } from '../input/problems';
import { type AlgorithmName, algorithmOf } from './algorithms';
import type { JobBaseProps } from './description';
import { readTable, type TableProps } from './table';

/** Who learns together, and from what. */
export type TopologyProps = VerticalProps | HorizontalTablesProps | HorizontalImagesProps;

interface LearnersProps {
  /** Id of the party that asks, and has labels. */
  readonly guest: number;
  /** Ids of the others with data. */
  readonly hosts: readonly number[];
  /** The table of each, by a name that all give it. */
  readonly table: TableProps;
  /** Release of FATE. @default '1.6.1' */
  readonly fate?: FateRelease;
  /** Size of each party's data in GiB, for which its volumes grow. @default the volumes of the preset */
  readonly datasetGiB?: number;
}

/**
 * Organisations of different trades know different things of the same people or firms. Rows are matched by an id that all have;
 * the guest alone has the label.
 *
 * @see White paper, "Use Cases", "Vertical Federated Learning"
 */
export interface VerticalProps extends LearnersProps {
  /** Everybody has columns of their own. */
  readonly kind: 'vertical';
}

interface HorizontalProps extends LearnersProps {
  /** Everybody has rows of their own. */
  readonly kind: 'horizontal';
  /** Id of the party that adds up what all have found. One that has no data is declared beside them. @default the first host */
  readonly arbiter?: number;
}

/**
 * Organisations of one trade know the same of people or firms of their own: all tables have the same columns, label included.
 *
 * @see White paper, "Use Cases", "Horizontal Federated Learning"
 */
export interface HorizontalTablesProps extends HorizontalProps {
  /** What is learned from. @default 'tables' */
  readonly data?: 'tables';
}

/** The same, of images or of what else a neural network sees: a row has the pixels of one. */
export interface HorizontalImagesProps extends HorizontalProps {
  /** What is learned from. */
  readonly data: 'images';
  /** On what the network is computed. FATE 1.6.1 has no build for GPUs. @default 'cpu' */
  readonly device?: 'cpu' | 'gpu';
}

/** A way of learning together: what is declared of the parties, and of each of its jobs. */
export interface Topology<Name extends AlgorithmName = AlgorithmName> {
  /** Guest, hosts, and an arbiter that is none of them: sizes and builds. Their addresses and all else are yours to add. */
  readonly parties: readonly PartyProps[];
  /** Parameters are yours to add: a neural network has none of its own. */
  readonly job: Pick<JobBaseProps, 'guest' | 'hosts' | 'arbiter'> & { readonly algorithm: Name };
}

/**
 * Preset of a way of learning together.
 *
 * @throws {InvalidInput} with every problem of it, `datasetGiB` aside, which the parties' declaration is asked about
 */
export function topology(declaration: VerticalProps): Topology<'hetero-secure-boost'>;
export function topology(declaration: HorizontalImagesProps): Topology<'homo-nn'>;
export function topology(declaration: HorizontalTablesProps): Topology<'homo-lr'>;
export function topology(declaration: TopologyProps): Topology;
export function topology(declaration: TopologyProps): Topology {
  const problems = Problems.none();
  const props: Partial<AnyTopologyProps> = readDeclaration(problems, declaration as AnyTopologyProps);
  const preset = readPreset(problems, props);
  const compute = readBuild(problems, props, preset);
  const { guest, hosts, arbiter } = readIds(problems, props);
  const table = readTable(problems, 'table', props.table);
  problems.throwIfAny('topology');
  const learner = { sizing: preset.sizing, compute, datasetGiB: props.datasetGiB };
  const adder = { sizing: 'minimum', compute } as const;
  const learners = [guest, ...hosts];
  return {
    parties: [
      ...learners.map((id) => ({ id, ...learner })),
      ...(arbiter === undefined || learners.includes(arbiter) ? [] : [{ id: arbiter, ...adder }]),
    ],
    job: {
      algorithm: preset.algorithm,
      guest: { party: guest, table },
      hosts: hosts.map((party) => ({ party, table })),
      ...(arbiter !== undefined && { arbiter }),
    },
  };
}

/** All that may stand in a declaration, whatever it is of. */
type AnyTopologyProps = LearnersProps &
  Pick<HorizontalProps, 'arbiter'> &
  Pick<HorizontalImagesProps, 'device'> & {
    readonly kind: TopologyProps['kind'];
    readonly data?: 'tables' | 'images';
  };

interface Preset {
  readonly algorithm: AlgorithmName;
  readonly sizing: SizingPreset;
  readonly keys: readonly (keyof AnyTopologyProps)[];
}

const keys = ['kind', 'guest', 'hosts', 'table', 'fate', 'datasetGiB'] as const;

/** A party encrypts sums over every row, on its Spark; or tells a few numbers a round; or computes a network in FATE Flow's pod. */
const presets: Readonly<Record<'vertical' | 'tables' | 'images', Preset>> = {
  vertical: { algorithm: 'hetero-secure-boost', sizing: 'production', keys },
  tables: { algorithm: 'homo-lr', sizing: 'minimum', keys: [...keys, 'data', 'arbiter'] },
  images: { algorithm: 'homo-nn', sizing: 'neuralNetwork', keys: [...keys, 'data', 'arbiter', 'device'] },
};

function readPreset(problems: Problems, props: Partial<AnyTopologyProps>): Preset {
  if (props.kind === undefined) problems.add('kind', 'is missing', 'use vertical or horizontal');
  const kind = readOneOf(problems, 'kind', props.kind, ['vertical', 'horizontal'], 'horizontal');
  const data = readOneOf(problems, 'data', props.data, ['tables', 'images'], 'tables');
  const preset = presets[kind === 'vertical' ? kind : data];
  checkNames(problems, props, preset.keys);
  return preset;
}

/** None where the release's own build is the one that there is. */
function readBuild(
  problems: Problems,
  props: Partial<AnyTopologyProps>,
  { algorithm }: Preset,
): ComputeProps | undefined {
  const fate = readOneOf(problems, 'fate', props.fate, Object.keys(releases) as FateRelease[], '1.6.1');
  if (!algorithmOf(algorithm).isNeural) return undefined;
  const device = readOneOf(problems, 'device', props.device, ['cpu', 'gpu'], 'cpu');
  const isBuilt = releases[fate].builds.some((build) => build.algorithm === 'nn' && build.device === device);
  if (!isBuilt && device === 'gpu')
    problems.add('device', `FATE ${fate} has no build for GPUs`, 'use cpu, or fate: 1.11.2 or later');
  return isBuilt ? { algorithm: 'nn', device } : undefined;
}

interface Ids {
  readonly guest: number;
  readonly hosts: readonly number[];
  readonly arbiter?: number;
}

function readIds(problems: Problems, { guest, hosts, arbiter }: Partial<AnyTopologyProps>): Ids {
  const named = readEntries(problems, 'hosts', hosts);
  if (named.length === 0) problems.add('hosts', 'has nobody', 'name the ids of one or more parties');
  const declared = [{ path: 'guest', value: guest }, ...named];
  for (const { path, value } of arbiter === undefined ? declared : [...declared, { path: 'arbiter', value: arbiter }])
    readPartyId(problems, path, value);
  checkUnique(
    problems,
    declared.filter(({ value }) => isId(value)),
    'a party is here once',
  );
  return { guest: guest ?? 0, hosts: named.map(({ value }) => value), arbiter };
}
