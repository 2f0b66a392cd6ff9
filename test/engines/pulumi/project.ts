import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { cache } from '../support/engines';

const root = join(__dirname, '../../..');

export interface Answer {
  readonly code: number | null;
  /** Both streams, as a user sees them. */
  readonly text: string;
  readonly stdout: string;
}

export interface CommandOptions {
  /** What is typed in. */
  readonly input?: string;
  /** Kills the command, and nothing that it has started, as soon as this is true. */
  readonly killWhen?: () => Promise<boolean>;
  /**
   * Milliseconds that the provider takes for a second when it waits.
   * @default 1000
   */
  readonly second?: number;
  /**
   * By how much the clock of keys and certificates is put forward.
   * @default 0
   */
  readonly daysLater?: number;
}

/** A Pulumi project with a backend of its own, in a directory that goes with it. */
export interface Project {
  readonly directory: string;
  /** Runs `pulumi` with this stack. */
  run(stack: string, command: string, options?: CommandOptions): Promise<Answer>;
  /** Everything that the backend keeps. */
  state(): string;
  remove(): void;
}

const plugins = ['language-nodejs', 'resource-kubernetes', 'resource-random', 'resource-tls'] as const;

/** Writes them as JavaScript: each command of `pulumi` starts all of them, and translated as they start they take twice as long. */
async function writePlugins(directory: string): Promise<void> {
  const { build } = await import('rolldown');
  await build({
    input: plugins.map((plugin) => join(__dirname, 'plugins', `${plugin}.ts`)),
    platform: 'node',
    external: /^[^./]/,
    output: { dir: directory, format: 'cjs' },
    logLevel: 'warn',
  });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  for (const plugin of plugins) {
    const command = `exec '${process.execPath}' '${join(directory, plugin)}.js' "$@"`;
    writeFileSync(join(directory, `pulumi-${plugin}`), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  }
}

/**
 * The project of this repository, or the same with another program, with the real CLI and engine. Stand-ins for what they
 * start are found on the path.
 */
export async function project(program?: string): Promise<Project> {
  const directory = mkdtempSync(join(tmpdir(), 'pulumi-'));
  const at = (...path: string[]) => join(directory, ...path);
  for (const it of ['home', 'backend', 'plugins', 'project']) mkdirSync(at(it));
  const description = parse(readFileSync(join(root, 'Pulumi.yaml'), 'utf8'));
  writeFileSync(at('project/Pulumi.yaml'), stringify({ ...description, main: program ?? description.main }));
  for (const it of [
    'package.json',
    'tsconfig.json',
    'node_modules',
    'lib',
    'constructs',
    'stacks',
    'examples',
    'test',
  ]) {
    symlinkSync(join(root, it), at('project', it));
  }
  await writePlugins(at('plugins'));
  const env = {
    PATH: [at('plugins'), join(cache, 'pulumi'), process.env['PATH']].join(':'),
    HOME: at('home'),
    PULUMI_HOME: at('home'),
    PULUMI_BACKEND_URL: `file://${at('backend')}`,
    PULUMI_CONFIG_PASSPHRASE: 'of this test',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  };
  return {
    directory: at('project'),
    run: (stack, command, options = {}) => {
      const args = [...command.split(' '), '--stack', stack, '--non-interactive', '--color', 'never'];
      const { second = 1000, daysLater = 0 } = options;
      const clocks = { ENGINES_MILLISECONDS_PER_SECOND: `${second}`, ENGINES_DAYS_LATER: `${daysLater}` };
      return run(args, { cwd: at('project'), env: { ...env, ...clocks } }, options);
    },
    state: () => filesBelow(at('backend')),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** A command that takes longer is killed. */
export const longestMillis = 200_000;

async function run(args: readonly string[], options: SpawnOptions, { input, killWhen }: CommandOptions) {
  const child = spawn('pulumi', args, { ...options, stdio: 'pipe', timeout: longestMillis, killSignal: 'SIGKILL' });
  const ended = once(child, 'close');
  const output = { stdout: '', text: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
    output.text += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => (output.text += text));
  child.stdin.end(input);
  while (killWhen !== undefined && child.exitCode === null && child.signalCode === null) {
    if (await killWhen()) child.kill('SIGKILL');
    await pause(50);
  }
  const [code] = await ended;
  return { code, ...output };
}

/** Of all files, by path. */
const filesBelow = (directory: string): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
    .join('\n');
