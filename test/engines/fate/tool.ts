import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { commandLine } from '../../support/command-line';

/** The tool as it is published, in a folder with a declaration. */
export interface Tool {
  readonly folder: string;
  /** What a line says that is typed into a shell there. @throws with all that was said, when it does not end in 0 */
  typed(line: string, environment?: Readonly<Record<string, string>>): Promise<string>;
  close(): void;
}

export function toolIn(folder: string, declaration: object): Tool {
  const { directory, close } = commandLine();
  writeFileSync(join(folder, 'federation.yaml'), stringify(declaration));
  const PATH = `${join(directory, 'bin')}:${process.env['PATH']}`;
  return {
    folder,
    typed: async (line, environment) => {
      const options = { cwd: folder, env: { ...process.env, PATH, ...environment }, maxBuffer: 2 ** 26 };
      try {
        return (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', line], options)).stdout;
      } catch (error) {
        const { message, stdout } = error as Error & { readonly stdout: string };
        throw new Error(`${message}\n${stdout}`);
      }
    },
    close,
  };
}

/** Rows that FATE Flow has put into an archive: each by the names of its columns. */
export function rowsOf(archive: string): readonly ReadonlyMap<string, string>[] {
  const { stdout } = spawnSync('tar', ['-xzOf', archive, '--wildcards', '*.csv'], { encoding: 'utf8' });
  const [header = [], ...rows] = stdout.trim().split('\n').map(fieldsOf);
  return rows.map((row) => new Map(header.map((name, i) => [name, row[i] ?? ''])));
}

/** Commas in quotes are no ends. */
const fieldsOf = (line: string): readonly string[] => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
