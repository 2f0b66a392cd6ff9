import { type IncomingMessage, request as insecureRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Duplex, Readable } from 'node:stream';

/** A request, and what becomes of its answer. */
export interface Request {
  readonly method: string;
  /** Raw, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Readable;
  /** Ends it. @default nobody does */
  readonly signal?: AbortSignal;
}

/** How FATE Flow is reached: by a URL, or by a connection that somebody makes. */
export type Way = { readonly url: URL } | { readonly connect: () => Promise<Duplex> };

/** The head of an answer has come. @throws when nobody answers, or not in time */
export async function sent(way: Way, { body, headers, ...asked }: Request, seconds: number): Promise<IncomingMessage> {
  const connection = 'url' in way ? undefined : await way.connect();
  if (connection?.errored) throw connection.errored;
  const url = 'url' in way ? way.url : new URL('http://fateflow');
  const ask = url.protocol === 'https:' ? secureRequest : insecureRequest;
  return new Promise((resolve, reject) => {
    // One connection for each: FATE Flow may end one that waits just when it is used again. An agent would make its own.
    const through = connection ? { createConnection: () => connection } : { agent: false };
    const path = `${url.pathname.replace(/\/$/, '')}${asked.path}`;
    const request = ask(url, { ...asked, path, headers: { connection: 'close', ...headers }, ...through });
    const timer = setTimeout(() => request.destroy(new Error(`no answer in ${seconds} s`)), seconds * 1000);
    // A file takes its time; its answer is waited for from then on.
    if (typeof body === 'object') body.on('data', () => timer.refresh());
    request.on('error', (error) => {
      clearTimeout(timer);
      connection?.destroy();
      reject(error);
    });
    request.on('response', (response) => {
      clearTimeout(timer);
      const silence = setTimeout(() => response.destroy(new Error(`nothing more in ${seconds} s`)), seconds * 1000);
      response.socket.on('data', () => silence.refresh()); // a connection that somebody makes has no time of its own
      response.on('close', () => {
        clearTimeout(silence);
        connection?.destroy();
      });
      resolve(response);
    });
    if (typeof body === 'object') body.on('error', (error) => request.destroy(error)).pipe(request);
    else request.end(body);
  });
}

/** The text of an answer. @throws of one that is longer than any of FATE Flow's */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      response.destroy();
      throw new Error(`an answer of more than ${mostBytes / 2 ** 20} MiB`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Metrics of a job with thousands of rounds have less. */
const mostBytes = 32 * 2 ** 20;
