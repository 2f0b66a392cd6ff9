import type { KubeConfig } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { ruleFor } from '../../lib/kubernetes/access-rules';
import { type Login, requestOptions } from './login';
import { ClusterRefusal, forbidden, unauthorized, unreachable } from './refusal';

/** The library has no limit for a server that takes a connection and says nothing. */
export function patient(login: Login): KubeConfig {
  const limit = { handshakeTimeout: login.limits.answerSeconds * 1000 };
  const applyToHTTPSOptions = async (options: object) => Object.assign(options, await requestOptions(login), limit);
  return Object.create(login.kubeconfig, { applyToHTTPSOptions: { value: applyToHTTPSOptions } });
}

/**
 * Why there is no WebSocket to a pod. The status of an answer in its place is all that the library tells of it.
 *
 * @param others what any other status says
 */
export function refusedSocket(
  login: Login,
  namespace: string,
  subresource: 'exec' | 'portforward',
  error: unknown,
  others: (status: string) => ClusterRefusal,
): ClusterRefusal {
  if (error instanceof ClusterRefusal) return error;
  const { message = '', error: cause } = Object(error) as { readonly message?: string; readonly error?: Error };
  const [, status] = /^Unexpected server response: (\d+)/.exec(message) ?? [];
  if (status === undefined) return unreachable(login, cause ?? (error as Error));
  if (status === '401') return unauthorized(login);
  if (status === '403') return forbidden(login, namespace, ruleFor('Pod', ['create', 'get'], subresource));
  return others(status);
}
