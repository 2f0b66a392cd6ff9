import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ArchiveCall, type Call, type FateRelease, releases } from '../../lib/fate/releases';
import {
  type FlowAnswer,
  flowAnswer,
  jobState,
  jobTimes,
  type TaskState,
  type TimesTold,
  taskStates,
} from '../../lib/jobs/answers';
import type { Deployment } from '../../lib/jobs/dsl';
import { checkWritable, makeFolder } from '../files';
import { Mistake } from '../mistake';
import { type Request, sent, textOf, type Way } from './http';

type Fields = Readonly<Record<string, unknown>>;
type Done = Extract<FlowAnswer, { readonly kind: 'done' }>;

/** CSV for a table, which may be larger than memory. */
export interface SentRows {
  /** Name of its file. */
  readonly name: string;
  /** How much it is, since FATE Flow takes nothing whose end it does not know. */
  readonly bytes: number;
  readonly pieces: () => AsyncIterable<Buffer> | Iterable<string>;
}

/** Rows of a file, from a byte of it on. */
export const rowsIn = (path: string, start = 0): SentRows => ({
  name: basename(path),
  bytes: statSync(path).size - start,
  pieces: () => createReadStream(path, { start }) as AsyncIterable<Buffer>,
});

/** Why FATE Flow did not do it: what it said, or who said something else in its place. */
export class FlowRefusal extends Mistake {
  constructor(
    message: string,
    /** FATE Flow's own of its refusal; none where nobody answered, or somebody else. */
    readonly code?: number | string,
  ) {
    super(message);
  }
}

/** FATE Flow of a party, for those who have jobs. Every method fails with a {@link FlowRefusal}, or with what is wrong with the way. */
export class FlowClient {
  readonly #release: (typeof releases)[FateRelease];

  constructor(
    readonly party: number,
    release: FateRelease,
    private readonly way: Way,
    private readonly limits = { answerSeconds: 60, submitSeconds: 300 },
  ) {
    this.#release = releases[release];
  }

  /** Takes as long as all parties take, of which the last may be away. */
  async submit(submission: object): Promise<{ readonly job: string; readonly board?: string }> {
    const { job, board } = await this.#ask(this.#release.jobs.submit, submission, this.limits.submitSeconds);
    if (job !== undefined) return { job, board };
    throw new FlowRefusal(`FATE Flow of party ${this.party} takes the job, and names none`);
  }

  /** None: this party has no such job. */
  async state(job: string): Promise<string | undefined> {
    const { states } = this.#release.jobs;
    const { data } = await this.#ask(states, { job_id: job });
    return jobState(data, this.#release.jobs);
  }

  async times(job: string): Promise<TimesTold> {
    const { data } = await this.#ask(this.#release.jobs.states, { job_id: job });
    return jobTimes(data, this.#release.jobs);
  }

  async tasks(job: string): Promise<readonly TaskState[]> {
    const { data } = await this.#ask(this.#release.jobs.tasks, { job_id: job });
    return taskStates(data, this.#release.jobs, this.#release.jobCalls.task);
  }

  async stop(job: string): Promise<string> {
    return (await this.#ask(this.#release.jobs.stop, { job_id: job }, this.limits.submitSeconds)).message;
  }

  async rerun(job: string): Promise<string> {
    const { call, fields } = this.#release.jobCalls.rerun;
    return (await this.#ask(call, { ...fields, job_id: job }, this.limits.submitSeconds)).message;
  }

  /** Rows of a table; none where there is no such table. */
  async rows(namespace: string, name: string): Promise<number | undefined> {
    const { call, name: field, absent } = this.#release.jobCalls.table;
    try {
      const { data } = await this.#ask(call, { namespace, [field]: name });
      const { exist, count } = Object(data) as { readonly exist?: unknown; readonly count?: unknown };
      return exist === 0 || exist === false || typeof count !== 'number' ? undefined : count;
    } catch (error) {
      if (error instanceof FlowRefusal && absent !== undefined && error.code === absent) return undefined;
      throw error;
    }
  }

  /** As FATE Flow tells them. */
  async metrics(job: string, role: string, party: number, task: string): Promise<unknown> {
    return (await this.#ask(this.#release.jobCalls.metrics, this.#taskOf(job, role, party, task))).data;
  }

  /** The version in which a model predicts. */
  async deploy(deployment: Deployment): Promise<string> {
    const { deploy } = this.#release.jobCalls;
    if (deploy === undefined) throw new Error('models of this release are not deployed');
    const { data } = await this.#ask(deploy, { ...deployment }, this.limits.submitSeconds);
    const { model_version } = Object(data) as { readonly model_version?: unknown };
    if (typeof model_version === 'string') return model_version;
    throw new FlowRefusal(`FATE Flow of party ${this.party} deploys the model, and names no version`);
  }

  /** Writes what a task has put out into a file: tar by gzip. */
  output = (job: string, role: string, party: number, task: string, path: string): Promise<void> =>
    this.#archive(this.#release.jobCalls.output, this.#taskOf(job, role, party, task), path);

  /** Writes all logs of a job into a file: tar by gzip. */
  logs = (job: string, path: string): Promise<void> =>
    this.#archive(this.#release.jobCalls.logs, { job_id: job }, path);

  /** Sends rows, and answers the job that makes a table of them. @param told gets the part that is sent, from 0 to 1 */
  async upload(
    rows: SentRows,
    fields: Readonly<Record<string, string>>,
    told: (part: number) => void,
    signal?: AbortSignal,
  ): Promise<string> {
    const { call, fields: place } = this.#release.jobCalls.upload;
    const boundary = randomBytes(16).toString('hex');
    const parts = Object.entries(place === 'form' ? fields : {}).map(
      ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    // FATE Flow 1.6 takes the name for a path.
    const name = rows.name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_');
    const head = `${parts.join('')}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n`;
    const tail = `\r\n--${boundary}--\r\n`;
    const [method = '', at] = call.split(' ');
    const answer = await this.#answer(
      {
        method,
        path: place === 'query' ? `${at}?${new URLSearchParams(fields)}` : `${at}`,
        headers: {
          'content-type': `multipart/form-data; boundary=${boundary}`,
          'content-length': Buffer.byteLength(head) + rows.bytes + Buffer.byteLength(tail),
        },
        body: Readable.from(framed(head, rows, tail, told)),
        signal,
      },
      this.limits.submitSeconds,
    );
    if (answer.job !== undefined) return answer.job;
    throw new FlowRefusal(`FATE Flow of party ${this.party} takes the file, and names no job`);
  }

  #taskOf = (job: string, role: string, party: number, task: string): Fields => ({
    job_id: job,
    role,
    party_id: `${party}`,
    [this.#release.jobCalls.task]: task,
  });

  #ask = (call: Call, fields: object, seconds = this.limits.answerSeconds): Promise<Done> =>
    this.#answer(requestOf(call, fields), seconds);

  async #answer(request: Request, seconds: number): Promise<Done> {
    const response = await this.#send(request, seconds);
    const text = await textOf(response).catch((error: Error) => {
      throw this.#unanswered(error);
    });
    return this.#done(text);
  }

  async #archive({ call, inBody }: ArchiveCall, fields: Fields, path: string): Promise<void> {
    checkWritable(path);
    const response = await this.#send(requestOf(call, fields, inBody), this.limits.submitSeconds);
    const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const first = await chunks.next().catch((error: Error) => {
      throw this.#unanswered(error);
    });
    const start = first.done ? Buffer.alloc(0) : first.value;
    if (start[0] !== gzip[0] || start[1] !== gzip[1]) {
      this.#done(start.toString());
      throw new FlowRefusal(`FATE Flow of party ${this.party} answers with no archive`);
    }
    makeFolder(dirname(path));
    try {
      await pipeline(resumed(start, chunks), createWriteStream(path, { mode: 0o600, flags: 'wx' }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new Mistake(`${path} exists; name another file`);
      await rm(path, { force: true });
      throw this.#unanswered(error as Error);
    }
  }

  async #send(request: Request, seconds: number) {
    try {
      return await sent(this.way, request, seconds);
    } catch (error) {
      if (error instanceof Mistake) throw error;
      throw this.#unanswered(error as Error);
    }
  }

  #done(text: string): Done {
    const answer = flowAnswer(text, this.#release.jobs);
    if (answer.kind === 'done') return answer;
    if (answer.kind === 'refused')
      throw new FlowRefusal(`FATE Flow of party ${this.party} refuses: ${answer.message}`, answer.code);
    throw new FlowRefusal(`it is not FATE Flow of party ${this.party} that answers, but: ${answer.text || 'nothing'}`);
  }

  #unanswered = ({ message }: Error): FlowRefusal =>
    new FlowRefusal(`FATE Flow of party ${this.party} does not answer: ${message}`);
}

/** How its files begin. */
const gzip = [0x1f, 0x8b] as const;

async function* resumed(start: Buffer, chunks: AsyncIterator<Buffer>) {
  yield start;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}

function requestOf(call: Call, fields: object, inBody = call.startsWith('POST ')): Request {
  const [method = '', path = ''] = call.split(' ');
  if (!inBody) return { method, path: `${path}?${new URLSearchParams(fields as Record<string, string>)}` };
  const body = JSON.stringify(fields);
  return {
    method,
    path,
    body,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  };
}

async function* framed(head: string, { bytes, pieces }: SentRows, tail: string, told: (part: number) => void) {
  yield Buffer.from(head);
  let read = 0;
  for await (const piece of pieces()) {
    const chunk = Buffer.from(piece);
    read += chunk.length;
    yield chunk;
    told(bytes === 0 ? 1 : read / bytes);
  }
  yield Buffer.from(tail);
}
