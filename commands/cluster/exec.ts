import { PassThrough, Writable } from 'node:stream';
import type { Exec, V1Status } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import type { Login } from './login';
import { ClusterRefusal } from './refusal';
import { patient, refusedSocket } from './web-socket';

/** A command for a container. */
export interface Execution {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** @default none */
  readonly input?: string;
  /** After which nobody waits any more. @default 60 */
  readonly seconds?: number;
}

/** What a command in a container came to. */
export interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws {ClusterRefusal} when the command cannot be run, or is not done in time */
export async function execute(login: Login, execution: Execution): Promise<Exit> {
  let ended: (status: V1Status) => void = () => {};
  const { answerMiB } = login.limits;
  const tooMuch = () => ended({ status: 'Failure', message: `more than ${answerMiB} MiB` });
  const [stdout, stderr] = [collector(answerMiB, tooMuch), collector(answerMiB, tooMuch)];
  const status = new Promise<V1Status>((resolve) => {
    ended = resolve;
  });
  const socket = await connect(login, execution, { stdout: stdout.stream, stderr: stderr.stream, ended });
  try {
    const code = exitCode(execution, await Promise.race([status, cut(socket, execution)]));
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    socket.terminate();
  }
}

type Socket = Awaited<ReturnType<Exec['exec']>>;

interface Streams {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly ended: (status: V1Status) => void;
}

async function connect(login: Login, execution: Execution, { stdout, stderr, ended }: Streams): Promise<Socket> {
  const { namespace, pod, container, command, input } = execution;
  const { Exec } = await import('@kubernetes/client-node');
  const exec = guarded(new Exec(patient(login)), ended);
  const stdin = input === undefined ? null : new PassThrough();
  const all = input === undefined ? [...command] : reading(command, Buffer.byteLength(input));
  try {
    const socket = await exec.exec(namespace, pod, container, all, stdout, stderr, stdin, false, ended);
    stdin?.write(input);
    return socket;
  } catch (error) {
    throw refused(login, execution, error);
  }
}

/** The library throws, where nobody catches it, of what is no stream and no status. */
function guarded(exec: Exec, ended: Streams['ended']): Exec {
  const { handler } = exec;
  exec.handler = {
    connect: (path, text, binary) =>
      handler.connect(path, text, (stream, data) => {
        try {
          return binary?.(stream, data) ?? true;
        } catch {
          ended({ status: 'Failure', message: 'what makes no sense' });
          return false;
        }
      }),
  };
  return exec;
}

/**
 * A command that sees the end of its input. Up to version 4 the protocol cannot say it: that is what API servers before
 * Kubernetes 1.30 speak, and for them the library ends the connection in its place.
 */
const reading = (command: readonly string[], bytes: number): string[] => [
  ...['sh', '-c', 'head -c "$0" | "$@"', `${bytes}`],
  ...command,
];

function refused(login: Login, execution: Execution, error: unknown): ClusterRefusal {
  const { namespace, pod, container } = execution;
  return refusedSocket(login, namespace, 'exec', error, (status) => {
    if (status === '404' || status === '400') return gone(execution);
    const what = `the node of pod ${pod} in ${namespace} runs no command in container ${container} (HTTP ${status})`;
    return new ClusterRefusal('failed', what, 'look whether the container runs, and its node is ready');
  });
}

const gone = ({ namespace, pod, container }: Execution): ClusterRefusal =>
  new ClusterRefusal(
    'not-found',
    `no container ${container} runs in a pod ${pod} of ${namespace}`,
    'look whether the pod is still there, and what it waits for',
  );

/** Rejects when nothing comes any more. */
function cut(socket: Socket, { namespace, pod, seconds = 60 }: Execution): Promise<never> {
  return new Promise((_, reject) => {
    const late = `a command in pod ${pod} of ${namespace} is not done in ${seconds} s`;
    const timer = setTimeout(() => reject(new ClusterRefusal('failed', late, 'look at its node')), seconds * 1000);
    socket.onclose = () => {
      clearTimeout(timer);
      const lost = `the connection to pod ${pod} of ${namespace} was cut`;
      reject(new ClusterRefusal('failed', lost, 'look whether the pod was restarted, and try again'));
    };
  });
}

function exitCode(execution: Execution, told: unknown): number {
  const { status, details, message } = Object(told) as Partial<V1Status>;
  if (status === 'Success') return 0;
  if (/container not found/.test(`${message}`)) throw gone(execution); // what API servers since 1.30 make of it
  const causes: readonly unknown[] = [Object(details).causes].flat();
  const code = Number(Object(causes.find((each) => Object(each).reason === 'ExitCode')).message ?? Number.NaN);
  if (Number.isInteger(code)) return code;
  const { namespace, pod } = execution;
  throw new ClusterRefusal(
    'failed',
    `a command in pod ${pod} of ${namespace} did not start, or not end`,
    `it says: ${message}`,
  );
}

function collector(mostMiB: number, tooMuch: () => void) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= mostMiB * 1024 ** 2) chunks.push(chunk);
      else tooMuch();
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
