import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Mistake } from './mistake';

/** A file to be written. */
export interface NewFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** For its owner alone: mode 0600, and 0700 for a folder that has to be made for it. @default false */
  readonly isPrivate?: boolean;
}

/**
 * Writes files whole or not at all, and none over a file that is there: all of them or none, unless the run is killed. Each
 * is complete on the disk before it gets its name, and what a killed run has left besides, the next one takes away.
 *
 * @throws {Mistake} with every file that is there already
 */
export function writeNewFiles(files: readonly NewFile[]): void {
  for (const { path } of files) removeLeftOvers(dirname(path), basename(path));
  const taken = files.map(({ path }) => path).filter(isThere);
  if (taken.length > 0) throw new Mistake(`${taken.join(', ')}: there already, and left as it is; nothing was written`);
  const given: string[] = [];
  try {
    writeWhole(files, (from, to) => {
      linkSync(from, to); // fails where somebody else was faster, which a rename does not
      given.push(to);
    });
  } catch (error) {
    for (const path of given) rmSync(path);
    throw error;
  }
}

/** Writes files whole or not at all; one that is there is replaced in one step. */
export function replaceFiles(files: readonly NewFile[]): void {
  for (const { path } of files) removeLeftOvers(dirname(path), basename(path));
  writeWhole(files, renameSync);
}

/** Removes what killed runs have left in a folder: of one file, or of all. */
export function removeLeftOvers(folder: string, file?: string): void {
  for (const name of isThere(folder) ? readdirSync(folder) : []) {
    const [, of, process] = /^\.(.+)\.(\d+)\.waiting$/.exec(name) ?? [];
    const isLeft = process !== undefined && !isRunning(Number(process));
    if (isLeft && (file === undefined || of === file)) rmSync(join(folder, name), { force: true });
  }
}

function writeWhole(files: readonly NewFile[], give: (from: string, to: string) => void): void {
  const waiting = files.map((file) => ({ ...file, from: waitingName(file.path, process.pid) }));
  try {
    for (const file of waiting) writeWaiting(file);
    for (const { from, path } of waiting) give(from, path);
    for (const folder of new Set(files.map(({ path }) => dirname(path)))) sync(folder);
  } finally {
    for (const { from } of waiting) rmSync(from, { force: true });
  }
}

/** Where a file is until it is complete: `.ca.key.pem.4711.waiting`. */
const waitingName = (path: string, process: number): string =>
  join(dirname(path), `.${basename(path)}.${process}.waiting`);

function writeWaiting({ path, from, content, isPrivate = false }: NewFile & { readonly from: string }): void {
  mkdirSync(dirname(path), { recursive: true, mode: isPrivate ? 0o700 : 0o777 });
  const file = openSync(from, 'wx', isPrivate ? 0o600 : 0o666);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** The text of a file that somebody named. */
export function fileText(path: string): string {
  refuseFolder(path);
  return readFileSync(path, 'utf8');
}

/** @throws {Mistake} of a folder in the place of a file, which Node's own message does not name */
export function refuseFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Mistake(`${path}: is a folder; name a file`);
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** Names of files are on the disk when their folder is. */
function sync(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
