import { setTimeout as pause } from 'node:timers/promises';
import type { AnyObject } from '../../support/objects';
import type { Client } from './client';
import { itemsOf } from './live-objects';

/** What Services of type LoadBalancer get; may be changed at any time, for those that have nothing yet. */
export interface LoadBalancers {
  give: 'addresses' | 'nothing';
}

/** Of vSphere's CSI driver. */
export const provisioner = 'csi.vsphere.vmware.com';

/** Addresses that load balancers have to give. */
export const pool: readonly string[] = Array.from({ length: 254 }, (_, i) => `192.0.2.${i + 1}`);

/** Does all of the work again and again, until it is stopped or fails. */
export function attend(...work: readonly (() => Promise<void>)[]) {
  const stopping = new AbortController();
  const done = attending(stopping.signal, work);
  done.catch(() => {}); // told by stop()
  return {
    /** @throws what the work failed with */
    async stop(): Promise<void> {
      stopping.abort();
      await done;
    },
  };
}

async function attending(signal: AbortSignal, work: readonly (() => Promise<void>)[]): Promise<void> {
  while (!signal.aborted) {
    for (const it of work) await it();
    await pause(250, undefined, { signal }).catch(() => {});
  }
}

/**
 * Stands in for vSphere's CSI driver: makes the volume that a claim waits for, for the controller manager to bind, and removes
 * it when its claim is gone. There is no disk behind it.
 */
export async function provisionVolumes(server: Client): Promise<void> {
  const claims = await itemsOf(server, '/api/v1/persistentvolumeclaims');
  const volumes = await itemsOf(server, '/api/v1/persistentvolumes');
  const made = new Set(volumes.map(({ metadata }) => metadata.name));
  const waiting = claims.filter(
    ({ metadata, status }) =>
      status.phase === 'Pending' && metadata.annotations?.['volume.kubernetes.io/storage-provisioner'] === provisioner,
  );
  for (const claim of waiting) {
    if (!made.has(volumeName(claim))) await done(server.call('POST', '/api/v1/persistentvolumes', volumeFor(claim)));
  }
  for (const { metadata, spec, status } of volumes) {
    if (status.phase === 'Released' && spec.persistentVolumeReclaimPolicy === 'Delete') {
      await done(server.call('DELETE', `/api/v1/persistentvolumes/${metadata.name}`));
    }
  }
}

const volumeName = ({ metadata }: AnyObject): string => `pvc-${metadata.uid}`;

const volumeFor = (claim: AnyObject): AnyObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: volumeName(claim) },
  spec: {
    capacity: claim.spec.resources.requests,
    accessModes: claim.spec.accessModes,
    volumeMode: claim.spec.volumeMode,
    storageClassName: claim.spec.storageClassName,
    persistentVolumeReclaimPolicy: 'Delete',
    claimRef: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace: claim.metadata.namespace,
      name: claim.metadata.name,
      uid: claim.metadata.uid,
    },
    csi: { driver: provisioner, volumeHandle: volumeName(claim) },
  },
});

/**
 * Stands in for the load balancers of a workload domain: gives every Service of type LoadBalancer an address, the one that it
 * asks for if that is free. Nothing listens there.
 */
export async function loadBalancer(server: Client, { give }: LoadBalancers): Promise<void> {
  if (give === 'nothing') return;
  const services = (await itemsOf(server, '/api/v1/services')).filter(({ spec }) => spec.type === 'LoadBalancer');
  const free = new Set(pool);
  for (const { status } of services) free.delete(status.loadBalancer.ingress?.[0]?.ip);
  for (const { metadata, spec, status } of services) {
    if (status.loadBalancer.ingress !== undefined) continue;
    const [ip] = spec.loadBalancerIP === undefined ? free : [spec.loadBalancerIP].filter((it) => free.has(it));
    if (ip === undefined) continue; // as long as there is none, the Service waits
    free.delete(ip);
    await done(
      server.call(
        'PATCH',
        `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}/status`,
        { status: { loadBalancer: { ingress: [{ ip }] } } },
        { contentType: 'application/merge-patch+json' },
      ),
    );
  }
}

/** What is gone or changed meanwhile is seen in the next round. */
async function done(call: ReturnType<Client['call']>): Promise<void> {
  const { status, body } = await call;
  if (status >= 400 && status !== 404 && status !== 409) throw new Error(JSON.stringify(body));
}
