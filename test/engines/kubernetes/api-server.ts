import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify as yaml } from 'yaml';
import { cache } from '../support/engines';
import { type Client, client } from './client';
import { type Programs, programs } from './programs';

export interface ApiServer extends Client {
  /** The administrator's, for other programs. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

export interface ApiServerOptions {
  /** More flags of kube-apiserver, without dashes. */
  readonly flags?: Readonly<Record<string, string>>;
  /**
   * After which it ends by itself.
   * @default 600
   */
  readonly seconds?: number;
}

/** Starts etcd and a kube-apiserver of this minor release on loopback. */
export async function startApiServer(
  release: string,
  { flags = {}, seconds = 600 }: ApiServerOptions = {},
): Promise<ApiServer> {
  const started = programs('api-server', seconds);
  const { directory } = started;
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const [etcd, peer] = [etcdPort, peerPort].map((it) => `http://127.0.0.1:${it}`);
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = join(directory, 'service-accounts.pem');
  writeFileSync(key, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const token = randomBytes(16).toString('hex');
  const tokens = join(directory, 'tokens.csv');
  writeFileSync(tokens, `${token},admin,admin,system:masters\n`, { mode: 0o600 });

  started.start(join(cache, 'kubernetes-1.37/server') /* etcd's, so named by Go */, {
    'data-dir': join(directory, 'etcd'),
    'unsafe-no-fsync': 'true',
    'listen-client-urls': `${etcd}`,
    'advertise-client-urls': `${etcd}`,
    'listen-peer-urls': `${peer}`,
    'initial-advertise-peer-urls': `${peer}`,
    'initial-cluster': `default=${peer}`,
  });
  started.start(join(cache, `kubernetes-${release}/kube-apiserver`), {
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
    ...flags,
  });
  const certificate = join(directory, 'certificates/apiserver.crt');
  // Signed by itself: it may be trusted once the server has written it.
  const administrator = client({
    url: `https://127.0.0.1:${port}`,
    token,
    authority: () => readFileSync(certificate, 'utf8'),
  });
  await ready(administrator, started).catch(async (error) => {
    await started.stop();
    throw error;
  });
  return { ...administrator, kubeconfig: kubeconfig(port, token, readFileSync(certificate)), stop: started.stop };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function ready({ call }: Client, started: Programs): Promise<void> {
  for (const until = Date.now() + 90_000; Date.now() < until && !started.ended(); await pause(250)) {
    // Ready, it may still be about to create its own namespaces.
    const answers = await Promise.all(['/readyz', '/api/v1/namespaces/default'].map((it) => call('GET', it))).catch(
      () => [],
    );
    if (answers.length > 0 && answers.every(({ status }) => status === 200)) return;
  }
  throw new Error(`no API server; its log:\n${started.log()}`);
}

const kubeconfig = (port: number, token: string, certificate: Buffer): string =>
  yaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority-data': certificate.toString('base64'),
        },
      },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  });
