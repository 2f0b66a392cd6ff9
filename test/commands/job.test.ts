import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { commandLine, type Ran } from '../support/command-line';
import { fateFlow, type Script } from '../support/fate-flow';

let tool: ReturnType<typeof commandLine>;
let folder: string;
beforeAll(() => {
  tool = commandLine();
  folder = tool.folder();
  write('fed.yaml', federation('1.6.1'));
  write('fed2.yaml', federation('2.2.0'));
  write('train.yaml', training);
  write('guest.csv', 'id,Class,x0\n1,0,0.5\n2,1,0.7\n');
});
afterAll(() => tool.close());
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const federation = (fate: string) => ({
  domain: 'example.com',
  fate,
  exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
  parties: [{ id: 30_000 }, { id: 40_000 }],
});
const training = {
  algorithm: 'homo-lr',
  guest: { party: 30_000, table: { name: 'credit_guest' } },
  hosts: [{ party: 40_000, table: { name: 'credit_host' } }],
  parameters: { max_iter: 3 },
};
const write = (name: string, content: object | string) =>
  writeFileSync(`${folder}/${name}`, typeof content === 'string' ? content : stringify(content));

async function flowOf(fate: '1.6.1' | '2.2.0', script?: Script) {
  const stand = await fateFlow(fate, script);
  open.push(stand.close);
  return stand;
}

function start(...args: readonly string[]) {
  const process = spawn(`${tool.directory}/bin/kubefate-tanzu`, args, {
    cwd: folder,
    env: { ...globalThis.process.env, PATH: globalThis.process.env['PATH'] },
  });
  const ran = { stdout: '', stderr: '' };
  process.stdout.on('data', (chunk) => (ran.stdout += chunk));
  process.stderr.on('data', (chunk) => (ran.stderr += chunk));
  return { process, ran, ended: once(process, 'close').then(([status]): Ran => ({ status, ...ran })) };
}
const run = (...args: readonly string[]): Promise<Ran> => start(...args).ended;

const submitting = (url: string, ...more: readonly string[]) =>
  run('job', 'submit', 'train.yaml', '-d', 'fed.yaml', '--url', url, ...more);

describe('job submit', () => {
  test('waits for the job, says how it gets on, and how good the model is', async () => {
    const { url, asked } = await flowOf('1.6.1', { tasks: { reader_0: 'success', homo_lr_0: 'running' } });
    const { status, stdout, stderr } = await submitting(url);
    expect(stdout).toBe(
      'job 202611261200000000010: success\n  http://fateboard:8080/index.html#/dashboard?job_id=202611261200000000010\n  train.homo_lr_0.auc: 0.93\n  train.homo_lr_0.ks: 0.7\n',
    );
    expect(stderr).toContain('job 202611261200000000010: running: 1 of 2 tasks are done, at work: homo_lr_0\n');
    expect(status).toBe(0);
    const { job_runtime_conf } = JSON.parse(`${asked[0]?.body}`);
    expect(job_runtime_conf).toMatchObject({
      initiator: { party_id: 30_000 },
      job_parameters: { common: { backend: 2 } },
    });
  });

  test('ends in 1 where the job fails, with what its tasks say and where to look', async () => {
    const { url } = await flowOf('1.6.1', { states: ['failed'], tasks: { reader_0: 'success', homo_lr_0: 'failed' } });
    const { status, stdout } = await submitting(url, '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      job: '202611261200000000010',
      state: 'failed',
      tasks: [{}, { task: 'homo_lr_0', error: 'ValueError: no rows' }],
      look: [
        expect.stringMatching(/^FATE Board: /),
        expect.stringMatching(
          /job log 202611261200000000010 --party 30000, or \/data\/projects\/fate\/logs\/2026\d+ in container python of fate-30000$/,
        ),
        'parties and what is between them: kubefate-tanzu diagnose --party 30000',
      ],
    });
  });

  test('tells what FATE Flow refuses, and how to see why', async () => {
    const body = { retcode: 100, retmsg: 'create job failed', data: { host: { 40000: 'Connection refused' } } };
    const { url } = await flowOf('1.6.1', { instead: { submit: { body } } });
    const { status, stderr } = await submitting(url);
    expect(status).toBe(2);
    expect(stderr).toContain(
      'FATE Flow of party 30000 refuses: create job failed {"host":{"40000":"Connection refused"}}\n',
    );
    expect(stderr).toContain('kubefate-tanzu diagnose --party 30000 --peer 40000');
  });

  test('submits nothing where anything is wrong, and says all of it, each at its line', async () => {
    const { url, asked } = await flowOf('1.6.1');
    write('wrong.yaml', 'algorithm: homo-lr\nguest: { party: 30000 }\nhosts: []\nretries: 3\n');
    const { status, stderr } = await run('job', 'submit', 'wrong.yaml', '-d', 'fed.yaml', '--url', url);
    expect(status).toBe(2);
    expect(stderr).toContain('wrong.yaml:2:8 guest.table: is missing');
    expect(stderr).toContain('wrong.yaml:3:8 hosts: has nobody');
    expect(stderr).toContain('wrong.yaml:4:10 retries: is nothing that a job of FATE 1.6.1 can say');
    expect(asked).toEqual([]);
  });

  test('waits no longer when it is interrupted; the job goes on, and it says how to end it', async () => {
    const { url, asked } = await flowOf('1.6.1', { states: ['running'] });
    const { process, ran, ended } = start('job', 'submit', 'train.yaml', '-d', 'fed.yaml', '--url', url);
    await expect.poll(() => ran.stderr, { timeout: 20_000 }).toContain('running');
    process.kill('SIGINT');
    const { status, stdout } = await ended;
    expect(status).toBe(1);
    expect(stdout).toContain('It goes on.\n  see it: kubefate-tanzu job status 202611261200000000010 --party 30000\n');
    expect(stdout).toContain('end it: kubefate-tanzu job stop 202611261200000000010 --party 30000\n');
    expect(asked.some(({ path }) => path.includes('stop'))).toBe(false);
  });

  test('does so after a time, too, and at once where nobody wants to wait', async () => {
    const { url } = await flowOf('1.6.1', { states: ['running'] });
    expect(await submitting(url, '--timeout', '1')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('It goes on.'),
    });
    expect(await submitting(url, '--no-wait')).toMatchObject({ status: 0, stdout: expect.stringContaining('running') });
  });

  test('prints what FATE Flow would be told, and asks nobody', async () => {
    const { status, stdout } = await run('job', 'submit', 'train.yaml', '-d', 'fed2.yaml', '--print');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('dag_schema.dag.tasks.homo_lr_0');
  });

  test('names parties that nobody has looked at, whether it submits or prints', async () => {
    const { url } = await flowOf('1.6.1');
    write('far.yaml', { ...training, hosts: [{ party: 70_000, table: { name: 'credit_host' } }] });
    for (const how of [['--print'], ['--print', '--json'], ['--url', url]])
      expect(await run('job', 'submit', 'far.yaml', '-d', 'fed.yaml', ...how)).toMatchObject({
        status: 0,
        stderr: expect.stringContaining('nobody has looked whether the job fits 70000, which others run\n'),
      });
  });

  test('deploys a model of FATE 1 before it predicts, and predicts in that version', async () => {
    const { url, asked } = await flowOf('1.6.1');
    write('predict.yaml', { ...training, parameters: undefined, model: { job: '202611261200000000010' } });
    expect(await run('job', 'submit', 'predict.yaml', '-d', 'fed.yaml', '--url', url)).toMatchObject({ status: 0 });
    const [deployed, predicted] = asked.map(({ body }) => JSON.parse(body));
    expect(deployed).toMatchObject({
      model_version: '202611261200000000010',
      cpn_list: ['reader_0', 'dataio_0', 'homo_lr_0'],
    });
    expect(predicted.job_runtime_conf.job_parameters.common.model_version).toBe('202611261300000000001');
  });
});

describe('a job that runs', () => {
  const of = (url: string, what: string, ...more: readonly string[]) =>
    run('job', what, '202611261200000000010', '-d', 'fed.yaml', '--party', '30000', '--url', url, ...more);
  async function running(script?: Script) {
    const stand = await flowOf('1.6.1', script);
    await submitting(stand.url, '--no-wait');
    return stand;
  }

  test('is told of, stopped, and its metrics and files are got', async () => {
    const { url } = await running({ states: ['running'] });
    expect(await of(url, 'status')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^job 202611261200000000010: running\n/),
    });
    expect(await of(url, 'stop')).toMatchObject({
      status: 0,
      stdout: 'job 202611261200000000010: stop job on all party success\n',
    });
    expect(await of(url, 'metrics')).toMatchObject({ status: 0, stdout: expect.stringContaining('auc: 0.93') });
    expect(await of(url, 'output', '--task', 'homo_lr_0')).toMatchObject({
      status: 0,
      stdout: '202611261200000000010-homo_lr_0.tar.gz\n',
    });
    expect(await of(url, 'log', '--to', 'a.tar.gz')).toMatchObject({ status: 0, stdout: 'a.tar.gz\n' });
    expect(await of(url, 'log', '--to', 'new/logs/a.tar.gz')).toMatchObject({ status: 0 });
    expect(await of(url, 'log', '--to', 'a.tar.gz/below')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'error: a.tar.gz/below: cannot be written, since what is above it is a file; name another one\n',
    });
    expect(await of(url, 'rerun')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is running; stop it before'),
    });
  });

  test('is run again once it has failed', async () => {
    const { url } = await running({ states: ['failed'] });
    expect(await of(url, 'rerun')).toMatchObject({ status: 0, stdout: expect.stringContaining(': success') });
  });

  test.each([
    ['job', 'status', '12', 'is no id of a job'],
    ['job', 'status', '202611261200000000099', 'party 30000 knows no job 202611261200000000099'],
  ])('%s %s %s is refused', async (job, status, id, message) => {
    const { url } = await flowOf('1.6.1');
    const ran = await run(job, status, id, '-d', 'fed.yaml', '--party', '30000', '--url', url);
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  });
});

describe('data upload', () => {
  const upload = (fate: '1.6.1' | '2.2.0', url: string, ...more: readonly string[]) =>
    run(
      'data',
      'upload',
      'guest.csv',
      '-d',
      fate === '1.6.1' ? 'fed.yaml' : 'fed2.yaml',
      '--party',
      '30000',
      '--table',
      'credit_guest',
      '--url',
      url,
      ...more,
    );

  test.each(['1.6.1', '2.2.0'] as const)('makes a table of a file, and counts its rows (FATE %s)', async (fate) => {
    const { url } = await flowOf(fate);
    expect(await upload(fate, url)).toMatchObject({
      status: 0,
      stdout: 'experiment.credit_guest of party 30000: 2 rows\n',
    });
  });

  test.each(['1.6.1', '2.2.0'] as const)('replaces a table only when it is told to (FATE %s)', async (fate) => {
    const { url, asked } = await flowOf(fate, { tables: { 'experiment.credit_guest': 7 } });
    const refused = await upload(fate, url);
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('has a table experiment.credit_guest; use another name, or --replace'),
    });
    expect(asked).toHaveLength(1);
    expect(await upload(fate, url, '--replace')).toMatchObject({ status: 0 });
  });

  test('tells what is wrong before a byte is sent', async () => {
    const { url, asked } = await flowOf('1.6.1');
    const { status, stderr } = await upload('1.6.1', url, '--label', 'Class', '--delimiter', ', ');
    expect(status).toBe(2);
    expect(stderr).toMatch(/delimiter: .*\n.*label: is nothing that FATE 1.6.1 is told with the data/);
    expect(asked).toEqual([]);
  });

  test('ends in 1 where no table comes of it', async () => {
    const { url } = await flowOf('1.6.1', { states: ['failed'] });
    expect(await upload('1.6.1', url)).toMatchObject({ status: 1, stdout: expect.stringContaining(': failed') });
  });
});

test.each(['ftp://192.0.2.1', 'http://user:hush@192.0.2.1', 'nonsense'])('%s is no URL of FATE Flow', async (url) => {
  const { status, stderr } = await submitting(url);
  expect(status).toBe(2);
  expect(stderr).toContain('--url: use one such as http://192.0.2.1:9380');
  expect(stderr).not.toContain('hush');
});
