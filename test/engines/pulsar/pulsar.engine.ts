import { execFile, execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import {
  type AgreementProps,
  type ExchangeDescriptor,
  exchangeDescriptor,
  exchangePlan,
  type FateRelease,
  type PartyDescriptor,
  type PartyProps,
  partyDescriptor,
  partyPlan,
  pulsarRoutes,
  releases,
  services,
  type Transport,
} from '../../../lib';
import { yaml } from '../../../lib/formats/yaml';
import { metrics } from '../../../lib/monitoring/metrics';
import { containerOf, fileOf, find, objectsOf, podOf } from '../../support/objects';
import { expectAlerts, lasting, namesOf, type Recording, scrape, together } from '../monitoring/prometheus';
import { type Authority, type CertifiedKey, certificateAuthority, certifiedKey } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { address, gateway } from '../support/network';
import type { Pod } from '../support/pod';
import { trafficServerPod } from '../traffic-server/pod';
import { openTunnel } from '../traffic-server/pulsar';
import { adminApi } from './admin-api';
import { startClient } from './client';
import { type Fate, startFate, topicOf } from './fate';
import { java } from './java';
import { filesOf, pulsarPod } from './pod';
import { answers, type Listener, startListener } from './tls';

const domain = 'example.com';
/** Address of the exchange. */
const gate = address(61);

/** What a federation on a release of FATE draws. */
function drawn(fate: FateRelease) {
  const agreement = { domain, fate };
  const descriptorFor = (transport: Transport) =>
    exchangeDescriptor(exchangePlan({ ...agreement, transport }), { trafficServer: gate, nginx: '192.0.2.69' });
  return {
    descriptorFor,
    descriptor: descriptorFor('mutual-tls'),
    flc: (id: number, exchange: ExchangeDescriptor | undefined, props: Partial<AgreementProps & PartyProps> = {}) =>
      objectsOf((app) => {
        const plan = partyPlan({ ...agreement, id, exchange, monitoring: {}, ...props });
        return new FederatedLearningCluster(app, 'flc', plan);
      }),
    exchange: (parties: readonly PartyDescriptor[]) =>
      objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ ...agreement, parties }))),
    descriptorOf: (id: number, address: string): PartyDescriptor =>
      partyDescriptor(partyPlan({ ...agreement, id }), {
        nginx: address.replace(/^.*\./, '192.0.2.'),
        pulsar: address,
      }),
  };
}

/** Each release of Pulsar that one of FATE has, with the first of those. */
const pulsars = new Map(
  Object.entries(releases)
    .reverse()
    .map(([fate, { images }]) => [/:(\d+\.\d+)\./.exec(images.pulsar)?.[1] ?? images.pulsar, fate as FateRelease]),
);

/** The least volume that there is, and the least memory of a container that carries FATE's largest messages. */
const smallest: Partial<AgreementProps & PartyProps> = {
  volumesGiB: { pulsar: 1 },
  resources: { pulsar: { requests: { cpu: 1, memoryGiB: 2 }, limits: { cpu: 4, memoryGiB: 2 } } },
  belowGuideline: true,
};

const { ports } = services.pulsar;

/** Of what Pulsar tells about a topic. */
interface Stats {
  readonly subscriptions: Readonly<Record<string, unknown>>;
  readonly publishers: readonly { readonly producerName: string }[];
  readonly replication: Readonly<Record<string, { readonly replicationBacklog: number; readonly connected: boolean }>>;
}

/** A party as far as its Pulsar goes. */
interface Party {
  readonly id: number;
  readonly address: string;
  readonly descriptor: PartyDescriptor;
  readonly certificate: CertifiedKey;
  readonly fate: Fate;
  readonly admin: ReturnType<typeof adminApi>;
  /** Directory of the volume that Pulsar has. */
  readonly volume: string;
  pod(): Pod;
  /** In the place of a pod that was stopped. */
  start(): Promise<void>;
  statsOf(topic: string): Promise<Stats | undefined>;
}

/** A party whose Pulsar is another program. */
interface Impostor {
  readonly id: number;
  readonly descriptor: PartyDescriptor;
  readonly listener: Listener;
}

type Certified<Key> = Readonly<Record<string, (commonName: string, certify: Authority) => Key>>;

/** Certificates that are not of the federation, or are no longer. */
const foreign: Certified<CertifiedKey> = {
  'a certificate that it has signed itself': (commonName) => certifiedKey(commonName),
  'a certificate of another authority of the same name': (commonName) => certificateAuthority()(commonName),
  'a certificate that has expired': (commonName, certify) => certify(commonName, { days: 0 }),
};

/** With which nobody gets in. */
const useless: Certified<Partial<CertifiedKey>> = {
  'no certificate': () => ({}),
  'a certificate for servers only': (commonName, certify) => certify(commonName, { usage: 'serverAuth' }),
  ...foreign,
};

/** With what its documentation asks for: the authorities between its certificate and the federation's are trusted as well. */
const trustingItself = ({ cert, key, ca }: CertifiedKey): CertifiedKey => ({
  cert,
  key,
  ca:
    ca +
    cert
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .slice(1)
      .join(''),
});

/** What a kubelet would tell of a volume: it asks the file system as well. @see Kubernetes, `pkg/volume/util/fs` */
function ofKubelet({ id, volume }: Party): Recording {
  const { bavail, blocks, bsize } = statfsSync(volume);
  const series = (what: string) =>
    `kubelet_volume_stats_${what}_bytes{namespace="fate-${id}",persistentvolumeclaim="data-pulsar-0"}`;
  return new Map([
    [series('available'), bavail * bsize],
    [series('capacity'), blocks * bsize],
  ]);
}

/** Time that Pulsar may take for what it does by itself. */
const soon = { timeout: 90_000, interval: 500 };

/** Some releases are tried by one run of this file and some by another, beside one another: `PULSARS` is `<run>/<runs>`. */
const [run = 0, runs = 1] = (process.env['PULSARS'] ?? '0/1').split('/').map(Number);
const tried = [...pulsars].reverse().filter((_, i) => i % runs === run);

describe.each(tried)('Pulsar %s of FATE %s', (release, fate) => {
  const { flc, exchange, descriptor, descriptorFor, descriptorOf } = drawn(fate);
  const noPulsar = refusal(`pulsar-${release}`);
  const refused = noPulsar ?? refusal('traffic-server') ?? noPods();
  const { livenessProbe: liveness = {} } = containerOf(flc(30000, descriptor), 'pulsar');

  describe.skipIf(noPulsar !== undefined)(titled(`The file of Pulsar ${release}`, noPulsar), () => {
    const linesOf = (text: string) => text.trim().split('\n').sort();

    /** What a program says of a file. */
    async function said(program: string, text: string): Promise<string> {
      const directory = mkdtempSync(join(tmpdir(), 'configuration-'));
      try {
        const file = join(directory, 'file');
        writeFileSync(file, text);
        return (await promisify(execFile)('java', java(release, program, file))).stdout;
      } finally {
        rmSync(directory, { recursive: true });
      }
    }

    /** Each key with the value that it has for a program, once for each program that knows the key. */
    const understood = async (standaloneConf: string): Promise<string[]> =>
      linesOf((await said('Configuration.java', standaloneConf)).replace(/^\w+ (\S+) /gm, '$1='));

    test.each([
      ['with an exchange', flc(30000, descriptor)],
      ['of an open federation', flc(30000, descriptorFor('open'), { transport: 'open' })],
      ['on its own', flc(30000, undefined)],
    ])('each key of a party %s is one that broker or bookie knows, and takes as it is meant', async (_, objects) => {
      const text = fileOf(objects, 'pulsar-config', 'standalone.conf');
      expect(await understood(text)).toEqual(linesOf(text));
    });

    test('a key that neither knows is missed there, and a value shows as it was taken', async () => {
      const text = 'maxMessageSizes=1\njournalSyncData=no\ntlsEnabled=perhaps\n';
      expect(await understood(text)).toEqual(['journalSyncData=false', 'tlsEnabled=false']);
    });

    const several = flc(30000, descriptor, { pulsar: { cluster: true } });
    test.each([
      ['the one process', fileOf(flc(30000, descriptor), 'pulsar-config', 'standalone.conf')],
      ['a broker of several', fileOf(several, 'pulsar-config', 'broker.conf')],
      ['a bookie of several', fileOf(several, 'pulsar-bookie-config', 'bookkeeper.conf')],
    ])('a bookie that comes again, its address not known yet or not at first, is written to by %s', async (_, text) => {
      expect(linesOf(await said('Placement.java', text))).toEqual(['placed', 'placed']);
    });

    test('by the policy that Pulsar has otherwise, it would not be', async () => {
      expect(linesOf(await said('Placement.java', ''))).toContain('Not enough non-faulty bookies available');
    });
  });

  describe.skipIf(refused !== undefined)(titled(`Pulsar ${release}`, refused), () => {
    const directory = refused === undefined ? mkdtempSync('/run/pulsar-') : '';
    const running = new Set<Pod>();
    /** What happened to Pulsars that ended unasked. */
    const ends: string[] = [];
    let trafficServer: Pod;
    let first: Party;
    let second: Party;
    let newcomer: Party;
    /** The federation's authority. */
    let certify: Authority;
    let impostors: Impostor[];

    async function startExchange(...parties: readonly Party[]): Promise<void> {
      const objects = exchange(routed(parties));
      trafficServer = await trafficServerPod(objects, certifiedKey(`proxy.${domain}`), gate);
      running.add(trafficServer);
    }

    async function startParty(
      id: number,
      address: string,
      props: Partial<AgreementProps & PartyProps> = {},
      authority = certify,
    ): Promise<Party> {
      const objects = flc(id, descriptorFor(props.transport ?? 'mutual-tls'), props);
      const volume = join(directory, `${id}`);
      mkdirSync(volume);
      if (props.volumesGiB?.pulsar !== undefined)
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${props.volumesGiB.pulsar}g`, 'tmpfs', volume]);
      const certified = authority(`${id}.${domain}`);
      const certificate = release === '2.7' ? certified : trustingItself(certified);
      const admin = adminApi(`http://${address}:${ports.admin}`);
      let pod: Pod;
      const start = async () => {
        pod = await pulsarPod(release, objects, certificate, address, volume);
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
        descriptor: descriptorOf(id, address),
        certificate,
        fate: startFate(release, id, address, fileOf(objects, 'pulsar-route-table', 'pulsar_route_table.yaml')),
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
    /** A party whose Pulsar is a listener with this certificate. */
    async function startImpostor(id: number, address: string, certificate: CertifiedKey): Promise<Impostor> {
      return { id, descriptor: descriptorOf(id, address), listener: await startListener(address, certificate) };
    }

    beforeAll(async () => {
      certify = certificateAuthority();
      impostors = await Promise.all([
        startImpostor(60000, address(80), certify(`50000.${domain}`)),
        ...Object.values(foreign).map((certified, i) =>
          startImpostor(61000 + i, address(81 + i), certified(`${61000 + i}.${domain}`, certify)),
        ),
      ]);
      await startExchange();
      [first, second, newcomer] = await Promise.all([
        startParty(30000, address(63)),
        startParty(40000, address(64)),
        startParty(50000, address(65), smallest, certify.below('ca-of-one.example.com')),
      ]);
      await first.fate.meet('job', [second]);
      await second.fate.meet('job', [first]);
    }, 1_800_000);
    afterAll(async () => {
      for (const party of [first, second, newcomer]) await party?.fate.stop();
      for (const { listener } of impostors ?? []) listener.close();
      await Promise.all([...running].map(stop));
      if (newcomer !== undefined) execFileSync('umount', [newcomer.volume]);
      rmSync(directory, { recursive: true });
    });

    const all = (): Party[] => [first, second, newcomer];
    const othersOf = (party: Party): Party[] => all().filter((it) => it !== party);
    const routed = (parties: readonly Party[]) => [...parties, ...impostors].map((it) => it.descriptor);
    const route = (...parties: readonly Party[]) =>
      trafficServer.publish('traffic-server-sni', {
        'sni.yaml': fileOf(exchange(routed(parties)), 'traffic-server-sni', 'sni.yaml'),
      });

    /** Waits as long as a Pulsar takes to try again, which is a minute at most. */
    const arrives = async (message: string, job: string, from: Party, to: Party, seconds = 90) =>
      expect(`${await to.fate.receive(job, from.id, seconds)}`).toBe(message);

    async function carries(job: string, from: Party, to: Party, seconds?: number): Promise<void> {
      const message = randomUUID();
      await from.fate.send(job, to.id, message);
      await arrives(message, job, from, to, seconds);
    }

    test('without a route a message waits at the party that sent it', async () => {
      await first.fate.send('job', second.id, 'weights');
      await vi.waitFor(async () => {
        const stats = await first.statsOf(topicOf('job', first.id, second.id));
        expect(stats?.replication[second.id]).toMatchObject({ replicationBacklog: 1, connected: false });
      }, soon);
      expect(await second.fate.receive('job', first.id, 5)).toBeUndefined();
    });

    /** Of a message that waits. */
    let waiting: Recording;
    const recorded = () => scrape(flc(first.id, descriptor), 'pulsar', { pod: first.address });
    const noPrometheus = refusal('prometheus');

    test.skipIf(noPrometheus !== undefined)(titled('an alert says so', noPrometheus), async () => {
      waiting = await recorded();
      expect(namesOf(waiting)).toEqual([...metrics.pulsar].sort());
      await expectAlerts(flc(first.id, descriptor), lasting(waiting, 8), ['FateReplicationStands']);
    });

    test('it arrives once there is a route, and an answer goes back', async () => {
      route(first, second);
      await arrives('weights', 'job', first, second);
      await carries('job', second, first);
    });

    test.skipIf(noPrometheus !== undefined)(titled('then the alert ends', noPrometheus), async () => {
      await expectAlerts(flc(first.id, descriptor), [...lasting(waiting, 8), ...lasting(await recorded(), 2)], []);
    });

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
        const tunnel = await openTunnel(gate, party.descriptor.fqdn, party.certificate);
        expect(tunnel.peer).toBe(party.descriptor.fqdn);
        tunnel.close();
      }
    });

    /** The ways to a party's TLS ports. */
    const waysTo = ({ address, descriptor: { fqdn: servername } }: Party): ConnectionOptions[] => [
      { host: address, port: ports['broker-tls'], servername },
      { host: gate, port: 443, servername },
      { host: address, port: ports['admin-tls'], servername },
    ];

    test('who has a certificate of the federation is answered, but by no TLS before 1.2', async () => {
      for (const way of waysTo(second)) expect(await answers({ ...way, ...first.certificate })).toBe(true);
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      for (const way of waysTo(second)) expect(await answers({ ...way, ...first.certificate, ...old })).toBe(false);
    });

    test.each(Object.entries(useless))(
      'who has %s gets not one byte, from no port and through the exchange neither',
      async (_, certified) => {
        const { cert, key } = certified(first.descriptor.fqdn, certify);
        for (const way of waysTo(second)) expect(await answers({ ...way, cert, key })).toBe(false);
      },
    );

    test('not one byte goes to a server whose certificate is foreign; which member a certificate is of is not asked', async () => {
      await first.fate.meet('job-with-impostors', impostors);
      for (const { id } of impostors) await first.fate.send('job-with-impostors', id, 'weights');
      const [member, ...strangers] = impostors.map((it) => it.listener);
      await vi.waitFor(() => {
        expect(member?.said()).toContain(`${first.descriptor.fqdn} of ca.example.com`);
        for (const stranger of strangers) expect(stranger.said().length + stranger.refused()).toBeGreaterThan(0);
      }, soon);
      for (const stranger of strangers) expect(stranger.said()).toEqual([]);
    });

    test('without an exchange Pulsars meet directly, by the same TLS, and a foreign certificate gets not one byte', async () => {
      // A Pulsar has the same file either way: these are the first and the second party under other ids, by tables without an exchange.
      const [one, other] = [descriptorOf(31000, first.address), descriptorOf(41000, second.address)];
      const stranger = impostors[1] as Impostor;
      const tableOf = (id: number, ...peers: readonly PartyDescriptor[]) => yaml(pulsarRoutes({ id, peers }));
      const fates = [
        startFate(release, one.id, first.address, tableOf(one.id, other, stranger.descriptor)),
        startFate(release, other.id, second.address, tableOf(other.id, one)),
      ] as const;
      const before = stranger.listener.refused();
      try {
        await fates[0].meet('job-without-exchange', [other, stranger]);
        await fates[1].meet('job-without-exchange', [one]);
        for (const [from, to] of [
          [0, 1],
          [1, 0],
        ] as const) {
          const message = randomUUID();
          const [sender, receiver] = [[one, other][from], [one, other][to]] as [PartyDescriptor, PartyDescriptor];
          await fates[from].send('job-without-exchange', receiver.id, message);
          expect(`${await fates[to].receive('job-without-exchange', sender.id, 90)}`).toBe(message);
        }
        const wanted = ['state', 'established', 'dst', `${second.address}:${ports['broker-tls']}`];
        const { stdout } = await first.pod().exec('ss', '--no-header', '--tcp', '--numeric', ...wanted);
        expect(stdout).not.toBe('');
        await fates[0].send('job-without-exchange', stranger.id, 'weights');
        await vi.waitFor(() => expect(stranger.listener.refused()).toBeGreaterThan(before), soon);
        expect(stranger.listener.said()).toEqual([]);
      } finally {
        for (const fate of fates) await fate.stop();
      }
    });

    test("a member's certificate opens every topic of another member", async () => {
      await first.fate.send('job', second.id, 'not for the third');
      const third = startClient(release, `pulsar+ssl://${second.address}:${ports['broker-tls']}`, newcomer.certificate);
      try {
        const topic = topicOf('job', first.id, second.id);
        expect(`${await third.receive(topic, 30)}`).toBe('not for the third');
      } finally {
        await third.stop();
      }
    });

    test("Pulsar's own clients work: it takes messages of its own, and clears up after a job", async () => {
      const health = await fetch(`http://${second.address}:${ports.admin}/admin/v2/brokers/health`);
      expect(await health.text()).toBe('ok');
      const job = 'job-that-ends';
      const subscriptions = async () => {
        const stats = await second.statsOf(topicOf(job, first.id, second.id));
        return Object.keys(stats?.subscriptions ?? {});
      };
      await second.fate.meet(job, [first]);
      await second.fate.receive(job, first.id, 1);
      expect(await subscriptions()).toEqual(['unique']);
      await second.fate.cleanUp(job);
      expect(await subscriptions()).toEqual([]);
    });

    test('a message of 100 MiB passes', async () => {
      const message = randomBytes(100 * 1024 ** 2);
      await first.fate.send('job', second.id, message);
      expect((await second.fate.receive('job', first.id, 60))?.equals(message)).toBe(true);
    });

    test.skipIf(noPrometheus !== undefined)(
      titled(
        'messages that nobody reads are an alert where they are all that may be, and whoever sends more is refused',
        noPrometheus,
      ),
      async () => {
        const [job, namespace] = ['job-unread', 'fl-tenant/job-unread'];
        const topic = topicOf(job, second.id, first.id);
        const limit = 64 * 1024 ** 2;
        await second.admin.put(`namespaces/${namespace}`, { replication_clusters: ['standalone'] });
        await second.admin.post(`namespaces/${namespace}/backlogQuota`, {
          [release === '2.7' ? 'limit' : 'limitSize']: limit,
          policy: 'producer_request_hold',
        });
        await second.admin.put(`persistent/${topic}/subscription/unique`); // as of a worker that has been lost
        const fill = async () => {
          for (;;) await second.fate.send(job, first.id, randomBytes(limit / 4));
        };
        await expect(fill()).rejects.toThrow('quota');
        const objects = flc(second.id, descriptor);
        const recorded = () => scrape(objects, 'pulsar', { pod: second.address });
        const full = await recorded();
        await expectAlerts(objects, lasting(full, 12), ['FateBacklogFull']);
        await second.admin.delete(`persistent/${topic}?force=true`);
        await second.admin.delete(`namespaces/${namespace}`);
        await expectAlerts(objects, [...lasting(full, 12), ...lasting(await recorded(), 2)], []);
      },
    );

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
          [first, newcomer].map((it) => expect.stringContaining(`pulsar.repl.${it.id}.standalone`)),
        );
      }, soon);
    });

    test('another pod of Traffic Server carries what was sent while there was none', async () => {
      await stop(trafficServer);
      await first.fate.send('job', second.id, 'meanwhile');
      await startExchange(first, second, newcomer);
      await arrives('meanwhile', 'job', first, second);
    });

    test('a Pulsar that was killed has all it had, gets what was sent to it meanwhile, and brings nothing that FATE would take twice', async () => {
      const job = 'job-with-a-crash';
      await first.fate.meet(job, [second]);
      await second.fate.meet(job, [first]);
      await carries(job, first, second); // which comes again
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
    });

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

    async function meet(job: string, seconds?: number): Promise<void> {
      for (const party of all()) await party.fate.meet(job, othersOf(party));
      for (const from of all()) for (const to of othersOf(from)) await carries(job, from, to, seconds);
    }

    /** Of each party. After more of them the session of 2.10 may have ended, and for minutes it refuses new jobs. */
    const stops: readonly (readonly [string, readonly number[]])[] =
      release === '2.7'
        ? [
            ['a minute', [60, 60, 60]],
            ['20, 35 and 50 seconds', [20, 35, 50]],
          ]
        : [['20, 25 and 30 seconds', [20, 25, 30]]];
    test.each(stops)(
      'Pulsars that stand still for %s go on with their job, take another, and are left alone',
      async (_, seconds) => {
        const job = `job-at-${seconds.join('-')}`;
        route(...all());
        await meet(job);
        const over = pause((Math.max(...seconds) + 30) * 1000); // what their probes say of it comes later
        const probed = Promise.all(all().map((party) => failures(party, over)));
        await Promise.all(all().map((party, i) => standStill(party, seconds[i] ?? 0)));
        for (const from of all()) for (const to of othersOf(from)) await carries(job, from, to);
        await meet(`${job}-and-after`);
        expect(Math.max(...(await probed))).toBeLessThan(liveness.failureThreshold ?? 3);
        expect(ends).toEqual([]);
      },
    );

    const newAuthority = 'new-ca.example.com';
    let renewed: CertifiedKey;

    test('Pulsars go on when one has the certificate of a new authority, and all trust both', async () => {
      renewed = certificateAuthority(newAuthority)(first.descriptor.fqdn);
      for (const { pod, certificate } of all()) {
        const { cert, key } = certificate === first.certificate ? renewed : certificate;
        pod().publish('pulsar-cert', filesOf({ cert, key, ca: certificate.ca + renewed.ca }));
      }
      await meet('job-at-the-change');
    });

    test('on a volume of 1 GiB Pulsar takes messages until half of it is left, which is an alert, and again after the job', async () => {
      const leftMiB = () => {
        const { bavail, bsize } = statfsSync(newcomer.volume);
        return (bavail * bsize) / 1024 ** 2;
      };
      const objects = flc(newcomer.id, descriptor, smallest);
      const recorded = async () =>
        together(await scrape(objects, 'pulsar', { pod: newcomer.address }), ofKubelet(newcomer));
      const weights = randomBytes(100 * 1024 ** 2);
      const namespace = 'fl-tenant/job-too-large';
      await newcomer.fate.meet('job-before-a-full-volume', [first]);
      await newcomer.admin.put(`namespaces/${namespace}`, { replication_clusters: ['standalone'] });
      const fill = async () => {
        for (;;) await newcomer.fate.send('job-too-large', first.id, weights);
      };
      await expect(fill()).rejects.toThrow('can not send message');
      expect(leftMiB()).toBeGreaterThan(256);
      const full = await recorded();
      if (noPrometheus === undefined) await expectAlerts(objects, lasting(full, 12), ['FatePulsarVolumeFull']);
      await newcomer.admin.delete(`persistent/${topicOf('job-too-large', newcomer.id, first.id)}?force=true`);
      await newcomer.admin.delete(`namespaces/${namespace}`);
      await vi.waitFor(() => expect(leftMiB()).toBeGreaterThan(600), { timeout: 900_000, interval: 1000 });
      if (noPrometheus === undefined)
        await expectAlerts(objects, [...lasting(full, 12), ...lasting(await recorded(), 2)], []);
      route(...all());
      // Who lost a connection meanwhile knows the new authority after five minutes at most.
      await meet('job-after-a-full-volume', 330);
      expect(ends).toEqual([]);
    }, 1_200_000);

    test('they have all read them again after five minutes at most, for both ends of their connections', async () => {
      await vi.waitFor(
        async () => {
          const tunnel = await openTunnel(gate, first.descriptor.fqdn, second.certificate);
          tunnel.close();
          expect(tunnel.authority).toBe(newAuthority);
          for (const other of othersOf(first))
            for (const way of waysTo(other)) expect(await answers({ ...way, ...renewed })).toBe(true);
          expect(impostors[0]?.listener.said()).toContain(`${first.descriptor.fqdn} of ${newAuthority}`);
        },
        { timeout: 990_000, interval: 1000 },
      );
      await stop(trafficServer); // and with it the connections that were made before
      await startExchange(...all());
      await meet('job-with-new-certificates');
    }, 1_800_000);

    test('in an open federation any certificate will do, or none', async () => {
      const { resources, belowGuideline } = smallest;
      const open = await startParty(70000, address(66), { transport: 'open', resources, belowGuideline });
      const [way] = waysTo(open);
      for (const { cert, key } of [certifiedKey(domain), {} as Partial<CertifiedKey>])
        expect(await answers({ ...way, cert, key })).toBe(true);
      await open.fate.meet('job-in-the-open', impostors);
      for (const { id } of impostors) await open.fate.send('job-in-the-open', id, 'weights');
      await vi.waitFor(() => {
        for (const { listener } of impostors) expect(listener.said()).toContain('nobody');
      }, soon);
      await open.fate.stop();
      await stop(open.pod());
    });

    test('told to stop, a Pulsar does so before Kubernetes would kill it', async () => {
      const { terminationGracePeriodSeconds: seconds = 30 } = podOf(
        find(flc(30000, descriptor), 'StatefulSet', 'pulsar'),
      );
      const pod = first.pod();
      running.delete(pod);
      await pod.exec('kill', '-TERM', '1');
      await vi.waitFor(() => expect(pod.exitCode()).toBeDefined(), { timeout: seconds * 1000, interval: 500 });
      await pod.stop();
    });
  });
});
