import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';

/** What was asked of a server. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Says what is answered; nothing at all with `undefined`. */
export type Answering = (asked: Asked) => { readonly status?: number; readonly body: unknown } | undefined;

/** Stands where an API server is, for what no real one can be made to answer. @param tls plain HTTP without */
export async function standIn(answer: Answering, tls?: ServerOptions) {
  const asked: Asked[] = [];
  const listen = (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body };
      asked.push(one);
      const answered = answer(one);
      if (answered === undefined) return;
      response.statusCode = answered.status ?? 200;
      const { body: said } = answered;
      response.end(typeof said === 'string' || Buffer.isBuffer(said) ? said : JSON.stringify(said));
    });
  };
  const server = tls === undefined ? createServer(listen) : createSecureServer(tls, listen);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    asked,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const status = (code: number, message = 'no') => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code },
});

/** A kubeconfig with one user, and a context for each cluster of the same name; the first one is current. */
export function kubeconfigOf(servers: Readonly<Record<string, string>>, user: object = { token: 'hush' }): string {
  const names = Object.keys(servers);
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: Object.entries(servers).map(([name, server]) => ({
      name,
      cluster: { server, ...(server.startsWith('http:') && { 'insecure-skip-tls-verify': true }) },
    })),
    users: [{ name: 'somebody', user }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'somebody' } })),
    'current-context': names[0],
  });
}
