import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../support/objects';

const root = join(__dirname, '../../..');

export const examples: readonly string[] = readdirSync(join(root, 'examples'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

/** Objects of every manifest that an example writes. */
export function objectsOfExample(example: string): KubernetesObject[] {
  const directory = mkdtempSync(join(tmpdir(), 'example-'));
  execFileSync('npx', ['tsx', `examples/${example}.ts`], {
    cwd: root,
    env: { ...process.env, CDK8S_OUTDIR: directory },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const manifests = readdirSync(directory).filter((file) => file.endsWith('.k8s.yaml'));
  const texts = manifests.map((file) => readFileSync(join(directory, file), 'utf8'));
  rmSync(directory, { recursive: true });
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()));
}
