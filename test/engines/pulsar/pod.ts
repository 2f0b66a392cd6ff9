import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { secrets } from '../../../lib';
import { type AnyObject, containerOf } from '../../support/objects';
import type { CertifiedKey } from '../support/certified-key';
import { type Files, type Image, type Pod, startPod, untilReady } from '../support/pod';
import { jars } from './java';

/** Pulsar's classes where the image has them, and stand-ins for what else it has. */
export const imageOf = (release: string): Image => ({
  links: { '/pulsar/lib': jars(release) },
  files: {
    '/pulsar/bin/pulsar': readFileSync(join(__dirname, 'pulsar'), 'utf8'),
    '/pulsar/bin/bookkeeper': readFileSync(join(__dirname, 'bookkeeper'), 'utf8'),
  },
  workingDirectory: '/pulsar',
});

/**
 * The pod of a party's Pulsar, ready.
 *
 * @param volume directory that is the pod's volume
 */
export async function pulsarPod(
  release: string,
  objects: readonly AnyObject[],
  certificate: CertifiedKey,
  address: string,
  volume: string,
): Promise<Pod> {
  const { ports = [], startupProbe, readinessProbe } = containerOf(objects, 'pulsar');
  const numbered = (port: string | number | undefined) =>
    Number(ports.find(({ name }) => name === port)?.containerPort);
  const pod = await startPod({
    statefulSet: 'pulsar',
    volumes: { data: volume },
    objects,
    secrets: { [secrets.pulsarCertificate.name]: filesOf(certificate) },
    image: imageOf(release),
    address,
  });
  return untilReady(
    pod,
    async () => {
      const { path, port } = startupProbe?.httpGet ?? {};
      expect(await fetch(`http://${address}:${numbered(port)}${path}`)).toMatchObject({ status: 200 });
      await opens(address, numbered(readinessProbe?.tcpSocket?.port));
    },
    300_000, // as long as the startup probe lets it take
  );
}

/** Content of the Secret. */
export function filesOf({ cert, key, ca }: CertifiedKey): Files {
  const { keys } = secrets.pulsarCertificate;
  return { [keys.certificate]: cert, [keys.key]: key, [keys.ca]: ca };
}

async function opens(host: string, port: number): Promise<void> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
