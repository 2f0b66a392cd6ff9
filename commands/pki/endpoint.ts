import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { certificatePem } from '../../lib/input/pem';
import type { Fault, Material } from './inspect';

/** Certificate and key that are shown to a server that asks for them; PEM. */
export interface ClientIdentity {
  readonly certificate: string;
  readonly key: string;
}

export interface EndpointOptions {
  /** Name that a certificate must have, and that an endpoint is asked for. @default its own, or the endpoint's */
  readonly name?: string;
  /** Who asks an endpoint. @default nobody in particular */
  readonly client?: ClientIdentity;
}

/** Certificates that a TLS server shows. It is asked by the name that its certificate must have, as members ask. */
export async function endpoint(host: string, port: number, { name, client }: EndpointOptions): Promise<Material> {
  const servername = name ?? (isIP(host) === 0 ? host : undefined);
  const source = `${host}:${port}${servername === undefined || servername === host ? '' : ` as ${servername}`}`;
  const socket = connect({ host, port, servername: servername ?? '', rejectUnauthorized: false, ...identity(client) });
  try {
    const certificate = await shownBy(socket);
    const ended = await endsAfterwards(socket);
    return { source, certificate, name: servername, faults: ended === undefined ? [] : [refusal(ended)] };
  } catch (error) {
    return { source, faults: [refusal(error as Error)] };
  } finally {
    socket.destroy();
  }
}

const identity = (client?: ClientIdentity) =>
  client === undefined ? {} : { cert: client.certificate, key: client.key };

const patience = { handshakeMs: 10_000, alertMs: 500 };

function shownBy(socket: TLSSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(patience.handshakeMs, () =>
      reject(new Error(`no answer within ${patience.handshakeMs / 1000} seconds`)),
    );
    socket.once('error', reject);
    socket.once('secureConnect', () => resolve(chainOf(socket.getPeerCertificate(true))));
  });
}

/** As PEM; the last one is its own issuer. */
function chainOf(first: DetailedPeerCertificate): string {
  const chain = [first];
  for (let at = first.issuerCertificate; at && !chain.includes(at); at = at.issuerCertificate) chain.push(at);
  return chain.map(({ raw }) => certificatePem(raw)).join('');
}

/** A server that takes no client without a certificate says so in TLS 1.3 only after the client has taken its own. */
function endsAfterwards(socket: TLSSocket): Promise<Error | undefined> {
  return new Promise((resolve) => {
    socket.setTimeout(patience.alertMs, () => resolve(undefined));
    socket.on('error', resolve);
    socket.once('close', () => resolve(new Error('closed')));
    socket.resume();
  });
}

/** It answers in TLS, and does not like whom it sees; or there is no TLS at all. */
function refusal({ message }: Error): Fault {
  const [reason] = /alert [a-z ]+|closed|disconnected/.exec(message) ?? [];
  if (reason !== undefined)
    return {
      what: `does not let in who asks: ${reason}`,
      remedy: 'ask with --as and the folder of a member of its federation, and see that it speaks TLS',
    };
  return { what: `cannot be asked: ${message.trim()}`, remedy: 'see that it listens there, with TLS' };
}
