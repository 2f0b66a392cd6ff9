import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { answersHere } from '../../../commands/diagnose/answers-here';
import type { Question } from '../../../lib/diagnosis/asks';
import { isSeen } from '../../../lib/diagnosis/asks';
import { crafted, keys, pemOf } from '../../support/certificates';

let authority: string;
let certificate: string;
beforeAll(async () => {
  authority = await crafted({ subject: 'CN=ca.example.com', names: [], ca: true, key: keys.otherRsa });
  certificate = await crafted({ issuer: { name: 'CN=ca.example.com', key: keys.otherRsa } });
});

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});
async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const served = (more: TlsOptions) => ({ cert: `${certificate}${authority}`, key: pemOf(keys.rsa), ...more });

async function asked(question: Question, isKnown = false): Promise<Record<string, unknown>> {
  const identity = isKnown ? { certificate, key: pemOf(keys.rsa) } : undefined;
  const seen = (await answersHere([{ id: 'it', question }], identity)).get('it');
  if (seen === undefined || !isSeen(seen)) throw new Error('nothing was answered');
  return seen.value as Record<string, unknown>;
}
const tls = (port: number) => asked({ ask: 'tls', host: '127.0.0.1', port, name: '30000.example.com' });
const strict = () => ({ requestCert: true, rejectUnauthorized: true, ca: authority });

test.each<[string, () => TlsOptions, number]>([
  ['by TLS 1.2', () => ({ maxVersion: 'TLSv1.2' }), 2],
  ['by TLS 1.2 to members alone', () => ({ maxVersion: 'TLSv1.2', ...strict() }), 2],
  ['by TLS 1.2 or 1.3 to members alone', strict, 2],
  ['by TLS 1.3 alone', () => ({ minVersion: 'TLSv1.3' }), 1],
])('certificates are seen that a server shows %s', async (_, options, number) => {
  const server = createServer(served(options())).on('tlsClientError', () => {});
  const { certificates } = await tls(await listening(server));
  expect(certificates).toEqual([certificate.trim(), authority.trim()].slice(0, number).map((pem) => `${pem}\n`));
});

test('a server that speaks no TLS, or ends the connection, is told apart', async () => {
  const plain = createPlainServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  expect(await tls(await listening(plain))).toMatchObject({ certificates: [], kind: 'plain' });
  const closing = createPlainServer((socket) => socket.destroy());
  expect(await tls(await listening(closing))).toMatchObject({ certificates: [], kind: 'closed' });
});

test.each<[string, () => Server]>([
  ['HTTP in clear', () => createHttpServer((_, response) => response.end('hush'))],
  [
    'a record that is too long',
    () => createPlainServer((it) => it.on('error', () => {}).write('\x16\x03\x03\xff\xff')),
  ],
])('who is called by TLS and answers with %s speaks none, for whatever is asked', async (_, make) => {
  const port = await listening(make());
  const call = { ask: 'https', name: 'a', method: 'GET', path: '/', headers: {}, isProven: false } as const;
  for (const answer of [await tls(port), await asked({ ...call, host: '127.0.0.1', port })])
    expect(answer).toMatchObject({ kind: 'plain', error: 'what answers is no TLS' });
});

test('an alert is told in the words of TLS, and no line of a source is', async () => {
  const refusing = createPlainServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.write(Buffer.from([21, 3, 3, 0, 2, 2, 112]))); // unrecognized name
  });
  const { kind, error } = await tls(await listening(refusing));
  expect(kind).toBe('tls');
  expect(error).toMatch(/^[\w ]*unrecognized name$/);
});

test('a port that nobody listens on, and a name that nobody has, are told apart', async () => {
  const gone = createPlainServer();
  const port = await listening(gone);
  gone.close();
  for (const ask of ['tcp', 'tls'] as const)
    expect(await asked({ ask, host: '127.0.0.1', port, name: 'a' })).toMatchObject({ kind: 'refused' });
  expect(await asked({ ask: 'dns', name: 'nowhere.invalid' })).toMatchObject({ kind: 'dns' });
  expect(await asked({ ask: 'dns', name: 'localhost' })).toMatchObject({ addresses: ['127.0.0.1'] });
});

test('a port that is open says under which address', async () => {
  const port = await listening(createPlainServer((socket) => socket.end()));
  expect(await asked({ ask: 'tcp', host: 'localhost', port })).toEqual({ address: '127.0.0.1' });
});

test('a certificate is shown where a call is to be proven, and nowhere else', async () => {
  const seen: unknown[] = [];
  const options = { ...served({}), requestCert: true, rejectUnauthorized: false };
  const server = createHttpsServer(options, (request, response) => {
    const { CN } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate().subject ?? {};
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      seen.push([CN, request.method, request.url, request.headers['dest-party-id'], body]);
      response.end('{"retcode": 0}');
    });
  });
  const call = {
    ask: 'https',
    host: '127.0.0.1',
    port: await listening(server),
    name: '30000.example.com',
    method: 'POST',
    path: '/v1/version/get',
    headers: { 'dest-party-id': '20000' },
    body: '{}',
  } as const;
  expect(await asked({ ...call, isProven: false }, true)).toMatchObject({ status: 200, text: '{"retcode": 0}' });
  expect(await asked({ ...call, isProven: true }, true)).toMatchObject({ status: 200 });
  const expected = ['POST', '/v1/version/get', '20000', '{}'];
  expect(seen).toEqual([
    [undefined, ...expected],
    ['30000.example.com', ...expected],
  ]);
});

test('a call in clear is one, too', async () => {
  const server = createHttpServer((request, response) => response.writeHead(502).end(`${request.url}`));
  const port = await listening(server);
  expect(await asked({ ask: 'http', url: `http://127.0.0.1:${port}/a?b=c` })).toMatchObject({
    status: 502,
    text: '/a?b=c',
  });
});
