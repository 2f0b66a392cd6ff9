import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Exchange } from '../../../constructs';
import { exchangePlan, partyDescriptor, partyPlan } from '../../../lib';
import { metrics } from '../../../lib/monitoring/metrics';
import { fileOf, objectsOf } from '../../support/objects';
import { startNginx } from '../nginx/pod';
import { certifiedKey } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import type { Pod } from '../support/pod';
import { publishCertificate, trafficServerPod } from '../traffic-server/pod';
import { fakePulsar, openTunnel } from '../traffic-server/pulsar';
import { exporterPod } from './exporter';
import { expectAlerts, lasting, namesOf, type Recording, scrape, together } from './prometheus';

const refused = refusal('prometheus') ?? refusal('nginx') ?? refusal('traffic-server') ?? noPods();
const agreement = { domain: 'example.com', transport: 'open' } as const;
const party = (id: number, host: number) =>
  partyDescriptor(partyPlan({ ...agreement, id }), {
    nginx: address(host),
    pulsar: address(host + 1),
  });
/** Nobody is at the addresses of either. */
const [first, second] = [party(30000, 171), party(40000, 173)];
const exchange = (...parties: readonly (typeof first)[]) =>
  objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ ...agreement, parties, monitoring: {} })));
const objects = exchange(first);

const addresses = { nginx: [address(161), address(162)], gate: address(163) } as const;
const exporters = { json: address(164), blackbox: address(165) } as const;

describe.skipIf(refused !== undefined)(titled('Metrics of an exchange', refused), () => {
  const running: Pod[] = [];
  let nginx: Pod[];
  let trafficServer: Pod;

  beforeAll(async () => {
    const started = await Promise.all([
      trafficServerPod(objects, certifiedKey('proxy.example.com'), addresses.gate),
      ...addresses.nginx.map((address) => startNginx(address, objects)),
      exporterPod('json', objects, exporters.json),
      exporterPod('blackbox', objects, exporters.blackbox, `${addresses.gate} traffic-server\n`),
    ]);
    running.push(...started);
    [trafficServer, ...nginx] = started.slice(0, 3) as [Pod, Pod, Pod];
  });
  afterAll(async () => {
    await Promise.all(running.map((pod) => pod.stop()));
  });

  /** What one pod of nginx tells, as the pod that it is. */
  const ofNginx = async (pod: Pod): Promise<Recording> => {
    const recording = await scrape(objects, 'nginx', { pod: pod.address });
    return new Map([...recording].map(([series, value]) => [series.replace('nginx-0', pod.address), value]));
  };
  const ofBoth = async () => together(...(await Promise.all(nginx.map(ofNginx))));

  const call = async (to: number): Promise<number> => {
    const headers = { service: 'fateflow', 'dest-party-id': `${to}` };
    const answer = await fetch(`http://${nginx[0]?.address}:9300/v1/version/get`, { method: 'POST', headers });
    await answer.text();
    return answer.status;
  };

  test('what probes and scrapes ask is no call', async () => {
    expect(namesOf(await ofBoth())).toEqual(['fate_nginx_routes_checksum']);
    await expectAlerts(objects, lasting(await ofBoth(), 10), []);
  });

  test('calls for a party that does not answer are an alert, and name the party if it has a route', async () => {
    const history: Recording[] = [await ofBoth()];
    for (let minute = 0; minute < 12; minute++) {
      expect(await call(30000)).toBe(502);
      expect(await call(777000 + minute)).toBe(502);
      history.push(await ofBoth());
    }
    const recording = history.at(-1) ?? new Map();
    expect(namesOf(recording)).toEqual([...metrics.nginx].sort());
    const counted = [...recording].filter(([series]) => series.startsWith('fate_nginx_calls_total'));
    expect(counted.map(([series, value]) => [/party="(\w+)",status="(\d+)"/.exec(series)?.slice(1), value])).toEqual(
      expect.arrayContaining([
        [['30000', '502'], 12],
        [['other', '502'], 12],
      ]),
    );
    expect(counted).toHaveLength(2);
    await expectAlerts(objects, history, ['FateCallsFail']);
    await expectAlerts(objects, [...history, ...lasting(recording, 10)], []);
  });

  test('a pod that reads an old table of routes is an alert, until it reads the new one', async () => {
    const before = await ofBoth();
    const changed = exchange(first, second);
    const table = { 'route_table.yaml': fileOf(changed, 'nginx-route-table', 'route_table.yaml') };
    const publish = async (pod: Pod | undefined) => {
      const old = pod && (await ofNginx(pod));
      pod?.publish('nginx-route-table', table);
      await vi.waitFor(async () => expect(pod && (await ofNginx(pod))).not.toEqual(old), {
        timeout: 90_000,
        interval: 500,
      });
    };
    await publish(nginx[0]);
    const half = await ofBoth();
    await expectAlerts(objects, [...lasting(before, 5), ...lasting(half, 7)], ['FateRoutesDiffer']);
    await publish(nginx[1]);
    await expectAlerts(objects, [...lasting(half, 7), ...lasting(await ofBoth(), 2)], []);
  });

  const ofTrafficServer = () => scrape(objects, 'traffic-server', { pod: addresses.gate, exporter: exporters.json });

  test("Traffic Server's open connections are told, by way of the exporter", async () => {
    trafficServer.publish('traffic-server-sni', {
      'sni.yaml': fileOf(exchange(first, second), 'traffic-server-sni', 'sni.yaml'),
    });
    const pulsar = await fakePulsar(second);
    const tunnel = await vi.waitFor(
      async () => {
        const opened = await openTunnel(addresses.gate, second.fqdn);
        expect(opened.peer).toBe(second.fqdn); // and not the exchange's own
        return opened;
      },
      { timeout: 90_000, interval: 1000 },
    );
    try {
      await vi.waitFor(
        async () => {
          const recording = await ofTrafficServer();
          expect(namesOf(recording)).toEqual(metrics.trafficServer);
          expect([...recording.values()][0]).toBeGreaterThanOrEqual(2);
        },
        { timeout: 90_000, interval: 1000 },
      );
    } finally {
      tunnel.close();
      pulsar.close();
    }
  });

  test('a certificate that ends soon is an alert, and its successor ends it', async () => {
    const ofCertificate = () => scrape(objects, 'exporter', { pod: exporters.blackbox });
    const ending = await ofCertificate();
    expect(namesOf(ending)).toEqual([...metrics.certificate].sort());
    await expectAlerts(objects, lasting(ending, 20), ['FateCertificateEnds']);
    publishCertificate(trafficServer, certifiedKey('proxy.example.com', 90));
    const renewed = await vi.waitFor(
      async () => {
        const recording = await ofCertificate();
        expect(Math.max(...recording.values())).toBeGreaterThan(80 * 86_400);
        return recording;
      },
      { timeout: 90_000, interval: 1000 },
    );
    await expectAlerts(objects, [...lasting(ending, 20), ...lasting(renewed, 2)], []);
  });

  test('a Traffic Server that does not answer is one whose metrics are missing', async () => {
    await trafficServer.stop();
    await expect(ofTrafficServer()).rejects.toThrow('503'); // of which a Prometheus makes `up` 0
    const recording = await scrape(objects, 'exporter', { pod: exporters.blackbox });
    expect([...recording]).toEqual([[expect.stringMatching(/^probe_success/), 0]]);
    await expectAlerts(objects, lasting(recording, 12), ['FateMetricsMissing']);
  });
});
