import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { checkNames, checkUnique, type Declared, isMap, shown } from '../../lib/input/checks';
import type { Problems } from '../../lib/input/problems';
import { qualified } from './stack-names';
import { readOutput } from './stack-outputs';

/** Where a descriptor comes from: another stack's output `descriptor`, a JSON file, or it stands here itself. */
export type DescriptorSource<Descriptor> =
  | {
      /** `party-30000`, or `<organisation>/<project>/<stack>` for one of another project. The stack must exist. */
      readonly stack: string;
    }
  | {
      /** Relative to the project's directory. */
      readonly file: string;
    }
  | Descriptor;

/**
 * Reads descriptors, each under a path that names its source: `parties[1] (stack acme/kubefate-tanzu/party-40000)`. The
 * value of a stack that has no descriptor yet is `undefined`. A source that cannot be read is reported and left out;
 * whether a descriptor fits is for the plan to say that takes it.
 *
 * @throws when a stack does not exist: the engine gives up then
 */
export async function readDescriptors<Descriptor>(
  problems: Problems,
  sources: readonly Declared<DescriptorSource<Descriptor>>[],
): Promise<readonly Declared<Descriptor | undefined>[]> {
  const readers = sources.flatMap(({ path, value }) => readerOf(problems.at(path), path, value) ?? []);
  const named = readers.flatMap(({ path, name }) => (name === undefined ? [] : [{ path, value: name }]));
  checkUnique(problems, named, 'name every source once');
  // A stack can be referred to only once in a program.
  const unique = new Map(readers.map((reader) => [reader.name ?? reader.path, reader]));
  const read = [...unique.values()].map(async ({ path, name, read }) => {
    const from = name === undefined ? path : `${path} (${name})`;
    return { path: from, values: await read(problems.at(from), from) };
  });
  return (await Promise.all(read)).flatMap(({ path, values }) =>
    values.map((value) => ({ path, value: value as Descriptor | undefined })),
  );
}

interface Reader {
  readonly path: string;
  /** None for a descriptor that stands here itself. */
  readonly name?: string;
  /** One value, or none when the source cannot be read and that was reported. */
  readonly read: (problems: Problems, path: string) => Promise<readonly unknown[]>;
}

function readerOf(problems: Problems, path: string, source: unknown): Reader | undefined {
  const kind = (['stack', 'file'] as const).find((kind) => isMap(source) && kind in source);
  if (kind === undefined || !isMap(source)) return { path, read: async () => [source] };
  checkNames(problems, source, [kind]);
  const name = source[kind];
  if (typeof name !== 'string' || name === '') {
    problems.add(kind, `${shown(name)} is no name`, `use ${examples[kind]}`);
    return undefined;
  }
  return kind === 'stack'
    ? {
        path,
        name: `stack ${qualified(name)}`,
        read: async (_, at) => [await readOutput(new pulumi.StackReference(qualified(name)), 'descriptor', at)],
      }
    : { path, name: `file ${name}`, read: (at) => readJson(at, name) };
}

const examples = {
  stack: 'one such as "party-30000" or "acme/kubefate-tanzu/party-30000"',
  file: 'one such as "partners/party-30000.json"',
};

async function readJson(problems: Problems, file: string): Promise<readonly unknown[]> {
  try {
    return [JSON.parse(await readFile(resolve(projectDirectory(), file), 'utf8'))];
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    problems.add('', `cannot be read (${text})`, 'use the JSON of `pulumi stack output descriptor --json`');
    return [];
  }
}

/** Pulumi's mocks have a placeholder for it; unit tests run there. */
function projectDirectory(): string {
  const directory = pulumi.getRootDirectory();
  return isAbsolute(directory) ? directory : '.';
}
