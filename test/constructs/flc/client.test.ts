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
      writeFileSync(
        join(directory, program),
        `#!/bin/sh\necho ${program} "$@" >>"$0.log"\necho "\${SSL_CERT_FILE:-the usual}" >"$0.trusts"\n`,
        { mode: 0o755 },
      );
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

  test("what it starts trusts the organisation's authorities beside those of the image, and without any just these", () => {
    const trust = join(directory, 'trust.pem');
    const usual = join(directory, 'certifi.pem');
    writeFileSync(trust, 'of the organisation\n');
    writeFileSync(usual, 'of everybody\n');
    writeFileSync(join(directory, 'python'), `#!/bin/sh\necho '${usual}'\n`, { mode: 0o755 });
    const start = (more: object) => {
      const environment = { ...environmentOf(containerOf(objects, 'client')), JUPYTER_TOKEN: 'opensesame' };
      const { status } = spawnSync('sh', [join(directory, 'start.sh')], {
        env: { PATH: `${directory}:${process.env['PATH']}`, TMPDIR: directory, ...environment, ...more },
      });
      expect(status).toBe(0);
      return readFileSync(join(directory, 'jupyter.trusts'), 'utf8').trim();
    };
    expect(readFileSync(start({ TRUST: trust }), 'utf8')).toBe('of everybody\nof the organisation\n');
    expect(start({})).toBe('the usual');
  });

  test('keeps what is saved below the notebooks', () => {
    const { volumeMounts = [] } = containerOf(objects, 'client');
    const kept = volumeMounts.find(({ name }) => name === 'data')?.mountPath;
    expect(kept).toBe(`${releases[fate].client.notebooks}/persistence`);
  });
});
