import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Container, Probe } from 'kubernetes-types/core/v1';
import { expect } from 'vitest';
import { secrets, services } from '../../../lib';
import { type AnyObject, find, podOf, type Workload, workloadsOf } from '../../support/objects';
import type { CertifiedKey } from '../support/certified-key';
import { addOutside, address } from '../support/network';
import { type Pod, startPod, untilReady } from '../support/pod';
import { filesOf, imageOf } from './pod';

/** A pod of a highly available Pulsar. */
export interface Member {
  /** As Kubernetes calls it, or might. */
  readonly name: string;
  readonly workload: string;
  readonly address: string;
  /** Directory of its volume. */
  readonly volume: string;
  pod(): Pod;
  /** Whether it runs. */
  isThere(): boolean;
  /** Its init containers, then its first container, until it is ready. */
  start(): Promise<void>;
  /** As a node that is lost. */
  kill(): Promise<void>;
}

export interface Cluster {
  readonly members: readonly Member[];
  of(workload: string): readonly Member[];
  /** Lines of `/etc/hosts`, by which pods and clients find pods. */
  readonly hosts: string;
  stop(): Promise<void>;
}

interface ClusterProps {
  readonly release: string;
  readonly objects: readonly AnyObject[];
  readonly certificate: CertifiedKey;
  /** Of the Service `pulsar`. */
  readonly service: string;
  /** Of the LoadBalancer. */
  readonly published: string;
  /** Last number of the address of the first pod; of the others, those that follow. */
  readonly first: number;
  /** Where volumes are made. */
  readonly directory: string;
  /** Pods of a workload, where fewer than are declared will do. */
  readonly pods?: Readonly<Record<string, number>>;
}

/** All pods of a highly available Pulsar, ready, and its Services: a connection to one goes to any pod of it that listens. */
export async function startCluster(props: ClusterProps): Promise<Cluster> {
  const { objects, first, directory, service, published, pods = {} } = props;
  const workloads = [zookeeper, bookie, broker, proxy].map(({ name }) => workloadNamed(objects, name));
  const places = workloads.flatMap((workload) =>
    Array.from({ length: pods[`${workload.metadata?.name}`] ?? workload.spec?.replicas ?? 1 }, (_, ordinal) => ({
      workload,
      ordinal,
    })),
  );
  const named = places.map(({ workload, ordinal }, i) => ({
    ...namesOf(workload, ordinal),
    address: address(first + i),
  }));
  const hosts = [
    ...named.map(({ address, names }) => `${address} ${names.join(' ')}`),
    `${service} ${broker.name}`,
    // A headless Service: the first one that listens is among them.
    ...named.filter(({ name }) => name.startsWith(`${bookie.name}-`)).map((it) => `${it.address} ${bookie.name}`),
    '',
  ].join('\n');
  const members = places.map(({ workload, ordinal }, i): Member => {
    const { name = '', address = '' } = named[i] ?? {};
    const volume = join(directory, name);
    mkdirSync(volume, { recursive: true });
    return member(props, workload, { ordinal, name, address, volume, hosts });
  });
  const of = (workload: string) => members.filter((it) => it.workload === workload);
  const balancers = [
    ...(await balance(service, Object.values(broker.ports), () => of(broker.name))),
    ...(await balance(published, [proxy.ports['broker-tls']], () => of(proxy.name))),
  ];
  const stop = async () => {
    for (const it of balancers) it.close();
    await Promise.all(members.filter((it) => it.isThere()).map((it) => it.kill()));
  };
  for (const workload of workloads) {
    const starts = await Promise.allSettled(of(`${workload.metadata?.name}`).map((it) => it.start()));
    for (const it of starts) {
      if (it.status === 'fulfilled') continue;
      await stop();
      throw it.reason;
    }
  }
  return { members, of, hosts, stop };
}

const { pulsarZookeeper: zookeeper, pulsarBookie: bookie, pulsar: broker, pulsarProxy: proxy } = services;

const workloadNamed = (objects: readonly AnyObject[], name: string): Workload => {
  const [found] = workloadsOf(objects).filter(({ metadata }) => metadata?.name === name);
  return found ?? find(objects, 'StatefulSet', name);
};

/** As the cluster's DNS has them: with the domain of search, and without. */
function namesOf({ metadata, spec }: Workload, ordinal: number) {
  const name = `${metadata?.name}-${ordinal}`;
  if (spec === undefined || !('serviceName' in spec)) return { name, names: [name] };
  const short = `${name}.${spec.serviceName}`;
  return { name, names: [`${short}.${metadata?.namespace}.svc.cluster.local`, short] };
}

interface Place {
  readonly ordinal: number;
  readonly name: string;
  readonly address: string;
  readonly volume: string;
  readonly hosts: string;
}

function member({ release, objects, certificate }: ClusterProps, workload: Workload, place: Place): Member {
  const { name, address, volume, ordinal, hosts } = place;
  const kind = workload.metadata?.name ?? '';
  const { initContainers = [], containers } = podOf(workload);
  let running: Pod | undefined;

  /** What ends unasked is started again, as the kubelet does. */
  const restart = async (ended: Pod) => {
    await ended.ended;
    if (running !== ended) return;
    console.error(`${name} ended with exit code ${ended.exitCode()}; its log ends:\n${ended.log().slice(-3000)}`);
    running = undefined;
    await ended.stop();
    await start().catch((cause) => console.error(`${name} did not start again: ${cause}`));
  };

  const start = async () => {
    for (const it of initContainers) await ended(await begin(it));
    for (const it of containers.slice(0, 1)) {
      running = await up(it);
      void restart(running);
    }
  };

  /**
   * What ends by itself before it is ready is started again, too: of two brokers of Pulsar 2.10 that begin in the same moment one may, since
   * both make the counter of producers' names.
   */
  const up = async (container: Container, tries = 3): Promise<Pod> => {
    const pod = await begin(container);
    try {
      return await untilReady(pod, () => passes(pod, container));
    } catch (cause) {
      if (pod.exitCode() === undefined || tries === 1) throw cause;
      console.error(`${name} is started again, since it was ${cause}`);
      return up(container, tries - 1);
    }
  };

  const begin = (container: Container) =>
    startPod({
      ...(workload.kind === 'Deployment'
        ? { deployment: kind }
        : {
            statefulSet: kind,
            ordinal,
            volumes: 'volumeClaimTemplates' in (workload.spec ?? {}) ? { data: volume } : {},
          }),
      container: container.name,
      objects,
      secrets: { [secrets.pulsarCertificate.name]: filesOf(certificate) },
      image: imageOf(release),
      address,
      hosts,
    });

  return {
    name,
    workload: kind,
    address,
    volume,
    pod: () => {
      if (running === undefined) throw new Error(`${name} does not run`);
      return running;
    },
    isThere: () => running !== undefined,
    start,
    kill: async () => {
      const killed = running;
      running = undefined;
      await killed?.stop();
    },
  };
}

/** An init container has done its work. */
async function ended(pod: Pod): Promise<void> {
  await pod.ended;
  const log = pod.log();
  const code = pod.exitCode();
  await pod.stop();
  expect(code, log).toBe(0);
}

/** What the kubelet asks before it calls a pod ready. */
async function passes(pod: Pod, { ports = [], startupProbe, readinessProbe }: Container): Promise<void> {
  const numbered = (port: string | number) => Number(ports.find(({ name }) => name === port)?.containerPort ?? port);
  const pass = async ({ httpGet, tcpSocket, exec }: Probe) => {
    if (httpGet)
      expect(await fetch(`http://${pod.address}:${numbered(httpGet.port)}${httpGet.path}`)).toMatchObject({
        status: 200,
      });
    if (tcpSocket) (await opened(pod.address, numbered(tcpSocket.port))).destroy();
    if (exec) expect((await pod.exec(...(exec.command ?? []))).code).toBe(0);
  };
  for (const probe of [startupProbe, readinessProbe]) if (probe) await pass(probe);
}

async function opened(host: string, port: number): Promise<Socket> {
  const socket = connect(port, host);
  await once(socket, 'connect', { signal: AbortSignal.timeout(3000) }).catch((cause) => {
    socket.destroy();
    throw cause;
  });
  return socket;
}

/** Stands in for a Service, or for a LoadBalancer: each connection goes to one of the pods, at random. */
async function balance(host: string, ports: readonly number[], pods: () => readonly Member[]): Promise<Server[]> {
  addOutside(host);
  return Promise.all(
    ports.map(async (port) => {
      const server = createServer((socket) => {
        socket.on('error', () => {}).pause();
        void leadOn(socket, port, pods()).catch(() => socket.destroy());
      });
      await once(server.listen(port, host), 'listening');
      return server;
    }),
  );
}

async function leadOn(socket: Socket, port: number, pods: readonly Member[]): Promise<void> {
  const there = pods.filter((it) => it.isThere()).sort(() => Math.random() - 0.5);
  for (const { address } of there) {
    const other = await opened(address, port).catch(() => undefined);
    if (other === undefined) continue;
    for (const [end, to] of [
      [socket, other],
      [other, socket],
    ] as const)
      end.on('error', () => {}).on('close', () => to.destroy());
    socket.pipe(other);
    other.pipe(socket);
    return;
  }
  socket.destroy();
}
