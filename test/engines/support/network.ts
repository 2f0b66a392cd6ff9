import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const claims = '/run/addresses';

/** All test files are in one network, two of them at a time: an address is one's, whose process this is. */
function claim(address: string): void {
  const file = join(claims, address);
  const owner = existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  if (owner === process.pid) return;
  if (owner !== undefined) {
    if (existsSync(`/proc/${owner}`)) throw new Error(`${address} is an address of another test file that runs now`);
    rmSync(file);
  }
  mkdirSync(claims, { recursive: true });
  writeFileSync(file, `${process.pid}`, { flag: 'wx' });
}

/** Has an address for a pod: where the world outside was given it before, it would take what is for the pod. */
export function takeInside(address: string): void {
  claim(address);
  execFileSync('ip', ['addr', 'flush', 'dev', 'lo', 'to', `${address}/32`]);
}

/** Gives the world outside of pods an address. */
export function addOutside(address: string): void {
  claim(address);
  execFileSync('ip', ['addr', 'replace', `${address}/32`, 'dev', 'lo']);
}
