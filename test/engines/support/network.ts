import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from './pod';

/**
 * First three numbers of a file's addresses. All test files are in one network, some of them at a time: each has the next of the 512 that
 * are for tests (RFC 2544), which nobody had before it.
 */
const network = process.env['ENGINES_WORLD'] === undefined ? nth(0) : taken();

/** Where pods see the tests, and everything outside pods. */
export const gateway = address(1);

/** One of this test file's own IPv4 addresses. */
export function address(host: number): string {
  return `${network}.${host}`;
}

function taken(): string {
  const claims = join(tmpdir(), 'networks'); // ends with the world that the suite runs in
  mkdirSync(claims, { recursive: true });
  for (let i = 0; i < 512; i++) {
    try {
      mkdirSync(join(claims, `${i}`));
      return nth(i);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
    }
  }
  throw new Error('all 512 networks are taken');
}

function nth(i: number): string {
  return `198.${18 + (i >> 8)}.${i & 255}`;
}

/** Those of running pods. */
const inside = new Set<string>();

/** Has an address for a pod: where the world outside was given it before, it would take what is for the pod. */
export function takeInside(address: string): void {
  checkFree(address);
  inside.add(address);
  execFileSync('ip', ['addr', 'flush', 'dev', 'lo', 'to', `${address}/32`]);
}

/** The pod that had it is gone. */
export function leaveInside(address: string): void {
  inside.delete(address);
}

/** Gives the world outside of pods an address. */
export function addOutside(address: string): void {
  checkFree(address);
  execFileSync('ip', ['addr', 'replace', `${address}/32`, 'dev', 'lo']);
}

/** @throws if another test file may have it at the same time, or a pod of this one has */
function checkFree(address: string): void {
  if (!address.startsWith(`${network}.`)) throw new Error(`${address} is none of this file's: take one by address()`);
  if (inside.has(address)) throw new Error(`${address} is an address of a pod that runs`);
}

/**
 * Has a pod's answers dropped, or no longer, as by a firewall before it.
 *
 * @param rule which: `sport 6651 to 198.18.0.2`
 */
export function dropFrom({ process: { pid } }: Pick<Pod, 'process'>, verb: 'add' | 'delete', rule: string): void {
  const line = `ip rule ${verb} ipproto tcp ${rule} blackhole`;
  execFileSync('nsenter', ['--target', `${pid}`, '--net', ...line.split(' ')]);
}
