import { isMap } from '../input/checks';
import { parsedJson } from '../input/json-text';
import { oneLine as lineOf, shown } from '../input/shown';
import type { Output } from './asks';

/** Why a question of `probe.py` has no answer. */
export interface Failed {
  readonly kind: 'dns' | 'refused' | 'timeout' | 'unreachable' | 'closed' | 'plain' | 'tls' | 'other';
  readonly error: string;
}

const kinds = ['dns', 'refused', 'timeout', 'unreachable', 'closed', 'plain', 'tls', 'other'] as const;

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Messages of one topic of FATE's. */
export interface Topic {
  readonly name: string;
  /** By the name of a cluster, which is the id of its party. */
  readonly replication: ReadonlyMap<string, { readonly isConnected: boolean; readonly backlog: number }>;
}

export const isFailed = <T extends object>(answer: T | Failed): answer is Failed => 'error' in answer;

/** An answer may be anything: a pod's Python prints it, and somebody else's program may stand in the way. */
export function failureIn(answer: unknown): Failed | undefined {
  if (!isMap(answer)) return senseless(answer);
  if (answer['error'] === undefined && answer['kind'] === undefined) return undefined;
  const kind = kinds.find((each) => each === answer['kind']) ?? 'other';
  return { kind, error: oneLine(textOf(answer['error'])) || 'nothing was said' };
}

const senseless = (answer: unknown): Failed => ({
  kind: 'other',
  error: `answered what makes no sense: ${oneLine(JSON.stringify(answer) ?? 'nothing')}`,
});

export function httpAnswer(answer: unknown): HttpAnswer | Failed {
  const failed = failureIn(answer);
  if (failed) return failed;
  const { status, type, text: body } = answer as Record<string, unknown>;
  if (typeof status !== 'number' || typeof body !== 'string') return senseless(answer);
  return { status, type: textOf(type), text: body };
}

export function addresses(answer: unknown): readonly string[] | Failed {
  const failed = failureIn(answer);
  if (failed) return failed;
  const found = (answer as Record<string, unknown>)['addresses'];
  return Array.isArray(found) && found.length > 0 ? found.map(textOf) : senseless(answer);
}

export function connection(answer: unknown): { readonly address: string; readonly greeting: string } | Failed {
  const failed = failureIn(answer);
  if (failed) return failed;
  const { address, greeting } = answer as Record<string, unknown>;
  return typeof address === 'string' ? { address, greeting: textOf(greeting) } : senseless(answer);
}

/** Certificates that the other end has shown, PEM, its own first; and why the handshake ended, which may be for want of ours. */
export function shownCertificates(answer: unknown): { readonly pem: string; readonly failed?: Failed } {
  const shown = isMap(answer) ? answer['certificates'] : undefined;
  return { pem: Array.isArray(shown) ? shown.map(textOf).join('\n') : '', failed: failureIn(answer) };
}

export function fileText(answer: unknown): { readonly text: string } | Failed {
  const failed = failureIn(answer);
  if (failed) return failed;
  const found = (answer as Record<string, unknown>)['text'];
  return typeof found === 'string' ? { text: found } : senseless(answer);
}

export function topics(answer: unknown): { readonly topics: readonly Topic[]; readonly isWhole: boolean } | Failed {
  const failed = failureIn(answer);
  if (failed) return failed;
  const { topics: found, whole } = answer as Record<string, unknown>;
  if (!Array.isArray(found)) return senseless(answer);
  return { topics: found.filter(isMap).map(topic), isWhole: whole === true };
}

const topic = ({ topic: name, replication }: Readonly<Record<string, unknown>>): Topic => ({
  name: textOf(name),
  replication: new Map(
    Object.entries(isMap(replication) ? replication : {}).map(([cluster, state]) => [
      cluster,
      { isConnected: isMap(state) && state['connected'] === true, backlog: count(isMap(state) && state['backlog']) },
    ]),
  ),
});

/** What a command has printed; a {@link Failed} where it did not end well. */
export function printed(output: unknown): { readonly text: string } | Failed {
  if (!isMap(output) || typeof output['stdout'] !== 'string') return senseless(output);
  const { code, stdout, stderr } = output as unknown as Output;
  return code === 0
    ? { text: stdout }
    : { kind: 'other', error: oneLine(textOf(stderr)) || `ended with ${textOf(code)}` };
}

/** JSON of an answer by HTTP 200; `undefined` otherwise. */
export function jsonOf(answer: unknown): unknown {
  const http = httpAnswer(answer);
  return isFailed(http) || http.status !== 200 ? undefined : parsedJson(http.text);
}

/** An answer by HTTP in a few words. */
export function saidBy(answer: unknown): string {
  const http = httpAnswer(answer);
  return isFailed(http) ? http.error : `HTTP ${http.status}: ${oneLine(http.text)}`;
}

/** Of a map; `undefined` of anything else. */
export const field = (value: unknown, key: string): unknown => (isMap(value) ? value[key] : undefined);

export const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** As a line for people: short, and nothing in it that a terminal would take for a command. */
export const oneLine = (said: string): string => lineOf(said, 200);

/** A text as it is, anything else as a message shows it. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : shown(value);
