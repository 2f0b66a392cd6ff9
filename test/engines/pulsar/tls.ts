import { once } from 'node:events';
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls';
import { services } from '../../../lib';
import type { CertifiedKey } from '../support/certified-key';
import { addOutside } from '../support/network';

/** What Pulsar's clients say first: the sizes of frame and command, then the command `CONNECT` as protocol buffers. */
const connectCommand = Buffer.from('000000100000000c080212080a0474657374200f', 'hex');

/** Whether who listens there has one byte for a client of Pulsar. */
export async function answers(options: ConnectionOptions): Promise<boolean> {
  const socket = connect({ rejectUnauthorized: false, ...options }, () => socket.write(connectCommand));
  try {
    return await new Promise((resolve, reject) => {
      socket.on('data', () => resolve(true));
      socket.on('error', () => {}).on('close', () => resolve(false));
      socket.setTimeout(10_000, () => reject(new Error('neither an answer nor an end')));
    });
  } finally {
    socket.destroy();
  }
}

/** Stands in for the Pulsar of a party, and listens to what others have for it. */
export interface Listener {
  /** Who has said something: the names of the certificate that was shown and of its authority. */
  said(): string[];
  /** Connections that were given up before a word was said. */
  refused(): number;
  close(): void;
}

export async function startListener(address: string, { cert, key }: CertifiedKey): Promise<Listener> {
  addOutside(address);
  const said: string[] = [];
  let refused = 0;
  const open = new Set<TLSSocket>();
  const server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (socket) => {
    open.add(socket.on('error', () => {}).on('close', () => open.delete(socket)));
    const { subject, issuer } = socket.getPeerCertificate();
    socket.once('data', () => said.push(subject === undefined ? 'nobody' : `${subject.CN} of ${issuer.CN}`));
  });
  server.on('tlsClientError', () => refused++);
  await once(server.listen(services.pulsar.ports['broker-tls'], address), 'listening');
  return {
    said: () => said,
    refused: () => refused,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
