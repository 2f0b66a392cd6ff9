import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type Declaration,
  type DeclaredPlans,
  planDeclaration,
  type Surroundings,
} from '../../lib/federation/declaration';
import { isMap } from '../../lib/input/checks';
import { decodedText } from '../../lib/input/decoded-text';
import { InvalidInput, type Problems } from '../../lib/input/problems';
import { readYamlText } from '../../lib/input/yaml-text';

/**
 * Plans of what a YAML or JSON file declares. Its `$schema` is for editors.
 *
 * @param path files of descriptors are relative to its folder
 * @throws {InvalidInput} with every problem, each at its line and column: `federation.yaml:12:9 parties[1].sparkWorkers`
 * @throws when the file cannot be read
 */
export const planDeclarationFile = (path: string, unlocked: Unlocked = {}): DeclaredPlans =>
  planFile(path, (declaration) => planDeclaration(declaration as Declaration, around(path, unlocked)));

type Unlocked = Pick<Surroundings, 'isUnlocked'>;

/**
 * What is planned of what a YAML or JSON file says. Its `$schema` is for editors.
 *
 * @throws {InvalidInput} with every problem, each at its line and column
 * @throws when the file cannot be read
 */
export function planFile<Plan>(path: string, plan: (said: unknown) => Plan): Plan {
  const text = decodedText(readFileSync(path));
  const { value, position } = locating(
    (at) => `${path}:${at}`,
    () => readYamlText(text),
  );
  return locating(
    (at) => `${path}:${position(at)} ${at}`.trimEnd(),
    () => plan(withoutSchema(value)),
  );
}

function withoutSchema(declaration: unknown): unknown {
  if (!isMap(declaration)) return declaration;
  const { $schema: _, ...rest } = declaration;
  return rest;
}

/**
 * Plans of what a file has been found to declare.
 *
 * @param place what a message calls a place of the declaration
 * @throws {InvalidInput} with every problem, in the order of their places
 */
export const planDeclarationOf = (
  path: string,
  declaration: unknown,
  place: (at: string) => string,
  unlocked: Unlocked = {},
): DeclaredPlans => locating(place, () => planDeclaration(declaration as Declaration, around(path, unlocked)));

const around = (path: string, unlocked: Unlocked): Surroundings => ({
  ...unlocked,
  read: filesBeside(path),
  now: new Date(),
});

function locating<T>(place: (path: string) => string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const located = error.problems.map((each) => ({ ...each, path: place(each.path) }));
    throw new InvalidInput(
      error.subject,
      located.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true })),
    );
  }
}

/** Reads files, relative to the folder of a declaration. */
const filesBeside =
  (path: string) =>
  (problems: Problems, file: string): string | undefined => {
    try {
      return decodedText(readFileSync(resolve(dirname(path), file)));
    } catch (error) {
      problems.add('', `cannot be read (${(error as Error).message})`, 'use one that is there');
      return undefined;
    }
  };
