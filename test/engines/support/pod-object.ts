import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type { Container, PodTemplateSpec, Volume } from 'kubernetes-types/core/v1';
import { type AnyObject, podOf, type Workload } from '../../support/objects';
import type { Client } from '../kubernetes/client';

/** Where pods run that are shown. */
export const nodeAddress = '127.0.0.1';

/** @param port of its kubelet, if it has one */
export const nodeObject = (port?: number): AnyObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node' },
  status: {
    addresses: [{ type: 'InternalIP', address: nodeAddress }],
    ...(port !== undefined && { daemonEndpoints: { kubeletEndpoint: { Port: port } } }),
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});

/** Shows a pod of a workload as a node would: with this address, running and ready. */
export async function showPod(
  server: Client,
  workload: Workload | Job | CronJob,
  name: string,
  address: string,
): Promise<void> {
  const path = `/api/v1/namespaces/${workload.metadata?.namespace}/pods`;
  const { status } = await server.call('GET', `${path}/${name}`);
  if (status === 404) await done(server.call('POST', path, objectOf(workload, name)));
  await done(
    server.call(
      'PATCH',
      `${path}/${name}/status`,
      { status: running(podOf(workload).containers, address) },
      { contentType: 'application/merge-patch+json' },
    ),
  );
}

const objectOf = (workload: Workload | Job | CronJob, name: string): AnyObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...templateOf(workload).metadata, name, namespace: workload.metadata?.namespace },
  spec: {
    ...podOf(workload),
    volumes: [...(podOf(workload).volumes ?? []), ...claimed(workload, name)],
    nodeName: 'node',
  },
});

function templateOf({ spec }: Workload | Job | CronJob): PodTemplateSpec {
  const owner = spec !== undefined && 'jobTemplate' in spec ? spec.jobTemplate.spec : spec;
  if (owner === undefined) throw new Error('the workload has no pods');
  return owner.template;
}

/** Volumes that the controller of a StatefulSet adds. */
const claimed = ({ spec }: Workload | Job | CronJob, pod: string): Volume[] =>
  (spec !== undefined && 'volumeClaimTemplates' in spec ? (spec.volumeClaimTemplates ?? []) : []).map(
    ({ metadata }) => ({
      name: `${metadata?.name}`,
      persistentVolumeClaim: { claimName: `${metadata?.name}-${pod}` },
    }),
  );

const running = (containers: readonly Container[], podIP: string): AnyObject => ({
  phase: 'Running',
  hostIP: nodeAddress,
  podIP,
  podIPs: [{ ip: podIP }],
  conditions: ['Initialized', 'PodScheduled', 'ContainersReady', 'Ready'].map((type) => ({ type, status: 'True' })),
  containerStatuses: containers.map(({ name, image }) => ({
    name,
    image,
    imageID: '',
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: new Date().toISOString() } },
  })),
});

/** @throws {Error} when the server refuses it */
export async function done(call: ReturnType<Client['call']>): Promise<void> {
  const { status, body } = await call;
  if (status >= 300) throw new Error(JSON.stringify(body));
}
