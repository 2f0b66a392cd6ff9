import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Access, accessBy } from '../../../commands/cluster/access';
import { readLogin } from '../../../commands/cluster/login';
import { ClusterRefusal } from '../../../commands/cluster/refusal';
import { type Answering, kubeconfigOf, standIn, status } from '../../support/api-stand-in';
import { crafted, keys, pemOf } from '../../support/certificates';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'access-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function serving(answer: Answering) {
  const stand = await standIn(answer);
  open.push(stand.close);
  return { ...stand, access: await accessTo(stand.url) };
}

async function accessTo(url: string, user?: object): Promise<Access> {
  const file = join(folder, 'config');
  writeFileSync(file, kubeconfigOf({ org1: url }, user));
  return accessBy(await readLogin(file, undefined, { answerSeconds: 4, pluginSeconds: 1, answerMiB: 1 }), 'fate-30000');
}

async function refusal(work: Promise<unknown>): Promise<ClusterRefusal> {
  const error = await work.then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(ClusterRefusal);
  expect(error.message).not.toMatch(/hush|\n/);
  return error;
}

test('pods, events and objects are read in the namespace, with the login of the context', async () => {
  const { access, asked } = await serving(({ path }) => ({ body: { items: [{ metadata: { name: path } }] } }));
  const namespace = '/api/v1/namespaces/fate-30000';
  expect(await access.pods()).toEqual([{ metadata: { name: `${namespace}/pods` } }]);
  expect(await access.events()).toMatchObject([{ metadata: { name: `${namespace}/events` } }]);
  expect(await access.list('StatefulSet')).toEqual([
    { metadata: { name: '/apis/apps/v1/namespaces/fate-30000/statefulsets' } },
  ]);
  expect(asked.map(({ method }) => method)).toEqual(Array(3).fill('GET'));
  expect(asked.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer hush'));
});

test('a way to a cluster that begins with a path, as a proxy of many has it, is gone whole', async () => {
  const { url, asked } = await serving(() => ({ body: { items: [] } }));
  await (await accessTo(`${url}/k8s/clusters/org1/`)).pods();
  expect(asked[0]?.path).toBe('/k8s/clusters/org1/api/v1/namespaces/fate-30000/pods');
});

describe('there is one sentence', () => {
  test.each<[string, Answering, string, RegExp]>([
    [
      'for a login that has ended',
      () => status(401),
      'unauthorized',
      /^the cluster of context org1 \(http:\S+\) does not know your login, or not any more; log in again, as by/,
    ],
    [
      'for a right that is missing, with the rule that gives it',
      () => status(403, 'User "a" cannot list resource "pods"'),
      'forbidden',
      /does not let you list pods in namespace fate-30000; have a Role there with the rule \{ apiGroups: \[""\], resources: \["pods"\], verbs: \["list"\] \}, or a whole one of `kubefate-tanzu roles`$/,
    ],
    [
      'for somebody else who answers',
      () => ({ status: 403, body: '<html>hush</html>' }),
      'unreachable',
      /^who answers for the cluster of context org1 .* is no Kubernetes \(HTTP 403\)/,
    ],
    [
      'for a page in the place of an answer',
      () => ({ body: '<html>' }),
      'unreachable',
      /is no Kubernetes \(HTTP 200\)/,
    ],
    [
      'for a cluster at work on itself',
      () => status(503, 'starting'),
      'failed',
      /tell each Pod of .*; it says: starting$/,
    ],
    [
      'in which nothing that it says moves a terminal',
      () => status(500, 'red \x1b[31m\nnext'),
      'failed',
      /it says: red \\u001b\[31m\\u000anext$/,
    ],
    [
      'for an answer that does not end',
      () => ({ body: 'x'.repeat(2 * 1024 * 1024) }),
      'failed',
      /tells more than 1 MiB of one kind; see what fills the namespace/,
    ],
    [
      'for a server of TLS that is spoken to in clear',
      () => ({ status: 400, body: 'Client sent an HTTP request to an HTTPS server.\n' }),
      'unreachable',
      /speaks TLS alone; write https:/,
    ],
    [
      'for pods that it does not know',
      () => status(404, 'no page'),
      'failed',
      /tell each Pod of .*; it says: no page$/,
    ],
    ['for no answer', () => undefined, 'unreachable', /does not answer in time; look whether its address is right/],
  ])('%s', async (_, answer, kind, message) => {
    const { access } = await serving(answer);
    const refused = await refusal(access.pods());
    expect(refused.kind).toBe(kind);
    expect(refused.message).toMatch(message);
  });

  test('for a kind that it does not know', async () => {
    const { access } = await serving(() => status(404));
    const { kind, message } = await refusal(access.list('Certificate'));
    expect(kind).toBe('not-found');
    expect(message).toMatch(/knows no Certificate; install what it belongs to$/);
  });

  test('for a door that is closed', async () => {
    const { access, close } = await serving(() => undefined);
    close();
    const { kind, message } = await refusal(access.pods());
    expect(kind).toBe('unreachable');
    expect(message).toMatch(
      /cannot be reached: nobody listens there; look whether its address is right, the VPN is up/,
    );
  });
});

test('a list without objects has none', async () => {
  const { access } = await serving(() => ({ body: { items: [null, 7, { metadata: [] }] } }));
  expect(await access.pods()).toEqual([]);
});

test('a server that speaks no TLS is told from one that is not there', async () => {
  const { url } = await serving(() => ({ body: { items: [] } }));
  const access = await accessTo(url.replace('http:', 'https:'));
  for (const work of [access.pods(), access.exec('nginx-0', 'nginx', ['true'])]) {
    const { kind, message } = await refusal(work);
    expect(kind).toBe('unreachable');
    expect(message).toMatch(/speaks no TLS; mend its address in the kubeconfig: an API server speaks TLS, mostly on/);
  }
});

test('a server of another authority is told from one that is not there', async () => {
  const certificate = { key: pemOf(keys.rsa), cert: await crafted({}) };
  const stand = await standIn(() => ({ body: { items: [] } }), certificate);
  open.push(stand.close);
  const { kind, message } = await refusal((await accessTo(stand.url)).pods());
  expect(kind).toBe('untrusted');
  expect(message).toMatch(
    /shows a certificate of an authority that its kubeconfig does not trust; have the kubeconfig/,
  );
});

/** A kubelet's answers to a command: parts of streams, as `<stream><bytes>`. */
type Run = (socket: WebSocket, input: (bytes: number) => Promise<string>) => void | Promise<void>;

async function running(protocol: string, run: Run) {
  const stand = await serving(() => status(404));
  const sockets = new WebSocketServer({
    server: stand.server,
    handleProtocols: (offered) => offered.has(protocol) && protocol,
  });
  const paths: string[] = [];
  sockets.on('connection', (socket: WebSocket, { url = '' }: IncomingMessage) => {
    paths.push(url);
    let sent = Buffer.alloc(0);
    socket.on('message', (data: Buffer) => {
      if (data[0] === 0) sent = Buffer.concat([sent, data.subarray(1)]);
    });
    const input = async (bytes: number) => {
      while (sent.length < bytes) await new Promise((resolve) => socket.once('message', resolve));
      return sent.toString();
    };
    void run(socket, input);
  });
  open.push(() => {
    for (const socket of sockets.clients) socket.terminate();
  });
  return { ...stand, paths };
}

const send = (socket: WebSocket, stream: number, data: string | Buffer) =>
  socket.send(Buffer.concat([Buffer.from([stream]), Buffer.from(data)]));
const success = JSON.stringify({ status: 'Success' });
const exit = (code: number) =>
  JSON.stringify({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: `${code}` }] },
  });

describe.each(['v4.channel.k8s.io', 'v5.channel.k8s.io'])('a command in a container, by %s,', (protocol) => {
  test('comes to its exit code and to what it has written, whole where it came in pieces', async () => {
    const { access, paths } = await running(protocol, (socket) => {
      const text = Buffer.from('Grüße');
      send(socket, 1, text.subarray(0, 3));
      send(socket, 2, 'careful');
      send(socket, 1, text.subarray(3));
      send(socket, 3, exit(7));
    });
    const exited = await access.exec('nginx-0', 'nginx', ['cat', 'a b&c']);
    expect(exited).toEqual({ code: 7, stdout: 'Grüße', stderr: 'careful' });
    const { pathname, searchParams } = new URL(`http://api${paths[0]}`);
    expect(pathname).toBe('/api/v1/namespaces/fate-30000/pods/nginx-0/exec');
    expect(searchParams.getAll('command')).toEqual(['cat', 'a b&c']);
    expect(searchParams.get('stdin')).toBe('false');
  });

  test('reads its input to the end', async () => {
    const { access, paths } = await running(protocol, async (socket, input) => {
      send(socket, 1, await input(7));
      send(socket, 3, success);
    });
    const exited = await access.exec('fateflow-0', 'fateflow', ['python3', '-'], 'Grüße');
    expect(exited).toEqual({ code: 0, stdout: 'Grüße', stderr: '' });
    const command = new URL(`http://api${paths[0]}`).searchParams.getAll('command');
    expect(command).toEqual(['sh', '-c', 'head -c "$0" | "$@"', '7', 'python3', '-']);
  });

  test.each<[string, Run, RegExp]>([
    ['that is cut', (socket) => socket.close(), /^the connection to pod nginx-0 of fate-30000 was cut; look whether/],
    ['that does not end', () => {}, /^a command in pod nginx-0 of fate-30000 is not done in 1 s; look at its node$/],
    [
      'that does not start',
      (socket) => send(socket, 3, JSON.stringify({ status: 'Failure', message: 'no such file' })),
      /did not start, or not end; it says: no such file$/,
    ],
    ['whose end is no status', (socket) => send(socket, 3, 'no JSON'), /it says: what makes no sense$/],
    ['whose end is nothing', (socket) => send(socket, 3, 'null'), /is not done in 1 s/],
    [
      'whose end is of another form',
      (socket) => send(socket, 3, JSON.stringify({ status: 'Failure', details: { causes: [null, 7] }, message: [] })),
      /did not start, or not end/,
    ],
    ['that writes to a stream that there is not', (socket) => send(socket, 9, 'x'), /it says: what makes no sense$/],
    [
      'that writes without an end',
      (socket) => {
        for (let i = 0; i < 5; i++) send(socket, 1, Buffer.alloc(1024 * 512));
      },
      /it says: more than 1 MiB$/,
    ],
  ])('%s is refused', async (_, run, message) => {
    const { access } = await running(protocol, run);
    const refused = await refusal(access.exec('nginx-0', 'nginx', ['true'], undefined, 1));
    expect(refused.kind).toBe('failed');
    expect(refused.message).toMatch(message);
  });
});

describe('a command that the cluster does not take', () => {
  test.each<[number, string, RegExp]>([
    [401, 'unauthorized', /does not know your login/],
    [
      403,
      'forbidden',
      /let you create pods\/exec .*resources: \["pods\/exec"\], verbs: \["create", "get"\] \}, or.*`kubefate-tanzu roles --for ask`$/,
    ],
    [404, 'not-found', /^no container nginx runs in a pod nginx-0 of fate-30000; look whether the pod is still there/],
    [400, 'not-found', /^no container nginx runs in a pod nginx-0 of fate-30000; look/],
    [500, 'failed', /^the node of pod nginx-0 in fate-30000 runs no command in container nginx \(HTTP 500\); look/],
  ])('with HTTP %i', async (code, kind, message) => {
    const { access } = await serving(() => status(code));
    const refused = await refusal(access.exec('nginx-0', 'nginx', ['true'], 'hush'));
    expect(refused.kind).toBe(kind);
    expect(refused.message).toMatch(message);
  });

  test('and says nothing', async () => {
    const { access } = await serving(() => undefined);
    expect((await refusal(access.exec('nginx-0', 'nginx', ['true']))).message).toMatch(/does not answer in time/);
  });
});

describe('a port of a pod', () => {
  /** A kubelet's end of a port: channels begin with the port's number, and then the program there talks. */
  async function forwarding(
    talk: (socket: WebSocket, input: (bytes: number) => Promise<string>) => void | Promise<void>,
  ) {
    const stand = await running('v4.channel.k8s.io', (socket, input) => {
      for (const channel of [0, 1]) send(socket, channel, Buffer.from([0xa4, 0x24]));
      return talk(socket, input);
    });
    return { ...stand, connection: await stand.access.forward('python-0', 9380) };
  }
  const read = async (connection: NodeJS.ReadableStream): Promise<string> => {
    let text = '';
    for await (const chunk of connection) text += chunk;
    return text;
  };

  test('is talked with as by a connection, however much is said', async () => {
    const much = 'x'.repeat(3_000_000);
    const { connection, paths } = await forwarding(async (socket, input) => {
      const said = await input(much.length);
      send(socket, 0, `${said.length} came, `);
      send(socket, 0, 'Grüße');
      socket.close();
    });
    connection.write(much);
    expect(await read(connection)).toBe('3000000 came, Grüße');
    expect(paths[0]).toBe('/api/v1/namespaces/fate-30000/pods/python-0/portforward?ports=9380');
  });

  test('that nobody listens at is told in a sentence', async () => {
    const { connection } = await forwarding((socket) => send(socket, 1, 'connection refused\n'));
    const refused = await refusal(read(connection));
    expect(refused.message).toMatch(
      /^pod python-0 takes no connection at port 9380; its node says: connection refused/,
    );
  });

  test.each<[number, string, RegExp]>([
    [401, 'unauthorized', /does not know your login/],
    [403, 'forbidden', /resources: \["pods\/portforward"\], verbs: \["create", "get"\].*roles --for submit`$/],
    [500, 'failed', /^the node of pod python-0 in fate-30000 forwards no port \(HTTP 500\); look/],
  ])('that the cluster does not forward, with HTTP %i, is refused', async (code, kind, message) => {
    const { access } = await serving(() => status(code));
    const refused = await refusal(access.forward('python-0', 9380));
    expect(refused.kind).toBe(kind);
    expect(refused.message).toMatch(message);
  });
});
