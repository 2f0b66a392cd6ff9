import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { benchmarkSchema } from '../../declaration-schema';
import { commandLine, type Ran } from '../support/command-line';
import { fateFlow, type Script } from '../support/fate-flow';

const ajv = new Ajv({ strict: true, allErrors: true, strictRequired: false });
const isReport = ajv.compile(benchmarkSchema(join(__dirname, '../..')));

let tool: ReturnType<typeof commandLine>;
let folder: string;
beforeAll(() => {
  tool = commandLine();
  folder = tool.folder();
  for (const fate of ['1.6.1', '2.2.0'])
    writeFileSync(
      `${folder}/${fate}.yaml`,
      stringify({
        domain: 'example.com',
        fate,
        exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
        parties: [30_000, 40_000].map((id) => ({
          id,
          ...(fate === '2.2.0' && { compute: { algorithm: 'nn' } }),
        })),
      }),
    );
});
afterAll(() => tool.close());
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

type Fate = '1.6.1' | '2.2.0';

async function flowOf(fate: Fate, script?: Script) {
  const stand = await fateFlow(fate, script);
  open.push(stand.close);
  return stand;
}

async function run(...args: readonly string[]): Promise<Ran> {
  const { PATH } = process.env;
  const started = spawn(`${tool.directory}/bin/kubefate-tanzu`, args, { cwd: folder, env: { ...process.env, PATH } });
  const ran = { stdout: '', stderr: '' };
  started.stdout.on('data', (chunk) => (ran.stdout += chunk));
  started.stderr.on('data', (chunk) => (ran.stderr += chunk));
  const [status] = await once(started, 'close');
  return { status, ...ran };
}

const small = ['--rows', '40', '--columns', '3'];
const benchmark = (fate: Fate, url: string, ...more: readonly string[]) =>
  run(
    'benchmark',
    'run',
    'homo-lr',
    '-d',
    `${fate}.yaml`,
    '--guest',
    '30000',
    '--host',
    '40000',
    ...small,
    '--url',
    url,
    ...more,
  );
const data = (fate: Fate, url: string, ...more: readonly string[]) =>
  run('benchmark', 'data', 'homo-lr', '-d', `${fate}.yaml`, '--party', '40000', ...small, '--url', url, ...more);

const guestTable = 'benchmark.homo_lr_guest_30000_40x3_seed_1';
const hostTable = 'benchmark.homo_lr_host_40000_40x3_seed_1';
const ran: Script = {
  tasks: { reader_0: 'success', homo_lr_0: 'success' },
  times: [1_700_000_000_000, 2500, 62_500],
};

describe('benchmark run', () => {
  test.each<Fate>(['1.6.1', '2.2.0'])('tells what was measured, and on what, for programs (FATE %s)', async (fate) => {
    const { url } = await flowOf(fate, ran);
    const { status, stdout } = await benchmark(fate, url, '--json');
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    expect(isReport(report), JSON.stringify(isReport.errors)).toBe(true);
    const { sparkWorkers, sparkWorker } = { sparkWorkers: 1, sparkWorker: { cpu: 8, memoryGiB: 16 } };
    expect(report).toMatchObject({
      benchmark: 'homo-lr',
      release: fate,
      job: '202611261200000000011',
      waitedSeconds: 2.5,
      tookSeconds: 60,
      tasks: [
        { task: 'reader_0', role: 'guest', party: '30000', beganSeconds: 0, tookSeconds: 60 },
        { task: 'homo_lr_0' },
      ],
      madeUp: { rows: 40, columns: 3, seed: 1 },
      parameters: { max_iter: 30, batch_size: 320 },
      resources: { executors: 4, executorCores: 1, executorMemoryMiB: 1462, partitions: 4 },
      parties: [
        { party: 30_000, role: 'guest', table: guestTable, rows: 40, sizing: { sparkWorkers, sparkWorker } },
        { party: 40_000, role: 'host', table: hostTable, sizing: { sparkWorkers, sparkWorker } },
      ],
      differences: expect.arrayContaining([{ figure: 'executorMemoryMiB', paper: 2048, here: 1462 }]),
    });
    expect(report.metrics.map(({ value }: { readonly value: number }) => value)).toContain(0.93);
    expect(report.parties[1]).not.toHaveProperty('rows');
  });

  test('tells people the same as a table, and others what they have to upload', async () => {
    const { url } = await flowOf('1.6.1', ran);
    const { stdout, stderr } = await benchmark('1.6.1', url);
    expect(stdout).toBe(`homo-lr on FATE 1.6.1: job 202611261200000000011
40 rows × 3 columns made up for each party, seed 1
max_iter: 30; batch_size: 320; learning_rate: 0.15; optimizer: sgd; penalty: L2; alpha: 0.01; init_method: zeros; early_stop: diff; tol: 0.00001
4 executors of 1 core and 1462 MiB, 4 partitions
guest 30000: ${guestTable}, 40 rows; 1 Spark worker of 8 CPU and 16 GiB, FATE Flow of 3 CPU and 5 GiB
host 40000: ${hostTable}; 1 Spark worker of 8 CPU and 16 GiB, FATE Flow of 3 CPU and 5 GiB
rows is 40, and 100000 in the white paper
columns is 3, and 250 in the white paper
executorMemoryMiB is 1462, and 2048 in the white paper

waited  2.5 s
took    60.0 s

task       role   party  began  took
reader_0   guest  30000  0.0 s  60.0 s
homo_lr_0  guest  30000  0.0 s  60.0 s

train.homo_lr_0.auc: 0.93
train.homo_lr_0.ks: 0.7
`);
    expect(stderr).toContain(
      'party 40000 has to have its rows already, by: kubefate-tanzu benchmark data homo-lr --party 40000 --role host --rows 40 --columns 3 --seed 1\n',
    );
  });

  test('uploads rows that are not there yet, and those that an upload has left that was cut', async () => {
    const uploads = async (tables: Script['tables']) => {
      const { url, asked } = await flowOf('1.6.1', { ...ran, tables });
      expect(await benchmark('1.6.1', url)).toMatchObject({ status: 0 });
      return asked
        .filter(({ path }) => path.includes('upload'))
        .map(({ path }) => new URL(path, url).searchParams.get('drop'));
    };
    expect(await uploads({})).toEqual(['0']);
    expect(await uploads({ [guestTable]: 40 })).toEqual([]);
    expect(await uploads({ [guestTable]: 7 })).toEqual(['1']);
  });

  test('says of times that FATE Flow does not tell that it does not', async () => {
    const { url } = await flowOf('2.2.0', { ...ran, times: undefined });
    const { stdout } = await benchmark('2.2.0', url);
    expect(stdout).toMatch(/^took +not told$/m);
    const report = JSON.parse((await benchmark('2.2.0', url, '--json')).stdout);
    expect(isReport(report), JSON.stringify(isReport.errors)).toBe(true);
    expect(report).not.toHaveProperty('tookSeconds');
  });

  test('measures the job of an earlier run, and submits none', async () => {
    const { url, asked } = await flowOf('1.6.1', ran);
    const { job } = JSON.parse((await benchmark('1.6.1', url, '--json')).stdout);
    const before = asked.length;
    expect(JSON.parse((await benchmark('1.6.1', url, '--json', '--job', job)).stdout)).toMatchObject({
      job,
      tookSeconds: 60,
    });
    expect(asked.slice(before).filter(({ path }) => /submit|upload/.test(path))).toEqual([]);
  });

  test('of a job that fails measures nothing, and tells it as a job', async () => {
    const { url } = await flowOf('1.6.1', { ...ran, tables: { [guestTable]: 40 }, states: ['failed'] });
    const { status, stdout } = await benchmark('1.6.1', url);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^job 202611261200000000010: failed\n/);
  });

  test('submits nothing where no table comes of the rows', async () => {
    const { url, asked } = await flowOf('1.6.1', { ...ran, states: ['failed'] });
    expect(await benchmark('1.6.1', url)).toMatchObject({ status: 1 });
    expect(asked.some(({ path }) => path.includes('submit'))).toBe(false);
  });

  test.each([
    [['--executors', '99'], 'resources.executors: 99 of 1 core do not fit party 30000'],
    [['--upload', '40000'], '--url is FATE Flow of 30000: --upload can name no other'],
    [['--upload', '90000'], '--upload 90000: it takes no part; use 30000, 40000'],
    [['--job', '12'], '12 is no id of a job'],
    [['--seed', '2', '--seed', '3'], '--seed is given more than once'],
    [['--guest', '30000'], '--guest is given more than once'],
  ])('%j is refused before anything is uploaded', async (options, message) => {
    const { url, asked } = await flowOf('1.6.1', ran);
    const { status, stderr } = await benchmark('1.6.1', url, ...options);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) });
    expect(asked.filter(({ path }) => path.includes('upload'))).toEqual([]);
  });

  test('prints what FATE Flow would be told, and asks nobody', async () => {
    const { stdout } = await run(
      'benchmark',
      'run',
      'homo-nn',
      '-d',
      '2.2.0.yaml',
      '--guest',
      '30000',
      '--host',
      '40000',
      '--print',
    );
    const { homo_nn_0 } = JSON.parse(stdout).dag_schema.dag.tasks;
    expect(homo_nn_0.parameters.runner_conf.training_args_conf).toEqual({
      num_train_epochs: 2,
      per_device_train_batch_size: 32,
    });
  });
});

describe('benchmark data', () => {
  test.each<Fate>(['1.6.1', '2.2.0'])('gives a party its rows once (FATE %s)', async (fate) => {
    const { url, asked } = await flowOf(fate);
    const told = { status: 0, stdout: `${hostTable} of party 40000: 40 rows\n` };
    expect(await data(fate, url)).toMatchObject(told);
    expect(await data(fate, url)).toMatchObject(told);
    expect(asked.filter(({ path }) => path.includes('upload'))).toHaveLength(1);
  });

  test('writes what it would upload, of the length that it would tell', async () => {
    const { url, asked } = await flowOf('1.6.1');
    expect(await data('1.6.1', url, '--to', 'rows.csv')).toMatchObject({ status: 0, stdout: 'rows.csv\n' });
    expect(asked).toEqual([]);
    await data('1.6.1', url);
    const sent = asked.find(({ path }) => path.includes('upload'));
    const text = readFileSync(`${folder}/rows.csv`, 'utf8');
    expect(text.split('\n')).toHaveLength(42);
    expect(sent?.body).toContain(`\r\n\r\n${text}\r\n--`);
    expect(Number(sent?.headers['content-length'])).toBe(Buffer.byteLength(`${sent?.body}`));
  });

  test('makes the folder that its file is to be in', async () => {
    expect(await data('1.6.1', 'http://192.0.2.1', '--to', 'new/rows/rows.csv')).toMatchObject({ status: 0 });
    expect(readFileSync(`${folder}/new/rows/rows.csv`, 'utf8').split('\n')).toHaveLength(42);
  });

  test('writes over no file', async () => {
    writeFileSync(`${folder}/mine.csv`, 'mine');
    const { status, stderr } = await data('1.6.1', 'http://192.0.2.1', '--to', 'mine.csv');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('mine.csv exists; name another file'),
    });
    expect(readFileSync(`${folder}/mine.csv`, 'utf8')).toBe('mine');
  });

  test('knows three benchmarks', async () => {
    const { status, stderr } = await run('benchmark', 'data', 'homo-svm', '-d', '1.6.1.yaml');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'error: homo-svm is no benchmark; use homo-lr, hetero-secure-boost, homo-nn\n',
    });
  });
});
