import type { FateRelease } from '../fate/releases';
import { isMap } from '../input/checks';
import { parsedJson } from '../input/json-text';
import { type HttpAnswer, oneLine, textOf } from './answers';

/** What FATE Flow said, or whoever answered in its place. */
export type FlowAnswer =
  | { readonly by: 'FATE Flow'; readonly data: unknown }
  | { readonly by: 'FATE Flow'; readonly error: string }
  /** A page of nginx's, or of another server's. */
  | { readonly by: 'nginx'; readonly status: number; readonly said: string };

/**
 * What an answer means. FATE Flow says in its JSON whether it did what was asked, and mostly by HTTP 200 that it did not; whoever
 * speaks no JSON is not FATE Flow.
 *
 * @see FATE v1.6.1, `fate_flow/utils/api_utils.py`; FATE-Flow v2.0.0, the same
 */
export function flowAnswer(fate: FateRelease, { status, text }: HttpAnswer): FlowAnswer {
  const body = parsedJson(text);
  const [code, message] = isVersion2(fate) ? ['code', 'message'] : ['retcode', 'retmsg'];
  if (!isMap(body) || typeof body[code] !== 'number')
    return { by: 'nginx', status, said: `HTTP ${status}: ${oneLine(title(text)) || 'nothing'}` };
  if (body[code] === 0) return { by: 'FATE Flow', data: body['data'] };
  return { by: 'FATE Flow', error: `${code} ${body[code]}: ${oneLine(textOf(body[message]))}` };
}

export const isVersion2 = (fate: FateRelease): boolean => fate.startsWith('2.');

const title = (text: string): string => /<title>([^<]*)/i.exec(text)?.[1] ?? text;
