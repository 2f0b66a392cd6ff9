import { isMap, readFileName } from '../input/checks';
import { parsedJson } from '../input/json-text';
import type { Problems } from '../input/problems';

/** The file whose digests a part of a declaration names; none where it names none. */
export function lockFile(problems: Problems, part: unknown): string | undefined {
  const digests: unknown = isMap(part) ? Object(part).digests : undefined;
  return isMap(digests) && 'file' in digests
    ? readFileName(problems, 'digests.file', digests.file, 'images.lock.json')
    : undefined;
}

/** The part with what that file says in the place of its name. */
export function withLock<Part>(problems: Problems, part: Part, file: string, text: string): Part {
  const digests = parsedJson(text);
  const remedy = 'use what a script of `kubefate-tanzu images --lock` prints';
  if (!isMap(digests)) problems.add(`digests (file ${file})`, 'is no map in JSON', remedy);
  return { ...part, digests: isMap(digests) ? digests : undefined };
}
