import { once } from 'node:events';
import { request } from 'node:http';
import { services } from '../../../lib';
import type { Received } from './pod';

interface Call {
  /** Party that the call is for, as its header names it. */
  readonly to?: number;
  readonly path?: string;
  readonly body?: string;
}

/** A coordination call as FATE Flow makes it. */
export async function call(
  server: string,
  { to, path = '/v1/party', body = '{}' }: Call = {},
  port: number = services.nginx.ports.http,
) {
  const headers = { service: 'fateflow', ...(to !== undefined && { 'dest-party-id': `${to}` }) };
  const req = request({ host: server, port, path, method: 'POST', headers, agent: false, timeout: 60_000 });
  req.on('timeout', () => req.destroy(new Error('no answer'))).end(body);
  const [response] = await once(req, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  const received: Received | undefined = response.statusCode === 200 ? JSON.parse(text) : undefined;
  return { status: Number(response.statusCode), received };
}
