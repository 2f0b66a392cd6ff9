import { checkNames, checkObjectName, readMap } from '../input/checks';
import type { Problems } from '../input/problems';

/** Name of a StorageClass; `false` names none, and the claim gets the cluster's default one. */
export type StorageClassName = string | false;

/** Names by volume; none for the cluster's default class. */
export type StorageClasses<Volume extends string> = Readonly<Record<Volume, string | undefined>>;

export const defaultStorageClass = 'vsan-default-storage-policy';

/** @returns nothing for the cluster's default class */
export function readStorageClass(
  problems: Problems,
  path: string,
  declared: StorageClassName | undefined,
  fallback: string | undefined,
): string | undefined {
  if (declared === undefined) return fallback;
  if (declared === false) return undefined;
  if (declared === 'false')
    problems.add(path, '"false" is a name', "use false, without quotes, for the cluster's default");
  checkObjectName(problems, path, declared, defaultStorageClass);
  return declared;
}

/** @param all the class of volumes that `single` does not name */
export function planStorageClasses<Volume extends string>(
  problems: Problems,
  all: StorageClassName | undefined,
  single: Readonly<Partial<Record<Volume, StorageClassName>>> | undefined,
  volumes: readonly Volume[],
): StorageClasses<Volume> {
  const usual = readStorageClass(problems, 'storageClass', all, defaultStorageClass);
  const own = readMap(problems, 'storageClasses', single) as Readonly<Partial<Record<Volume, StorageClassName>>>;
  const at = problems.at('storageClasses');
  checkNames(at, own, volumes);
  const entries = volumes.map((volume) => [volume, readStorageClass(at, volume, own[volume], usual)]);
  return Object.fromEntries(entries);
}
