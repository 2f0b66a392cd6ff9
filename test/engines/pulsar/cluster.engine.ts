import { execFile, execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import {
  type AgreementProps,
  exchangeDescriptor,
  exchangePlan,
  type FateRelease,
  type PartyPlan,
  type PulsarProps,
  partyDescriptor,
  partyPlan,
  services,
} from '../../../lib';
import { usualBroker } from '../../../lib/fate/releases/pulsar';
import { properties } from '../../../lib/formats/properties';
import { externalPulsarFiles, hasExternalPulsar } from '../../../lib/reports/external-pulsar';
import { fileOf, objectsOf } from '../../support/objects';
import { type CertifiedKey, certificateAuthority, certifiedKey } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import { type Pod, startPod } from '../support/pod';
import { trafficServerPod } from '../traffic-server/pod';
import { openTunnel } from '../traffic-server/pulsar';
import { adminApi } from './admin-api';
import { type Cluster, type Member, startCluster } from './cluster';
import { type Fate, patiently, startFate, topicOf } from './fate';
import { java } from './java';
import { pulsarOfOthers } from './others';
import { imageOf, pulsarPod } from './pod';
import { answers } from './tls';

const gate = address(61);
const service = address(62);
const published = address(63);
const peer = address(64);

/** The least that carries FATE's largest messages. */
const least = { requests: { cpu: 1, memoryGiB: 2 }, limits: { cpu: 4, memoryGiB: 2 } };
const half = (memoryGiB: number) => ({ requests: { cpu: 0.5, memoryGiB }, limits: { cpu: 1, memoryGiB } });
const cluster = { resources: { bookie: least, zookeeper: half(1), proxy: half(2) } };

/** Parties with a highly available Pulsar and with one that others run, on a release of FATE. */
function planned(fate: FateRelease) {
  const agreement: AgreementProps = { domain: 'example.com', fate };
  const exchange = exchangeDescriptor(exchangePlan(agreement), { trafficServer: gate, nginx: '192.0.2.69' });
  const party = (id: number, pulsar?: PulsarProps) =>
    partyPlan({ ...agreement, exchange, id, pulsar, resources: { pulsar: least }, belowGuideline: true });
  const external = { host: 'pulsar.example.com', public: { address: peer } };
  const addresses = { nginx: '192.0.2.165' };
  const elsewhere = partyPlan({ ...agreement, exchange, id: 40000, addresses, pulsar: { external } });
  if (!hasExternalPulsar(elsewhere)) throw new Error('it has one of its own');
  return { agreement, own: party(30000, { cluster }), elsewhere, usual: party(40000) };
}

const drawn = (plan: PartyPlan) => objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan));

/** With the first release of FATE that has each. */
const pulsars = [
  ['2.10', '1.11.2'],
  ['2.7', '1.6.1'],
] as const;

describe.each(pulsars)('The files of a highly available Pulsar %s', (release, fate) => {
  const noPulsar = refusal(`pulsar-${release}`);
  const { own, elsewhere } = planned(fate);

  /** Of one that is drawn, and of one that somebody else runs for a party. */
  const files = [
    ['broker', 'broker.conf', 'pulsar-config'],
    ['bookie', 'bookkeeper.conf', 'pulsar-bookie-config'],
    ['proxy', 'proxy.conf', 'pulsar-proxy-config'],
  ] as const;
  const told = externalPulsarFiles(elsewhere);

  const linesOf = (lines: string) => lines.trim().split('\n').sort();

  /** Each key that a program knows, with the value that it has for it. */
  async function understood(program: string, text: string): Promise<string[]> {
    const directory = mkdtempSync(join(tmpdir(), 'pulsar-cluster-'));
    try {
      const file = join(directory, `${program}.conf`);
      writeFileSync(file, text);
      const { stdout } = await promisify(execFile)('java', java(release, 'Configuration.java', file, program));
      return linesOf(stdout.replace(/^\w+ (\S+) /gm, '$1='));
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  test
    .skipIf(noPulsar !== undefined)
    .each([
      ...files.map(([program, name, configMap]) => [program, fileOf(drawn(own), configMap, name)] as const),
      ...files.map(([program, name]) => [`${program} of others`, properties(told[name])] as const),
    ])('each key of a %s is one that it knows, and takes as it is meant', async (whose, text) => {
    const [program = ''] = whose.split(' ');
    expect(await understood(program, text)).toEqual(linesOf(text));
  });

  test.skipIf(noPulsar !== undefined)(
    'each key that FATE goes by has its value where nobody tells a broker',
    async () => {
      const usual = properties(usualBroker);
      expect(await understood('broker', usual.replace(/=.*/g, '='))).toEqual(linesOf(usual));
    },
  );
});

describe.each(pulsars)('A highly available Pulsar %s', (release, fate) => {
  const { agreement, own, elsewhere: other, usual } = planned(fate);
  const refused = refusal(`pulsar-${release}`) ?? refusal('traffic-server') ?? noPods();
  /** What takes minutes. */
  const elsewhereTried = release === '2.10' ? undefined : 'tried on 2.10';
  const long = test.skipIf(elsewhereTried !== undefined);

  describe.skipIf(refused !== undefined)(titled('behind Traffic Server', refused), () => {
    const directory = refused === undefined ? mkdtempSync('/run/pulsar-cluster-') : '';
    const admin = adminApi(`http://${service}:${services.pulsar.ports.admin}`);
    let running: Cluster;
    let trafficServer: Pod;
    let single: Pod;
    let recovery: Pod;
    let certificate: CertifiedKey;
    let here: Fate;
    let there: Fate;

    beforeAll(async () => {
      const certify = certificateAuthority();
      certificate = certify(own.fqdn);
      const descriptors = [
        partyDescriptor(own, { nginx: '192.0.2.72', pulsar: published }),
        ...[partyDescriptor(other)].flatMap((known) => known ?? []),
      ];
      const routes = objectsOf(
        (app) => new Exchange(app, 'exchange', exchangePlan({ ...agreement, parties: descriptors })),
      );
      trafficServer = await trafficServerPod(routes, certifiedKey('proxy.example.com'), gate);
      const objects = drawn(own);
      const pods = { pulsar: 2 }; // the third would have nothing to show
      running = await startCluster({ release, objects, certificate, service, published, first: 70, directory, pods });
      nameTheBrokers(running.hosts, directory);
      recovery = await startPod({
        statefulSet: 'pulsar-bookie',
        volumes: {},
        container: 'recovery',
        objects,
        image: imageOf(release),
        address: address(90),
        hosts: running.hosts,
      });
      const volume = join(directory, 'single');
      mkdirSync(volume);
      single = await pulsarPod(release, pulsarOfOthers(other, drawn(usual)), certify(other.fqdn), peer, volume);
      here = startFate(release, own.id, service, table(own));
      there = startFate(release, other.id, peer, table(other));
    }, 900_000);
    afterAll(async () => {
      await here?.stop();
      await there?.stop();
      for (const pod of [single, recovery, trafficServer]) await pod?.stop();
      await running?.stop();
      if (running !== undefined) execFileSync('umount', ['/etc/hosts']);
      rmSync(directory, { recursive: true, force: true });
    });

    const table = (of: PartyPlan) => fileOf(drawn(of), 'pulsar-route-table', 'pulsar_route_table.yaml');

    const meet = async (job: string) => {
      await patiently(() => here.meet(job, [other]));
      await patiently(() => there.meet(job, [own]));
    };

    /** Sends messages both ways, ten in a second, and does something in between. */
    async function sendWhile(job: string, count: number, disturb: () => Promise<unknown>): Promise<string[]> {
      const messages = Array.from({ length: count }, () => randomUUID());
      const send = async (from: Fate, to: number) => {
        for (const message of messages) {
          await patiently(() => from.send(job, to, message));
          await pause(100);
        }
      };
      const sent = Promise.all([send(here, other.id), send(there, own.id)]);
      await Promise.all([pause(500).then(disturb), sent]);
      return messages;
    }

    async function allCome(job: string, messages: readonly string[]): Promise<void> {
      const receive = async (at: Fate, from: number) => {
        const came: string[] = [];
        while (came.length < messages.length) {
          const message = await at.receive(job, from, 90);
          if (message === undefined) break;
          came.push(`${message}`);
        }
        return came.sort();
      };
      const expected = [...messages].sort();
      expect(await Promise.all([receive(there, own.id), receive(here, other.id)])).toEqual([expected, expected]);
    }

    const both = (job: string) => [topicOf(job, own.id, other.id), topicOf(job, other.id, own.id)] as const;

    /** The broker that has a topic. */
    async function ownerOf(topic: string): Promise<Member> {
      const answer = await fetch(
        `http://${service}:${services.pulsar.ports.admin}/lookup/v2/topic/persistent/${topic}`,
      );
      const { brokerUrl } = (await answer.json()) as { brokerUrl: string };
      return one(running.of('pulsar').filter((it) => brokerUrl.includes(`//${it.name}.`)));
    }

    /** A job that is met, both of whose topics are at one broker. */
    async function jobAtOneBroker(): Promise<string> {
      for (;;) {
        const job = `job-${randomUUID()}`;
        await meet(job);
        await allCome(job, await sendWhile(job, 1, async () => {}));
        const [out, back] = await Promise.all(both(job).map(ownerOf));
        if (out === back) return job;
      }
    }

    /** Who leads the ZooKeepers. */
    async function leadingZooKeeper(): Promise<Member> {
      for (const it of running.of('pulsar-zookeeper')) {
        const { stdout } = await it.pod().exec('bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/2181; echo srvr >&3; cat <&3');
        if (stdout.includes('Mode: leader')) return it;
      }
      throw new Error('nobody leads');
    }

    const subscriptions = async (topic: string) => {
      const stats = await admin.get<{ subscriptions: object }>(`persistent/${topic}/stats`);
      return Object.keys(stats?.subscriptions ?? {});
    };

    test('messages go both ways, with a Pulsar of others that is told no more than is printed, and one of 100 MiB', async () => {
      await meet('job');
      await allCome('job', await sendWhile('job', 5, async () => {}));
      const weights = randomBytes(100 * 1024 ** 2);
      await here.send('job', other.id, weights);
      await there.send('job', own.id, weights);
      expect((await there.receive('job', own.id, 110))?.equals(weights)).toBe(true);
      expect((await here.receive('job', other.id, 110))?.equals(weights)).toBe(true);
    });

    const spread = 'topics of other parties are at more than one broker, though all come by one name and one address';
    const byLoad = release === '2.10' ? undefined : 'load decides: of 2.7 one broker had 30 of 30';
    test.skipIf(byLoad !== undefined)(titled(spread, byLoad), async () => {
      const owners = new Set<string>();
      for (let i = 0; i < 30 && owners.size < 2; i++) {
        const job = `job-${randomUUID()}`;
        await meet(job);
        await there.send(job, own.id, job);
        expect(`${await here.receive(job, other.id, 90)}`).toBe(job);
        owners.add((await ownerOf(topicOf(job, other.id, own.id))).name);
      }
      expect(owners.size).toBeGreaterThan(1);
    });

    test('a member of the federation is answered at the address of the party, who proves nothing is not', async () => {
      const way = { host: published, port: services.pulsarPublicTls.ports['broker-tls'], servername: own.fqdn };
      expect(await answers({ ...way, ...certificate })).toBe(true);
      expect(await answers(way)).toBe(false);
      expect(await answers({ ...way, ...certifiedKey(other.fqdn) })).toBe(false);
      const tunnel = await openTunnel(gate, own.fqdn, certificate);
      expect(tunnel.peer).toBe(own.fqdn);
      tunnel.close();
    });

    test('what copies lost messages runs beside the bookies', async () => {
      expect(await Promise.race([recovery.ended, pause(1000, 'runs')]), recovery.log()).toBe('runs');
    });

    const anyOf = (workload: string) => async () => [one(running.of(workload))];
    const brokerOf = async (job: string) => [await ownerOf(both(job)[0])];
    const leader = async () => [await leadingZooKeeper()];
    const lost: readonly (readonly [string, readonly ((job: string) => Promise<readonly Member[]>)[]])[] = [
      ['bookie', [anyOf('pulsar-bookie')]],
      ['proxy', [anyOf('pulsar-proxy')]],
      ['ZooKeeper that leads', [leader]],
      [
        'node with one of each, the broker of both topics among them',
        [anyOf('pulsar-bookie'), brokerOf, anyOf('pulsar-proxy'), leader],
      ],
    ];
    long.each(lost)(
      titled('a %s is lost: no message and no subscription is, and other jobs begin without it', elsewhereTried),
      async (_, choices) => {
        const job = await jobAtOneBroker();
        const victims = (await Promise.all(choices.map((choose) => choose(job)))).flat();
        onTestFinished(async () => {
          await Promise.all(victims.map((it) => it.start()));
        });
        const messages = await sendWhile(job, 20, () => Promise.all(victims.map((it) => it.kill())));
        await allCome(job, messages);
        expect(await patiently(() => subscriptions(topicOf(job, other.id, own.id)))).toContain('unique');
        const next = `${job}-and-after`;
        await meet(next);
        await allCome(next, await sendWhile(next, 3, async () => {}));
      },
    );

    long.each(['pulsar-bookie', 'pulsar-zookeeper'])(
      titled(
        'two of %s are lost at once: what was acknowledged is there when they are back with their volumes',
        elsewhereTried,
      ),
      async (workload) => {
        const job = `job-without-two-of-${workload}`;
        await meet(job);
        const messages = await sendWhile(job, 5, async () => {});
        const two = running.of(workload).slice(0, 2);
        await Promise.all(two.map((it) => it.kill()));
        const another = startFate(release, own.id, service, table(own));
        const begun = another
          .meet(`${job}-and-after`, [other])
          .then(() => another.send(`${job}-and-after`, other.id, 'x'));
        const waits = pause(15_000, 'waits'); // less than its tries would take to end
        expect(await Promise.race([begun.then(() => 'begun').catch(() => 'refused'), waits])).not.toBe('begun');
        await another.stop();
        await Promise.all(two.map((it) => it.start()));
        await allCome(job, messages);
        await meet(`${job}-later`);
        await allCome(`${job}-later`, await sendWhile(`${job}-later`, 2, async () => {}));
      },
    );

    const empty =
      'a bookie on an empty volume changes nothing of what ZooKeeper knows, and does not start: what it had is missed';
    long(titled(empty, elsewhereTried), async () => {
      const job = `job-${randomUUID()}`;
      await meet(job);
      const messages = await sendWhile(job, 3, async () => {});
      const bookie = one(running.of('pulsar-bookie'));
      await bookie.kill();
      const volume = mkdtempSync(join(directory, 'empty-'));
      const begin = (container: string) =>
        startPod({
          statefulSet: bookie.workload,
          ordinal: 0,
          volumes: { data: volume },
          container,
          objects: drawn(own),
          image: imageOf(release),
          address: bookie.address,
          hosts: running.hosts,
        });
      for (const [container, ends, says] of [
        ['metadata', 'well', ''],
        [bookie.workload, 'ill', 'InvalidCookieException'],
      ] as const) {
        const pod = await begin(container);
        await vi.waitFor(() => expect(pod.exitCode(), pod.log()).toBeDefined(), { timeout: 300_000, interval: 500 });
        expect(pod.exitCode() === 0, pod.log()).toBe(ends === 'well');
        expect(pod.log()).toContain(says);
        await pod.stop();
      }
      await allCome(job, messages);
    });
  });
});

/** Clients of a Pulsar of several brokers are told by name where to go, and are in the test's own world. */
function nameTheBrokers(hosts: string, directory: string): void {
  const file = join(directory, 'hosts');
  const brokers = hosts.split('\n').filter((line) => line.includes(` pulsar-`));
  writeFileSync(file, `${readFileSync('/etc/hosts', 'utf8')}\n${brokers.join('\n')}\n`);
  execFileSync('mount', ['--bind', file, '/etc/hosts']);
}

function one(members: readonly Member[]): Member {
  const [found] = members;
  if (found === undefined) throw new Error('there is none');
  return found;
}
