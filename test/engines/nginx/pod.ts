import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Container } from 'kubernetes-types/core/v1';
import { expect, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import {
  type ExchangeDescriptor,
  exchangePlan,
  type FateRelease,
  type PartyDescriptor,
  partyDescriptor,
  partyPlan,
  services,
  type Transport,
} from '../../../lib';
import { type AnyObject, containerOf, environmentOf, objectsOf } from '../../support/objects';
import { addOutside } from '../support/network';
import { type Files, type Image, type Pod, startPod } from '../support/pod';

/** Debian's nginx, and Lua that does what is known of FATE's. */
const own = (file: string) => readFileSync(join(__dirname, file), 'utf8');
const prefix = '/data/projects/fate/proxy/nginx';
export const nginxImage: Image = {
  engine: 'nginx',
  files: {
    '/usr/local/bin/openresty': own('openresty'),
    ...Object.fromEntries(
      ['initialize', 'router', 'balancer', 'route_table'].map((it) => [`${prefix}/lua/${it}.lua`, own(`${it}.lua`)]),
    ),
  },
};

/** What a federation draws, by how its members prove who they are. */
export const drawn = (transport: Transport, fate?: FateRelease) => {
  const agreement = { domain: 'example.com', transport, fate };
  return {
    agreement,
    party: (id: number, nginx: string): PartyDescriptor =>
      partyDescriptor(partyPlan({ ...agreement, id }), { nginx, pulsar: '192.0.2.250' }),
    exchange: (routed: readonly PartyDescriptor[]): AnyObject[] =>
      objectsOf((app) => new Exchange(app, 'x', exchangePlan({ ...agreement, parties: withPulsars(routed) }))),
    cluster: (id: number, exchange: ExchangeDescriptor): AnyObject[] => drawnParty({ ...agreement, id, exchange }),
    /** The same without an exchange. */
    direct: (id: number, peers: readonly PartyDescriptor[]): AnyObject[] =>
      drawnParty({ ...agreement, id, peers: withPulsars(peers) }),
  };
};

function drawnParty(declaration: Parameters<typeof partyPlan>[0]): AnyObject[] {
  const plan = partyPlan(declaration);
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
}

/** Each under an address of its own: a plan wants that, and none is used here. */
const withPulsars = (routed: readonly PartyDescriptor[]) =>
  routed.map((it, i) => ({ ...it, pulsar: { ...it.pulsar, address: `203.0.113.${i + 1}` } }));

/** Starts nginx of a deployment; ready when its readiness probe is content. */
export async function startNginx(
  address: string,
  objects: readonly AnyObject[],
  { hosts = '', secrets = {} }: { readonly hosts?: string; readonly secrets?: Readonly<Record<string, Files>> } = {},
): Promise<Pod> {
  const files = { ...nginxImage.files, '/etc/hosts': `127.0.0.1 localhost\n${hosts}` };
  const pod = await startPod({ deployment: 'nginx', objects, image: { ...nginxImage, files }, address, secrets });
  const container = containerOf(objects, 'nginx');
  return vi
    .waitFor(async () => expect(await probed(pod, container)).toBe(200), { timeout: 180_000, interval: 250 })
    .then(() => pod)
    .catch(async (cause) => {
      const log = pod.log();
      await pod.stop();
      throw new Error(`not ready; its log:\n${log}`, { cause });
    });
}

const probed = (pod: Pod, { readinessProbe }: Container): Promise<number> =>
  new Promise((resolve, reject) => {
    const { path, port } = readinessProbe?.httpGet ?? {};
    request({ host: pod.address, path, port: Number(port), agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

/** Time after which a change in the mounted files must have its effect: the watch interval, and 10 seconds for nginx. */
export const followed = (objects: readonly AnyObject[]) => ({
  timeout: (Number(environmentOf(containerOf(objects, 'nginx'))['INTERVAL']) + 10) * 1000,
  interval: 250,
});

/** What nginx says of its own configuration. */
export async function configurationTest(pod: Pod): Promise<string> {
  const { stdout } = await pod.exec('sh', '-c', 'openresty -t 2>&1 | cat'); // it opens /dev/stderr, which is no file here
  return stdout;
}

/** What a FATE Flow, or a whole party, was told. */
export interface Received {
  readonly by: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
}

/** A server that tells what it has received; a path with `after-<seconds>` is answered later. */
export async function telling(
  name: string,
  address: string,
  port: number = services.nginx.ports.http,
): Promise<Server> {
  addOutside(address);
  const server = createServer(async (req, res) => {
    let bytes = 0;
    for await (const chunk of req) bytes += chunk.length;
    await pause(Number(/\/after-(\d+)/.exec(`${req.url}`)?.[1] ?? 0) * 1000);
    res.end(JSON.stringify({ by: name, path: req.url, headers: req.headers, bytes } satisfies Partial<Received>));
  });
  server.keepAliveTimeout = 75_000; // nginx's
  await once(server.listen(port, address), 'listening');
  return server;
}
