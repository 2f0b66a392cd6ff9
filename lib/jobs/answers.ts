import type { JobInterface } from '../fate/releases';
import { isMap } from '../input/checks';
import { counted } from '../input/counted';
import { parsedJson } from '../input/json-text';
import { oneLine as lineOf, shown } from '../input/shown';
import { isJobId } from './job-id';

/** What FATE Flow says: what was asked for, or why not. Whatever the status of an answer is, it says nothing of that. */
export type FlowAnswer =
  | {
      readonly kind: 'done';
      readonly data: unknown;
      readonly message: string;
      readonly job?: string;
      readonly board?: string;
    }
  | { readonly kind: 'refused'; readonly code: number | string; readonly message: string }
  /** Somebody else answers: nginx with a page, say. */
  | { readonly kind: 'stranger'; readonly text: string };

/** Reads an answer of any author: its texts are on one line, printable and short. */
export function flowAnswer(text: string, { answer: keys }: JobInterface): FlowAnswer {
  const answer = parsedJson(text);
  const code = isMap(answer) ? answer[keys.code] : undefined;
  if (!isMap(answer) || (typeof code !== 'number' && typeof code !== 'string'))
    return { kind: 'stranger', text: oneLine(text.slice(0, mostRead).replace(/<[^>]*>/g, ' ')) };
  const { data } = answer;
  const message = oneLine(`${answer[keys.message] ?? ''}`);
  if (code !== 0) return { kind: 'refused', code, message: data ? `${message} ${shown(data)}` : message };
  const job = answer[keys.job];
  const board = isMap(data) ? data['board_url'] : undefined;
  return {
    kind: 'done',
    data,
    message,
    ...(typeof job === 'string' && isJobId(job) && { job }),
    ...(typeof board === 'string' && { board: oneLine(board) }),
  };
}

/** One line of a few hundred characters, which move no terminal. */
const oneLine = (text: string): string => lineOf(text.slice(0, mostRead), 600);

/** Characters of what somebody says that anybody looks at. */
const mostRead = 4000;

/** The states in which a job stays until it is run again. */
export const jobEnds: readonly string[] = ['success', 'failed', 'canceled', 'timeout'];

/** A task of a job, at a party in a role. */
export interface TaskState extends TimesTold {
  readonly task: string;
  readonly role: string;
  readonly party: string;
  readonly state: string;
  /** The last that it says of its fault. @default nothing */
  readonly error?: string;
}

/** When it was taken, began and ended: milliseconds since 1970 by the clock of its party, what has not come yet left out. */
export interface TimesTold {
  readonly created?: number;
  readonly started?: number;
  readonly ended?: number;
}

/** Rows of tasks. */
export const taskStates = (
  data: unknown,
  { prefix }: JobInterface,
  task: 'component_name' | 'task_name',
): readonly TaskState[] =>
  rowsOf(data).map((row) => {
    const of = (name: string) => oneLine(`${row[prefix + name] ?? ''}`);
    const error = lastLine(row[`${prefix}error_report`]);
    return {
      task: of(task),
      role: of('role'),
      party: of('party_id'),
      state: of('party_status'),
      ...(error && { error }),
      ...timesOf(row, prefix),
    };
  });

/** Of a job that this party guides; none of one that it does not know. */
export function jobState(data: unknown, { prefix }: JobInterface): string | undefined {
  const [row] = rowsOf(data);
  return row && oneLine(`${row[`${prefix}status`]}`);
}

/** When a job that this party guides was taken, began and ended. */
export function jobTimes(data: unknown, { prefix }: JobInterface): TimesTold {
  const rows = rowsOf(data);
  return timesOf(rows.find((row) => row[`${prefix}role`] === 'guest') ?? rows[0] ?? {}, prefix);
}

function timesOf(row: Readonly<Record<string, unknown>>, prefix: string): TimesTold {
  const [created, started, ended] = ['create', 'start', 'end'].map((of) => row[`${prefix}${of}_time`]).map(timeTold);
  return { created, started, ended };
}

/** What has not come yet is 0 or null. */
const timeTold = (told: unknown): number | undefined =>
  typeof told === 'number' && Number.isFinite(told) && told > 0 ? told : undefined;

const rowsOf = (data: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(data) ? data.filter(isMap) : [];

const lastLine = (text: unknown): string =>
  oneLine(
    `${text ?? ''}`
      .split('\n')
      .filter((line) => line.trim() !== '')
      .at(-1) ?? '',
  );

/** A figure in metrics, with the names that lead to it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
}

/** Figures as people read them: each that stands alone under its name. A curve has many, thousands in an evaluation of FATE 2. */
export function figureLines(figures: readonly Figure[]): readonly string[] {
  const times = new Map<string, number>();
  for (const { name } of figures) times.set(name, (times.get(name) ?? 0) + 1);
  const alone = figures.filter(({ name }) => times.get(name) === 1);
  const others = figures.length - alone.length;
  return [
    ...alone.map(({ name, value }) => `${name}: ${value}`),
    ...(others === 0 ? [] : [`${counted(others, 'figure')} of curves: see --json`]),
  ];
}

/** Figures in metrics of any form. */
export function metricFigures(data: unknown): readonly Figure[] {
  const found: Figure[] = [];
  const walk = (value: unknown, path: readonly string[], depth = 0): void => {
    if (found.length >= mostFigures || depth > deepest) return;
    if (typeof value === 'number') found.push({ name: oneLine(path.join('.')), value });
    else for (const [name, below] of namedIn(value)) walk(below, name === '' ? path : [...path, name], depth + 1);
  };
  walk(data, []);
  return found;
}

const mostFigures = 10_000;
const deepest = 20;

/** What stands in a list or a map of metrics, in each of the forms that releases have; a list gives no names. */
function namedIn(value: unknown): readonly (readonly [name: string, below: unknown])[] {
  if (Array.isArray(value)) {
    const [name, figure] = value;
    const isName = typeof name === 'string' || Number.isInteger(name); // a metric, or a round
    const isPair = value.length === 2 && isName && typeof figure === 'number';
    return isPair ? [[`${name}`, figure]] : value.map((each) => ['', each] as const);
  }
  if (!isMap(value)) return [];
  const { metric, val, name, data, step } = value;
  if (typeof metric === 'string') return [[metric, val]];
  if (typeof step === 'number') return [[`${step}`, metric]];
  if (typeof name === 'string') return [[name, data]];
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'meta' ? [] : [[key === 'data' ? '' : key, each] as const],
  );
}
