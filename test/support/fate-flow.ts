import { gzipSync } from 'node:zlib';
import type { FateRelease } from '../../lib';
import { releases } from '../../lib/fate/releases';
import { type Answering, type Asked, standIn } from './api-stand-in';

/** What a stand-in for FATE Flow does with the jobs that it gets. */
export interface Script {
  /** States that it tells one after the other; it stays in the last. @default waiting, running, success */
  readonly states?: readonly string[];
  /** Tasks at its party, by name, with their states. */
  readonly tasks?: Readonly<Record<string, string>>;
  /** When it takes a job, and how many milliseconds after that it begins and ends. @default it tells nothing of it */
  readonly times?: readonly [created: number, started: number, ended: number];
  /** Tables that are there, by `namespace.name`, with their rows. */
  readonly tables?: Readonly<Record<string, number>>;
  /** How often it is asked to run a job again before it does, whatever it answers. @default 1 */
  readonly reruns?: number;
  /** What somebody says in its place, by a part of a path; nothing at all where it is `undefined`. */
  readonly instead?: Readonly<Record<string, ReturnType<Answering>>>;
}

/** Answers as FATE Flow of a release does, whose status is 200 whatever it says. */
export async function fateFlow(fate: FateRelease, script: Script = {}) {
  const { jobs, jobCalls } = releases[fate];
  const {
    states = ['waiting', 'running', 'success'],
    tasks = {},
    times,
    tables = {},
    reruns = 1,
    instead = {},
  } = script;
  const [created, ...since] = times ?? [];
  const told = created && {
    create_time: created,
    ...Object.fromEntries(since.map((after, i) => [`${['start', 'end'][i]}_time`, created + after])),
  };
  const isOld = jobs.prefix !== '';
  const rows = new Map(Object.entries(tables));
  const known = new Set<string>();
  let asks = 0;
  let asksToRerun = 0;
  const answer = (code: number, message: string, data?: unknown, job?: string) => ({
    body: { [jobs.answer.code]: code, [jobs.answer.message]: message, data, [jobs.answer.job]: job },
  });
  const done = (data?: unknown, job?: string) => answer(0, 'success', data, job);
  const taken = (data: object = {}) => {
    const job = `2026112612000000000${10 + known.size}`;
    known.add(job);
    asks = 0;
    return done(
      isOld ? { ...data, job_id: job, board_url: `http://fateboard:8080/index.html#/dashboard?job_id=${job}` } : data,
      job,
    );
  };
  const prefixed = (row: object) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [jobs.prefix + key, value]));

  function submit({ body }: Asked) {
    const { job_runtime_conf: conf } = JSON.parse(body);
    if (isOld && fate === '1.6.1' && conf.job_parameters.common.work_mode === undefined)
      return answer(100, 'required parameter values: work_mode=(0, 1)');
    return taken({ model_info: { model_id: 'm', model_version: 'v' } });
  }

  function state(job: string) {
    if (!known.has(job)) return isOld ? answer(0, 'no job could be found', []) : answer(1001, 'no found job');
    const status = asksToRerun >= reruns ? 'success' : (states[Math.min(asks++, states.length - 1)] as string);
    return done([prefixed({ job_id: job, role: 'guest', party_id: '30000', status, progress: 33, ...told })]);
  }

  function tasksOf(job: string) {
    const all = Object.entries(tasks).map(([name, state]) => {
      const error_report = state === 'failed' ? 'Traceback:\n  File "a.py"\nValueError: no rows\n' : '';
      const row = {
        job_id: job,
        role: 'guest',
        party_id: '30000',
        status: state,
        party_status: state,
        error_report,
        ...told,
      };
      return prefixed({ ...row, [jobCalls.task]: name });
    });
    return all.length === 0 && isOld ? answer(101, 'find task failed') : done(all);
  }

  function upload({ path, body }: Asked) {
    const query = new URL(`http://flow${path}`).searchParams;
    const field = (name: string) => query.get(name) ?? new RegExp(`name="${name}"\r\n\r\n([^\r]*)`).exec(body)?.[1];
    const name = `${field('namespace')}.${field(isOld ? 'table_name' : 'name')}`;
    if (isOld && rows.has(name) && field('drop') !== '1') return answer(100, 'The data table already exists.');
    const [, text = ''] = /name="file".*?\r\n\r\n(.*?)\r\n--/s.exec(body) ?? [];
    rows.set(name, text.trim().split('\n').length - 1);
    return taken();
  }

  function table(fields: Readonly<Record<string, string>>) {
    const name = `${fields['namespace']}.${fields[jobCalls.table.name]}`;
    const count = rows.get(name);
    if (isOld) return done({ exist: count === undefined ? 0 : 1, count: count ?? 0 });
    return count === undefined ? answer(7001, 'No found table') : done({ count });
  }

  const metrics = isOld
    ? {
        train: {
          homo_lr_0: {
            data: [
              ['auc', 0.93],
              ['ks', 0.7],
            ],
            meta: { name: 'homo_lr_0' },
          },
        },
      }
    : [{ name: 'evaluation', data: { homo_lr_0: { train_set: [{ metric: 'auc', val: 0.93 }] } } }];
  const archive = { body: gzipSync('rows') };

  const stand = await standIn((asked) => {
    const [at = ''] = asked.path.split('?');
    for (const [part, said] of Object.entries(instead)) if (at.includes(part)) return said;
    const isQuery = asked.method === 'GET' && asked.body === '';
    const fields = isQuery
      ? Object.fromEntries(new URL(`http://flow${asked.path}`).searchParams)
      : asked.headers['content-type'] === 'application/json'
        ? JSON.parse(asked.body)
        : {};
    const call = `${asked.method} ${at}`;
    const calls: Readonly<Record<string, () => ReturnType<Answering>>> = {
      [jobs.submit]: () => submit(asked),
      [jobs.states]: () => state(fields.job_id),
      [jobs.tasks]: () => tasksOf(fields.job_id),
      [jobs.stop]: () => answer(0, 'stop job on all party success'),
      [jobCalls.rerun.call]: () => {
        if (fields.component_name === 'pipeline' || !isOld) asksToRerun++;
        return answer(0, 'rerun job success'); // FATE Flow 1.6 says so whatever it has found
      },
      [jobCalls.upload.call]: () => upload(asked),
      [jobCalls.table.call]: () => table(fields),
      [jobCalls.metrics]: () => done(metrics),
      [jobCalls.output.call]: () => archive,
      [jobCalls.logs.call]: () => archive,
      ...(jobCalls.deploy && { [jobCalls.deploy]: () => done({ ...fields, model_version: '202611261300000000001' }) }),
    };
    return calls[call]?.() ?? { status: 404, body: '<html><title>404 Not Found</title></html>' };
  });
  return stand;
}
