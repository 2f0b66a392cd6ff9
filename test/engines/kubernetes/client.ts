import { request as httpsRequest } from 'node:https';
import { parse } from 'yaml';
import type { AnyObject } from '../../support/objects';

export interface Answer {
  readonly status: number;
  readonly body: AnyObject;
  /** What the server has to remark: deprecated API versions and fields, pods that a namespace would refuse. */
  readonly warnings: readonly string[];
}

export interface CallOptions {
  /** @default 'application/json' */
  readonly contentType?: string;
  /** User to act as, in the place of one's own. */
  readonly as?: string;
}

/** Talks to an API server. */
export interface Client {
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** Path of the collection that an object belongs to; `undefined` when the server does not serve its kind. */
  collectionOf(object: AnyObject): Promise<string | undefined>;
}

export interface Access {
  readonly url: string;
  readonly token: string;
  /** PEM of who has signed the server's certificate; asked for at every call. */
  readonly authority: () => string;
}

export function client(access: Access): Client {
  const call = caller(access);
  return { call, collectionOf: discovery(call) };
}

/** @param kubeconfig with one cluster, and one user who has a token */
export function clientOf(kubeconfig: string): Client {
  const {
    clusters: [{ cluster }],
    users: [{ user }],
  } = parse(kubeconfig);
  const authority = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
  return client({ url: cluster.server, token: user.token, authority: () => authority });
}

function caller({ url, token, authority }: Access): Client['call'] {
  return (method, path, body, { contentType = 'application/json', as } = {}) =>
    new Promise((resolve, reject) => {
      const content = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': contentType,
        'content-length': Buffer.byteLength(content), // which Node.js leaves out of a DELETE
        ...(as !== undefined && { 'impersonate-user': as }),
      };
      const options = { method, headers, ca: authority(), timeout: 30_000 };
      const request = httpsRequest(new URL(path, url), options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: parsed(text), warnings: warningsOf(response.headers) }),
        );
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer`))).on('error', reject);
      request.end(content);
    });
}

const parsed = (text: string): unknown => (text.startsWith('{') ? JSON.parse(text) : text);

/** `299 - "text"`, several of them joined by commas. */
const warningsOf = ({ warning = '' }: { readonly warning?: string }): string[] =>
  [...warning.matchAll(/299 - ("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(`${text}`));

function discovery(call: Client['call']): Client['collectionOf'] {
  const served = new Map<string, readonly AnyObject[]>();
  const resourcesOf = async (apiVersion: string): Promise<AnyObject[]> => {
    const { status, body } = await call('GET', `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`);
    return status === 200 ? body.resources : [];
  };
  return async ({ apiVersion, kind, metadata: { namespace } }) => {
    const isOfKind = ({ kind: other, name }: AnyObject) => other === kind && !name.includes('/');
    // A group may have got kinds since it was asked.
    if (!served.get(apiVersion)?.some(isOfKind)) served.set(apiVersion, await resourcesOf(apiVersion));
    const resource = served.get(apiVersion)?.find(isOfKind);
    if (resource === undefined) return undefined;
    const root = `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
    return resource.namespaced ? `${root}/namespaces/${namespace}/${resource.name}` : `${root}/${resource.name}`;
  };
}
