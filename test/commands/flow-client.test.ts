import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FlowClient, FlowRefusal, rowsIn } from '../../commands/flow/flow-client';
import type { FateRelease } from '../../lib';
import { releases } from '../../lib/fate/releases';
import { figureLines, metricFigures } from '../../lib/jobs/answers';
import { fateFlow, type Script } from '../support/fate-flow';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flow-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const open: (() => void)[] = [];
const connections: Duplex[] = [];
afterEach(async () => {
  const left = connections.splice(0);
  await expect.poll(() => left.filter(({ destroyed }) => !destroyed)).toEqual([]); // nothing keeps the tool waiting
  for (const close of open.splice(0)) close();
});

type WayName = 'at a URL' | 'through a cluster';

async function flowOf(fate: FateRelease, script?: Script, seconds = 1, way: WayName = 'at a URL') {
  const stand = await fateFlow(fate, script);
  open.push(stand.close);
  const limits = { answerSeconds: seconds, submitSeconds: seconds };
  const url = new URL(stand.url);
  const flow = new FlowClient(
    30_000,
    fate,
    way === 'at a URL' ? { url } : { connect: async () => forwarded(url) },
    limits,
  );
  return { ...stand, flow };
}

/** As a cluster forwards a port: what is written and read, and nothing else that a socket has. */
function forwarded({ hostname, port }: URL): Duplex {
  const socket = connect(Number(port), hostname);
  const duplex = new Duplex({
    read() {},
    write: (chunk, _encoding, done) => socket.write(chunk, done),
    final: (done) => done(),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => duplex.push(chunk)).on('error', (error) => duplex.destroy(error));
  connections.push(duplex);
  return duplex;
}

async function refusal(work: Promise<unknown>): Promise<FlowRefusal> {
  const error = await work.then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(FlowRefusal);
  expect(error.message).toMatch(/^[\x20-\x7e…äöü]*$/);
  expect(error.message.length).toBeLessThan(1000);
  return error;
}

const submission = { job_runtime_conf: { job_parameters: { common: { work_mode: 1 } } } };

const ways = (Object.keys(releases) as FateRelease[]).flatMap((fate) =>
  (['at a URL', 'through a cluster'] as const).map((way) => [fate, way] as const),
);

describe.each(ways)('FATE Flow %s %s', (fate, way) => {
  test('takes a job, and tells its state and its tasks', async () => {
    const { flow } = await flowOf(fate, { tasks: { reader_0: 'success', homo_lr_0: 'failed' } }, 1, way);
    const { job } = await flow.submit(submission);
    expect([await flow.state(job), await flow.state(job), await flow.state(job)]).toEqual([
      'waiting',
      'running',
      'success',
    ]);
    expect(await flow.tasks(job)).toEqual([
      { task: 'reader_0', role: 'guest', party: '30000', state: 'success' },
      { task: 'homo_lr_0', role: 'guest', party: '30000', state: 'failed', error: 'ValueError: no rows' },
    ]);
    expect(await flow.stop(job)).toBe('stop job on all party success');
    expect(await flow.rerun(job)).toBe('rerun job success');
  });

  test('tells figures of metrics by their names', async () => {
    const { flow } = await flowOf(fate, {}, 1, way);
    const figures = metricFigures(await flow.metrics('202611261200000000010', 'guest', 30_000, 'evaluation_0'));
    expect(figures).toContainEqual({ name: expect.stringMatching(/homo_lr_0.*\.auc$/), value: 0.93 });
  });

  test('makes a table of a file, which comes whole and under a name that is no path', async () => {
    const { flow, asked } = await flowOf(fate, {}, 1, way);
    const path = join(folder, '..csv of "me"');
    writeFileSync(path, `id,y\n${Array.from({ length: 20_000 }, (_, i) => `${i},${i % 2}\n`).join('')}`);
    const parts: number[] = [];
    const key = fate.startsWith('1.') ? 'table_name' : 'name';
    const job = await flow.upload(rowsIn(path), { namespace: 'experiment', [key]: 'rows' }, (part) => parts.push(part));
    expect(job).toMatch(/^\d+$/);
    expect(parts.at(-1)).toBe(1);
    expect(asked[0]?.body).toContain('filename="_csv_of__me_"');
    expect(await flow.rows('experiment', 'rows')).toBe(20_000);
    expect(await flow.rows('experiment', 'others')).toBeUndefined();
  });

  test('gives archives, into files that were not there', async () => {
    const { flow, asked } = await flowOf(fate, {}, 1, way);
    const path = join(folder, `${fate} ${way}.tar.gz`);
    await flow.output('202611261200000000010', 'guest', 30_000, 'homo_lr_0', path);
    expect(gunzipSync(readFileSync(path)).toString()).toBe('rows');
    expect(`${asked[0]?.path}${asked[0]?.body}`).toContain('homo_lr_0');
    await expect(flow.logs('202611261200000000010', path)).rejects.toThrow(/exists; name another file$/);
  });

  test.each<[string, Script['instead'], RegExp]>([
    [
      'a refusal with status 200',
      {
        job: {
          body: {
            retcode: 100,
            code: 100,
            retmsg: 'create job\nfailed',
            message: 'create job\nfailed',
            data: { host: { 40000: 'away' } },
          },
        },
      },
      /^FATE Flow of party 30000 refuses: create job failed \{"host":\{"40000":"away"\}\}$/,
    ],
    [
      'a page of nginx',
      { job: { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>' } },
      /^it is not FATE Flow of party 30000 that answers, but: 502 Bad Gateway$/,
    ],
    ['nothing', { job: undefined }, /^FATE Flow of party 30000 does not answer: no answer in 1 s$/],
    ['an empty answer', { job: { body: '' } }, /but: nothing$/],
    ['JSON of somebody else', { job: { body: { error: '\u001b[31mred' } } }, /but: \{"error":"\\u001b\[31mred"\}$/],
    ['a text of controls', { job: { body: '\u001b]0;title\u0007' } }, /but: \\u001b\]0;title\\u0007$/],
    ['megabytes', { job: { body: 'x'.repeat(40 * 2 ** 20) } }, /does not answer: an answer of more than 32 MiB$/],
    ['lists in lists', { job: { body: '['.repeat(100_000) } }, /but: \[\[\[/],
  ])('%s is told in a sentence', async (_, instead, message) => {
    const { flow } = await flowOf(fate, { instead }, instead?.['job'] === undefined ? 1 : 30, way);
    expect((await refusal(flow.submit(submission))).message).toMatch(message);
  });

  test('a job without an id is none', async () => {
    const instead = { submit: { body: { retcode: 0, code: 0, jobId: '../1', job_id: '../1' } } };
    const { flow } = await flowOf(fate, { instead }, 1, way);
    expect((await refusal(flow.submit(submission))).message).toMatch(/takes the job, and names none$/);
  });

  test('an archive that is a refusal leaves no file', async () => {
    const said = { body: { retcode: 210, code: 2000, retmsg: 'no data', message: 'no data' } };
    const { flow } = await flowOf(fate, { instead: { download: said, '/job/log': said } }, 1, way);
    const path = join(folder, 'none.tar.gz');
    await expect(flow.logs('202611261200000000010', path)).rejects.toThrow(/refuses: no data/);
    expect(() => readFileSync(path)).toThrow();
  });
});

test('a job that a party does not know has no state, in FATE 1, or is refused', async () => {
  const job = '202611261200000000099';
  expect(await (await flowOf('1.6.1')).flow.state(job)).toBeUndefined();
  const { code, message } = await refusal((await flowOf('2.2.0')).flow.state(job));
  expect([code, message]).toEqual([1001, 'FATE Flow of party 30000 refuses: no found job']);
});

test.each(['at a URL', 'through a cluster'] as const)('an answer that stops in its middle is told, %s', async (way) => {
  const { flow, server } = await flowOf('1.6.1', {}, 1, way);
  server.removeAllListeners('request').on('request', (_, response) => response.writeHead(200).write('{ "retcode": '));
  const { message } = await refusal(flow.state('202611261200000000010'));
  expect(message).toBe('FATE Flow of party 30000 does not answer: nothing more in 1 s');
});

test('a door that is closed is told', async () => {
  const { flow, close } = await flowOf('1.6.1');
  close();
  expect((await refusal(flow.state('202611261200000000010'))).message).toMatch(/does not answer: connect ECONNREFUSED/);
});

test('figures of metrics are found in any form, and end where they do not', () => {
  expect(
    metricFigures({
      train: {
        loss: {
          data: [
            [0, 0.7],
            [1, 0.5],
          ],
          meta: { a: 1 },
        },
      },
    }),
  ).toEqual([
    { name: 'train.loss.0', value: 0.7 },
    { name: 'train.loss.1', value: 0.5 },
  ]);
  expect(metricFigures([{ name: 'loss', data: [{ metric: 0.7, step: 0 }] }])).toEqual([{ name: 'loss.0', value: 0.7 }]);
  const deep: unknown[] = [];
  let at = deep;
  for (let i = 0; i < 50_000; i++) {
    const next: unknown[] = [];
    at.push(next);
    at = next;
  }
  expect(metricFigures(deep)).toEqual([]);
  expect(metricFigures(Array(50_000).fill(1))).toHaveLength(10_000);
});

test('people read a figure for each name, and how many more are those of curves', () => {
  const evaluation = {
    train_set: [
      { metric: 'auc', val: 0.9 },
      { metric: 'confusion_matrix', val: { tn: [1, 2, 3], cuts: [0.1, 0.2] } },
    ],
  };
  const figures = metricFigures([{ name: 'evaluation', data: { homo_lr_0: evaluation } }]);
  expect(figures).toHaveLength(6);
  expect(figureLines(figures)).toEqual(['evaluation.homo_lr_0.train_set.auc: 0.9', '5 figures of curves: see --json']);
  expect(figureLines(figures.slice(0, 1))).toEqual(['evaluation.homo_lr_0.train_set.auc: 0.9']);
});
