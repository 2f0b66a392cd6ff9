import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs that belong together, with a directory for their files and one log. */
export interface Programs {
  readonly directory: string;
  /**
   * @param flags `--name=value`
   * @param env in the place of the tests' own
   */
  start(program: string, flags: Readonly<Record<string, string>>, env?: NodeJS.ProcessEnv): void;
  /** Whether one of them has ended. */
  ended(): boolean;
  /** The end of what they have written. */
  log(): string;
  /** Ends them, and removes their directory. */
  stop(): Promise<void>;
}

/** None of the programs outlives `seconds`, nor the process that starts them, not even a killed one. */
export function programs(name: string, seconds: number): Programs {
  const directory = mkdtempSync(join(tmpdir(), `${name}-`));
  const log = join(directory, 'log');
  const bounds = ['--pdeathsig', 'KILL', 'timeout', '--foreground', '--kill-after=5', `${seconds}`];
  const processes: ChildProcess[] = [];
  return {
    directory,
    start(program, flags, env) {
      const output = openSync(log, 'a');
      const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
      const child = spawn('setpriv', [...bounds, 'setpriv', '--pdeathsig', 'KILL', program, ...args], {
        env,
        stdio: ['ignore', output, output],
      });
      closeSync(output);
      processes.push(child);
    },
    ended: () => processes.some(hasEnded),
    log: () => readFileSync(log, 'utf8').slice(-4000),
    async stop() {
      await Promise.all(processes.map(end));
      rmSync(directory, { recursive: true });
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL'); // its own child goes with it, and nothing here is worth a farewell
  await ended;
}
