import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageDiskMountPlan, ingressControllerPlan, partyPlan } from '../../../index';
import { copyScript, lockScript, registryTools } from '../../../lib/reports/image-scripts';
import { images, isCopy } from '../../../lib/reports/images';

const registry = 'harbor.example.com/fate';
const party = (props: object = {}) => partyPlan({ domain: 'example.com', id: 30000, ...props });

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'image-scripts-'));
  for (const tool of registryTools) {
    // Both answer a digest that tells of the name; `bad` cannot be had.
    const program = `#!/bin/sh
      for last; do :; done
      printf '%s\\n' "$(basename "$0") $*" >> '${directory}/calls'
      case "$last" in *bad*) exit 1 ;; esac
      printf 'sha256:%s\\n' "$(printf %s "\${last#docker://}" | sha256sum | cut -c1-64)"`;
    writeFileSync(join(directory, tool), program);
    chmodSync(join(directory, tool), 0o755);
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What `sh` makes of a script, and what it called. */
function run(script: string) {
  writeFileSync(join(directory, 'calls'), '');
  const environment = { ...process.env, PATH: `${directory}:${process.env['PATH']}` };
  const stdout = execFileSync('sh', [], { input: script, env: environment, encoding: 'utf8', stdio: 'pipe' });
  return { stdout, calls: readFileSync(join(directory, 'calls'), 'utf8').split('\n').filter(Boolean) };
}

describe.each(registryTools)('the script of %s', (tool) => {
  test('copies each image to where pods take it from, with its digest where that is known', () => {
    const plans = [party({ registry }), imageDiskMountPlan({ registry }), ingressControllerPlan({ registry })];
    const { calls } = run(copyScript(images(plans), tool));
    const copies = calls.map((call) =>
      call
        .split(' ')
        .slice(-2)
        .map((each) => each.replace('docker://', '')),
    );
    expect(calls.every((call) => call.startsWith(`${tool} copy `))).toBe(true);
    if (tool === 'skopeo')
      expect(calls.every((call) => call.includes(' --all --preserve-digests docker://'))).toBe(true);
    const wanted = images(plans).filter(isCopy);
    expect(copies.map(([, to]) => to)).toEqual(wanted.map(({ image }) => image));
    // Neither tool takes a tag and a digest at once.
    for (const [from] of copies) expect(from).toMatch(/^[\w./-]+(:[\w.-]+|@sha256:[0-9a-f]{64})$/);
    expect(copies).toContainEqual(['mysql:8.0.28', `${registry}/mysql:8.0.28`]);
    expect(copies.map(([from]) => from)).toContainEqual(expect.stringMatching(/^busybox@sha256:/));
  });

  test('says what nobody has published, and does not copy it', () => {
    const script = copyScript(images([party({ registry, fate: '2.2.0' })]), tool);
    expect(run(script).calls.join('\n')).not.toMatch(/spark|client/);
    expect(script).toContain(`build it with FATE-Builder, and push it as ${registry}/fateflow-spark:2.2.0-release`);
  });

  test('prints the digest of every image that has none of its own, by the name that pods have for it', () => {
    const pinned = `harbor.example.com/own/nginx:1@sha256:${'0'.repeat(64)}`;
    const plan = party({ registry, images: { nginx: pinned } });
    const lock = JSON.parse(run(lockScript(images([plan]), tool)).stdout);
    const pulled = images([plan]).map(({ image }) => image);
    expect(Object.keys(lock)).toEqual(pulled.filter((image) => image !== pinned));
    for (const digest of Object.values(lock)) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(new Set(Object.values(lock)).size).toBe(pulled.length - 1);
  });

  test('prints nothing where an image cannot be had', () => {
    const script = lockScript(images([party({ images: { pulsar: 'bad/pulsar:1' } })]), tool);
    expect(() => run(script)).toThrow();
    expect(run(`${script.replace('set -eu', 'set -u')}`).stdout).toContain('bad/pulsar');
    expect(
      execFileSync('sh', ['-c', `sh <<'E' || true\n${script}E`], {
        env: { PATH: `${directory}:${process.env['PATH']}` },
      }).toString(),
    ).toBe('');
  });
});
