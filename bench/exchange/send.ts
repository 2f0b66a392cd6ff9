/**
 * Stands in for the Pulsar that replicates. Told a way by its parent, it opens tunnels by TLS under the receiver's name, sends
 * through all of them at once, and tells the milliseconds from the first byte until the receiver has all.
 */
import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { Way } from './traffic';

process.on('message', async (way: Way) => process.send?.(await time(way)));

async function time({ host, port, name, tunnels, bytes }: Way): Promise<number> {
  const patience = setTimeout(() => process.exit(1), 60_000);
  const options = { host, port, servername: name, rejectUnauthorized: false };
  const sockets = await Promise.all(Array.from({ length: tunnels }, () => open(options)));
  const start = performance.now();
  await Promise.all(sockets.map((socket) => send(socket, Math.floor(bytes / tunnels))));
  const end = performance.now();
  for (const socket of sockets) socket.destroy();
  clearTimeout(patience);
  return end - start;
}

async function open(options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect(options);
  await once(socket, 'secureConnect');
  return socket;
}

async function send(socket: TLSSocket, bytes: number): Promise<void> {
  const received = once(socket, 'data');
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(bytes));
  socket.write(head);
  for (let left = bytes; left > 0; left -= chunk.length) {
    if (!socket.write(chunk.subarray(0, left))) await once(socket, 'drain');
  }
  await received;
}

const chunk = Buffer.alloc(64 * 1024);
