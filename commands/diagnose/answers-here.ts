import { lookup } from 'node:dns/promises';
import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { Duplex, Transform } from 'node:stream';
import { type SecureVersion, connect as secure, type TLSSocket } from 'node:tls';
import type { Failed } from '../../lib/diagnosis/answers';
import type { Ask, HttpsQuestion, Question, Seen } from '../../lib/diagnosis/asks';
import { certificatePem } from '../../lib/input/pem';
import type { ClientIdentity } from '../pki/endpoint';

/**
 * What this machine hears, in the form in which `probe.py` tells what a pod hears.
 *
 * @param identity shown where a call is to be proven
 */
export async function answersHere(
  asks: readonly Ask[],
  identity: ClientIdentity | undefined,
): Promise<ReadonlyMap<string, Seen<unknown>>> {
  const answered = asks.map(async (ask): Promise<[string, Seen<unknown>]> => {
    if (!('question' in ask)) throw new Error(`${ask.id} is asked in a pod`);
    return [ask.id, { value: await answer(ask.question, identity).catch(failed) }];
  });
  return new Map(await Promise.all(answered));
}

async function answer(question: Question, identity: ClientIdentity | undefined): Promise<object> {
  switch (question.ask) {
    case 'dns':
      return { addresses: (await lookup(question.name, { all: true, family: 4 })).map(({ address }) => address) };
    case 'tcp':
      return connection(question.host, question.port);
    case 'tls':
      return certificates(question);
    case 'http': {
      const { url, method, headers, body } = question;
      return called(plainRequest, new URL(url), { method, headers }, body);
    }
    case 'https':
      return proven(question, identity);
    default:
      throw new Error(`${question.ask} is asked in a pod`);
  }
}

const patience = { connectionMs: 5000, callMs: 15_000 };

async function connection(host: string, port: number): Promise<object> {
  const socket = await connected(host, port);
  const address = socket.remoteAddress;
  socket.destroy();
  return { address };
}

function connected(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, family: 4 });
    socket.setTimeout(patience.connectionMs, () => socket.destroy(timeout()));
    socket.once('error', reject).once('connect', () => resolve(socket));
  });
}

const timeout = (): Error => Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });

interface Handshake {
  readonly host: string;
  readonly port: number;
  readonly name: string;
}

/** TLS 1.2 sends certificates in the clear, before a server looks at its client's: they are read even if it then refuses. */
async function certificates(handshake: Handshake): Promise<object> {
  const first = await shakeHands(handshake, 'TLSv1.2');
  const told =
    first.failed?.kind === 'tls' && first.shown.length === 0 ? await shakeHands(handshake, 'TLSv1.3') : first;
  return { certificates: told.shown.map(certificatePem), ...told.failed };
}

async function shakeHands({ host, port, name }: Handshake, version: SecureVersion) {
  const raw = await connected(host, port);
  const heard: Buffer[] = [];
  const session = secure({
    socket: overheard(raw, heard),
    servername: name,
    rejectUnauthorized: false,
    minVersion: version,
    maxVersion: version,
  });
  try {
    await secured(session, raw);
    const own = session.getPeerX509Certificate()?.raw;
    return { shown: version === 'TLSv1.2' ? certificatesIn(Buffer.concat(heard)) : own ? [own] : [] };
  } catch (error) {
    return { shown: certificatesIn(Buffer.concat(heard)), failed: failed(error) };
  } finally {
    session.destroy();
    raw.destroy();
  }
}

/** The connection, and a copy of what comes from the other end. */
function overheard(raw: Socket, heard: Buffer[]): Duplex {
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      heard.push(chunk);
      done(null, chunk);
    },
  });
  const both = Duplex.from({ readable: raw.pipe(tap), writable: raw });
  raw.on('error', (error) => both.destroy(error));
  return both.on('error', () => {});
}

const secured = (session: TLSSocket, raw: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    raw.setTimeout(patience.connectionMs, () => reject(timeout()));
    session.once('secureConnect', resolve).on('error', reject);
    session.once('close', () => reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' })));
  });

/** Of the records of a handshake, until the other end changes to ciphers. @see RFC 5246, 7.4.2 */
function certificatesIn(heard: Buffer): readonly Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at + 5 < heard.length && heard[at] === handshakeRecord; at += 5 + heard.readUInt16BE(at + 3))
    records.push(heard.subarray(at + 5, at + 5 + heard.readUInt16BE(at + 3)));
  const messages = Buffer.concat(records);
  for (let at = 0; at + 7 < messages.length; at += 4 + messages.readUIntBE(at + 1, 3))
    if (messages[at] === certificateMessage)
      return listIn(messages.subarray(at + 7, at + 4 + messages.readUIntBE(at + 1, 3)));
  return [];
}

function listIn(list: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 3 < list.length; at += 3 + list.readUIntBE(at, 3))
    found.push(list.subarray(at + 3, at + 3 + list.readUIntBE(at, 3)));
  return found;
}

const handshakeRecord = 22;
const certificateMessage = 11;

function proven({ host, port, name, method, path, headers, body, isProven }: HttpsQuestion, identity?: ClientIdentity) {
  const own = isProven && identity ? { cert: identity.certificate, key: identity.key } : {};
  const options = { method, headers, servername: name, rejectUnauthorized: false, ...own };
  return called(tlsRequest, new URL(`https://${host}:${port}${path}`), options, body);
}

const mostCharacters = 1 << 20;

/** Every server is asked, whoever it is: what it shows is looked at apart, and a call holds no secret. */
function called(
  request: typeof tlsRequest | typeof plainRequest,
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<object> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(patience.callMs);
    const sent = request(url, { ...options, agent: false, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text = (text + chunk).slice(0, mostCharacters);
      });
      response
        .on('error', reject)
        .on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'] ?? '', text }));
    });
    sent.on('error', reject).end(body);
  });
}

function failed(error: unknown): Failed {
  const { code = '', message, name, reason } = error as NodeJS.ErrnoException & { readonly reason?: string };
  if (name === 'AbortError') return { kind: 'timeout', error: words.timeout };
  const kind = kinds[code] ?? kindOfTls(code, reason ?? message);
  return { kind, error: code === 'EAI_AGAIN' ? 'no DNS server answers' : (words[kind] ?? reason ?? reasonIn(message)) };
}

/** OpenSSL's own word, without the lines of its source. */
const reasonIn = (message: string): string => /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message.trim();

function kindOfTls(code: string, said: string): Failed['kind'] {
  if (!/^ERR_SSL|^EPROTO/.test(code)) return 'other';
  return /wrong version number|http request|packet length too long|unexpected message/i.test(said) ? 'plain' : 'tls';
}

const kinds: Readonly<Record<string, Failed['kind']>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
};

/** What is to be said of a kind, where Node's words are for programmers. */
const words: Readonly<Partial<Record<Failed['kind'], string>>> & { readonly timeout: string } = {
  dns: 'no such name',
  refused: 'connection refused',
  timeout: 'no answer',
  unreachable: 'no way leads there',
  closed: 'the connection was closed',
  plain: 'what answers is no TLS',
};
