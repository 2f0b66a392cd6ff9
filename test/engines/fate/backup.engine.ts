import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { partyPlan, secrets } from '../../../lib';
import { containerOf, objectsOf } from '../../support/objects';
import { mariadbImage } from '../mysql/image';
import { rcloneImage } from '../rclone/image';
import { noPods, refusal, titled } from '../support/engines';
import { type Image, type Pod, startPod, untilReady } from '../support/pod';
import { probed } from '../support/probe';
import { endOf, flowApi, stateOf } from './flow-api';
import { fateFlowImage, release } from './images';
import { upload } from './secure-boost';

const refused = ['fate', 'mariadb', 'rclone'].map(refusal).find((it) => it !== undefined) ?? noPods();

const address = { mysql: '198.51.100.171', fateflow: '198.51.100.172', job: '198.51.100.173' };
const hosts = `${address.mysql} mysql\n${address.fateflow} fateflow\n`;
const values = { [secrets.mysql.name]: { password: 'a $#&<>', 'root-password': 'unused' } };

describe.skipIf(refused !== undefined)(titled(`A backup of FATE ${release}`, refused), () => {
  const plan = partyPlan({ domain: 'example.com', id: 30000, fate: release, backup: { to: { claimGiB: 1 } } });
  const objects = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
  const api = flowApi(address.fateflow);
  let directory: string;
  let mysql: Pod;
  let fateflow: Pod;

  const volume = (name: string) => {
    mkdirSync(join(directory, name), { recursive: true });
    return join(directory, name);
  };
  async function startMysql(): Promise<void> {
    const props = { statefulSet: 'mysql', volumes: { data: volume('mysql') }, image: mariadbImage };
    mysql = await startPod({ ...props, objects, secrets: values, address: address.mysql });
    const { readinessProbe } = containerOf(objects, 'mysql');
    const ready = async () => expect((await mysql.exec(...(readinessProbe?.exec?.command ?? []))).code).toBe(0);
    await untilReady(mysql, ready, 120_000);
  }
  async function startFateFlow(): Promise<void> {
    fateflow = await startPod({
      statefulSet: 'fateflow',
      container: 'fateflow',
      volumes: { data: volume('fateflow') },
      objects,
      secrets: values,
      image: fateFlowImage,
      address: address.fateflow,
      hosts,
    });
    const ready = async () => expect(await probed(fateflow, containerOf(objects, 'fateflow'))).toEqual([200, 200, 200]);
    await untilReady(fateflow, ready, 180_000);
  }
  async function run(cronJob: string, ...containers: readonly (readonly [name: string, image: Image])[]) {
    const volumes = { dump: volume(`scratch-${cronJob}`), data: volume('fateflow'), backups: volume('backups') };
    for (const [container, image] of containers) {
      const props = { cronJob, container, volumes, image, address: address.job };
      const pod = await startPod({ ...props, objects, secrets: values, hosts });
      await pod.ended;
      const { code, log } = { code: pod.exitCode(), log: pod.log() };
      await pod.stop();
      expect(code, log).toBe(0);
    }
  }
  async function rows(statements: string): Promise<string> {
    const line = [
      'mysql',
      '--user=fate',
      `--password=${values['mysql']?.password}`,
      '--host=127.0.0.1',
      'eggroll_meta',
    ];
    const { code, stdout, stderr } = await mysql.exec(...line, `--execute=${statements}`);
    expect(code, stderr).toBe(0);
    return stdout;
  }
  const history = async () => ({
    jobs: (await api.get<object[]>('job/query')).data,
    tasks: (await api.get<object[]>('job/task/query')).data,
    table: (await api.get<object>('table/query', { namespace: 'experiment', name: 'guest' })).data,
  });

  beforeAll(async () => {
    directory = mkdtempSync('/run/fate-backup-');
    await startMysql();
    await startFateFlow();
  }, 300_000);
  afterAll(async () => {
    await Promise.all([mysql, fateflow].map((it) => it?.stop()));
    rmSync(directory, { recursive: true, force: true });
  });

  test('gives a FATE Flow whose database is lost its jobs, tasks and tables again, as it tells them', async () => {
    expect(await endOf(api, await upload(api, 'guest'))).toBe('success');
    expect(await endOf(api, await upload(api, 'host'))).toBe('success');
    const model = join(volume('fateflow'), 'model/30000/model_0');
    mkdirSync(join(model, '..'), { recursive: true });
    writeFileSync(model, 'model');
    const before = await history();
    expect(before.jobs).toHaveLength(2);

    await run('backup', ['dump', mariadbImage], ['store', rcloneImage]);
    await Promise.all([mysql, fateflow].map((it) => it.stop()));
    rmSync(volume('mysql'), { recursive: true });
    rmSync(model);
    await startMysql();
    await run('restore', ['fetch', rcloneImage], ['load', mariadbImage]);
    await startFateFlow();

    expect(await history()).toEqual(before);
    expect(readFileSync(model, 'utf8')).toBe('model');
  }, 400_000);

  test('of a job that ran, or waited, then leaves nothing at work', async () => {
    const [ran, waited] = [await upload(api, 'guest'), await upload(api, 'host')];
    for (const job of [ran, waited]) expect(await endOf(api, job)).toBe('success');
    for (const [job, state] of [
      [ran, 'running'],
      [waited, 'waiting'],
    ])
      for (const table of ['t_job', 't_schedule_job', 't_task', 't_schedule_task'])
        await rows(`UPDATE ${table} SET f_status = '${state}' WHERE f_job_id = '${job}'`);
    await run('backup', ['dump', mariadbImage], ['store', rcloneImage]);
    await fateflow.stop();
    await run('restore', ['fetch', rcloneImage], ['load', mariadbImage]);
    await startFateFlow();
    expect(await stateOf(api, waited)).toBe('canceled');
    expect(await endOf(api, ran, 120_000)).toBe('failed');
    expect(await endOf(api, await upload(api, 'guest'))).toBe('success');
  }, 400_000);
});
