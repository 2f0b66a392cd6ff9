import { Duplex, PassThrough, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { Login } from './login';
import { ClusterRefusal } from './refusal';
import { patient, refusedSocket } from './web-socket';

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/**
 * A connection to a port of a pod, through the API server and the node, and by no port of this machine: whoever else is on it could
 * come in by one.
 *
 * @throws {ClusterRefusal} when there is no way
 */
export async function forward(login: Login, to: PodPort): Promise<Duplex> {
  const { PortForward } = await import('@kubernetes/client-node');
  const input = new PassThrough();
  let socket: WebSocket | undefined;
  const duplex = new Duplex({
    read() {},
    async write(chunk: Buffer, _encoding, done) {
      input.write(chunk);
      while (socket !== undefined && socket.bufferedAmount > mostUnsent) await sleep(10);
      done();
    },
    final: (done) => done(), // the other side would take the end of a request for the end of all
    destroy(error, done) {
      socket?.terminate();
      done(error);
    },
  });
  duplex.on('error', () => {}); // it keeps its error for whoever uses it next
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (chunk.length > 0) duplex.push(chunk);
      done();
    },
  });
  const errors = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (chunk.length > 0) duplex.destroy(closed(to, chunk.toString()));
      done();
    },
  });
  try {
    const { namespace, pod, port } = to;
    socket = (await new PortForward(patient(login)).portForward(
      namespace,
      pod,
      [port],
      output,
      errors,
      input,
    )) as WebSocket;
  } catch (error) {
    throw refused(login, to, error);
  }
  socket.onclose = () => duplex.push(null);
  return duplex;
}

/** Bytes of a file that wait for the network, in memory. */
const mostUnsent = 2 ** 20;

const closed = ({ pod, port }: PodPort, said: string): ClusterRefusal =>
  new ClusterRefusal('failed', `pod ${pod} takes no connection at port ${port}`, `its node says: ${said}`);

const refused = (login: Login, { namespace, pod }: PodPort, error: unknown): ClusterRefusal =>
  refusedSocket(login, namespace, 'portforward', error, (status) => {
    const what = `the node of pod ${pod} in ${namespace} forwards no port (HTTP ${status})`;
    return new ClusterRefusal('failed', what, 'look whether the pod runs, and its node is ready');
  });
