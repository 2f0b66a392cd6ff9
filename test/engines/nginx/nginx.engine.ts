import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { exchangeDescriptor, exchangePlan, type PartyDescriptor, services } from '../../../lib';
import { containerOf, fileOf } from '../../support/objects';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import type { Pod } from '../support/pod';
import { isLive, killWatcher } from '../support/probe';
import { call } from './call';
import { configurationTest, drawn, followed, startNginx, telling } from './pod';

const refused = refusal('nginx') ?? noPods();
const { agreement, party, exchange, cluster } = drawn('open');
const { http } = services.nginx.ports;

const parties = Array.from({ length: 10 }, (_, i) => party(10_000 * (i + 1), address(10 + i)));
const newcomer = party(9999, address(20));

const tableOf = (routed: readonly PartyDescriptor[]) => ({
  'route_table.yaml': fileOf(exchange(routed), 'nginx-route-table', 'route_table.yaml'),
});
const container = containerOf(exchange([]), 'nginx');
const patience = followed(exchange([]));

describe.skipIf(refused !== undefined)(titled('nginx of an open federation', refused), () => {
  const pods: Pod[] = [];
  const servers: Server[] = [];

  async function nginx(...args: Parameters<typeof startNginx>): Promise<Pod> {
    const pod = await startNginx(...args);
    pods.push(pod);
    return pod;
  }

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
      both = await Promise.all([address(21), address(22)].map((it) => nginx(it, objects)));
    });

    test('it finds nothing wrong with its configuration', async () => {
      for (const pod of both) {
        const said = await configurationTest(pod);
        expect(said).toMatch(/test is successful/);
        expect(said).not.toMatch(/\[(warn|error|crit|alert|emerg)\]/);
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
      const long = call(`${address}`, { to: 10000, path: '/after-20' });
      for (const pod of both) pod.publish('nginx-route-table', tableOf([...parties, newcomer]));
      await vi.waitFor(async () => {
        for (const pod of both) expect((await call(pod.address, { to: newcomer.id })).received?.by).toBe('9999');
      }, patience);
      for (const pod of both) pod.publish('nginx-route-table', tableOf(parties.slice(0, 9)));
      await vi.waitFor(async () => {
        for (const pod of both) {
          for (const gone of [newcomer.id, 100000]) expect((await call(pod.address, { to: gone })).status).toBe(502);
        }
      }, patience);
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
      const long = call(pod.address, { to: 10000, path: '/after-14' });
      // Ends with the container, which is no success for a hook.
      const hook = pod.exec(...(container.lifecycle?.preStop?.exec?.command ?? [])).catch(() => undefined);
      expect(await long).toMatchObject({ status: 200 });
      await hook;
      await vi.waitFor(() => expect(pod.exitCode()).toBe(0), { timeout: 5000, interval: 100 });
    });
  });

  describe('of two parties and the exchange between them', () => {
    const ids = [30000, 40000];
    const addressOf = (id: number) => address(id / 1000);
    const routed = ids.map((id) => party(id, addressOf(id)));
    const descriptor = exchangeDescriptor(exchangePlan(agreement), {
      trafficServer: '192.0.2.68',
      nginx: address(29),
    });

    beforeAll(async () => {
      await nginx(descriptor.nginx.address, exchange(routed));
      for (const [i, id] of ids.entries()) {
        const flow = address(201 + i);
        servers.push(await telling(`FATE Flow of ${id}`, flow, services.fateflow.ports.http));
        const hosts = `${flow} ${services.fateflow.name}\n`;
        await nginx(addressOf(id), cluster(id, descriptor), { hosts });
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

  test('is reached at its address, whatever the suite had there before', async () => {
    const reused = address(32);
    (await telling('before', reused)).close();
    const pod = await nginx(reused, exchange([]));
    expect((await call(pod.address, { to: 30000 })).status).toBe(502);
  });

  describe('of an exchange whose route leads back to it,', () => {
    const own = address(31);
    const [itself, other] = [party(30000, own), party(40000, address(210))];
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
      }, patience);
      expect((await call(own, { to: other.id })).status).toBe(200);
      expect(pod.log()).not.toMatch(/worker_connections/);
    });
  });
});
