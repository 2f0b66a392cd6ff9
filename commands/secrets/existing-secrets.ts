import { readFileSync } from 'node:fs';
import { Mistake } from '../mistake';

/**
 * Secrets that exist, as `<namespace>/<name>`.
 *
 * @param named the same, or `-` for what `kubectl get secrets -A` prints: a table, or names and namespaces as JSON
 * @throws {Mistake} of what is neither
 */
export const existingSecrets = (named: readonly string[]): ReadonlySet<string> =>
  new Set(named.flatMap((each) => (each === '-' ? listedSecrets(readFileSync(0, 'utf8')) : [qualified(each)])));

function qualified(name: string): string {
  if (/^[a-z0-9.-]+\/[a-z0-9.-]+$/.test(name)) return name;
  throw new Mistake(`--existing ${name}: names no Secret; use <namespace>/<name>`);
}

/** Values, which JSON has too, are passed over. */
function listedSecrets(text: string): readonly string[] {
  if (text.trimStart().startsWith('{')) return jsonSecrets(text);
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('NAMESPACE '));
  return lines.map((line) => qualified(line.includes('/') ? line.trim() : line.trim().split(/\s+/, 2).join('/')));
}

function jsonSecrets(text: string): readonly string[] {
  const list = parsed(text);
  const items: readonly unknown[] = Object(list).items ?? [list];
  return items.map((each) => {
    const { namespace, name } = Object(Object(each).metadata);
    return qualified(`${namespace}/${name}`);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Mistake('standard input is no JSON; use what `kubectl get secrets -A -o json` prints'); // it may hold values
  }
}
