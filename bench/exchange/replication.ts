/** `npm run bench:exchange`: from Pulsar to Pulsar through the exchange, beside one that goes to the other directly. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../constructs';
import {
  exchangeDescriptor,
  exchangePlan,
  type PartyDescriptor,
  partyDescriptor,
  partyPlan,
  pulsarRoutes,
  services,
} from '../../lib';
import { yaml } from '../../lib/formats/yaml';
import { startFate, topicOf } from '../../test/engines/pulsar/fate';
import { java } from '../../test/engines/pulsar/java';
import { pulsarPod } from '../../test/engines/pulsar/pod';
import { type Authority, type CertifiedKey, certificateAuthority } from '../../test/engines/support/certified-key';
import { noPods, refusal, titled } from '../../test/engines/support/engines';
import { address } from '../../test/engines/support/network';
import type { Pod } from '../../test/engines/support/pod';
import { trafficServerPod } from '../../test/engines/traffic-server/pod';
import { objectsOf } from '../../test/support/objects';

/**
 * The share of the direct way's messages that the exchange must carry, in the middle one of the turns. Both brokers have the same to do
 * either way: measured, it is now the one that is faster and now the other.
 */
const bar = 0.7;
const turns = 5;
const release = '2.10';
const agreement = { domain: 'example.com', fate: '2.0.0' } as const;

interface Load {
  readonly messages: number;
  /** Of each. */
  readonly bytes: number;
}

const loads: readonly Load[] = [
  { messages: 20_000, bytes: 2 ** 10 },
  { messages: 300, bytes: 2 ** 20 },
];

const gate = address(10);
const addresses = [address(11), address(12)] as const;

/** The same two Pulsars by either way, under ids of their own. */
const parties = { exchange: described(30000, 40000), direct: described(31000, 41000) } as const;
type Way = keyof typeof parties;
const ways = Object.keys(parties) as readonly Way[];

function described(...ids: readonly [number, number]): readonly [PartyDescriptor, PartyDescriptor] {
  const of = (i: 0 | 1) =>
    partyDescriptor(partyPlan({ ...agreement, id: ids[i] }), { nginx: `192.0.2.${10 + i}`, pulsar: addresses[i] });
  return [of(0), of(1)];
}

const exchange = exchangeDescriptor(exchangePlan(agreement), { trafficServer: gate, nginx: '192.0.2.69' });

const refused = [`pulsar-${release}`, 'traffic-server'].map(refusal).find((it) => it !== undefined) ?? noPods();

describe.skipIf(refused !== undefined)(titled('Replication', refused), () => {
  const directory = refused === undefined ? mkdtempSync('/run/replication-') : '';
  const authority = refused === undefined ? certificateAuthority() : undefined;
  const pods: Pod[] = [];
  let throughput: Throughput;

  beforeAll(async () => {
    pods.push(...(await Promise.all([startGate(), ...parties.exchange.map(startPulsar)])));
    for (const way of ways) await meet(way);
    throughput = startThroughput();
  }, 600_000);
  afterAll(async () => {
    throughput?.stop();
    await Promise.all(pods.map((pod) => pod.stop()));
    rmSync(directory, { recursive: true });
  });

  const certified = (name: string): CertifiedKey => (authority as Authority)(`${name}.example.com`);

  function startGate(): Promise<Pod> {
    const plan = exchangePlan({ ...agreement, parties: parties.exchange });
    const objects = objectsOf((app) => new Exchange(app, 'exchange', plan));
    return trafficServerPod(objects, certified('proxy'), gate);
  }

  function startPulsar({ id, pulsar }: PartyDescriptor): Promise<Pod> {
    const plan = partyPlan({ ...agreement, id, exchange });
    const objects = objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan));
    const volume = join(directory, `${id}`);
    mkdirSync(volume);
    return pulsarPod(release, objects, certified(`${id}`), pulsar.address, volume);
  }

  test.each(loads)('the exchange carries $messages messages of $bytes bytes as the direct way does', async (load) => {
    for (const way of ways) await rate(way, load); // the first turn connects
    const rates: Record<Way, number>[] = [];
    for (let i = 0; i < turns; i++)
      rates.push({ direct: await rate('direct', load), exchange: await rate('exchange', load) });
    console.table(
      rates.map(({ exchange, direct }) => ({ ...told('exchange', exchange, load), ...told('direct', direct, load) })),
    );
    const shares = rates.map(({ exchange, direct }) => exchange / direct).sort((a, b) => a - b);
    console.log('of direct:', shares.map((it) => it.toFixed(2)).join(' '));
    expect(shares[turns >> 1]).toBeGreaterThan(bar);
  });

  /** Messages a second. */
  async function rate(way: Way, { messages, bytes }: Load): Promise<number> {
    const [from, to] = parties[way];
    return (messages * 1000) / (await throughput.time(topicOf(way, from.id, to.id), messages, bytes));
  }
});

/** Has both Pulsars know each other by this way, as FATE does it. */
async function meet(way: Way): Promise<void> {
  const [one, other] = parties[way];
  for (const [self, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    const routes = pulsarRoutes(way === 'exchange' ? { id: self.id, exchange } : { id: self.id, peers: [peer] });
    const fate = startFate(release, self.id, self.pulsar.address, yaml(routes));
    await fate.meet(way, [peer]);
    await fate.stop();
  }
}

const told = (way: Way, rate: number, { bytes }: Load) => ({
  [`${way}, messages/s`]: Math.round(rate),
  [`${way}, MB/s`]: Number(((rate * bytes) / 1e6).toFixed(1)),
});

type Throughput = ReturnType<typeof startThroughput>;

/** Clients of both Pulsars in one process. */
function startThroughput() {
  const [sender, receiver] = addresses.map((it) => `pulsar://${it}:${services.pulsar.ports.broker}`);
  const program = '../../../bench/exchange/Throughput.java';
  const client = spawn('java', java(release, program, `${sender}`, `${receiver}`), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface(client.stdout);
  return {
    /** Milliseconds. */
    time: async (topic: string, messages: number, bytes: number): Promise<number> => {
      const answered = once(answers, 'line', { signal: AbortSignal.timeout(400_000) });
      client.stdin.write(`${topic} ${messages} ${bytes}\n`);
      const [answer] = await answered;
      if (!/^\d+$/.test(answer)) throw new Error(answer);
      return Number(answer);
    },
    stop: () => client.kill('SIGKILL'),
  };
}
