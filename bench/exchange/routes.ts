/** `npm run bench:exchange`: an exchange that routes between 500 parties, beside one that routes between five. */
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer, request, type Server } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Exchange } from '../../constructs';
import { exchangePlan, type PartyDescriptor, partyDescriptor, partyPlan } from '../../lib';
import { exchangeNginx } from '../../test/engines/fate/exchange';
import { type Authority, type CertifiedKey, certificateAuthority } from '../../test/engines/support/certified-key';
import { noPods, refusal, titled } from '../../test/engines/support/engines';
import { addOutside, address } from '../../test/engines/support/network';
import type { Pod } from '../../test/engines/support/pod';
import { trafficServerPod } from '../../test/engines/traffic-server/pod';
import { type FakePulsar, fakePulsar, openTunnel } from '../../test/engines/traffic-server/pulsar';
import { type AnyObject, fileOf, objectsOf } from '../../test/support/objects';

/**
 * How much later a new route may work where there are many, in the middle one of the turns: both servers look at their files every
 * five seconds, which is most of it either way. And how much more memory they may have.
 */
const bars = { time: 2, memory: 2 };
const routes = { few: 5, many: 500 } as const;
type Size = keyof typeof routes;
const turns = 5;
/** Milliseconds between two looks at the files. */
const interval = 5000;

const domain = 'example.com';
const party = (id: number, nginx: string, pulsar: string) =>
  partyDescriptor(partyPlan({ domain, id }), { nginx, pulsar });
/** Nobody is behind their addresses, and nobody asks for them. */
const parties = Array.from({ length: routes.many }, (_, i) => {
  const [net, host] = [`203.0.${113 + (i >> 7)}`, (i & 127) + 1];
  return party(10_000 + i, `${net}.${host}`, `${net}.${host + 127}`);
});
const newcomer = party(9999, address(10), address(11));

const exchange = (routed: readonly PartyDescriptor[]): AnyObject[] =>
  objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ domain, parties: routed })));

/** A server of the exchange that follows its files. */
interface Routing {
  readonly pod: Pod;
  publish(objects: readonly AnyObject[]): void;
  /** Whether the newcomer is what answers under its name. */
  reaches(): Promise<boolean>;
}

const servers = ['Traffic Server', 'nginx'] as const;
type ServerName = (typeof servers)[number];

/** Of one size: milliseconds until a new route works, turn by turn, and MiB with its routes. */
interface Measured {
  readonly times: readonly number[];
  readonly memory: number;
}

const refused = ['traffic-server', 'nginx'].map(refusal).find((it) => it !== undefined) ?? noPods();

describe.skipIf(refused !== undefined)(titled('The routes', refused), () => {
  const running = new Map<Size, Readonly<Record<ServerName, Routing>>>();
  let caller: CertifiedKey;
  let pulsar: FakePulsar;
  let coordination: Server;

  beforeAll(async () => {
    const authority = certificateAuthority();
    caller = authority('10000.example.com');
    pulsar = await fakePulsar(newcomer);
    coordination = await newcomersNginx(authority);
    for (const [i, size] of (['few', 'many'] as const).entries())
      running.set(size, await start(parties.slice(0, routes[size]), authority('proxy.example.com'), 20 + 2 * i));
  });
  afterAll(async () => {
    const all = [...running.values()].flatMap((it) => Object.values(it));
    await Promise.all(all.map(({ pod }) => pod.stop()));
    pulsar.close();
    coordination.close();
  });

  async function start(routed: readonly PartyDescriptor[], certificate: CertifiedKey, host: number) {
    const objects = exchange(routed);
    const trafficServer = await trafficServerPod(objects, certificate, address(host));
    const nginx = await exchangeNginx(objects, certificate, address(host + 1));
    return {
      'Traffic Server': routing(trafficServer, { 'traffic-server-sni': ['sni.yaml'] }, isTunnelled),
      nginx: routing(nginx, { 'nginx-route-table': ['route_table.yaml', 'callers.conf'] }, isAnswered),
    };
  }

  async function isTunnelled({ address }: Pod): Promise<boolean> {
    const tunnel = await openTunnel(address, newcomer.fqdn);
    tunnel.close();
    return tunnel.peer === newcomer.fqdn;
  }

  /** As FATE Flow of the party 10000 calls the newcomer's, through its nginx. */
  async function isAnswered({ address: host }: Pod): Promise<boolean> {
    const headers = {
      'Content-Type': 'application/json',
      service: 'fateflow',
      'src-role': 'guest',
      'dest-party-id': `${newcomer.id}`,
      'src-party-id': '10000',
    };
    const { key, cert } = caller;
    const tls = { key, cert, rejectUnauthorized: false, servername: 'proxy.example.com' };
    const path = `/v1/party/1/guest/${newcomer.id}/update`;
    const req = request({ host, port: newcomer.nginx.port, path, method: 'POST', headers, agent: false, ...tls });
    req.end(JSON.stringify({ src_role: 'guest', src_party_id: '10000' }));
    const [response] = await once(req, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode === 200;
  }

  test.each(servers)('a new one works at %s, and takes memory, whatever the number of the others', async (server) => {
    const measured: Readonly<Record<Size, Measured>> = {
      few: await measure('few', server),
      many: await measure('many', server),
    };
    console.log(`${server}, milliseconds until a new route works, and MiB:`, measured);
    expect(middle(measured.many.times) / middle(measured.few.times)).toBeLessThan(bars.time);
    expect(measured.many.memory / measured.few.memory).toBeLessThan(bars.memory);
  });

  async function measure(size: Size, server: ServerName): Promise<Measured> {
    const one = running.get(size)?.[server];
    if (one === undefined) throw new Error('not started');
    const others = parties.slice(0, routes[size]);
    const [without, withIt] = [exchange(others), exchange([...others, newcomer])];
    const times: number[] = [];
    for (let i = 0; i < turns; i++) {
      one.publish(without);
      await until(one, false);
      await pause(interval + 1000 * i); // one change a look, as a kubelet makes them, and each at another time before it
      const start = performance.now();
      one.publish(withIt);
      await until(one, true);
      times.push(Math.round(performance.now() - start));
      await pause(interval);
    }
    return { times, memory: memoryOf(one.pod) };
  }
});

const routing = (
  pod: Pod,
  files: Readonly<Record<string, readonly string[]>>,
  reaches: (pod: Pod) => Promise<boolean>,
): Routing => ({
  pod,
  publish: (objects) => {
    for (const [name, keys] of Object.entries(files))
      pod.publish(name, Object.fromEntries(keys.map((key) => [key, fileOf(objects, name, key)])));
  },
  reaches: () => reaches(pod),
});

async function newcomersNginx(authority: Authority): Promise<Server> {
  addOutside(newcomer.nginx.address);
  const server = createServer(authority(newcomer.fqdn), (_, response) => response.end('{}'));
  await once(server.listen(newcomer.nginx.port, newcomer.nginx.address), 'listening');
  return server;
}

async function until(one: Routing, wanted: boolean): Promise<void> {
  for (const end = Date.now() + 60_000; (await one.reaches()) !== wanted; await pause(100))
    if (Date.now() > end)
      throw new Error(
        `the newcomer is ${wanted ? 'not ' : ''}reached after a minute: ${one.pod
          .log()
          .replace(/^caller=.*$/gm, '')
          .slice(-1500)}`,
      );
}

/** MiB of all processes of a pod; what they share is counted once. */
function memoryOf({ process: { pid } }: Pod): number {
  const world = (process: string) => readlinkSync(`/proc/${process}/ns/pid`);
  const own = readdirSync('/proc').filter((it) => /^\d+$/.test(it) && world(it) === world(`${pid}`));
  const KiB = own.map((it) => Number(/^Pss: +(\d+) kB$/m.exec(readFileSync(`/proc/${it}/smaps_rollup`, 'utf8'))?.[1]));
  return Math.round(KiB.reduce((sum, it) => sum + it, 0) / 1024);
}

const middle = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
