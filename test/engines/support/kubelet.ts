import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type AnyObject, find, podOf, type Workload } from '../../support/objects';
import { type ApiServer, freePort, startApiServer } from '../kubernetes/api-server';
import type { Client } from '../kubernetes/client';
import { programs } from '../kubernetes/programs';
import { certifiedKey } from './certified-key';
import { cache, noPods, refusal } from './engines';
import { entering, type Pod } from './pod';
import { done, nodeAddress, nodeObject, showPod } from './pod-object';

/**
 * An API server that knows pods of the tests: what looks into a cluster, runs commands in its pods and reaches
 * their ports, meets them.
 *
 *     const cluster = await startClusterOfPods();
 *     await cluster.show(await startPod(props), props);  // as the pod `nginx-0` of `fate-30000`, with what its manifest says
 *     accessBy(await readLogin(file of cluster.kubeconfig, …), 'fate-30000').exec('nginx-0', 'nginx', ['id']);
 *
 * Nothing schedules, restarts or watches anything here: an object says what a test says of it. Skip what needs it where
 * `noClusterOfPods()` says why it cannot be had.
 */
export interface ClusterOfPods extends Omit<ApiServer, 'stop'> {
  /** Shows a container that runs as one of the pod of its workload; containers beside it are told as running, and are not there. */
  show(pod: Pod, shown: ShownPod): Promise<void>;
  /** Shows a pod that is there no more. */
  hide(namespace: string, name: string): Promise<void>;
  /** A kubeconfig with a token of a ServiceAccount, in the place of the administrator's. */
  kubeconfigOf(namespace: string, account: string): Promise<string>;
  stop(): Promise<void>;
}

/** Whose container it is: what {@link PodProps} have said already. */
export interface ShownPod {
  readonly objects: readonly AnyObject[];
  readonly deployment?: string;
  readonly statefulSet?: string;
  /** Of the pod, for several of one workload. @default 0 */
  readonly ordinal?: number;
  /** @default the first one */
  readonly container?: string;
}

/** Why there is no such cluster here; `undefined` when there can be one. */
export const noClusterOfPods = (release = '1.37'): string | undefined =>
  refusal(`kubernetes-${release}`) ?? refusal('kubernetes-1.37') /* etcd's */ ?? refusal('kubelet') ?? noPods();

/** @param seconds after which it ends by itself */
export async function startClusterOfPods(release = '1.37', seconds = 600): Promise<ClusterOfPods> {
  const flags = { 'disable-admission-plugins': 'ServiceAccount' }; // no controller makes the accounts of namespaces
  const server = await startApiServer(release, { flags, seconds });
  const kubelet = programs('kubelet', seconds);
  const containers = join(kubelet.directory, 'containers');
  const port = await freePort();
  const { cert, key } = certifiedKey('node');
  for (const [name, text] of Object.entries({ cert, key }))
    writeFileSync(join(kubelet.directory, name), text, { mode: 0o600 });
  kubelet.start(join(cache, 'kubelet/kubelet'), {
    address: `${nodeAddress}:${port}`,
    certificate: join(kubelet.directory, 'cert'),
    key: join(kubelet.directory, 'key'),
    containers,
  });
  await done(server.call('POST', '/api/v1/nodes', nodeObject(port)));
  return {
    ...server,
    show: (pod, shown) => show(server, containers, pod, shown),
    hide: (namespace, name) => hide(server, namespace, name),
    kubeconfigOf: (namespace, account) => kubeconfigOf(server, namespace, account),
    stop: async () => {
      await kubelet.stop();
      await server.stop();
    },
  };
}

async function show(server: Client, containers: string, pod: Pod, shown: ShownPod): Promise<void> {
  const workload = workloadOf(shown);
  const { namespace = '', name: owner } = workload.metadata ?? {};
  const name = `${owner}-${shown.ordinal ?? 0}`;
  const container = shown.container ?? `${podOf(workload).containers[0]?.name}`;
  layProgram(join(containers, namespace, name, container), pod);
  writeFileSync(join(containers, namespace, name, '.address'), pod.address);
  await showPod(server, workload, name, pod.address);
}

const workloadOf = ({ objects, deployment, statefulSet }: ShownPod): Workload =>
  deployment === undefined
    ? find(objects, 'StatefulSet', `${statefulSet}`)
    : find<Workload>(objects, 'Deployment', deployment);

/** What the stand-in runs for a container, whose environment is its own. */
function layProgram(path: string, { process: { env, ...running } }: Pod): void {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const words = ['env', '-i', ...variables, ...entering(running)].map(quoted);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

const hide = (server: Client, namespace: string, name: string): Promise<void> =>
  done(server.call('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`, { gracePeriodSeconds: 0 }));

async function kubeconfigOf(server: ApiServer, namespace: string, account: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const { body } = await server.call('POST', path, request);
  const config = parse(server.kubeconfig);
  config.users[0].user = { token: body.status.token };
  return stringify(config);
}
