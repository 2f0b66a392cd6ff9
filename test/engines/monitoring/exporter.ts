import { join } from 'node:path';
import { expect } from 'vitest';
import { services } from '../../../lib';
import { type AnyObject, containerOf } from '../../support/objects';
import { cache } from '../support/engines';
import { type Pod, startPod, untilReady } from '../support/pod';

const { name, ports } = services.exporter;

const programs = {
  json: { '/bin/json_exporter': join(cache, 'monitoring/bin/json-exporter') },
  blackbox: { '/bin/blackbox_exporter': join(cache, 'prometheus/usr/bin/prometheus-blackbox-exporter') },
} as const;

/**
 * One container of the exporter's pod, ready.
 *
 * @param hosts what the cluster's DNS would tell
 */
export async function exporterPod(
  container: keyof typeof programs,
  objects: readonly AnyObject[],
  address: string,
  hosts?: string,
): Promise<Pod> {
  const image = { links: programs[container] };
  const pod = await startPod({ deployment: name, container, objects, image, address, hosts });
  const path = containerOf(objects, container).readinessProbe?.httpGet?.path;
  return untilReady(pod, async () => {
    expect((await fetch(`http://${address}:${ports[container]}${path}`)).status).toBe(200);
  });
}
