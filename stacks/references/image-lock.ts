import { lockFile, withLock } from '../../lib/federation/image-lock';
import type { Problems } from '../../lib/input/problems';
import { readOrReport, readProjectFile } from './files';

/** A part of a configuration with digests of images from the file that it names, if it names one. */
export async function readLock<Part>(problems: Problems, part: Part): Promise<Part> {
  const file = lockFile(problems, part);
  if (file === undefined) return part;
  const at = problems.at(`digests (file ${file})`);
  const text = await readOrReport(at, 'name one that is there', () => readProjectFile(file));
  return text === undefined ? { ...part, digests: undefined } : withLock(problems, part, file, text);
}
