import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { PartyDescriptor } from '../../../lib';
import { certifiedKey } from '../support/certified-key';
import { addOutside } from '../support/network';

export interface FakePulsar {
  /** Connections so far, whatever came of them. */
  connections(): number;
  close(): void;
}

/** Stands in for a party's Pulsar: TLS under the party's name, and every line comes back with the party's id before it. */
export async function fakePulsar({
  id,
  fqdn,
  pulsar,
}: Pick<PartyDescriptor, 'id' | 'fqdn' | 'pulsar'>): Promise<FakePulsar> {
  addOutside(pulsar.address);
  let connections = 0;
  const open = new Set<TLSSocket>();
  const server = createServer(certifiedKey(fqdn), (socket) => {
    open.add(socket.on('error', () => {}).on('close', () => open.delete(socket)));
    createInterface(socket).on('line', (line) => socket.write(`${id} ${line}\n`));
  });
  server.on('connection', () => connections++);
  await once(server.listen(pulsar.port, pulsar.address), 'listening');
  return {
    connections: () => connections,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

interface TunnelOptions {
  /** Address that it comes from. */
  readonly localAddress?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface Tunnel {
  /** Common name of the certificate at the other end. */
  readonly peer: string;
  /** Common name of who has signed that. */
  readonly authority: string;
  /** Sends a line and waits for the next one that comes. */
  ask(line: string): Promise<string>;
  /** Whether neither end has closed it. */
  isOpen(): boolean;
  close(): void;
}

/** TLS to this server under this name, as a Pulsar begins replication. */
export async function openTunnel(server: string, servername: string, options: TunnelOptions = {}): Promise<Tunnel> {
  const socket = connect({ host: server, port: 443, servername, rejectUnauthorized: false, ...options });
  const patience = setTimeout(() => socket.destroy(new Error('no handshake within 10 s')), 10_000);
  try {
    await once(socket, 'secureConnect');
  } finally {
    clearTimeout(patience);
  }
  socket.on('error', () => {});
  const lines = createInterface(socket);
  lines.on('error', () => {});
  const { subject, issuer } = socket.getPeerCertificate();
  return {
    peer: String(subject.CN),
    authority: String(issuer.CN),
    ask: async (line) => {
      const answer = once(lines, 'line', { signal: AbortSignal.timeout(10_000) });
      socket.write(`${line}\n`);
      return String((await answer)[0]);
    },
    isOpen: () => !socket.destroyed && !socket.readableEnded,
    close: () => socket.destroy(),
  };
}
