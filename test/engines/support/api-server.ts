import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { KubernetesObject } from '../../support/objects';
import { cache } from './engines';

export interface Answer {
  readonly status: number;
  readonly body: KubernetesObject;
  /** What the server has to remark: deprecated API versions and fields, pods that a namespace would refuse. */
  readonly warnings: readonly string[];
}

export interface CallOptions {
  /** @default 'application/json' */
  readonly contentType?: string;
  /** User to act as, in the place of the administrator. */
  readonly as?: string;
}

export interface ApiServer {
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** Path of the collection that an object belongs to; `undefined` when the server does not serve its kind. */
  collectionOf(object: KubernetesObject): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** Starts etcd and a kube-apiserver of this minor release on loopback. Both end by themselves after ten minutes. */
export async function startApiServer(release: string, ...options: readonly string[]): Promise<ApiServer> {
  const directory = mkdtempSync(join(tmpdir(), 'api-server-'));
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const [etcd, peer] = [etcdPort, peerPort].map((it) => `http://127.0.0.1:${it}`);
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = join(directory, 'service-accounts.pem');
  writeFileSync(key, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const token = randomBytes(16).toString('hex');
  const tokens = join(directory, 'tokens.csv');
  writeFileSync(tokens, `${token},admin,admin,system:masters\n`);

  const processes = [
    start(directory, join(cache, 'kubernetes-1.37/server') /* etcd's, so named by Go */, {
      'data-dir': join(directory, 'etcd'),
      'unsafe-no-fsync': 'true',
      'listen-client-urls': `${etcd}`,
      'advertise-client-urls': `${etcd}`,
      'listen-peer-urls': `${peer}`,
      'initial-advertise-peer-urls': `${peer}`,
      'initial-cluster': `default=${peer}`,
    }),
    start(
      directory,
      join(cache, `kubernetes-${release}/kube-apiserver`),
      {
        'etcd-servers': `${etcd}`,
        'bind-address': '127.0.0.1',
        'advertise-address': '127.0.0.1',
        'endpoint-reconciler-type': 'none', // it would refuse that address
        'secure-port': `${port}`,
        'cert-dir': join(directory, 'certificates'),
        'service-cluster-ip-range': '10.96.0.0/16',
        'service-account-issuer': 'https://kubernetes.default.svc',
        'service-account-key-file': key,
        'service-account-signing-key-file': key,
        'token-auth-file': tokens,
        'authorization-mode': 'RBAC',
        'allow-privileged': 'true', // as kubeadm, and Tanzu with it, starts it
      },
      ...options,
    ),
  ];
  const call = caller(port, token, join(directory, 'certificates/apiserver.crt'));
  const stop = async () => {
    await Promise.all(processes.map(end));
    rmSync(directory, { recursive: true });
  };
  await ready(call, processes, directory).catch(async (error) => {
    await stop();
    throw error;
  });
  return { call, collectionOf: discovery(call), stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const seconds = 600;

function start(
  directory: string,
  program: string,
  flags: Readonly<Record<string, string>>,
  ...more: readonly string[]
) {
  const log = openSync(join(directory, 'log'), 'a');
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  // Not even a killed test leaves it behind.
  const bounds = ['--pdeathsig', 'KILL', 'timeout', '--foreground', '--kill-after=5', `${seconds}`];
  const child = spawn('setpriv', [...bounds, 'setpriv', '--pdeathsig', 'KILL', program, ...args, ...more], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL'); // its own child goes with it, and nothing here is worth a farewell
  await ended;
}

async function ready(call: ApiServer['call'], processes: readonly ChildProcess[], directory: string): Promise<void> {
  for (const until = Date.now() + 90_000; Date.now() < until; await pause(250)) {
    if (processes.some(({ exitCode }) => exitCode !== null)) break;
    // Ready, it may still be about to create its own namespaces.
    const answers = await Promise.all(['/readyz', '/api/v1/namespaces/default'].map((it) => call('GET', it))).catch(
      () => [],
    );
    if (answers.length > 0 && answers.every(({ status }) => status === 200)) return;
  }
  throw new Error(`no API server; its log:\n${readFileSync(join(directory, 'log'), 'utf8').slice(-4000)}`);
}

function caller(port: number, token: string, certificate: string): ApiServer['call'] {
  return (method, path, body, { contentType = 'application/json', as } = {}) =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': contentType,
        ...(as !== undefined && { 'impersonate-user': as }),
      };
      // Signed by itself: it may be trusted once the server has written it.
      const ca = readFileSync(certificate);
      const request = httpsRequest(
        { host: '127.0.0.1', port, method, path, headers, ca, timeout: 30_000 },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: parsed(text), warnings: warningsOf(response.headers) }),
          );
        },
      );
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer`))).on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

const parsed = (text: string): unknown => (text.startsWith('{') ? JSON.parse(text) : text);

/** `299 - "text"`, several of them joined by commas. */
const warningsOf = ({ warning = '' }: { readonly warning?: string }): string[] =>
  [...warning.matchAll(/299 - ("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(`${text}`));

function discovery(call: ApiServer['call']): ApiServer['collectionOf'] {
  const served = new Map<string, Promise<readonly KubernetesObject[]>>();
  const resourcesOf = async (apiVersion: string): Promise<KubernetesObject[]> => {
    const { status, body } = await call('GET', `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`);
    return status === 200 ? body.resources : [];
  };
  return async ({ apiVersion, kind, metadata: { namespace } }) => {
    const resources = served.get(apiVersion) ?? resourcesOf(apiVersion);
    served.set(apiVersion, resources);
    const resource = (await resources).find((it) => it.kind === kind && !it.name.includes('/'));
    if (resource === undefined) return undefined;
    const root = `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
    return resource.namespaced ? `${root}/namespaces/${namespace}/${resource.name}` : `${root}/${resource.name}`;
  };
}
