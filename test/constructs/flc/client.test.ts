import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, partyPlan, releases } from '../../../lib';
import { containerOf, environmentOf, fileOf, objectsOf } from '../../support/objects';

describe.each(Object.keys(releases) as FateRelease[])('the client of FATE %s', (fate) => {
  const objects = objectsOf(
    (app) => new FederatedLearningCluster(app, 'flc', partyPlan({ domain: 'example.com', fate, id: 30000 })),
  );

  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'client-'));
    writeFileSync(join(directory, 'start.sh'), fileOf(objects, 'client-config', 'start.sh'));
    for (const program of ['flow', 'pipeline', 'jupyter']) {
      writeFileSync(join(directory, program), `#!/bin/sh\necho ${program} "$@" >>"$0.log"\n`, { mode: 0o755 });
    }
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test("the start script points FATE's tools at FATE Flow and serves the notebooks with a token", () => {
    const environment = { ...environmentOf(containerOf(objects, 'client')), JUPYTER_TOKEN: 'opensesame' };
    const { status } = spawnSync('sh', [join(directory, 'start.sh')], {
      env: { PATH: `${directory}:${process.env['PATH']}`, ...environment },
    });
    const calls = (program: string) => readFileSync(join(directory, `${program}.log`), 'utf8');
    expect(status).toBe(0);
    expect(calls('flow')).toBe('flow init --ip fateflow --port 9380\n');
    expect(calls('pipeline')).toBe('pipeline init --ip fateflow --port 9380\n');
    expect(calls('jupyter')).toContain('--port=20000');
    expect(calls('jupyter')).toContain(`--NotebookApp.notebook_dir=${releases[fate].client.notebooks}`);
    expect(calls('jupyter')).not.toContain('opensesame');
  });

  test('there is no notebook without a token', () => {
    const environment = environmentOf(containerOf(objects, 'client'));
    const { status } = spawnSync('sh', [join(directory, 'start.sh')], {
      env: { PATH: `${directory}:${process.env['PATH']}`, ...environment },
    });
    expect(status).not.toBe(0);
  });

  test('keeps what is saved below the notebooks', () => {
    const { volumeMounts = [] } = containerOf(objects, 'client');
    const kept = volumeMounts.find(({ name }) => name === 'data')?.mountPath;
    expect(kept).toBe(`${releases[fate].client.notebooks}/persistence`);
  });
});
