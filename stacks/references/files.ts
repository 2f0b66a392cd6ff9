import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { decodedText } from '../../lib/input/decoded-text';

/** Text of a file, which is named relative to the project's directory. */
export const readProjectFile = async (file: string): Promise<string> =>
  decodedText(await readFile(resolve(projectDirectory(), file)));

/** Pulumi's mocks have a placeholder for it; unit tests run there. */
function projectDirectory(): string {
  const directory = pulumi.getRootDirectory();
  return isAbsolute(directory) ? directory : '.';
}
