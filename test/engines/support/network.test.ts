import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { addOutside, address, leaveInside, takeInside } from './network';

const { execFileSync } = vi.hoisted(() => ({ execFileSync: vi.fn() }));
vi.mock('node:child_process', () => ({ execFileSync }));

afterEach(() => {
  vi.unstubAllEnvs();
});

test('an address that is written by hand is refused by name', () => {
  for (const take of [takeInside, addOutside])
    for (const foreign of ['198.51.100.131', '198.18.1.131', address(13).replace('198', '98')])
      expect(() => take(foreign)).toThrow(`${foreign} is none of this file's`);
  expect(execFileSync).not.toHaveBeenCalled();
});

test("a pod's address is nobody else's while it runs", () => {
  addOutside(address(2));
  takeInside(address(2));
  for (const take of [takeInside, addOutside])
    expect(() => take(address(2))).toThrow(`${address(2)} is an address of a pod that runs`);
  leaveInside(address(2));
  takeInside(address(2));
});

test('each test file has a network that no other has had', async () => {
  const world = mkdtempSync(join(tmpdir(), 'world-'));
  vi.stubEnv('TMPDIR', world);
  vi.stubEnv('ENGINES_WORLD', '1');
  const addresses: string[] = [];
  for (const earlier of [0, 254]) {
    for (let i = 0; i < earlier; i++) mkdirSync(join(world, 'networks', `${i + 2}`));
    for (let file = 0; file < 2; file++) {
      vi.resetModules();
      addresses.push((await import('./network.js')).address(2));
    }
  }
  rmSync(world, { recursive: true });
  expect(addresses).toEqual(['198.18.0.2', '198.18.1.2', '198.19.0.2', '198.19.1.2']);
});

test('nothing else gives an interface an address', () => {
  const engines = join(__dirname, '..');
  const files = readdirSync(engines, { recursive: true, encoding: 'utf8' }).filter((it) => /\.(ts|sh)$/.test(it));
  const giving = files.filter((it) =>
    /\baddr(ess)?\b['", ]+(add|replace|change)\b/.test(readFileSync(join(engines, it), 'utf8')),
  );
  expect(giving.sort()).toEqual(['support/network.ts', 'support/pod.ts']);
});
