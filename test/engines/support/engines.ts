import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What `setup.sh` installed or built, kept outside the repository. */
export const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kubefate-tanzu-engines');

/** What is set up for the tests, and for the benchmark beside them. */
const known = ['test/engines/setup.sh', 'bench/exchange/setup.sh'].flatMap((script) =>
  [...readFileSync(join(__dirname, '../../..', script), 'utf8').matchAll(/^attempt (\S+)/gm)].map(([, it]) => it),
);

/** Why an engine cannot be had here; `undefined` when it can. @throws when it is none, and would never be set up */
export function refusal(engine: string): string | undefined {
  if (!known.includes(engine)) throw new Error(`nothing sets up an engine ${engine}`);
  const file = join(cache, `${engine}.status`);
  const status = existsSync(file)
    ? readFileSync(file, 'utf8').trim()
    : 'refused: not set up, run test/engines/setup.sh';
  return /^refused: ?(.*)$/.exec(status)?.[1];
}

/** Why no pods can be started here; `undefined` when they can. */
export const noPods = (): string | undefined =>
  process.env['ENGINES_WORLD'] === undefined
    ? (process.env['ENGINES_NO_WORLD'] ?? 'started without test/engines/run.sh')
    : undefined;

/** Title of a part; one that is skipped says so, and why, in the test's name and on a line of its own. */
export function titled(part: string, refused: string | undefined): string {
  if (refused === undefined) return part;
  console.warn(`skipped: ${part}: ${refused}`);
  return `${part} (skipped: ${refused})`;
}
