import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import {
  exchangeDescriptor,
  exchangePlan,
  type PartyDescriptor,
  partyDescriptor,
  partyPlan,
  services,
} from '../../../lib';
import { type AnyObject, containerOf, environmentOf, fileOf, objectsOf } from '../../support/objects';
import { noPods, refusal, titled } from '../support/engines';
import { type Image, type Pod, startPod } from '../support/pod';
import { isLive, killWatcher } from '../support/probe';

const refused = refusal('nginx') ?? noPods();
const agreement = { domain: 'example.com' };
const { http } = services.nginx.ports;

/** Debian's nginx, and Lua that does what is known of FATE's. */
const own = (file: string) => readFileSync(join(__dirname, file), 'utf8');
const prefix = '/data/projects/fate/proxy/nginx';
const image: Image = {
  engine: 'nginx',
  files: {
    '/usr/local/bin/openresty': own('openresty'),
    ...Object.fromEntries(
      ['initialize', 'router', 'balancer', 'route_table'].map((it) => [`${prefix}/lua/${it}.lua`, own(`${it}.lua`)]),
    ),
  },
};

const parties = Array.from({ length: 10 }, (_, i) => party(10_000 * (i + 1), `192.0.2.${10 + i}`));
const newcomer = party(9999, '192.0.2.20');

function party(id: number, address: string): PartyDescriptor {
  return partyDescriptor(partyPlan({ ...agreement, id }), { nginx: address, pulsar: '192.0.2.250' });
}

const exchange = (routed: readonly PartyDescriptor[]) =>
  objectsOf((app) => new Exchange(app, 'x', exchangePlan({ ...agreement, parties: withPulsars(routed) })));
/** Each under an address of its own: an exchange wants that, and none is used here. */
const withPulsars = (routed: readonly PartyDescriptor[]) =>
  routed.map((it, i) => ({ ...it, pulsar: { ...it.pulsar, address: `203.0.113.${i + 1}` } }));
const tableOf = (routed: readonly PartyDescriptor[]) => ({
  'route_table.yaml': fileOf(exchange(routed), 'nginx-route-table', 'route_table.yaml'),
});
const container = containerOf(exchange([]), 'nginx');

/** Time after which a change in the mounted files must have its effect: the watch interval, and 10 seconds for nginx. */
const followed = { timeout: (Number(environmentOf(container)['INTERVAL']) + 10) * 1000, interval: 250 };

interface Call {
  /** Party that the call is for, as its header names it. */
  readonly to?: number;
  readonly path?: string;
  readonly body?: string;
}

interface Received {
  readonly by: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
}

/** A coordination call as FATE Flow makes it. */
async function call(server: string, { to, path = '/v1/party', body = '{}' }: Call = {}, port: number = http) {
  const headers = { service: 'fateflow', ...(to !== undefined && { 'dest-party-id': `${to}` }) };
  const req = request({ host: server, port, path, method: 'POST', headers, agent: false, timeout: 60_000 });
  req.on('timeout', () => req.destroy(new Error('no answer'))).end(body);
  const [response] = await once(req, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  const received: Received | undefined = response.statusCode === 200 ? JSON.parse(text) : undefined;
  return { status: Number(response.statusCode), received };
}

/** A server that tells what it has received; a path `/after/<seconds>` is answered later. */
async function telling(name: string, address: string, port: number): Promise<Server> {
  execFileSync('ip', ['addr', 'replace', `${address}/32`, 'dev', 'lo']);
  const server = createServer(async (req, res) => {
    let bytes = 0;
    for await (const chunk of req) bytes += chunk.length;
    await pause(Number(/^\/after\/(\d+)$/.exec(`${req.url}`)?.[1] ?? 0) * 1000);
    res.end(JSON.stringify({ by: name, path: req.url, headers: req.headers, bytes } satisfies Partial<Received>));
  });
  await once(server.listen(port, address), 'listening');
  return server;
}

describe.skipIf(refused !== undefined)(titled('nginx', refused), () => {
  const pods: Pod[] = [];
  const servers: Server[] = [];

  async function nginx(address: string, objects: readonly AnyObject[], hosts = ''): Promise<Pod> {
    const files = { ...image.files, '/etc/hosts': `127.0.0.1 localhost\n${hosts}` };
    const pod = await startPod({ deployment: 'nginx', objects, image: { ...image, files }, address });
    pods.push(pod);
    await vi
      .waitFor(async () => expect(await probed(pod)).toBe(200), { timeout: 15_000, interval: 250 })
      .catch((cause) => Promise.reject(new Error(`not ready; its log:\n${pod.log()}`, { cause })));
    return pod;
  }
  const probed = (pod: Pod): Promise<number> =>
    new Promise((resolve, reject) => {
      const { path, port } = container.readinessProbe?.httpGet ?? {};
      request({ host: pod.address, path, port: Number(port), agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  afterAll(async () => {
    await Promise.all(pods.map((pod) => pod.stop()));
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
  });

  describe('of two exchange pods that route between ten parties', () => {
    let both: Pod[];

    beforeAll(async () => {
      for (const { id, nginx } of [...parties, newcomer])
        servers.push(await telling(`${id}`, nginx.address, nginx.port));
      const objects = exchange(parties);
      both = await Promise.all(['198.51.100.21', '198.51.100.22'].map((it) => nginx(it, objects)));
    });

    test('it finds nothing wrong with its configuration', async () => {
      for (const pod of both) {
        const { stdout } = await pod.exec('sh', '-c', 'openresty -t 2>&1 | cat'); // it opens /dev/stderr, which is no file here
        expect(stdout).toMatch(/test is successful/);
        expect(stdout).not.toMatch(/\[(warn|error|crit|alert|emerg)\]/);
      }
    });

    test('each of the 90 ordered pairs meets, through either pod', async () => {
      for (const { address } of both) {
        for (const from of parties) {
          for (const to of parties.filter((it) => it !== from)) {
            const { received } = await call(address, { to: to.id, path: `/v1/from/${from.id}` });
            expect(received).toMatchObject({ by: `${to.id}`, path: `/v1/from/${from.id}` });
          }
        }
      }
    });

    test('a call arrives with its headers and its body, also one of 2 MiB', async () => {
      const { received } = await call(`${both[0]?.address}`, { to: 20000, body: 'x'.repeat(2 * 1024 ** 2) });
      expect(received).toMatchObject({
        by: '20000',
        bytes: 2 * 1024 ** 2,
        headers: { service: 'fateflow', 'dest-party-id': '20000' },
      });
    });

    test.each([{ to: 9999 }, { to: 0 }, {}])(
      'a call for %j, which is no party, is an error at once',
      async (nobody) => {
        const calls = Array.from({ length: 50 }, () => call(`${both[0]?.address}`, nobody));
        expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([502]));
        expect((await call(`${both[0]?.address}`, { to: 10000 })).status).toBe(200); // no connection was used up
        expect(both[0]?.log()).not.toMatch(/worker_connections/);
      },
    );

    test('it listens for calls and for probes only', async () => {
      const { stdout = '' } = (await both[0]?.exec('ss', '--no-header', '--listening', '--tcp', '--numeric')) ?? {};
      const listeners = stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/)[3]);
      expect([...new Set(listeners)].sort()).toEqual(['0.0.0.0:9300', '0.0.0.0:9302']);
    });

    test('a party that joins is reached through both, and one that leaves is gone, while a call of others goes on', async () => {
      const { address } = both[0] ?? {};
      const long = call(`${address}`, { to: 10000, path: '/after/20' });
      for (const pod of both) pod.publish('nginx-route-table', tableOf([...parties, newcomer]));
      await vi.waitFor(async () => {
        for (const pod of both) expect((await call(pod.address, { to: newcomer.id })).received?.by).toBe('9999');
      }, followed);
      for (const pod of both) pod.publish('nginx-route-table', tableOf(parties.slice(0, 9)));
      await vi.waitFor(async () => {
        for (const pod of both) {
          for (const gone of [newcomer.id, 100000]) expect((await call(pod.address, { to: gone })).status).toBe(502);
        }
      }, followed);
      for (const { id } of parties.slice(0, 9))
        expect((await call(`${address}`, { to: id })).received?.by).toBe(`${id}`);
      expect(await long).toMatchObject({ status: 200, received: { by: '10000' } });
    });

    test('a pod whose watcher was killed is live until the routes change', async () => {
      const [pod] = both;
      if (pod === undefined) throw new Error('no pod');
      await killWatcher(pod);
      expect(await isLive(pod, container)).toBe(true);
      pod.publish('nginx-route-table', tableOf(parties));
      expect(await isLive(pod, container)).toBe(false);
    });

    test('a pod that stops ends the calls that it has, and then itself', async () => {
      const [, pod] = both;
      if (pod === undefined) throw new Error('one pod only');
      const long = call(pod.address, { to: 10000, path: '/after/14' });
      // Ends with the container, which is no success for a hook.
      const hook = pod.exec(...(container.lifecycle?.preStop?.exec?.command ?? [])).catch(() => undefined);
      expect(await long).toMatchObject({ status: 200 });
      await hook;
      await vi.waitFor(() => expect(pod.exitCode()).toBe(0), { timeout: 5000, interval: 100 });
    });
  });

  describe('of two parties and the exchange between them', () => {
    const ids = [30000, 40000];
    const addressOf = (id: number) => `198.51.100.${id / 1000}`;
    const routed = ids.map((id) => party(id, addressOf(id)));
    const descriptor = exchangeDescriptor(exchangePlan(agreement), {
      trafficServer: '192.0.2.68',
      nginx: '198.51.100.29',
    });

    beforeAll(async () => {
      await nginx(descriptor.nginx.address, exchange(routed));
      for (const [i, id] of ids.entries()) {
        const address = `192.0.2.${201 + i}`;
        servers.push(await telling(`FATE Flow of ${id}`, address, services.fateflow.ports.http));
        const plan = partyPlan({ ...agreement, id, exchange: descriptor });
        const objects = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
        await nginx(addressOf(id), objects, `${address} ${services.fateflow.name}\n`);
      }
    });

    test.each([
      [30000, 40000],
      [40000, 30000],
      [30000, 30000],
      [40000, 40000],
    ])("a call from %i reaches %i's FATE Flow", async (from, to) => {
      const { received } = await call(addressOf(from), { to, path: `/v1/party/${to}` });
      expect(received).toMatchObject({ by: `FATE Flow of ${to}`, path: `/v1/party/${to}` });
    });

    test('a call for a party that nobody knows comes back as an error', async () => {
      expect((await call(addressOf(30000), { to: 50000 })).status).toBe(502);
    });
  });

  describe('of an exchange whose route leads back to it,', () => {
    const own = '198.51.100.31';
    const [itself, other] = [party(30000, own), party(40000, '192.0.2.210')];
    const arrivals = (pod: Pod, path: string) => pod.log().split(`POST ${path} `).length - 1;
    let pod: Pod;

    beforeAll(async () => {
      servers.push(await telling('40000', other.nginx.address, other.nginx.port));
      pod = await nginx(own, exchange([itself, other]));
    });

    test('which one refuses that knows its address, a call goes round ten times and ends', async () => {
      const addresses = { trafficServer: '192.0.2.68', nginx: own };
      expect(() => exchangePlan({ ...agreement, addresses, parties: [itself] })).toThrow(
        `parties[0].nginx: "${own}:${http}" is already addresses.nginx`,
      );
      const calls = Array.from({ length: 50 }, (_, i) => call(own, { to: itself.id, path: `/v1/round/${i}` }));
      expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([508]));
      // A line is written when its call has ended, the first one's last.
      await vi.waitFor(() => {
        for (const i of calls.keys()) expect(arrivals(pod, `/v1/round/${i}`)).toBe(10 + 1);
      }, followed);
      expect((await call(own, { to: other.id })).status).toBe(200);
      expect(pod.log()).not.toMatch(/worker_connections/);
    }, 180_000);
  });
});
