import type { Container } from 'kubernetes-types/core/v1';
import { expect } from 'vitest';
import { secrets } from '../../../lib';
import { type AnyObject, containerOf } from '../../support/objects';
import type { CertifiedKey } from '../support/certified-key';
import { type Image, type Pod, startPod, untilReady } from '../support/pod';

const nobody = 65_534;

/** Debian's Traffic Server where the image has its own. */
export const trafficServerImage: Image = {
  engine: 'traffic-server',
  links: {
    '/opt/trafficserver/bin/traffic_manager': '/usr/bin/traffic_manager',
    '/opt/trafficserver/bin/traffic_ctl': '/usr/bin/traffic_ctl',
    '/opt/trafficserver/etc/trafficserver': '../../../etc/trafficserver',
  },
  owned: Object.fromEntries(['/run', '/var/log', '/var/cache'].map((it) => [`${it}/trafficserver`, nobody])),
  env: { PROXY_CONFIG_ADMIN_USER_ID: 'nobody' }, // Traffic Server's own default, which Debian's build has not
};

/** A pod of an exchange's Traffic Server, ready. */
export async function trafficServerPod(
  objects: readonly AnyObject[],
  certificate: CertifiedKey,
  address: string,
): Promise<Pod> {
  const pod = await startPod({
    deployment: 'traffic-server',
    objects,
    secrets: { [secret.name]: secretOf(certificate) },
    image: trafficServerImage,
    address,
  });
  const container = containerOf(objects, 'traffic-server');
  return untilReady(pod, async () => expect(await probe(pod, container)).toBe(0));
}

const { trafficServerCertificate: secret } = secrets;

/** Another certificate reaches the running pod. */
export const publishCertificate = (pod: Pod, certificate: CertifiedKey): void =>
  pod.publish(secret.name, secretOf(certificate));

const secretOf = ({ cert, key, ca }: CertifiedKey) => ({
  [secret.keys.ca]: ca,
  [secret.keys.certificate]: cert,
  [secret.keys.key]: key,
});

/** Exit code of the readiness probe. */
export const probe = async (pod: Pod, { readinessProbe }: Container): Promise<number> =>
  (await pod.exec(...(readinessProbe?.exec?.command ?? []))).code;
