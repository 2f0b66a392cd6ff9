import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { PlanWithPods } from '../../lib/reports/images';
import { objectsIn } from './examples';
import type { AnyObject } from './objects';

/** What an example has drawn of a plan. */
export interface Drawn {
  readonly plan: PlanWithPods;
  readonly objects: readonly AnyObject[];
}

const charts = [
  'FederatedLearningCluster',
  'Exchange',
  'KubeFateService',
  'ImageDiskMount',
  'IngressController',
] as const;

/** Runs an example in this process: what it has drawn of which plans, and the objects in the files that it has written. */
export async function drawExample(
  example: string,
): Promise<{ readonly drawn: readonly Drawn[]; readonly written: readonly AnyObject[] }> {
  const drawn: Drawn[] = [];
  vi.resetModules(); // a program runs when it is imported
  const library = await import('../../index.js');
  // biome-ignore lint/suspicious/noExplicitAny: classes of any chart
  const recording = (Chart: any) =>
    class extends Chart {
      // biome-ignore lint/suspicious/noExplicitAny: their plans
      constructor(scope: unknown, id: string, plan: any) {
        super(scope, id, plan);
        drawn.push({ plan, objects: this['toJson']() });
      }
    };
  const recorded = Object.fromEntries(charts.map((name) => [name, recording(library[name])]));
  vi.doMock('kubefate-tanzu', () => ({ ...library, ...recorded }));
  const directory = mkdtempSync(join(tmpdir(), 'drawn-'));
  vi.stubEnv('CDK8S_OUTDIR', directory);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await import(`../../examples/${example}.ts`);
    const text = (file: string) => readFileSync(join(directory, file), 'utf8');
    return { drawn, written: objectsIn(new Map(readdirSync(directory).map((file) => [file, text(file)]))) };
  } finally {
    log.mockRestore();
    vi.unstubAllEnvs();
    vi.doUnmock('kubefate-tanzu');
    rmSync(directory, { recursive: true });
  }
}
