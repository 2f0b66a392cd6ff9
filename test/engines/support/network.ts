import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/** All suites run in one network, and some beside one another: an address is one file's, whose process this is, for all of the run. */
export function claim(address: string): void {
  mkdirSync(claims, { recursive: true });
  try {
    writeFileSync(`${claims}/${address}`, `${process.pid}`, { flag: 'wx' });
  } catch {
    if (readFileSync(`${claims}/${address}`, 'utf8') !== `${process.pid}`)
      throw new Error(`${address} is the address of something in another file`);
  }
}

const claims = '/run/addresses';

/** Gives the world outside of pods an address, for as long as it lasts. */
export function addOutside(address: string): void {
  claim(address);
  execFileSync('ip', ['addr', 'replace', `${address}/32`, 'dev', 'lo']);
}
