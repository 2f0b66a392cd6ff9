import { execFile, execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import {
  type ExchangeDescriptor,
  exchangeDescriptor,
  exchangePlan,
  type PartyDescriptor,
  type PartyProps,
  partyDescriptor,
  partyPlan,
  services,
} from '../../../lib';
import { containerOf, fileOf, find, objectsOf, podOf } from '../../support/objects';
import { certifiedKey } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { gateway, type Pod } from '../support/pod';
import { trafficServerPod } from '../traffic-server/pod';
import { openTunnel } from '../traffic-server/pulsar';
import { adminApi } from './admin-api';
import { type Fate, startFate, topicOf } from './fate';
import { java } from './java';
import { pulsarPod } from './pod';

const domain = 'example.com';
/** Address of the exchange. */
const gate = '198.51.100.61';
const descriptor = exchangeDescriptor(exchangePlan({ domain }), { trafficServer: gate, nginx: '192.0.2.69' });

const flc = (id: number, exchange: ExchangeDescriptor | undefined, props: Partial<PartyProps> = {}) =>
  objectsOf((app) => new FederatedLearningCluster(app, 'flc', partyPlan({ domain, id, exchange, ...props })));
const exchange = (parties: readonly PartyDescriptor[]) =>
  objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ domain, parties })));

/** The least volume that there is, and the least memory of a container that carries FATE's largest messages. */
const smallest: Partial<PartyProps> = {
  volumesGiB: { pulsar: 1 },
  resources: { pulsar: { requests: { cpu: 1, memoryGiB: 2 }, limits: { cpu: 4, memoryGiB: 2 } } },
  belowGuideline: true,
};

const { ports } = services.pulsar;
const { livenessProbe: liveness = {} } = containerOf(flc(30000, descriptor), 'pulsar');

const noPulsar = refusal('pulsar');

describe.skipIf(noPulsar !== undefined)(titled("Pulsar's file", noPulsar), () => {
  const linesOf = (text: string) => text.trim().split('\n').sort();

  /** Each key with the value that it has for a program, once for each program that knows the key. */
  async function understood(standaloneConf: string): Promise<string[]> {
    const directory = mkdtempSync(join(tmpdir(), 'standalone-'));
    try {
      const file = join(directory, 'standalone.conf');
      writeFileSync(file, standaloneConf);
      const { stdout } = await promisify(execFile)('java', java('Configuration.java', file));
      return linesOf(stdout.replace(/^\w+ (\S+) /gm, '$1='));
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  test.each([
    ['with an exchange', descriptor],
    ['on its own', undefined],
  ])('each key of a party %s is one that broker or bookie knows, and takes as it is meant', async (_, exchange) => {
    const text = fileOf(flc(30000, exchange), 'pulsar-config', 'standalone.conf');
    expect(await understood(text)).toEqual(linesOf(text));
  });

  test('a key that neither knows is missed there, and a value shows as it was taken', async () => {
    const text = 'maxMessageSizes=1\njournalSyncData=no\ntlsEnabled=perhaps\n';
    expect(await understood(text)).toEqual(['journalSyncData=false', 'tlsEnabled=false']);
  });
});

/** Of what Pulsar tells about a topic. */
interface Stats {
  readonly publishers: readonly { readonly producerName: string }[];
  readonly replication: Readonly<Record<string, { readonly replicationBacklog: number; readonly connected: boolean }>>;
}

/** A party as far as its Pulsar goes. */
interface Party {
  readonly id: number;
  readonly address: string;
  readonly descriptor: PartyDescriptor;
  readonly fate: Fate;
  readonly admin: ReturnType<typeof adminApi>;
  /** Directory of the volume that Pulsar has. */
  readonly volume: string;
  pod(): Pod;
  /** In the place of a pod that was stopped. */
  start(): Promise<void>;
  statsOf(topic: string): Promise<Stats | undefined>;
}

/** Time that Pulsar may take for what it does by itself. */
const soon = { timeout: 30_000, interval: 500 };

const refused = noPulsar ?? refusal('traffic-server') ?? noPods();

describe.skipIf(refused !== undefined)(titled('Pulsar', refused), () => {
  const directory = refused === undefined ? mkdtempSync('/run/pulsar-') : '';
  const running = new Set<Pod>();
  /** What happened to Pulsars that ended unasked. */
  const ends: string[] = [];
  let trafficServer: Pod;
  let first: Party;
  let second: Party;
  let newcomer: Party;

  async function startExchange(...parties: readonly Party[]): Promise<void> {
    const objects = exchange(parties.map((it) => it.descriptor));
    trafficServer = await trafficServerPod(objects, certifiedKey(`proxy.${domain}`), gate);
    running.add(trafficServer);
  }

  async function startParty(id: number, address: string, props: Partial<PartyProps> = {}): Promise<Party> {
    const objects = flc(id, descriptor, props);
    const volume = join(directory, `${id}`);
    mkdirSync(volume);
    if (props.volumesGiB?.pulsar !== undefined)
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${props.volumesGiB.pulsar}g`, 'tmpfs', volume]);
    const certificate = certifiedKey(`${id}.${domain}`);
    const admin = adminApi(`http://${address}:${ports.admin}`);
    let pod: Pod;
    const start = async () => {
      pod = await pulsarPod(objects, certificate, address, volume);
      running.add(pod);
      void restart(pod);
    };
    /** What ends unasked is started again, as the kubelet does. */
    const restart = async (ended: Pod) => {
      await ended.ended;
      if (!running.has(ended)) return;
      const log = ended.log().trim().split('\n').slice(-20).join('\n');
      ends.push(`the Pulsar of ${id} ended with exit code ${ended.exitCode()}; its log ends:\n${log}`);
      await stop(ended);
      await start().catch((cause) => ends.push(`the Pulsar of ${id} did not start again: ${cause}`));
    };
    await start();
    return {
      id,
      address,
      descriptor: partyDescriptor(partyPlan({ domain, id }), { nginx: `192.0.2.${id / 1000}`, pulsar: address }),
      fate: startFate(id, address, fileOf(objects, 'pulsar-route-table', 'pulsar_route_table.yaml')),
      volume,
      admin,
      pod: () => pod,
      start,
      statsOf: (topic) => admin.get(`persistent/${topic}/stats`),
    };
  }

  async function stop(pod: Pod): Promise<void> {
    running.delete(pod);
    await pod.stop();
  }

  beforeEach(({ onTestFailed }) => onTestFailed(() => console.error(ends.join('\n'))));
  beforeAll(async () => {
    await startExchange();
    [first, second, newcomer] = await Promise.all([
      startParty(30000, '198.51.100.63'),
      startParty(40000, '198.51.100.64'),
      startParty(50000, '198.51.100.65', smallest),
    ]);
    await first.fate.meet('job', [second]);
    await second.fate.meet('job', [first]);
  }, 600_000);
  afterAll(async () => {
    for (const party of [first, second, newcomer]) await party?.fate.stop();
    await Promise.all([...running].map(stop));
    if (newcomer !== undefined) execFileSync('umount', [newcomer.volume]);
    rmSync(directory, { recursive: true });
  });

  const all = (): Party[] => [first, second, newcomer];
  const othersOf = (party: Party): Party[] => all().filter((it) => it !== party);
  const route = (...parties: readonly Party[]) =>
    trafficServer.publish('traffic-server-sni', {
      'sni.yaml': fileOf(exchange(parties.map((it) => it.descriptor)), 'traffic-server-sni', 'sni.yaml'),
    });

  /** Waits as long as a Pulsar takes to try again, which is a minute at most. */
  const arrives = async (message: string, job: string, from: Party, to: Party) =>
    expect(`${await to.fate.receive(job, from.id, 90)}`).toBe(message);

  async function carries(job: string, from: Party, to: Party): Promise<void> {
    const message = randomUUID();
    await from.fate.send(job, to.id, message);
    await arrives(message, job, from, to);
  }

  test('without a route a message waits at the party that sent it', async () => {
    await first.fate.send('job', second.id, 'weights');
    await vi.waitFor(async () => {
      const stats = await first.statsOf(topicOf('job', first.id, second.id));
      expect(stats?.replication[second.id]).toMatchObject({ replicationBacklog: 1, connected: false });
    }, soon);
    expect(await second.fate.receive('job', first.id, 5)).toBeUndefined();
  });

  test('it arrives once there is a route, and an answer goes back', async () => {
    route(first, second);
    await arrives('weights', 'job', first, second);
    await carries('job', second, first);
  }, 200_000);

  test('each Pulsar talks to the exchange and to no other, by TLS that ends at the other Pulsar', async () => {
    for (const party of [first, second]) {
      const others = `not dst 127.0.0.0/8 and not dst ${gateway}`; // which is where FATE is
      const { stdout } = await party
        .pod()
        .exec('ss', '--no-header', '--tcp', '--numeric', 'state', 'established', others);
      const ends = stdout
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/).slice(2).join(' '));
      expect([...new Set(ends.map((it) => it.replace(/:\d{5}\b/g, ':*')))].sort()).toEqual([
        `${party.address}:* ${gate}:443`,
        `${party.address}:6651 ${gate}:*`,
      ]);
      const tunnel = await openTunnel(gate, party.descriptor.fqdn);
      expect(tunnel.peer).toBe(party.descriptor.fqdn);
      tunnel.close();
    }
  });

  test('a message of 100 MiB passes', async () => {
    const message = randomBytes(100 * 1024 ** 2);
    await first.fate.send('job', second.id, message);
    expect((await second.fate.receive('job', first.id, 60))?.equals(message)).toBe(true);
  }, 120_000);

  test('the storage of the bookie has the sizes of the file', () => {
    const index = join(first.volume, 'pulsar/standalone/bookkeeper0/current/locations');
    const [options = ''] = readdirSync(index).filter((it) => it.startsWith('OPTIONS-'));
    const sizes = Object.fromEntries(
      [...readFileSync(join(index, options), 'utf8').matchAll(/^ *(\w+)=(\d+)$/gm)].map(([, name, size]) => [
        name,
        Number(size),
      ]),
    );
    expect(sizes).toMatchObject({
      write_buffer_size: 4 * 1024 ** 2,
      target_file_size_base: 4 * 1024 ** 2,
      block_size: 4096,
    });
  });

  test('a third party joins by its route alone: all six pairs meet, and no two replicate under one name', async () => {
    route(...all());
    await meet('job-of-three');
    await vi.waitFor(async () => {
      const stats = await second.statsOf(topicOf('job-of-three', first.id, second.id));
      expect(stats?.publishers.map((it) => it.producerName).sort()).toEqual(
        [first, newcomer].map((it) => `pulsar.repl.${it.id}.standalone`),
      );
    }, soon);
  }, 200_000);

  test('another pod of Traffic Server carries what was sent while there was none', async () => {
    await stop(trafficServer);
    await first.fate.send('job', second.id, 'meanwhile');
    await startExchange(first, second, newcomer);
    await arrives('meanwhile', 'job', first, second);
  }, 150_000);

  test('a Pulsar that was killed has all it had, and gets what was sent to it meanwhile', async () => {
    const job = 'job-with-a-crash';
    await first.fate.meet(job, [second]);
    await second.fate.meet(job, [first]);
    expect(await second.fate.receive(job, first.id, 1)).toBeUndefined(); // and is subscribed from then on
    await first.fate.send(job, second.id, 'before');
    await vi.waitFor(async () => {
      const stats = await first.statsOf(topicOf(job, first.id, second.id));
      expect(stats?.replication[second.id]).toMatchObject({ replicationBacklog: 0, connected: true });
    }, soon);
    await stop(second.pod());
    await first.fate.send(job, second.id, 'meanwhile');
    await second.start();
    for (const message of ['before', 'meanwhile']) await arrives(message, job, first, second);
    await carries(job, second, first);
  }, 200_000);

  /** The most liveness probes in a row that fail until this is done, at the kubelet's pace. */
  async function failures(party: Party, done: Promise<unknown>): Promise<number> {
    const { httpGet, periodSeconds = 10, timeoutSeconds = 1 } = liveness;
    let [most, failed, over] = [0, 0, false];
    void done.finally(() => (over = true));
    while (!over) {
      const next = pause(periodSeconds * 1000);
      const { ok } = await fetch(`http://${party.address}:${ports.admin}${httpGet?.path}`, {
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
      }).catch(() => ({ ok: false }));
      failed = ok ? 0 : failed + 1;
      most = Math.max(most, failed);
      await next;
    }
    return most;
  }

  async function standStill(party: Party, seconds: number): Promise<void> {
    party.pod().signal('SIGSTOP');
    await pause(seconds * 1000);
    party.pod().signal('SIGCONT');
  }

  async function meet(job: string): Promise<void> {
    for (const party of all()) await party.fate.meet(job, othersOf(party));
    for (const from of all()) for (const to of othersOf(from)) await carries(job, from, to);
  }

  test.each([
    ['20, 35 and 50 seconds', [20, 35, 50]],
    ['a minute', [60, 60, 60]],
  ])(
    'Pulsars that stand still for %s go on with their job, take another, and are left alone',
    async (_, seconds) => {
      const job = `job-at-${seconds.join('-')}`;
      route(...all());
      await meet(job);
      const over = pause(90_000);
      const probed = Promise.all(all().map((party) => failures(party, over)));
      await Promise.all(all().map((party, i) => standStill(party, seconds[i] ?? 0)));
      for (const from of all()) for (const to of othersOf(from)) await carries(job, from, to);
      await meet(`${job}-and-after`);
      expect(Math.max(...(await probed))).toBeLessThan(liveness.failureThreshold ?? 3);
      expect(ends).toEqual([]);
    },
    600_000,
  );

  test('on a volume of 1 GiB Pulsar takes messages until half of it is left, and again after the job', async () => {
    const leftMiB = () => {
      const { bavail, bsize } = statfsSync(newcomer.volume);
      return (bavail * bsize) / 1024 ** 2;
    };
    const weights = randomBytes(100 * 1024 ** 2);
    const namespace = 'fl-tenant/job-too-large';
    await newcomer.admin.put(`namespaces/${namespace}`, { replication_clusters: ['standalone'] });
    const fill = async () => {
      for (;;) await newcomer.fate.send('job-too-large', first.id, weights);
    };
    await expect(fill()).rejects.toThrow('can not send message');
    expect(leftMiB()).toBeGreaterThan(256);
    await newcomer.admin.delete(`persistent/${topicOf('job-too-large', newcomer.id, first.id)}?force=true`);
    await newcomer.admin.delete(`namespaces/${namespace}`);
    await vi.waitFor(() => expect(leftMiB()).toBeGreaterThan(600), { timeout: 300_000, interval: 1000 });
    route(...all());
    await meet('job-after-a-full-volume');
    expect(ends).toEqual([]);
  }, 600_000);

  test('told to stop, a Pulsar does so before Kubernetes would kill it', async () => {
    const { terminationGracePeriodSeconds: seconds = 30 } = podOf(
      find(flc(30000, descriptor), 'StatefulSet', 'pulsar'),
    );
    const pod = first.pod();
    running.delete(pod);
    await pod.exec('kill', '-TERM', '1');
    await vi.waitFor(() => expect(pod.exitCode()).toBeDefined(), { timeout: seconds * 1000, interval: 500 });
    await pod.stop();
  }, 90_000);
});
