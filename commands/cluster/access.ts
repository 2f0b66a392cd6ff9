import type { Event, Pod } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { type ResourceKind, resources } from '../../lib/kubernetes/resources';
import { type Caller, callerOf } from './call';
import { type Exit, execute } from './exec';
import type { Login } from './login';

/**
 * What can be seen and asked of one namespace of a cluster. Every method fails with a `ClusterRefusal`: a sentence, and never a
 * trace.
 */
export interface Access {
  readonly context: string;
  readonly namespace: string;
  pods(): Promise<readonly Pod[]>;
  events(): Promise<readonly Event[]>;
  /** All objects of a kind in the namespace; of Secrets who they are, and never what they hold. */
  list(kind: ResourceKind): Promise<readonly ClusterObject[]>;
  /** An object, or none where there is none; of a Secret who it is, and never what it holds. */
  read(kind: ResourceKind, name: string): Promise<ClusterObject | undefined>;
  /** The end of what a container has written. */
  log(pod: string, container: string, lines?: number): Promise<string>;
  /**
   * Runs a command in a container and waits for what it comes to.
   *
   * @param input of the command, which reads it to its end, as UTF-8. The container needs `sh` and `head` for it. @default none
   * @param seconds after which nobody waits any more; the command may go on. @default 60
   */
  exec(pod: string, container: string, command: readonly string[], input?: string, seconds?: number): Promise<Exit>;
  /** Makes an object, or makes it what is given. */
  apply(object: ClusterObject): Promise<void>;
  /** Removes an object and what belongs to it, unless it is gone already. */
  remove(kind: ResourceKind, name: string): Promise<void>;
}

/** An object as the API tells it: times are texts. */
export interface ClusterObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

/** Nothing is asked of the cluster before a method is called. */
export function accessBy(login: Login, namespace: string): Access {
  const call = callerOf(login, namespace);
  return {
    context: login.context,
    namespace,
    pods: () => list(call, 'Pod'),
    events: () => list(call, 'Event'),
    list: (kind) => list(call, kind),
    read: (kind, name) => read(call, kind, name),
    log: (pod, container, lines = 200) => log(call, pod, { container, tailLines: `${lines}` }),
    exec: (pod, container, command, input, seconds) =>
      execute(login, { namespace, pod, container, command, input, seconds }),
    apply: (object) => apply(call, object),
    remove: (kind, name) => remove(call, kind, name),
  };
}

async function list<T extends ClusterObject>(call: Caller, kind: ResourceKind): Promise<readonly T[]> {
  const accept = kind === 'Secret' ? namesAlone('PartialObjectMetadataList') : undefined;
  const { items } = (await call({ verb: 'list', kind, accept })) as { readonly items: readonly T[] };
  return items;
}

const read = (call: Caller, kind: ResourceKind, name: string) =>
  call({
    verb: 'get',
    kind,
    name,
    accept: kind === 'Secret' ? namesAlone('PartialObjectMetadata') : undefined,
  }) as Promise<ClusterObject | undefined>;

/** The server leaves out everything but `metadata`. */
const namesAlone = (as: string): string => `application/json;as=${as};g=meta.k8s.io;v=v1`;

async function log(call: Caller, pod: string, query: Readonly<Record<string, string>>): Promise<string> {
  const text = await call({ verb: 'get', kind: 'Pod', name: pod, part: 'log', query });
  return (text ?? '') as string;
}

async function apply(call: Caller, object: ClusterObject): Promise<void> {
  const { kind, metadata } = object;
  if (kind === undefined || !(kind in resources)) throw new Error(`${kind} is no kind that is known here`);
  const query = { fieldManager: 'kubefate-tanzu', force: 'true' };
  await call({ verb: 'patch', kind: kind as ResourceKind, name: metadata?.name, query, body: object });
}

const remove = async (call: Caller, kind: ResourceKind, name: string): Promise<void> =>
  void (await call({ verb: 'delete', kind, name, query: { propagationPolicy: 'Background' } }));
