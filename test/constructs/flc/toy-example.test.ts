import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Chart } from 'cdk8s';
import type { Job } from 'kubernetes-types/batch/v1';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { App, FederatedLearningCluster, ToyExample } from '../../../constructs';
import { type FateRelease, type PartyProps, partyPlan, releases } from '../../../lib';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';
import { type AnyObject, fileOf, objectsOf } from '../../support/objects';

const planOf = (fate: FateRelease, props: Partial<PartyProps> = {}) =>
  partyPlan({ domain: 'example.com', fate, id: 30000, exchange: exchangeDescriptorOf({ fate }), ...props });

const partyOf = (fate: FateRelease, props: Partial<PartyProps>): AnyObject[] => {
  const plan = planOf(fate, props);
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
};
const kubefate = {
  driver: 'kubefate',
  transport: 'open',
  kubernetes: '1.21',
  storageClass: 'fast',
  verification: true,
};
const jobOf = (objects: readonly AnyObject[]): Job & { readonly metadata: { readonly name: string } } =>
  objects.find(({ kind }) => kind === 'Job');

describe('the Job', () => {
  const joined = partyOf('1.6.1', { verification: { with: [40000, 50000] } });

  test('is not there unless somebody asks for it', () => {
    expect(jobOf(partyOf('1.6.1', {}))).toBeUndefined();
    expect(jobOf(partyOf('1.6.1', { verification: false }))).toBeUndefined();
  });

  test('runs once, with a deadline that leaves time for each run', () => {
    const { spec } = jobOf(joined);
    expect(spec).toMatchObject({ backoffLimit: 0, template: { spec: { restartPolicy: 'Never' } } });
    const request = JSON.parse(fileOf(joined, 'toy-example', 'request.json'));
    expect(request.runs.map(({ host }: { host: number }) => host)).toEqual([30000, 40000, 50000]);
    expect(spec?.activeDeadlineSeconds).toBeGreaterThan(2 * request.patience + 3 * request.timeout);
  });

  test('tells its result by the message of its ended container', () => {
    const [container] = jobOf(joined).spec?.template.spec?.containers ?? [];
    expect(container?.env).toContainEqual({ name: 'RESULT', value: container?.terminationMessagePath });
    expect(container?.terminationMessagePolicy).toBe('FallbackToLogsOnError');
  });

  test('has the image of the client, and goes where the client goes', () => {
    const images = { client: 'harbor.example.com/own/client:1' };
    const pods = { client: { nodeSelector: { 'example.com/pool': 'fate' } } };
    const pod = jobOf(partyOf('1.11.2', { verification: true, images, pods })).spec?.template.spec;
    expect(pod?.containers[0]?.image).toBe(images.client);
    expect(pod?.nodeSelector).toEqual(pods.client.nodeSelector);
  });

  test('has the name of the plan that it runs on: the same is left alone, and a change is verified by another one', () => {
    const name = (props: Partial<PartyProps>) => jobOf(partyOf('1.6.1', props)).metadata.name;
    expect(name({ verification: true })).toMatch(/^toy-example-[0-9a-f]{8}$/);
    expect(name({ verification: true })).toBe(name({ verification: {} }));
    expect(name({ verification: true })).toBe(name({ verification: true, access: { context: 'org1' } }));
    const others = [{ sizing: 'production' }, { exchange: undefined }, { verification: { with: [40000] } }] as const;
    const names = [{}, ...others].map((props) => name({ verification: true, ...props }));
    expect(new Set(names).size).toBe(names.length);
  });

  test('stands beside what KubeFATE makes, and calls it by the names that it gives', () => {
    const exchange = exchangeDescriptorOf({ transport: 'open' });
    const plan = planOf('1.6.1', { ...kubefate, exchange } as Partial<PartyProps>);
    const objects = new FederatedLearningCluster(new App(), plan.namespace, plan).toJson();
    expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Namespace', 'ConfigMap', 'Job']));
    const { fateflow, proxy } = JSON.parse(fileOf(objects, 'toy-example', 'request.json'));
    expect([fateflow, proxy]).toEqual(['http://fateflow:9380', 'http://nginx:9300']);
  });

  test('can be drawn in a chart of somebody else, with its own partners', () => {
    const chart = new Chart(new App(), 'own', { namespace: 'fate-30000' });
    const { name } = new ToyExample(chart, 'toy-example', { plan: planOf('2.0.0'), with: [40000] });
    expect(jobOf(chart.toJson()).metadata).toMatchObject({ name, namespace: 'fate-30000' });
    expect(problemsOf(() => new ToyExample(chart, 'other', { plan: planOf('2.0.0'), with: [30000] }))).toEqual([
      expect.objectContaining({ path: 'with[0]' }),
    ]);
  });
});

test.each(Object.keys(releases) as FateRelease[])('the job of FATE %s takes one core for each role', (fate) => {
  const text = JSON.stringify(releases[fate].toyExample.job(30000, 40000, 600));
  expect(text).toContain('{"num-executors":1,"executor-cores":1,"total-executor-cores":1}');
  expect(text).toContain('"timeout":600');
});

/** What a stand-in for FATE Flow and nginx answers, by method and path. */
type Answers = (call: string, body: string) => { readonly status?: number; readonly body: string | Buffer | object };

const noPython = spawnSync('python3', ['--version']).status === 0 ? '' : ' (skipped: no python3)';

describe.skipIf(noPython !== '')(`the program of the Job${noPython}`, () => {
  let directory: string;
  let server: Server;
  let calls: { readonly call: string; readonly body: string; readonly to?: string }[];
  let program: ChildProcess | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'toy-example-'));
    calls = [];
  });
  afterEach(() => {
    program?.kill('SIGKILL');
    server.close();
    rmSync(directory, { recursive: true });
  });

  async function start(fate: FateRelease, answers: Answers, changes: object = {}): Promise<ChildProcess> {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const [call, text] = [`${request.method} ${request.url}`, `${Buffer.concat(chunks)}`];
        calls.push({ call, body: text, to: request.headers['dest-party-id'] as string | undefined });
        const { status = 200, body } = answers(call, text);
        response.writeHead(status).end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const objects = partyOf(fate, { verification: { with: [40000] } });
    const request = { ...JSON.parse(fileOf(objects, 'toy-example', 'request.json')), fateflow: here, proxy: here };
    for (const [name, text] of [
      ['request.json', JSON.stringify({ ...request, patience: 0, timeout: 3, ...changes })],
      ['toy-example.py', fileOf(objects, 'toy-example', 'toy-example.py')],
    ] as const)
      writeFileSync(join(directory, name), text);
    const env = { PATH: process.env['PATH'], RESULT: join(directory, 'result'), http_proxy: 'http://192.0.2.3:3128' };
    program = spawn('python3', ['toy-example.py', 'request.json'], { cwd: directory, env });
    return program;
  }

  /** Its exit code, and the lines of its result. */
  async function run(fate: FateRelease, answers: Answers, changes: object = {}) {
    const [code] = await once(await start(fate, answers, changes), 'exit');
    return { code, lines: resultLines() };
  }
  const resultLines = () => readFileSync(join(directory, 'result'), 'utf8').trim().split('\n');

  const isV2 = (fate: FateRelease) => fate.startsWith('2');
  const said = (fate: FateRelease, data?: unknown, job?: string): object =>
    isV2(fate)
      ? { code: 0, message: 'success', data, job_id: job }
      : { retcode: 0, retmsg: 'success', data, jobId: job };
  const refused = (fate: FateRelease, code: number, message: string, data?: unknown): object =>
    isV2(fate) ? { code, message, data } : { retcode: code, retmsg: message, data };
  const rows = (fate: FateRelease, ...rows: Record<string, unknown>[]): object =>
    said(
      fate,
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [isV2(fate) ? k : `f_${k}`, v]))),
    );

  /** All well; `changed` answers before. */
  const well =
    (
      fate: FateRelease,
      changed: (call: string, body: string) => ReturnType<Answers> | undefined = () => undefined,
    ): Answers =>
    (call, body) => {
      const other = changed(call, body);
      if (other !== undefined) return other;
      if (/job\/submit/.test(call)) return { body: said(fate, {}, '202111061608424372620') };
      if (/job\/query/.test(call)) return { body: rows(fate, { status: 'success' }) };
      return { body: said(fate, { FATE: fate, party_id: '30000' }) };
    };
  const known = Object.keys(releases) as FateRelease[];

  test.each(known)('says of FATE %s that all succeeded, with exit code 0', async (fate) => {
    const { code, lines } = await run(fate, well(fate));
    expect(lines).toEqual([
      expect.stringMatching(/^30000 alone: success in \d+ s$/),
      expect.stringMatching(/^30000 with 40000: success in \d+ s$/),
    ]);
    expect(code).toBe(0);
    const [probe] = releases[fate].coordination.probes;
    const probes = calls.filter(({ to }) => to !== undefined);
    expect(probes.map(({ call, to }) => [call, to])).toEqual([[probe, '40000']]); // as it is, or nginx refuses it
  });

  test.each(known)('goes on to the next one where FATE %s refuses the first, and ends in 1', async (fate) => {
    let asked = 0;
    const { code, lines } = await run(
      fate,
      well(fate, (call) =>
        /job\/submit/.test(call) && asked++ === 0
          ? { body: refused(fate, 100, 'create job failed', { host: { 40000: { retmsg: 'no route' } } }) }
          : undefined,
      ),
    );
    expect(lines[0]).toMatch(/^30000 alone: failed: create job failed .*no route/);
    expect(lines[1]).toMatch(/success/);
    expect(code).toBe(1);
  });

  test.each(known)('says of a failed job of FATE %s whose task failed, and what the log ends in', async (fate) => {
    const error = 'Exception: can not connect to pulsar';
    const archive = () => {
      const file = join(directory, 'logs/guest/30000/secure_add_example_0/ERROR.log');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `Traceback\n${error}\n`);
      return execFileSync('tar', ['-czf', '-', '-C', join(directory, 'logs'), '.']);
    };
    const { code, lines } = await run(
      fate,
      well(fate, (call) => {
        if (/job\/query/.test(call)) return { body: rows(fate, { status: 'failed' }) };
        if (/task\/query/.test(call))
          return { body: rows(fate, { role: 'host', party_id: '40000', party_status: 'failed', error_report: '' }) };
        if (/job\/log/.test(call)) return { body: archive() };
        if (/log\/(cat|query)/.test(call))
          return { body: said(fate, [{ line_num: 1, content: error }, { content: '' }]) };
        return undefined;
      }),
    );
    expect(lines[1]).toBe(
      `30000 with 40000: failed: job 202111061608424372620 is failed; host 40000 is failed; the guest's log ends in: ${error}`,
    );
    expect(code).toBe(1);
  });

  test.each(known)(
    'says of a job of FATE %s that failed at the other party that the error is not its own',
    async (fate) => {
      const archive = execFileSync('tar', ['-czf', '-', '-T', '/dev/null']);
      const { lines } = await run(
        fate,
        well(fate, (call) => {
          if (/job\/query/.test(call)) return { body: rows(fate, { status: 'failed' }) };
          if (/task\/query/.test(call))
            return { body: rows(fate, { role: 'guest', party_id: '30000', party_status: 'failed', error_report: '' }) };
          if (/job\/log/.test(call)) return { body: archive };
          return /log\/(cat|query)/.test(call) ? { body: said(fate, [{ line_num: 1, content: '' }]) } : undefined;
        }),
      );
      expect(lines[1]).toMatch(/ is failed; guest 30000 is failed; 30000 has no error of its own$/);
    },
    20_000,
  );

  test.each(known)(
    'says of FATE %s what it refuses to tell of a failed job, in its own words and once',
    async (fate) => {
      const { lines } = await run(
        fate,
        well(fate, (call) => {
          if (/job\/query/.test(call)) return { body: rows(fate, { status: 'failed' }) };
          return /task\/query|log/.test(call) ? { body: refused(fate, 100, 'the database is away') } : undefined;
        }),
      );
      const ofLogs = fate === '1.6.1' ? 'FATE Flow has no logs of job 202111061608424372620' : 'the database is away';
      expect(lines[0]).toMatch(new RegExp(` is failed; the database is away ?; ${ofLogs} ?$`));
      expect(calls.filter(({ call }) => /log/.test(call))).toHaveLength(lines.length);
    },
  );

  test('waits for the error of a failed job, which FATE Flow 2 tells after its state, and for that of either role', async () => {
    let asked = 0;
    const { lines } = await run(
      '2.2.0',
      well('2.2.0', (call) => {
        if (/job\/query/.test(call)) return { body: rows('2.2.0', { status: 'failed' }) };
        if (/task\/query/.test(call)) {
          const error_report = asked++ === 0 ? '' : 'Traceback\nno route';
          return { body: rows('2.2.0', { role: 'guest', party_id: '30000', party_status: 'failed', error_report }) };
        }
        if (!/log\/query/.test(call)) return undefined;
        const isHost = asked > 1 && call.includes('role=host');
        return { body: said('2.2.0', [{ line_num: 1, content: isHost ? 'no memory' : '' }]) };
      }),
    );
    expect(lines[0]).toMatch(/ is failed; guest 30000 is failed: no route; the host's log ends in: no memory$/);
  }, 20_000);

  test.each(known)('stops a job of FATE %s that is not done in time, and says what it waited for', async (fate) => {
    const { lines } = await run(
      fate,
      well(fate, (call) => (/job\/query/.test(call) ? { body: rows(fate, { status: 'waiting' }) } : undefined)),
      { timeout: 0 },
    );
    expect(lines[0]).toBe('30000 alone: failed: job 202111061608424372620 is still waiting after 0 s, and is stopped');
    expect(calls.filter(({ call }) => /job\/stop/.test(call)).map(({ body }) => JSON.parse(body))).toContainEqual({
      job_id: '202111061608424372620',
    });
  });

  test.each(known)('stops its job of FATE %s when it is ended itself', async (fate) => {
    const started = await start(
      fate,
      well(fate, (call) => (/job\/query/.test(call) ? { body: rows(fate, { status: 'running' }) } : undefined)),
      { timeout: 600 },
    );
    await vi.waitFor(() => expect(calls.some(({ call }) => /job\/query/.test(call))).toBe(true), 10_000);
    started.kill('SIGTERM');
    const [code] = await once(started, 'exit');
    expect(code).toBe(1);
    expect(calls.some(({ call }) => /job\/stop/.test(call))).toBe(true);
    expect(resultLines()).toEqual(['ended from outside before all was done']);
  });

  test.each(known)(
    'of FATE %s knows nginx from FATE Flow, and submits nothing to whom it does not reach',
    async (fate) => {
      const page =
        '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><hr><center>openresty</center></body></html>';
      const { lines } = await run(fate, (call, body) => {
        if (/job\/(submit|query)/.test(call)) return well(fate)(call, body);
        return calls.at(-1)?.to === undefined ? well(fate)(call, body) : { status: 502, body: page };
      });
      expect(lines[1]).toBe(
        '30000 with 40000: failed: FATE Flow of 40000, asked through nginx, does not answer: it is not FATE Flow that answers, but: 502 Bad Gateway openresty, for as long as it was waited for',
      );
      expect(calls.filter(({ call }) => /job\/submit/.test(call))).toHaveLength(1);
    },
  );

  test('waits until FATE Flow is there', async () => {
    let asked = 0;
    const { code } = await run(
      '2.2.0',
      well('2.2.0', (call) => (/site\/info/.test(call) && asked++ === 0 ? { status: 503, body: '' } : undefined)),
      { patience: 60 },
    );
    expect(code).toBe(0);
  }, 20_000);

  test.each<[string, object]>([
    ['a text in the place of rows', said('2.2.0', 'red \x1b[31m', '1')],
    ['a row that is none', said('2.2.0', [7], '1')],
    ['a job without an id', said('2.2.0', [])],
    ['a message that moves terminals', { code: 100, message: 'red \x1b[31m\x07\x7f' }],
  ])('ends without a trace, and in lines that move no terminal, where FATE Flow answers %s', async (_, body) => {
    const child = await start('2.2.0', () => ({ body }));
    let told = '';
    child.stderr?.on('data', (chunk) => (told += chunk));
    expect((await once(child, 'close'))[0]).toBe(1);
    expect(told).toBe('');
    expect(resultLines().join('')).toMatch(/^[ -~]*$/);
  });

  test("takes an answer that is none of FATE Flow for somebody else's", async () => {
    const { code, lines } = await run('1.6.1', () => ({ body: [] }));
    expect(code).toBe(1);
    expect(lines[0]).toContain('it is not FATE Flow that answers, but: []');
  });
});
