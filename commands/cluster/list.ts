import { request as insecureRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { parsedJson } from '../../lib/input/json-text';
import { ruleFor } from '../../lib/kubernetes/access-rules';
import { type ResourceKind, resourcePath, resources } from '../../lib/kubernetes/resources';
import { type Told, toldObjects } from '../../lib/kubernetes/told-objects';
import { type Login, requestOptions } from './login';
import { ClusterRefusal, forbidden, unauthorized, unreachable } from './refusal';

/**
 * Objects of a kind in a namespace.
 *
 * @throws {ClusterRefusal} when the cluster does not tell them
 */
export async function listed<Kind extends ResourceKind>(
  login: Login,
  namespace: string,
  kind: Kind,
): Promise<readonly Told<Kind>[]> {
  const { status, text } = await answerOf(login, resourcePath(kind, namespace));
  const told = toldObjects(kind, parsedJson(text));
  if (status === 200 && told !== undefined) return told;
  throw refused(login, namespace, kind, status, text);
}

function refused(login: Login, namespace: string, kind: ResourceKind, status: number, text: string): ClusterRefusal {
  const { kind: isOf, message } = Object(parsedJson(text)) as { readonly kind?: string; readonly message?: string };
  if (status === 401) return unauthorized(login);
  if (isOf === 'Status' && status === 403) return forbidden(login, namespace, ruleFor(kind, ['list']));
  if (status === 404 && resources[kind].group !== '')
    return new ClusterRefusal('not-found', `${login.name} knows no ${kind}`, 'install what it belongs to');
  if (isOf === 'Status')
    return new ClusterRefusal(
      'failed',
      `${login.name} does not tell each ${kind} of ${namespace}`,
      `it says: ${message}`,
    );
  if (/HTTP request to an HTTPS server/.test(text))
    return new ClusterRefusal('unreachable', `${login.name} speaks TLS alone`, 'write https:// into the kubeconfig');
  return new ClusterRefusal(
    'unreachable',
    `who answers for ${login.name} is no Kubernetes (HTTP ${status})`,
    'mend its address in the kubeconfig, or the proxy between',
  );
}

async function answerOf(login: Login, path: string) {
  const options = await requestOptions(login);
  const url = new URL(`${login.server}${path}`);
  const request = url.protocol === 'http:' ? insecureRequest : secureRequest;
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const headers = { ...options.headers, accept: 'application/json' };
    const signal = AbortSignal.timeout(login.limits.answerSeconds * 1000);
    const fail = (error: Error) => reject(error === tooMuch ? endless(login) : unreachable(login, error));
    const sent = request(url, { ...options, headers, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        if (text.length > login.limits.answerMiB * 1024 ** 2) response.destroy(tooMuch);
      });
      response.on('error', fail).on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', fail).end();
  });
}

const tooMuch = new Error('too much');

const endless = ({ name, limits }: Login): ClusterRefusal =>
  new ClusterRefusal(
    'failed',
    `${name} tells more than ${limits.answerMiB} MiB of one kind`,
    'see what fills the namespace, or who it is that answers',
  );
