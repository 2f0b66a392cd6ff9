import type { Duplex } from 'node:stream';
import type { Event, Pod } from 'kubernetes-types/core/v1';
import type { ResourceKind } from '../../lib/kubernetes/resources';
import type { ToldObject } from '../../lib/kubernetes/told-objects';
import { type Exit, execute } from './exec';
import { forward } from './forward';
import { listed } from './list';
import type { Login } from './login';

/**
 * What can be seen and asked of one namespace of a cluster, and nothing that would change it. Every method fails with a
 * `ClusterRefusal`: a sentence, and never a trace.
 */
export interface Access {
  readonly context: string;
  readonly namespace: string;
  pods(): Promise<readonly Pod[]>;
  events(): Promise<readonly Event[]>;
  /** All objects of a kind. Secrets are none of them. */
  list(kind: ResourceKind): Promise<readonly ToldObject[]>;
  /**
   * Runs a command in a container and waits for what it comes to.
   *
   * @param input of the command, which reads it to its end, as UTF-8. The container needs `sh` and `head` for it. @default none
   * @param seconds after which nobody waits any more; the command may go on. @default 60
   */
  exec(pod: string, container: string, command: readonly string[], input?: string, seconds?: number): Promise<Exit>;
  /** A connection to a port of a pod. */
  forward(pod: string, port: number): Promise<Duplex>;
}

/** Nothing is asked of the cluster before a method is called. */
export const accessBy = (login: Login, namespace: string): Access => ({
  context: login.context,
  namespace,
  pods: () => listed(login, namespace, 'Pod'),
  events: () => listed(login, namespace, 'Event'),
  list: (kind) => listed(login, namespace, kind),
  exec: (pod, container, command, input, seconds) =>
    execute(login, { namespace, pod, container, command, input, seconds }),
  forward: (pod, port) => forward(login, { namespace, pod, port }),
});
