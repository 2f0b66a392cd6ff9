import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificatesIn, commonNames } from '../../../lib/input/pem';
import { type CertifiedKey, certificateAuthority } from '../../engines/support/certified-key';

const script = readFileSync(join(__dirname, '../../../commands/diagnose/probe.py'), 'utf8');
const reader = 'import sys, json; told = json.loads(sys.stdin.readline()); exec(told["script"], told)';

/** Python of the oldest image, of later ones, and the newest, where pyenv has them. */
const versions = ['3.6', '3.7', '3.8', '3.11', '3.13'];
const root = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
const installed = existsSync(root) ? readdirSync(root) : [];
const pythonOf = (version: string) => {
  const found = installed.find((name) => name.startsWith(`${version}.`));
  return found && join(root, found, 'bin/python');
};

type Answers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What is printed on questions by their ids, as whoever has run it reads it. */
function asked(python: string, questions: Readonly<Record<string, object>>): Promise<Answers> {
  const told = {
    script,
    seconds: 1,
    patience: 3,
    questions: Object.entries(questions).map(([id, it]) => ({ id, ...it })),
  };
  return new Promise((resolve, reject) => {
    const child = spawn(python, ['-c', reader], { env: { LANG: 'C' } });
    let [out, error] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (error += chunk));
    child.on('close', () => (error === '' ? resolve(JSON.parse(out)) : reject(new Error(error))));
    child.stdin.write(`${JSON.stringify(told)}\n`); // and no end of it, as through an older API server
  });
}

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const servers: Server[] = [];
const ports = new Map<string, number>();
let certify: ReturnType<typeof certificateAuthority>;
const serve = async (name: string, server: Server) => {
  servers.push(server);
  ports.set(name, await listening(server));
};
const port = (name: string) => ports.get(name) ?? 0;

beforeAll(async () => {
  certify = certificateAuthority();
  const own = certify.below('ca-2.example.com')('40000.example.com');
  const mutual = ({ cert, key, ca }: CertifiedKey): TlsOptions => ({
    cert,
    key,
    ca,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const tls = (options: TlsOptions) =>
    createTlsServer(options, (socket) => socket.end()).on('tlsClientError', () => {});
  await serve('mutual 1.2', tls({ ...mutual(own), maxVersion: 'TLSv1.2' }));
  await serve('mutual 1.3', tls({ ...mutual(own), minVersion: 'TLSv1.3' }));
  await serve('mutual', tls(mutual(own)));
  await serve(
    'silent',
    createServer(() => {}),
  );
  await serve(
    'closing',
    createServer((socket) => socket.destroy()),
  );
  await serve(
    'plain',
    createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  );
  await serve(
    'mysql',
    createServer((socket) => socket.on('error', () => {}).end('J\0\0\0\n8.0.28\0')),
  );
  await serve(
    'http',
    createHttpServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        const topics = { '/admin/v2/namespaces/fl-tenant': ['fl-tenant/1_a_0', 'fl-tenant/2_a_0'] } as Record<
          string,
          unknown
        >;
        topics['/admin/v2/persistent/fl-tenant/2_a_0'] = [
          'persistent://fl-tenant/2_a_0/guest-1-host-2-<dtable>',
          'persistent://fl-tenant/2_a_0/led-elsewhere',
        ];
        topics['/admin/v2/persistent/fl-tenant/1_a_0'] = [];
        topics['/admin/v2/persistent/fl-tenant/2_a_0/guest-1-host-2-%3Cdtable%3E/stats'] = {
          subscriptions: { unique: { msgBacklog: 2 } },
          replication: { 40000: { connected: false, replicationBacklog: 7 } },
        };
        if (request.url?.endsWith('/led-elsewhere/stats')) {
          const owner = `http://localhost:${port('http')}/admin/v2/persistent/fl-tenant/2_a_0`;
          response.writeHead(307, { Location: `${owner}/guest-1-host-2-%3Cdtable%3E/stats` }).end();
          return;
        }
        const found = topics[`${request.url}`];
        response.statusCode = request.url?.startsWith('/admin') && found === undefined ? 404 : 200;
        response.end(
          JSON.stringify(found ?? { method: request.method, service: request.headers['service'], body, said: 'ä' }),
        );
      });
    }),
  );
});
afterAll(() => {
  for (const server of servers) server.close();
});

describe.each(versions)('Python %s', (version) => {
  const python = pythonOf(version);
  const ask = (questions: Readonly<Record<string, object>>) => asked(`${python}`, questions);
  const known = test.skipIf(python === undefined);

  known(
    `reads certificates of servers that want one${python === undefined ? ' (skipped: pyenv has none)' : ''}`,
    async () => {
      const names = ['mutual 1.2', 'mutual'];
      const answers = await ask(
        Object.fromEntries(
          names.map((it) => [it, { ask: 'tls', host: '127.0.0.1', port: port(it), name: '40000.example.com' }]),
        ),
      );
      for (const name of names) {
        const { certificates } = answers[name] ?? {};
        expect(certificatesIn(`${(certificates as string[]).join('\n')}`)?.flatMap(commonNames), name).toEqual([
          '40000.example.com',
          'ca-2.example.com',
        ]);
      }
    },
  );

  known('reads the certificate of a server that speaks TLS 1.3 alone', async () => {
    const { it } = await ask({
      it: { ask: 'tls', host: '127.0.0.1', port: port('mutual 1.3'), name: '40000.example.com' },
    });
    const shown = it?.['certificates'] as string[] | undefined;
    const names = certificatesIn(`${shown?.join('\n')}`)?.flatMap(commonNames);
    expect(names).toEqual(['40000.example.com']);
  });

  known('says what kind of failure it met, and one that hangs keeps no other from its answer', async () => {
    const tls = (name: string) => ({ ask: 'tls', host: '127.0.0.1', port: port(name), name: 'x.example.com' });
    const answers = await ask({
      'a silent one': tls('silent'),
      'one that closes': tls('closing'),
      'one in clear': tls('plain'),
      'a closed port': { ask: 'tcp', host: '127.0.0.1', port: 9 },
      'an unknown name': { ask: 'dns', name: 'nobody.invalid' },
      'silence after a request': { ask: 'http', url: `http://127.0.0.1:${port('silent')}/` },
      'a question of tomorrow': { ask: 'tomorrow' },
      'a file that is not there': { ask: 'file', path: '/nowhere' },
    });
    expect(Object.fromEntries(Object.entries(answers).map(([id, { kind }]) => [id, kind]))).toEqual({
      'a silent one': 'timeout',
      'one that closes': 'closed',
      'one in clear': 'plain',
      'a closed port': 'refused',
      'an unknown name': 'dns',
      'silence after a request': 'timeout',
      'a question of tomorrow': 'other',
      'a file that is not there': 'other',
    });
  });

  known('calls by HTTP without a proxy, and hears what a server says first', async () => {
    const body = '{"module":"FATE"}';
    const answers = await ask({
      post: {
        ask: 'http',
        url: `http://127.0.0.1:${port('http')}/v1?a=b`,
        method: 'POST',
        headers: { service: 'fateflow' },
        body,
      },
      greeting: { ask: 'tcp', host: '127.0.0.1', port: port('mysql'), greeting: true },
      clock: { ask: 'clock' },
      localhost: { ask: 'dns', name: 'localhost' },
    });
    expect(JSON.parse(`${answers['post']?.['text']}`)).toEqual({
      method: 'POST',
      service: 'fateflow',
      body,
      said: 'ä',
    });
    expect(answers['greeting']?.['greeting']).toContain('8.0.28');
    expect(answers['clock']?.['now']).toBeTypeOf('number');
    expect(answers['localhost']?.['addresses']).toEqual(['127.0.0.1']);
  });

  known('walks through the topics of the latest jobs', async () => {
    const admin = `http://127.0.0.1:${port('http')}/admin/v2`;
    const { it } = await ask({ it: { ask: 'replication', admin, tenant: 'fl-tenant', most: 10 } });
    expect(it).toEqual({
      topics: [
        {
          topic: 'fl-tenant/2_a_0/guest-1-host-2-<dtable>',
          replication: { 40000: { connected: false, backlog: 7 } },
        },
        { topic: 'fl-tenant/2_a_0/led-elsewhere', replication: { 40000: { connected: false, backlog: 7 } } },
      ],
      whole: true,
    });
  });
});
