import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test.each([1, 8])('files of every project run on a machine of %i cores', (cores) => {
  const directory = mkdtempSync(join(tmpdir(), 'cores-'));
  try {
    const file = join(directory, 'cores.cjs');
    writeFileSync(file, `require('node:os').availableParallelism = () => ${cores};\n`);
    const files = ['test/lib/jobs/upload.test.ts', 'test/support/pulumi-recorder.test.ts'];
    const env = { ...process.env, NODE_OPTIONS: `--require ${file}`, NO_COLOR: '1' };
    const { status, stdout, stderr } = spawnSync('npx', ['vitest', 'run', ...files], {
      cwd: join(__dirname, '..'),
      env,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toMatch(/Test Files .*2 passed/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
