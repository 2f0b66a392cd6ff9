import type { Event, Pod } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { isMap } from '../input/checks';
import type { ResourceKind } from './resources';

/** An object as the API tells it: times are texts, and of the rest there is what somebody reads. */
export interface ToldObject {
  readonly metadata?: ObjectMeta;
  /** Of a ConfigMap. */
  readonly data?: Readonly<Record<string, string>>;
  /** Of a NetworkPolicy, whatever it is. */
  readonly spec?: unknown;
}

export type ToldPod = Pick<Pod, 'metadata' | 'status'>;

export type ToldEvent = Pick<Event, 'metadata' | 'reason' | 'message' | 'lastTimestamp' | 'eventTime'> & {
  readonly involvedObject: { readonly name?: string };
};

/** What each kind is told as. */
export type Told<Kind extends ResourceKind> = Kind extends 'Pod'
  ? ToldPod
  : Kind extends 'Event'
    ? ToldEvent
    : ToldObject;

/**
 * Objects of a list of the API, without those that have no name; `undefined` of what is no list. Whoever answers for a cluster may
 * say anything: what has not the form in which it is read is left out.
 */
export function toldObjects<Kind extends ResourceKind>(kind: Kind, answer: unknown): readonly Told<Kind>[] | undefined {
  const items = isMap(answer) ? answer['items'] : undefined;
  if (!Array.isArray(items)) return undefined;
  return items.flatMap((item) => formOf(kind)(item) ?? []) as unknown as readonly Told<Kind>[];
}

/** Reads what has a form, and `undefined` of anything else. */
type Form<T = unknown> = (value: unknown) => T | undefined;

const text: Form<string> = (value) => (typeof value === 'string' ? value : undefined);
/** As long as the API takes one at most. */
const name: Form<string> = (value) => (typeof value === 'string' && value.length <= 253 ? value : undefined);
const number: Form<number> = (value) => (typeof value === 'number' ? value : undefined);

const listOf =
  (form: Form<object>): Form =>
  (value) =>
    Array.isArray(value) ? value.flatMap((each) => form(each) ?? []) : undefined;

const mapOf =
  (form: Form): Form =>
  (value) =>
    isMap(value)
      ? Object.fromEntries(
          Object.entries(value).flatMap(([key, each]) => {
            const read = form(each);
            return read === undefined ? [] : [[key, read]];
          }),
        )
      : undefined;

/** Of a map, these of its values. @param named the one without which it is nothing */
const fields =
  (forms: Readonly<Record<string, Form>>, named?: string): Form<object> =>
  (value) => {
    if (!isMap(value) || (named !== undefined && forms[named]?.(value[named]) === undefined)) return undefined;
    return Object.fromEntries(Object.entries(forms).map(([key, form]) => [key, form(value[key])]));
  };

const metadata = fields({ name, labels: mapOf(text), creationTimestamp: text, deletionTimestamp: text }, 'name');

const state = fields({
  running: fields({}),
  waiting: fields({ reason: text, message: text }),
  terminated: fields({ reason: text, exitCode: number }),
});

/** Whether a container is ready is `true`, or is not. */
const container = fields({ name, ready: (value) => value === true, state, lastState: state }, 'name');

const pod = fields(
  {
    metadata,
    status: fields({
      phase: text,
      conditions: listOf(fields({ type: text, status: text, message: text }, 'type')),
      initContainerStatuses: listOf(container),
      containerStatuses: listOf(container),
    }),
  },
  'metadata',
);

const event = fields(
  {
    metadata,
    reason: text,
    message: text,
    lastTimestamp: text,
    eventTime: text,
    involvedObject: (value) => fields({ name })(value) ?? {},
  },
  'metadata',
);

const policy = fields({ metadata, spec: (value) => value }, 'metadata');

const other = fields({ metadata, data: mapOf(text) }, 'metadata');

const formsOf: Partial<Record<ResourceKind, Form<object>>> = { Pod: pod, Event: event, NetworkPolicy: policy };

const formOf = (kind: ResourceKind): Form<object> => formsOf[kind] ?? other;
