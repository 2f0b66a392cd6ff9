import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Exchange } from '../../../constructs';
import { federation, secrets } from '../../../lib';
import { fileOf, objectsOf } from '../../support/objects';
import { startNginx } from '../nginx/pod';
import { adminApi } from '../pulsar/admin-api';
import { type Authority, type CertifiedKey, certificateAuthority } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { faultsOf, type Shown } from '../support/looking';
import { address, dropFrom } from '../support/network';
import type { Pod } from '../support/pod';
import { publishCertificate, trafficServerPod } from '../traffic-server/pod';
import { endOf, submit, toyExample } from './flow-api';
import { release } from './images';
import { type Addresses, type Party, startParty } from './party';

const refused =
  ['fate', 'pulsar-2.10', 'traffic-server', 'nginx', 'mariadb'].map(refusal).find((it) => it !== undefined) ?? noPods();

const gate = { trafficServer: address(68), nginx: address(69) };
/** Another pod of Traffic Server behind the same Service. */
const secondProxy = address(70);
const hosts = { 30000: 72, 40000: 164 } as const;
type Id = keyof typeof hosts;
const ids: readonly Id[] = [30000, 40000];

/** Of a party's pods. Those of nginx and Pulsar are its public ones, too. */
const addressesOf = (id: Id): Addresses => {
  const [nginx, pulsar, mysql, fateflow, client] = Array.from({ length: 5 }, (_, i) => address(hosts[id] + i));
  return { nginx, pulsar, mysql, fateflow, client } as Readonly<Record<keyof Addresses, string>>;
};

const declared = (domain: string, ...ids: readonly Id[]) =>
  federation({
    domain,
    fate: release,
    exchange: { addresses: gate },
    parties: ids.map((id) => {
      const { nginx, pulsar } = addressesOf(id);
      return { id, addresses: { nginx, pulsar } };
    }),
  });
const drawn = (domain: string, ...ids: readonly Id[]) => {
  const { exchange } = declared(domain, ...ids);
  return objectsOf((app) => new Exchange(app, exchange.namespace, exchange));
};

/** Spark, HDFS and FATE Board are not there: what is said of them is the same in each test. */
const absent = /^(namenode|datanode|spark-master|spark-worker|interface)-lost at pods /;

describe.skipIf(refused !== undefined)(titled(`a diagnosis of FATE ${release}`, refused), () => {
  const directory = refused === undefined ? mkdtempSync('/run/diagnose-') : '';
  const { exchange, parties } = declared('example.com', ...ids);
  const objects = drawn('example.com', ...ids);
  let certify: Authority;
  let certificate: CertifiedKey;
  let proxies: Pod[];
  let gateNginx: Pod;
  let members: Readonly<Record<Id, Party>>;

  beforeAll(async () => {
    certify = certificateAuthority();
    certificate = certify('proxy.example.com');
    const start = async (id: Id) => {
      const [plan] = declared('example.com', id).parties;
      if (plan === undefined) throw new Error('one party was declared');
      return startParty(plan, addressesOf(id), certify, directory);
    };
    const [first, second, ...others] = await Promise.all([
      start(30000),
      start(40000),
      startExchangeNginx(),
      trafficServerPod(objects, certificate, gate.trafficServer),
      trafficServerPod(objects, certificate, secondProxy),
    ]);
    members = { 30000: first, 40000: second };
    [gateNginx, ...proxies] = others as [Pod, Pod, Pod];
  }, 1_800_000);
  afterAll(async () => {
    await Promise.all([...Object.values(members ?? {}), gateNginx, ...(proxies ?? [])].map((it) => it?.stop()));
    rmSync(directory, { recursive: true });
  });

  const secretFiles = ({ cert, key, ca }: CertifiedKey) => {
    const { keys } = secrets.trafficServerCertificate;
    return { [keys.certificate]: cert, [keys.key]: key, [keys.ca]: ca };
  };
  const startExchangeNginx = () =>
    startNginx(gate.nginx, objects, {
      secrets: { [secrets.trafficServerCertificate.name]: secretFiles(certificate) },
    });

  const shownOf = ({ pods }: Party): readonly Shown[] =>
    Object.entries(pods).map(([workload, pod]) => ({ pod, workload }));
  const shownOfExchange = (): readonly Shown[] => [
    ...proxies.map((pod, ordinal) => ({ pod, workload: 'traffic-server', ordinal })),
    ...[0, 1].map((ordinal) => ({ pod: gateNginx, workload: 'nginx', ordinal })), // the one for both replicas
  ];

  /** What does not hold at a member, but for what is not there. */
  async function faults(member: Id | 'exchange'): Promise<readonly string[]> {
    const plan = member === 'exchange' ? exchange : parties.find(({ id }) => id === member);
    if (plan === undefined) throw new Error(`${member} is not declared`);
    const shown = member === 'exchange' ? shownOfExchange() : shownOf(members[member]);
    return (await faultsOf(plan, shown, ids)).filter((fault) => !absent.test(fault));
  }

  const publishSni = (pods: readonly Pod[], domain: string, ...ids: readonly Id[]) => {
    const text = fileOf(drawn(domain, ...ids), 'traffic-server-sni', 'sni.yaml');
    for (const pod of pods) pod.publish('traffic-server-sni', { 'sni.yaml': text });
  };
  const publishCalls = (...ids: readonly Id[]) => {
    const files = ['route_table.yaml', 'callers.conf'].map((it) => [
      it,
      fileOf(drawn('example.com', ...ids), 'nginx-route-table', it),
    ]);
    gateNginx.publish('nginx-route-table', Object.fromEntries(files));
  };
  /** Until a change in mounted files is followed by who reads them. */
  const eventually = (member: Id | 'exchange', expected: readonly string[]) =>
    vi.waitFor(async () => expect(await faults(member)).toEqual(expected), { timeout: 180_000, interval: 2000 });

  test('finds nothing where all of it works, before the first job and after it', async () => {
    for (const member of [...ids, 'exchange'] as const) expect(await faults(member)).toEqual([]);
    const job = await submit(members[30000].api, toyExample(30000, 40000));
    expect(await endOf(members[30000].api, job)).toBe('success');
    for (const member of [...ids, 'exchange'] as const) expect(await faults(member)).toEqual([]);
  }, 900_000);

  test('a route that the exchange has not is told of by both parties, and by its own tables', async () => {
    publishSni(proxies, 'example.com', 30000);
    publishCalls(30000);
    await eventually(30000, [
      'route-missing at tunnel 40000: the exchange',
      'route-missing at party 40000: the exchange',
    ]);
    await eventually(40000, [
      'route-missing at tunnel 40000: the exchange',
      'route-missing at party 30000: the exchange',
    ]);
    expect(await faults('exchange')).toEqual([
      'route-not-loaded at table sni.yaml of traffic-server-0: the exchange',
      'route-not-loaded at table sni.yaml of traffic-server-1: the exchange',
      ...[0, 1].flatMap((ordinal) =>
        ['route_table.yaml', 'callers.conf'].map(
          (file) => `route-not-loaded at table ${file} of nginx-${ordinal}: the exchange`,
        ),
      ),
    ]);
    publishSni(proxies, 'example.com', ...ids);
    publishCalls(...ids);
    for (const member of [...ids, 'exchange'] as const) await eventually(member, []);
  }, 900_000);

  test('one replica of Traffic Server with an old table is named', async () => {
    publishSni(proxies.slice(1), 'example.com', 30000);
    await eventually('exchange', ['route-not-loaded at table sni.yaml of traffic-server-1: the exchange']);
    publishSni(proxies.slice(1), 'example.com', ...ids);
    await eventually('exchange', []);
  });

  test('an exchange whose names are of another domain answers itself', async () => {
    publishSni(proxies, 'example.org', ...ids);
    await eventually(30000, [
      'route-missing at tunnel 30000: the exchange',
      'route-missing at tunnel 40000: the exchange',
    ]);
    publishSni(proxies, 'example.com', ...ids);
    await eventually(30000, []);
  });

  test('a party that calls others by names of another domain has another table than is declared', async () => {
    const { fateflow } = members[30000].pods;
    const table = fileOf(members[30000].objects, 'pulsar-route-table', 'pulsar_route_table.yaml');
    fateflow.publish('pulsar-route-table', { 'pulsar_route_table.yaml': table.replace('example.com', 'example.org') });
    expect(await faults(30000)).toEqual([
      'route-not-loaded at table pulsar_route_table.yaml of fateflow-0: party 30000',
    ]);
    fateflow.publish('pulsar-route-table', { 'pulsar_route_table.yaml': table });
    expect(await faults(30000)).toEqual([]);
  });

  test("an old address of the exchange in Pulsar's record is its own party's to change", async () => {
    const admin = adminApi(`http://${addressesOf(30000).pulsar}:8080`);
    const record = await admin.get<object>('clusters/40000');
    await admin.post('clusters/40000', { ...record, proxyServiceUrl: `pulsar+ssl://${address(67)}:443` });
    expect(await faults(30000)).toEqual(['exchange-address-old at pulsar record 40000: party 30000']);
    await admin.post('clusters/40000', record);
    expect(await faults(30000)).toEqual([]);
  });

  /** Ends a pod as a lost node would, and another comes in its place when what is said of that was heard. */
  async function without(pod: 'nginx' | 'mysql', heard: () => Promise<void>): Promise<void> {
    members[30000].pods[pod].signal('SIGKILL');
    await members[30000].pods[pod].ended;
    await heard();
    await members[30000].restart(pod);
    for (const member of [...ids, 'exchange'] as const) await eventually(member, []);
  }

  test("a party's nginx that is lost is told of by its pods, and from afar by the exchange and by others", () =>
    without('nginx', async () => {
      expect(await faults(30000)).toEqual(['nginx-lost at pods nginx: party 30000']);
      expect(await faults('exchange')).toEqual(
        [0, 1].map((ordinal) => `nginx-lost at way nginx-${ordinal} 30000 nginx: party 30000`),
      );
      expect(await faults(40000)).toEqual(['nginx-lost at party 30000: party 30000']);
    }));

  test('a party without MySQL is told of by its pods, and by nobody else', () =>
    without('mysql', async () => {
      expect(await faults(30000)).toEqual(['mysql-lost at pods mysql: party 30000']);
      expect(await faults('exchange')).toEqual([]);
      expect(await faults(40000)).toEqual([]);
    }));

  /** A firewall before a pod drops what it answers from a port, while this is heard. */
  async function behindFirewall(pod: Pod, rule: string, heard: () => Promise<void>): Promise<void> {
    dropFrom(pod, 'add', rule);
    await heard();
    dropFrom(pod, 'delete', rule);
    for (const member of [...ids, 'exchange'] as const) await eventually(member, []);
  }

  test("a port of a party's Pulsar that is blocked is told of by all, as lying between it and the exchange", () =>
    behindFirewall(members[40000].pods.pulsar, 'sport 6651', async () => {
      const between = 'the network between the exchange and party 40000';
      expect(await faults('exchange')).toEqual(
        [0, 1].map((ordinal) => `port-blocked at way traffic-server-${ordinal} 40000 pulsar: ${between}`),
      );
      for (const member of ids) expect(await faults(member)).toEqual([`port-blocked at tunnel 40000: ${between}`]);
    }));

  test('a way to the exchange that is blocked for a party is told of by it alone', () =>
    behindFirewall(proxies[0] as Pod, `sport 443 to ${addressesOf(30000).fateflow}`, async () => {
      expect(await faults(30000)).toEqual([
        `port-blocked at connection ${gate.trafficServer}:443: the network between party 30000 and the exchange`,
      ]);
      expect(await faults(40000)).toEqual([]);
    }));

  test('an exchange whose certificate has ended is told of by every member', async () => {
    const ended = certify('proxy.example.com', { days: 0 });
    const publish = (it: CertifiedKey) => {
      gateNginx.publish(secrets.trafficServerCertificate.name, secretFiles(it));
      for (const pod of proxies) publishCertificate(pod, it);
    };
    publish(ended);
    const expired = (step: string) => `certificate-expired at ${step}: the exchange`;
    await eventually('exchange', [expired('certificate')]);
    await vi.waitFor(async () => expect(await faults(30000)).toContain(expired(`tls ${gate.nginx}:9300`)), {
      timeout: 180_000,
      interval: 2000,
    });
    publish(certificate);
    for (const member of ['exchange', 30000] as const) await eventually(member, []);
  });

  test("a party whose certificate has ended is told of by itself, and refused by the exchange's nginx", async () => {
    const { name, keys } = secrets.pulsarCertificate;
    const files = ({ cert, key, ca }: CertifiedKey) => ({ [keys.certificate]: cert, [keys.key]: key, [keys.ca]: ca });
    const { nginx, pulsar } = members[30000].pods;
    for (const pod of [nginx, pulsar]) pod.publish(name, files(certify('30000.example.com', { days: 0 })));
    await vi.waitFor(
      async () =>
        expect(await faults(30000)).toEqual(
          expect.arrayContaining([
            'certificate-expired at certificate: party 30000',
            'certificate-expired at party 40000: party 30000',
          ]),
        ),
      { timeout: 180_000, interval: 2000 },
    );
    const renewed = certify('30000.example.com');
    for (const pod of [nginx, pulsar]) pod.publish(name, files(renewed));
    await vi.waitFor(
      async () => expect((await faults(30000)).filter((it) => !it.includes('tunnel'))).toEqual([]), // Pulsar reads it in time
      { timeout: 180_000, interval: 2000 },
    );
  });
});
