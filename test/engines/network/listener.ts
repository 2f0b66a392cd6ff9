import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Pod, startPod, untilReady } from '../support/pod';

/** A pod that takes connections on all of the ports, in the place of the program that a workload has. */
export async function startListener(address: string, ports: readonly number[]): Promise<Pod> {
  const pod = await startPod({
    deployment: 'listener',
    objects: [listener],
    image: {
      command: [process.execPath, ...program('listen.mjs'), ...ports.map(String)],
    },
    address,
  });
  const itself = ports.map((port): Target => `TCP:${address}:${port}`);
  return untilReady(pod, async () => expect(await reachedFrom(pod, itself)).toEqual(itself));
}

const listener = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'listener' },
  spec: { template: { spec: { containers: [{ name: 'listener' }] } } },
};

/** What is called, on which port. */
export type Target = `${'TCP' | 'UDP'}:${string}:${number}`;

/** Those that answer a pod, whatever runs in it. */
export async function reachedFrom(pod: Pod, targets: readonly Target[]): Promise<readonly Target[]> {
  const { stdout, stderr } = await pod.exec('env', '-i', process.execPath, ...program('probe.mjs'), ...targets);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** For Node.js, which is on the machine and so in every pod. */
const program = (file: string): readonly string[] => [
  '--input-type=module',
  '--eval',
  readFileSync(join(__dirname, file), 'utf8'),
];
