import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

const root = join(__dirname, '../..');

/** What a run of the tool came to. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The tool as it is published, and a folder to run it in; `close` removes both. */
export function commandLine() {
  const directory = mkdtempSync(join(tmpdir(), 'commands-'));
  const build = join(directory, 'kubefate-tanzu/build');
  execFileSync('node_modules/.bin/rolldown', ['-c', 'rolldown.config.mts', '-d', build], { cwd: root, stdio: 'pipe' });
  for (const name of ['node_modules', 'examples'])
    symlinkSync(join(root, name), join(directory, 'kubefate-tanzu', name));
  const bin = join(directory, 'bin');
  execFileSync('mkdir', [bin]);
  writeFileSync(join(bin, 'kubefate-tanzu'), `#!/bin/sh\nexec '${process.execPath}' '${build}/commands.js' "$@"\n`, {
    mode: 0o755,
  });
  const { NO_COLOR: _, ...inherited } = process.env;
  const environment = { ...inherited, PATH: `${bin}:${process.env['PATH']}` };

  /** A line as it is typed into a shell. */
  const shell = (folder: string, line: string): Ran =>
    spawnSync('bash', ['-o', 'pipefail', '-c', line], { cwd: folder, env: environment, encoding: 'utf8' });

  let folders = 0;
  return {
    directory,
    shell,
    run: (folder: string, ...args: readonly string[]): Ran =>
      spawnSync(join(bin, 'kubefate-tanzu'), args, { cwd: folder, env: environment, encoding: 'utf8' }),
    /** A new folder with the files of `test/commands/folder`. */
    folder(): string {
      const folder = join(directory, `folder-${folders++}`);
      cpSync(join(root, 'test/commands/folder'), folder, { recursive: true });
      return folder;
    },
    close: () => rmSync(directory, { recursive: true }),
  };
}

/** The tool, and one folder for all tests of a file. */
export function toolInFolder() {
  let tool: ReturnType<typeof commandLine>;
  let folder: string;
  beforeAll(() => {
    tool = commandLine();
    folder = tool.folder();
  });
  afterAll(() => tool.close());
  return {
    run: (...args: readonly string[]): Ran => tool.run(folder, ...args),
    /** Of a file in the folder. */
    path: (...names: readonly string[]): string => join(folder, ...names),
  };
}
