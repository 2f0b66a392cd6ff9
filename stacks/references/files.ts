import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { decodedText } from '../../lib/input/decoded-text';
import type { Problems } from '../../lib/input/problems';

/** Text of a file, which is named relative to the project's directory. */
export const readProjectFile = async (file: string): Promise<string> =>
  decodedText(await readFile(resolve(projectDirectory(), file)));

/** What a file says; nothing, and a problem, where that cannot be read. */
export async function readOrReport<T>(
  problems: Problems,
  remedy: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    problems.add('', `cannot be read (${error instanceof Error ? error.message : error})`, remedy);
    return undefined;
  }
}

/** Pulumi's mocks have a placeholder for it; unit tests run there. */
function projectDirectory(): string {
  const directory = pulumi.getRootDirectory();
  return isAbsolute(directory) ? directory : '.';
}
