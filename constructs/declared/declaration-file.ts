import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Declaration, type DeclaredPlans, planDeclaration } from '../../lib/federation/declaration';
import { InvalidInput, type Problems } from '../../lib/input/problems';
import { readYamlText } from '../../lib/input/yaml-text';

/**
 * Plans of what a YAML or JSON file declares.
 *
 * @param path files of descriptors are relative to its folder
 * @throws {InvalidInput} with every problem, each at its line and column: `federation.yaml:12:9 parties[1].sparkWorkers`
 * @throws when the file cannot be read
 */
export function planDeclarationFile(path: string): DeclaredPlans {
  const text = readFileSync(path, 'utf8');
  const { value, position } = locating(
    (at) => `${path}:${at}`,
    () => readYamlText(text),
  );
  return locating(
    (at) => `${path}:${position(at)} ${at}`.trimEnd(),
    () => planDeclaration(value as Declaration, descriptorsBeside(path)),
  );
}

/** Says of problems where in a file they are. */
function locating<T>(place: (path: string) => string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(
      error.subject,
      error.problems.map((each) => ({ ...each, path: place(each.path) })),
    );
  }
}

/** Reads descriptors' JSON, relative to the folder of a declaration. */
export const descriptorsBeside =
  (path: string) =>
  (problems: Problems, file: string): unknown => {
    try {
      return JSON.parse(readFileSync(resolve(dirname(path), file), 'utf8'));
    } catch (error) {
      problems.add('', `cannot be read (${(error as Error).message})`, 'use the JSON that its author sent');
      return undefined;
    }
  };
