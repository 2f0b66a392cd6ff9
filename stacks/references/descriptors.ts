import * as pulumi from '@pulumi/pulumi';
import type { PartyDescriptorFile } from '../../lib/federation/declaration';
import type { PartyDescriptor } from '../../lib/federation/descriptor';
import { checkAuthor, checkAuthorNamed } from '../../lib/federation/descriptor-checks';
import { type DescriptorFile, type DescriptorTrust, readDescriptorText } from '../../lib/federation/descriptor-files';
import { checkNames, checkUnique, type Declared, isMap, readFileName, shown } from '../../lib/input/checks';
import type { Problems } from '../../lib/input/problems';
import { readOrReport, readProjectFile } from './files';
import { isSourceName, qualified } from './stack-names';
import { readOutput } from './stack-outputs';

/** Where a descriptor comes from: another stack's output `descriptor`, a file, or it stands here itself. */
export type DescriptorSource<Descriptor> = StackSource | DescriptorFile | Descriptor;

interface StackSource {
  /** `party-30000`, or `<organisation>/<project>/<stack>` for one of another project. The stack must exist. */
  readonly stack: string;
}

/**
 * Where a party's descriptor comes from, and whose it is: what a file or a stack says of itself is its author's word, and
 * its author may be another organisation.
 */
export type PartySource =
  | (StackSource & {
      /** The party. @default that of a stack called `party-<id>`; others need it */
      readonly id?: number;
      /** File with its signing request, for an exchange that is the authority. @default the stack's output `certificateRequest` */
      readonly request?: string;
    })
  | (PartyDescriptorFile & {
      /** File with its signing request, for an exchange that is the authority. @default none, and no certificate */
      readonly request?: string;
    })
  | PartyDescriptor;

/** What a source holds, `undefined` for a stack that has no descriptor yet, under a path that names the source. */
export interface Described<Descriptor, Source = DescriptorSource<Descriptor>> extends Declared<Descriptor | undefined> {
  /** `stack acme/kubefate-tanzu/party-40000`, `file party-40000.json`, or the path where the descriptor stands itself. */
  readonly name: string;
  /** As it was declared. */
  readonly source: Source;
  /** For more outputs of a stack: it can be referred to only once in a program. */
  readonly stack?: pulumi.StackReference;
}

/**
 * Reads parties' descriptors, as {@link readDescriptors} does. One of another party than its entry is for is a problem of
 * that entry, and left out: it takes no id away from the party that it claims to be.
 */
export async function readParties(
  problems: Problems,
  sources: readonly Declared<PartySource>[],
  trust: DescriptorTrust,
): Promise<readonly Described<PartyDescriptor, PartySource>[]> {
  for (const { path, value } of sources) checkNamed(problems.at(path), value);
  const described = await readDescriptors<PartyDescriptor, PartySource>(problems, sources, trust, ['id', 'request']);
  return described.filter(({ path, value, source }) => checkAuthor(problems.at(path), value, partyOf(source)));
}

/** A party whose descriptor is known, and was asked for as this party's. */
export interface DescribedParty extends Described<PartyDescriptor, PartySource> {
  readonly value: PartyDescriptor;
}

/** A party gets a route as soon as it can; until then everything else goes on. */
export function withDescriptor(party: Described<PartyDescriptor, PartySource>): DescribedParty[] {
  const { value } = party;
  if (value !== undefined) return [{ ...party, value }];
  void pulumi.log.warn(
    `${party.path} has no descriptor yet, and gets no route: run \`pulumi up\` there, and then here again`,
  );
  return [];
}

/** A descriptor that stands here itself was put here under its id. */
function checkNamed(problems: Problems, source: PartySource): void {
  if (!isMap(source) || !('stack' in source || 'file' in source)) return;
  checkAuthorNamed(problems, partyOf(source));
}

function partyOf(source: PartySource): number | undefined {
  if (!isMap(source)) return undefined;
  const { stack, id } = source;
  if (typeof stack !== 'string' || id !== undefined) return id;
  const [, named] = /(?:^|\/)party-([1-9]\d*)$/.exec(stack) ?? [];
  return named === undefined ? undefined : Number(named);
}

/**
 * Reads descriptors, each under a path that names its source: `parties[1] (stack acme/kubefate-tanzu/party-40000)`. A source
 * that cannot be read is reported and left out; whether a descriptor fits is for the plan to say that takes it.
 *
 * @param keys that a source may have beside `stack` or `file`
 * @throws when a stack does not exist: the engine gives up then
 */
export async function readDescriptors<Descriptor, Source = DescriptorSource<Descriptor>>(
  problems: Problems,
  sources: readonly Declared<Source>[],
  trust: DescriptorTrust,
  keys: readonly string[] = [],
): Promise<readonly Described<Descriptor, Source>[]> {
  const readers = sources.flatMap(({ path, value }) => readerOf(problems.at(path), path, value, trust, keys) ?? []);
  const named = readers.flatMap(({ path, name }) => (name === undefined ? [] : [{ path, value: name }]));
  checkUnique(problems, named, 'name every source once');
  const unique = new Map(readers.map((reader) => [reader.name ?? reader.path, reader]));
  const read = [...unique.values()].map(async ({ path: at, name, source, read }) => {
    const path = name === undefined ? at : `${at} (${name})`;
    const found = (await read(problems.at(path), path)) as readonly Read<Descriptor>[];
    return found.map((it) => ({ ...it, path, name: name ?? at, source }));
  });
  return (await Promise.all(read)).flat();
}

interface Reader<Source> {
  readonly path: string;
  readonly source: Source;
  /** None for a descriptor that stands here itself. */
  readonly name?: string;
  /** One value, or none when the source cannot be read and that was reported. */
  readonly read: (problems: Problems, path: string) => Promise<readonly Read<unknown>[]>;
}

type Read<Value> = Pick<Described<Value>, 'value' | 'stack'>;

function readerOf<Source>(
  problems: Problems,
  path: string,
  source: Source,
  trust: DescriptorTrust,
  keys: readonly string[],
): Reader<Source> | undefined {
  const kind = (['stack', 'file'] as const).find((kind) => isMap(source) && kind in source);
  if (kind === undefined || !isMap(source)) return { path, source, read: async () => [{ value: source }] };
  checkNames(problems, source, [kind, ...(kind === 'file' ? ['unsigned'] : []), ...keys]);
  const name = source[kind];
  if (!isSourceName(kind, name)) {
    problems.add(kind, `${shown(name)} is no name`, `use ${examples[kind]}`);
    return undefined;
  }
  return kind === 'stack'
    ? {
        path,
        source,
        name: `stack ${qualified(name)}`,
        read: async (_, at) => {
          const stack = new pulumi.StackReference(qualified(name));
          return [{ value: await readOutput(stack, 'descriptor', at), stack }];
        },
      }
    : {
        path,
        source,
        name: `file ${name}`,
        read: (at) => readDescriptorFile(at, { ...source, file: name }, trust),
      };
}

const examples = {
  stack: 'one such as "party-30000" or "acme/kubefate-tanzu/party-30000"',
  file: 'one such as "partners/party-30000.jws"',
};

async function readDescriptorFile(
  problems: Problems,
  source: DescriptorFile,
  trust: DescriptorTrust,
): Promise<readonly Read<unknown>[]> {
  const before = problems.count;
  const remedy = 'use what `pulumi stack output signedDescriptor` says';
  const text = await readOrReport(problems, remedy, () => readProjectFile(source.file));
  const value = text === undefined ? undefined : readDescriptorText(problems, text, source, trust);
  return problems.count > before ? [] : [{ value }];
}

/**
 * What descriptors in files are checked against.
 *
 * @param file with the certificates of the federation's authorities; relative to the project
 * @param own of the member itself, as far as they are known while the program runs
 */
export async function readTrust(problems: Problems, file: unknown, own: unknown): Promise<DescriptorTrust> {
  const now = new Date();
  if (file === undefined) return { ...(typeof own === 'string' && { ca: own }), now };
  const name = readFileName(problems, 'ca', file, 'ca.cert.pem');
  if (name === undefined) return { now };
  const remedy = 'use the file that the federation agreed on';
  return { ca: await readOrReport(problems.at('ca'), remedy, () => readProjectFile(name)), now };
}
