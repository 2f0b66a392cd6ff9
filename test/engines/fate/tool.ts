import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { commandLine } from '../../support/command-line';

/** The tool as it is published, in a folder with a declaration and with the package that npm would have put there. */
export interface Tool {
  /** What a line says that is typed into a shell there. @throws with all that was said, when it does not end in 0, or in ten minutes */
  typed(line: string, environment?: Readonly<Record<string, string>>): Promise<string>;
  close(): void;
}

export function toolIn(folder: string, declaration: object): Tool {
  const { directory, close } = commandLine();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(directory, 'kubefate-tanzu'), join(folder, 'node_modules/kubefate-tanzu'));
  writeFileSync(join(folder, 'federation.yaml'), stringify(declaration));
  const PATH = `${join(directory, 'bin')}:${process.env['PATH']}`;
  return {
    typed: async (line, environment) => {
      const options = {
        cwd: folder,
        env: { ...process.env, PATH, ...environment },
        maxBuffer: 2 ** 26,
        timeout: 600_000,
      };
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
