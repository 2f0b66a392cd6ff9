import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { AnyObject } from './objects';

const root = join(__dirname, '../..');

export const examples: readonly string[] = readdirSync(join(root, 'examples'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

/** Files that an example writes, by name. */
export function filesOfExample(example: string): ReadonlyMap<string, string> {
  const directory = mkdtempSync(join(tmpdir(), 'example-'));
  try {
    execFileSync('node_modules/.bin/tsx', [`examples/${example}.ts`], {
      cwd: root,
      env: { ...process.env, CDK8S_OUTDIR: directory },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return new Map(readdirSync(directory).map((file) => [file, readFileSync(join(directory, file), 'utf8')]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Objects of the manifests among these files. */
export const objectsIn = (files: ReadonlyMap<string, string>): AnyObject[] =>
  [...files].flatMap(([file, text]) =>
    file.endsWith('.k8s.yaml') ? parseAllDocuments(text).map((document) => document.toJS()) : [],
  );
