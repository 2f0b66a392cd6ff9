import {
  closeSync,
  existsSync,
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
  for (const { path } of files) checkWritable(path);
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
  for (const { path } of files) checkWritable(path);
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
  makeFolder(dirname(path), isPrivate);
  const file = openSync(from, 'wx', isPrivate ? 0o600 : 0o666);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a folder and those above it: one by one, since Node's own way never ends where a file system takes no folders. */
export function makeFolder(path: string, isPrivate = false): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path), isPrivate);
  try {
    mkdirSync(path, isPrivate ? 0o700 : 0o777);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * That a file can be written, before hours of work for what is to be in it. Nothing is left of the attempt.
 *
 * @throws {Mistake} which says what is in the way
 */
export function checkWritable(path: string): void {
  const attempt = waitingName(join(existingFolder(dirname(path)), basename(path)), process.pid);
  try {
    refuseFolder(path);
    closeSync(openSync(attempt, 'wx'));
    rmSync(attempt);
  } catch (error) {
    throw error instanceof Mistake ? error : unwritable(path, error);
  }
}

/** Itself, or the nearest above it that is there. */
const existingFolder = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : existingFolder(dirname(path));

function unwritable(path: string, error: unknown): Mistake {
  const { code, message } = error as NodeJS.ErrnoException;
  const why: Readonly<Record<string, string>> = {
    ENOTDIR: 'what is above it is a file',
    EACCES: 'its folder is not yours',
    EROFS: 'its folder is read only',
    ENOENT: 'no files are made there',
    ENOSPC: 'the disk is full',
    ENAMETOOLONG: 'the name is too long',
  };
  return new Mistake(`${path}: cannot be written, since ${why[`${code}`] ?? message}; name another one`);
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

/** @throws {Mistake} where there is no such file; @param remedy what to do then */
export function checkFile(path: string, remedy?: string): void {
  refuseFolder(path);
  if (!existsSync(path)) throw new Mistake([`${path}: there is no such file`, ...(remedy ? [remedy] : [])].join('; '));
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
