import { request as insecureRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { ruleFor, type Verb } from '../../lib/kubernetes/access-rules';
import { type ResourceKind, resourcePath } from '../../lib/kubernetes/resources';
import { type Login, requestOptions } from './login';
import { ClusterRefusal, forbidden, unauthorized, unreachable } from './refusal';

/** What is asked of the API of a cluster. */
export interface Call {
  readonly verb: Verb;
  readonly kind: ResourceKind;
  /** Of one object. */
  readonly name?: string;
  /** Of a pod, and the answer is a text. */
  readonly part?: 'log';
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly body?: object;
}

/**
 * The answer, as JSON or as the text of a log; none of an object that is not there.
 *
 * @throws {ClusterRefusal} when the cluster does not do it
 */
export type Caller = (call: Call) => Promise<unknown>;

export const callerOf =
  (login: Login, namespace: string): Caller =>
  async (call) => {
    const { status, text } = await send(login, namespace, call);
    const isText = call.part === 'log';
    const json = isText && status < 300 ? text : parsed(text);
    if (status < 300 && json !== undefined) return json;
    if (status === 404 && call.name !== undefined && isStatus(json)) return undefined;
    throw refused(login, namespace, call, status, json);
  };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What Kubernetes answers in the place of what was asked for. */
interface Status {
  readonly kind: 'Status';
  readonly message?: string;
}

const isStatus = (json: unknown): json is Status => Object(json).kind === 'Status';

function refused(login: Login, namespace: string, call: Call, status: number, json: unknown): ClusterRefusal {
  const { verb, kind, name, part } = call;
  if (status === 401) return unauthorized(login);
  if (status === 403 && isStatus(json)) return forbidden(login, namespace, ruleFor(kind, [verb], part));
  if (status === 404 && verb === 'list')
    return new ClusterRefusal('not-found', `${login.name} knows no ${kind}`, 'install what it belongs to');
  if (!isStatus(json))
    return new ClusterRefusal(
      'unreachable',
      `who answers for ${login.name} is no Kubernetes (HTTP ${status})`,
      'mend its address in the kubeconfig, or the proxy between',
    );
  const what = [verb, kind, name].filter((word) => word !== undefined).join(' ');
  const kindOf = status === 404 ? 'not-found' : 'failed';
  return new ClusterRefusal(kindOf, `${login.name} refuses: ${what} in ${namespace}`, `it says: ${json.message}`);
}

const methods = { get: 'GET', list: 'GET', create: 'POST', patch: 'PATCH', delete: 'DELETE' } as const satisfies Record<
  Verb,
  string
>;

async function send(login: Login, namespace: string, { verb, kind, name, part, query, accept, body }: Call) {
  const options = await requestOptions(login);
  const path = `${resourcePath(kind, namespace, name)}${part === undefined ? '' : `/${part}`}`;
  const url = new URL(`${login.server}${path}`);
  url.search = `${new URLSearchParams(query)}`;
  const content = body === undefined ? undefined : JSON.stringify(body);
  const request = url.protocol === 'http:' ? insecureRequest : secureRequest;
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const headers = {
      ...options.headers,
      accept: accept ?? (part === undefined ? 'application/json' : '*/*'),
      ...(content !== undefined && {
        'content-type': 'application/apply-patch+yaml',
        'content-length': Buffer.byteLength(content),
      }),
    };
    const signal = AbortSignal.timeout(login.limits.answerSeconds * 1000);
    const sent = request(url, { ...options, headers, method: methods[verb], signal }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', (error) => reject(unreachable(login, error)));
    });
    sent.on('error', (error) => reject(unreachable(login, error)));
    sent.end(content);
  });
}
