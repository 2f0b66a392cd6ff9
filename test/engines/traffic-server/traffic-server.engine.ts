import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Exchange } from '../../../constructs';
import { exchangePlan, type PartyDescriptor, partyDescriptor, partyPlan } from '../../../lib';
import { containerOf, environmentOf, fileOf, objectsOf } from '../../support/objects';
import { type CertifiedKey, certifiedKey } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import { asNode, type Pod } from '../support/pod';
import { isLive, killWatcher } from '../support/probe';
import { probe, publishCertificate, trafficServerPod } from './pod';
import { type FakePulsar, fakePulsar, openTunnel, type Tunnel } from './pulsar';

const refused = refusal('traffic-server') ?? noPods();

const parties = Array.from({ length: 10 }, (_, i) => party(10_000 * (i + 1), i));
const newcomer = party(9999, 10);

/** Every other party's Pulsar is published by a NodePort. */
function party(id: number, i: number): PartyDescriptor {
  const ports = i % 2 === 0 ? {} : { pulsar: 30_000 + i };
  const plan = partyPlan({ domain: 'example.com', id, ports });
  return partyDescriptor(plan, { nginx: `192.0.2.${10 + i}`, pulsar: address(100 + i) });
}

const exchange = (routed: readonly PartyDescriptor[]) =>
  objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ domain: 'example.com', parties: routed })));
const tableOf = (routed: readonly PartyDescriptor[]) => ({
  'sni.yaml': fileOf(exchange(routed), 'traffic-server-sni', 'sni.yaml'),
});
const container = containerOf(exchange([]), 'traffic-server');

/** Common name of the exchange's own certificate. */
const own = 'proxy.example.com';
const [target] = parties;
const authority = `${target?.pulsar.address}:${target?.pulsar.port}`;
const attempts = [
  `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`,
  `CONNECT 10000.example.com:443 HTTP/1.1\r\nHost: 10000.example.com\r\n\r\n`,
  `GET http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\n\r\n`,
  `GET https://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: ${authority}\r\n\r\n`,
  `PUSH http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\nContent-Length: 0\r\n\r\n`,
];

/** No route, no method for all, or no request at all. */
const refusedByServer = /^HTTP\/1\.[01] 40[034] /;

/** Time after which a change in the mounted files must have its effect: the watch interval, and 10 for Traffic Server. */
const followed = { timeout: (Number(environmentOf(container)['INTERVAL']) + 10) * 1000, interval: 250 };

describe.skipIf(refused !== undefined)(titled('Traffic Server', refused), () => {
  let certificate: CertifiedKey;
  const pods: Pod[] = [];
  const pulsars = new Map<number, FakePulsar>();
  const connections = () => [...pulsars.values()].map((it) => it.connections());

  async function trafficServer(address: string, objects = exchange([])): Promise<Pod> {
    const pod = await trafficServerPod(objects, certificate, address);
    pods.push(pod);
    return pod;
  }

  beforeAll(async () => {
    certificate = certifiedKey(own);
    for (const it of [...parties, newcomer]) pulsars.set(it.id, await fakePulsar(it));
  });
  afterAll(async () => {
    await Promise.all(pods.map((pod) => pod.stop()));
    for (const pulsar of pulsars.values()) pulsar.close();
  });

  let both: Pod[];
  let kept: { readonly idle: Tunnel; readonly busy: Tunnel; readonly answers: Promise<number> }[] = [];

  /** Talks for two minutes, and tells how many answers came. */
  async function talk(tunnel: Tunnel): Promise<number> {
    let count = 0;
    for (const until = Date.now() + 120_000; Date.now() < until; count++) {
      expect(await tunnel.ask(`${count}`)).toBe(`20000 ${count}`);
      await pause(100);
    }
    return count;
  }

  beforeAll(async () => {
    const objects = exchange(parties);
    both = await Promise.all([address(11), address(12)].map((it) => trafficServer(it, objects)));
    kept = await Promise.all(
      both.map(async ({ address }) => {
        const [idle, busy] = [
          await openTunnel(address, '10000.example.com'),
          await openTunnel(address, '20000.example.com'),
        ];
        expect(await idle.ask('first')).toBe('10000 first');
        const answers = talk(busy);
        answers.catch(() => {}); // looked at in the end
        return { idle, busy, answers };
      }),
    );
  });
  afterAll(() => {
    for (const { idle, busy } of kept) for (const tunnel of [idle, busy]) tunnel.close();
  });

  test('each of the 90 ordered pairs meets under its name, through either pod', async () => {
    for (const { address } of both) {
      for (const from of parties) {
        for (const to of parties.filter((it) => it !== from)) {
          const tunnel = await openTunnel(address, to.fqdn, { localAddress: from.pulsar.address });
          expect([tunnel.peer, await tunnel.ask(`from ${from.id}`)]).toEqual([to.fqdn, `${to.id} from ${from.id}`]);
          tunnel.close();
        }
      }
    }
  });

  test('a name is taken in any letter case', async () => {
    expect(await peerOf(both[0], '30000.EXAMPLE.com')).toBe('30000.example.com');
  });

  test.each(['9999.example.com', '130000.example.com', '30000.example.com.example.org', 'example.com', ''])(
    'the name %j, which is no party, ends at the exchange itself',
    async (name) => {
      const before = connections();
      expect(await peerOf(both[0], name)).toBe(own);
      expect(connections()).toEqual(before);
    },
  );

  test.each(attempts)('nobody is led anywhere by %j', async (attempt) => {
    const before = connections();
    for (const { address } of both) expect(await answerTo(address, attempt)).toMatch(refusedByServer);
    expect(connections()).toEqual(before);
  });

  test('nobody is led anywhere in clear text, or through the port of the probe from within the pod', async () => {
    const [pod] = both;
    const before = connections();
    const open = await pod?.exec('ss', '--no-header', '--listening', '--tcp', '--numeric');
    const listeners = (open?.stdout.trim().split('\n') ?? []).map((line) => line.split(/\s+/)[3]);
    expect([...new Set(listeners)].sort()).toEqual(['0.0.0.0:443', '127.0.0.1:8080']);
    for (const attempt of attempts) {
      for (const port of [443, 8080]) {
        // A listener that wants TLS may hang up before all is said.
        const ask = `trap '' PIPE; exec 3<>/dev/tcp/127.0.0.1/${port}; printf '${attempt}' >&3 2>&-; read -r -t 2 line <&3; echo "$line"`;
        const answer = await pod?.exec('bash', '-c', ask);
        expect(answer?.stdout).toMatch(port === 443 ? /^\n$/ : refusedByServer);
      }
    }
    expect(connections()).toEqual(before);
  });

  test('each record is one that it knows, and in effect as it is written', async () => {
    const lines = fileOf(exchange(parties), 'traffic-server-config', 'records.config').trimEnd().split('\n');
    const written = lines.map((line) => /^CONFIG (\S+) \S+ (.*)$/.exec(line) ?? []).map(([, ...pair]) => pair);
    const names = written.map(([name = '']) => name);
    const answer = await both[0]?.exec('/opt/trafficserver/bin/traffic_ctl', 'config', 'get', ...names);
    expect(answer?.stdout.trimEnd().split('\n')).toEqual(written.map((pair) => pair.join(': ')));
  });

  test('a party that joins is reached through both, and nobody else notices', async () => {
    for (const pod of both) pod.publish('traffic-server-sni', tableOf([...parties, newcomer]));
    await vi.waitFor(async () => {
      for (const pod of both) expect(await peerOf(pod, newcomer.fqdn)).toBe(newcomer.fqdn);
    }, followed);
    for (const party of parties) expect(await peerOf(both[0], party.fqdn)).toBe(party.fqdn);
  });

  test('a party that leaves is gone from both, and nobody else notices', async () => {
    const [, , leaver, ...rest] = parties;
    const left = [...parties.slice(0, 2), ...rest];
    for (const pod of both) pod.publish('traffic-server-sni', tableOf(left));
    await vi.waitFor(async () => {
      for (const pod of both) expect(await peerOf(pod, `${leaver?.fqdn}`)).toBe(own);
    }, followed);
    for (const party of left) expect(await peerOf(both[0], party.fqdn)).toBe(party.fqdn);
  });

  test('a table that cannot be read takes no route away', async () => {
    for (const pod of both) pod.publish('traffic-server-sni', { 'sni.yaml': 'sni:\n  - fqdn: [' });
    await vi.waitFor(() => {
      for (const pod of both) expect(pod.log()).toMatch(/sni\.yaml failed to load/);
    }, followed);
    expect(await peerOf(both[0], '40000.example.com')).toBe('40000.example.com');
  });

  describe('without parties', () => {
    let pod: Pod;
    beforeAll(async () => {
      pod = await trafficServer(address(13));
    });

    test('it is ready, and refuses cleanly', async () => {
      expect(await peerOf(pod, '30000.example.com')).toBe(own);
      for (const attempt of attempts) expect(await answerTo(pod.address, attempt)).toMatch(refusedByServer);
    });

    test('it is not ready while its server does not answer, though the port is open', async () => {
      asNode(pod, 'pkill', '-STOP', '-f', '^/usr/bin/traffic_server');
      expect(await probe(pod, container)).not.toBe(0);
      asNode(pod, 'pkill', '-CONT', '-f', '^/usr/bin/traffic_server');
      await vi.waitFor(async () => expect(await probe(pod, container)).toBe(0), { timeout: 30_000, interval: 500 });
    });

    test('the first party that joins is reached', async () => {
      pod.publish('traffic-server-sni', tableOf([newcomer]));
      await vi.waitFor(async () => expect(await peerOf(pod, newcomer.fqdn)).toBe(newcomer.fqdn), followed);
    });

    test('one whose watcher was killed is live until the routes change', async () => {
      await killWatcher(pod);
      expect(await isLive(pod, container)).toBe(true);
      pod.publish('traffic-server-sni', tableOf(parties));
      expect(await isLive(pod, container)).toBe(false);
    });

    test('told to stop, it does so long before Kubernetes would kill it', async () => {
      await pod.exec('kill', '-TERM', '1');
      await vi.waitFor(() => expect(pod.exitCode()).toBeDefined(), { timeout: 30_000, interval: 200 });
    });
  });

  test('tunnels lead to the connect ports of the exchange, and to no others', async () => {
    const [onDefaultPort, onNodePort] = parties;
    const narrow = objectsOf(
      (app) => new Exchange(app, 'exchange', exchangePlan({ domain: 'example.com', connectPorts: [6651] })),
    );
    const pod = await trafficServer(address(14), narrow);
    pod.publish('traffic-server-sni', tableOf(parties)); // a plan would refuse the second
    await vi.waitFor(
      async () => expect(await peerOf(pod, `${onDefaultPort?.fqdn}`)).toBe(onDefaultPort?.fqdn),
      followed,
    );
    const before = connections();
    await expect(peerOf(pod, `${onNodePort?.fqdn}`)).rejects.toThrow();
    expect(connections()).toEqual(before);
  });

  test('another certificate is taken by the pods as they run', async () => {
    const next = certifiedKey('proxy-2.example.com');
    for (const pod of both) publishCertificate(pod, next);
    await vi.waitFor(async () => {
      for (const pod of both) expect(await peerOf(pod, 'nobody.example.com')).toBe('proxy-2.example.com');
    }, followed);
  });

  test('after two minutes a silent tunnel and a busy one are as they were', async () => {
    for (const { idle, busy, answers } of kept) {
      expect(await answers).toBeGreaterThan(200);
      expect(await idle.ask('last')).toBe('10000 last');
      expect(await busy.ask('last')).toBe('20000 last');
    }
  });
});

/** Name of the certificate that TLS under this name ends at. */
async function peerOf(pod: Pod | undefined, servername: string): Promise<string> {
  const tunnel = await openTunnel(`${pod?.address}`, servername);
  tunnel.close();
  return tunnel.peer;
}

/** Status line of the answer to a request sent by TLS under a name that is no party's. */
async function answerTo(server: string, request: string): Promise<string> {
  const { ask, close } = await openTunnel(server, 'nobody.example.com');
  const answer = await ask(request.slice(0, -'\n'.length));
  close();
  return answer;
}
