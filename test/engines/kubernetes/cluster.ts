import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { capacity, type NodePoolProps, type NodeTaint } from '../../../lib';
import type { AnyObject } from '../../support/objects';
import { cache, refusal } from '../support/engines';
import { type ApiServer, startApiServer } from './api-server';
import type { Client } from './client';
import { createAll, itemsOf } from './live-objects';
import { type Programs, programs } from './programs';
import { attend, type LoadBalancers, loadBalancer, provisioner, provisionVolumes } from './stand-ins';

/**
 * A whole cluster, with pods that run nothing:
 *
 *     const cluster = await startCluster({ seconds: 300 }); // the paper's three workers
 *     await cluster.call('POST', '/api/v1/namespaces', …);  // as the administrator
 *     cluster.loadBalancers.give = 'nothing';               // or 'addresses'; for Services that have none yet
 *     await cluster.stop();
 *
 * Skip what needs it where `noCluster()` says why it cannot be had.
 */
export interface Cluster extends Omit<ApiServer, 'stop'> {
  readonly loadBalancers: LoadBalancers;
  /** @throws what one of the stand-ins met */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** @default the cluster that the paper draws */
  readonly nodes?: NodePoolProps;
  /**
   * After which it ends by itself.
   * @default 600
   */
  readonly seconds?: number;
}

/** Why no cluster can be had here; `undefined` when one can. */
export const noCluster = (): string | undefined => refusal('kubernetes-1.37') ?? refusal('kwok');

export const storageClass = 'vsan-default-storage-policy';

/**
 * Starts a cluster of Kubernetes 1.37 on loopback: API server, controller manager and scheduler are Kubernetes' own. kwok
 * stands in for the nodes, and {@link attend} for the volumes and load balancers of vSphere.
 *
 * kwok answers for the kubelets: nodes are ready, and a pod is ready as soon as it is scheduled. It starts no container,
 * asks no probe and mounts nothing, not even a Secret that is missing.
 */
export async function startCluster({
  nodes = { vmClass: 'best-effort-2xlarge', count: 3 },
  seconds = 600,
}: ClusterOptions = {}): Promise<Cluster> {
  const server = await startApiServer('1.37', { seconds });
  const started = programs('cluster', seconds);
  const kubeconfigFile = join(started.directory, 'kubeconfig');
  writeFileSync(kubeconfigFile, server.kubeconfig, { mode: 0o600 });
  startControllers(started, kubeconfigFile);
  const loadBalancers: LoadBalancers = { give: 'addresses' };
  const standIns = attend(
    () => provisionVolumes(server),
    () => loadBalancer(server, loadBalancers),
  );
  const stop = () => standIns.stop().finally(() => Promise.all([started.stop(), server.stop()]));
  await furnish(server, nodesOf(nodes)).catch(async (error) => {
    const log = started.log();
    await stop();
    throw new Error(`no cluster: ${error.message}; the log of its controllers:\n${log}`);
  });
  return { ...server, loadBalancers, stop };
}

function startControllers(started: Programs, kubeconfig: string): void {
  const common = {
    kubeconfig,
    'leader-elect': 'false',
    'secure-port': '0',
    'kube-api-qps': '200', // in the place of 20 and 50: nobody shall wait for them
    'kube-api-burst': '400',
  };
  started.start(join(cache, 'kubernetes-1.37/kube-controller-manager'), common);
  started.start(join(cache, 'kubernetes-1.37/kube-scheduler'), common);
  started.start(join(cache, 'kwok/kwok'), {
    kubeconfig,
    config: join(cache, 'kwok/stages.yaml'),
    'manage-all-nodes': 'true',
    'node-lease-duration-seconds': '40',
  });
}

/** Nodes of a pool, with as much for pods as {@link capacity} sees in them. */
export function nodesOf(pool: NodePoolProps, name = 'worker', labels = {}, taints?: readonly NodeTaint[]): AnyObject[] {
  const { cpu, memoryGiB } = capacity([], { ...pool, count: 1 }).allocatable;
  const allocatable = { cpu: `${Math.round(cpu * 1000)}m`, memory: `${Math.round(memoryGiB * 1024)}Mi`, pods: '110' };
  return Array.from({ length: pool.count }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `${name}-${i}`,
      labels: { 'kubernetes.io/hostname': `${name}-${i}`, 'kubernetes.io/os': 'linux', ...labels },
    },
    spec: { taints },
    status: { capacity: allocatable, allocatable },
  }));
}

/** Adds nodes, and waits until pods may come. */
export async function addNodes(server: Client, nodes: readonly AnyObject[]): Promise<void> {
  await createAll(server, nodes);
  const added = new Set(nodes.map(({ metadata }) => metadata.name));
  await vi.waitFor(async () => {
    const all = await itemsOf(server, '/api/v1/nodes');
    const isKept = ({ spec }: AnyObject) =>
      spec.taints?.some(({ key }: NodeTaint) => key.startsWith('node.kubernetes.io/'));
    const waiting = all.filter((node) => added.has(node.metadata.name) && isKept(node));
    if (waiting.length > 0) throw new Error(`not ready: ${waiting.map(({ metadata }) => metadata.name)}`);
  }, soon);
}

/** Until the controllers have given the namespaces the account that pods have. */
export const accountsIn = (server: Client, namespaces: readonly string[]): Promise<void> =>
  vi.waitFor(async () => {
    const accounts = await itemsOf(server, '/api/v1/serviceaccounts');
    const furnished = new Set(accounts.map(({ metadata }) => metadata.namespace));
    const waiting = namespaces.filter((it) => !furnished.has(it));
    if (waiting.length > 0) throw new Error(`no account in ${waiting}`);
  }, soon);

const soon = { timeout: 180_000, interval: 250 };

/** Puts in what a cluster has before anybody deploys to it. */
async function furnish(server: Client, nodes: readonly AnyObject[]): Promise<void> {
  const vsan = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: storageClass },
    provisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  };
  await createAll(server, [vsan]);
  await addNodes(server, nodes);
  await accountsIn(server, ['default']);
}
