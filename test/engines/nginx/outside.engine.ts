import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diagnoseOutside, type Looking, lookFromOutside } from '../../../commands/diagnose/outside';
import { Exchange } from '../../../constructs';
import { exchangeDescriptor, exchangePlan, type PartyDescriptor, secrets, services } from '../../../lib';
import type { Finding } from '../../../lib/diagnosis/finding';
import { signDescriptor } from '../../../lib/federation/signed-descriptor';
import { objectsOf } from '../../support/objects';
import { type Authority, type CertifiedKey, certificateAuthority } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { addOutside, address } from '../support/network';
import type { Pod } from '../support/pod';
import { trafficServerPod } from '../traffic-server/pod';
import { drawn, startNginx } from './pod';

const refused = refusal('nginx') ?? refusal('traffic-server') ?? noPods();
const { agreement, party, cluster, direct } = drawn('mutual-tls');
const addresses = { trafficServer: address(31), nginx: address(32) };
const exchange = exchangeDescriptor(exchangePlan(agreement), addresses);

/** 10000 looks, 20000 is there, 30000 has a route and is away, of 40000 the exchange knows nothing, and 50000 knows 10000 by itself. */
const members = Object.fromEntries(
  [10000, 20000, 30000, 40000, 50000].map((id): [number, PartyDescriptor] => {
    const described = party(id, address(40 + id / 10_000));
    return [id, { ...described, pulsar: { ...described.pulsar, address: address(50 + id / 10_000) } }];
  }),
) as Readonly<Record<10000 | 20000 | 30000 | 40000 | 50000, PartyDescriptor>>;
const routed = [members[10000], members[20000], members[30000]];
const objects = objectsOf((app) => new Exchange(app, 'x', exchangePlan({ ...agreement, parties: routed })));

describe.skipIf(refused !== undefined)(titled('An exchange and parties, seen from outside', refused), () => {
  let folder: string;
  let ca: Authority;
  const certificates = new Map<string, CertifiedKey>();
  const pods = new Map<string, Pod>();
  const servers: (Server | TlsServer)[] = [];

  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const certificateOf = (name: string): CertifiedKey => {
    const certificate = certificates.get(name) ?? ca(`${name}.example.com`, { days: 300 });
    certificates.set(name, certificate);
    return certificate;
  };
  /** As `certificates` keeps it. */
  function folderOf(name: string, { cert, key, ca }: CertifiedKey = certificateOf(name)): string {
    const { keys } = secrets[name === 'proxy' ? 'trafficServerCertificate' : 'pulsarCertificate'];
    const at = mkdtempSync(join(folder, 'member-'));
    mkdirSync(at, { recursive: true });
    for (const [key_, text] of [
      [keys.certificate, cert],
      [keys.key, key],
      [keys.ca, ca],
    ] as const)
      writeFileSync(join(at, key_), text, { mode: 0o600 });
    return at;
  }
  const secretOf = (name: string) => {
    const { cert, key, ca } = certificateOf(name);
    const secret = secrets[name === 'proxy' ? 'trafficServerCertificate' : 'pulsarCertificate'];
    return { [secret.name]: { [secret.keys.certificate]: cert, [secret.keys.key]: key, [secret.keys.ca]: ca } };
  };

  /** FATE Flow that answers what its release does, and a Pulsar that takes members alone, by TLS 1.2 as 2.7 does. */
  async function startParty({ id, nginx, pulsar }: PartyDescriptor) {
    const flow = address(60 + id / 10_000);
    for (const address of [flow, pulsar.address]) addOutside(address);
    const fateFlow = createServer((_, response) =>
      response.end('{"retcode": 0, "retmsg": "success", "data": {"FATE": "1.6.1"}}'),
    );
    await once(fateFlow.listen(services.fateflow.ports.http, flow), 'listening');
    const { cert, key, ca } = certificateOf(`${id}`);
    const asMember = { cert, key, ca, requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' } as const;
    const broker = createTlsServer(asMember).on('tlsClientError', () => {});
    await once(broker.listen(pulsar.port, pulsar.address), 'listening');
    servers.push(fateFlow, broker);
    const hosts = `${flow} ${services.fateflow.name}\n`;
    const drawn = id === 50000 ? direct(id, [members[10000]]) : cluster(id, exchange);
    pods.set(`${id}`, await startNginx(nginx.address, drawn, { hosts, secrets: secretOf(`${id}`) }));
  }

  async function startExchangeNginx() {
    pods.set('nginx', await startNginx(addresses.nginx, objects, { secrets: secretOf('proxy') }));
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outside-'));
    ca = certificateAuthority();
    await startParty(members[10000]);
    await startParty(members[20000]);
    await startParty(members[50000]);
    await startExchangeNginx();
    pods.set('traffic-server', await trafficServerPod(objects, certificateOf('proxy'), addresses.trafficServer));
    addOutside(members[30000].nginx.address);
    addOutside(members[30000].pulsar.address);
  });
  afterAll(async () => {
    for (const pod of pods.values()) await pod.stop();
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  const toExchange = (more: Partial<Looking> = {}) =>
    lookFromOutside({
      source: file('exchange.json', JSON.stringify(exchange)),
      peers: [20000],
      as: folderOf('10000'),
      ...more,
    });
  const verdicts = (findings: readonly Finding[]) =>
    Object.fromEntries(findings.map(({ step, verdict }) => [step, verdict]));
  /** What does not hold: step, failure and who acts. */
  const faults = (findings: readonly Finding[]) =>
    findings
      .filter(({ verdict }) => verdict === 'fails' || verdict === 'warns')
      .map(({ step, failure, acts }) => [step, failure, acts]);

  test('to a party that has joined, its own route and that to another hold, up to the FATE Flow of the other', async () => {
    const { findings } = await toExchange();
    expect(verdicts(findings)).toEqual({
      [`connection ${address(31)}:443`]: 'holds',
      [`connection ${address(32)}:9300`]: 'holds',
      [`tls ${address(32)}:9300`]: 'holds',
      strangers: 'holds',
      'tunnel 10000': 'holds',
      'tunnel 20000': 'holds',
      'party 20000': 'holds',
    });
    expect(findings.find(({ step }) => step === 'party 20000')?.saw).toContain('1.6.1');
    expect(findings.find(({ step }) => step === 'strangers')?.saw).toContain(
      'no certificate of the federation was shown',
    );
  });

  test('its word counts when it is signed, and only by the authority', async () => {
    const { cert, key } = certificateOf('proxy');
    const signed = signDescriptor(exchange, { certificate: cert, key });
    const { descriptor } = await toExchange({ source: file('exchange.jws', signed) });
    expect(descriptor).toEqual(exchange);
    const { ca: other } = certificateAuthority()('x');
    await expect(toExchange({ source: file('exchange.jws', signed), ca: file('other.pem', other) })).rejects.toThrow(
      /authority/,
    );
  });

  test('to nobody in particular everything shows but what takes a certificate', async () => {
    const { findings } = await toExchange({ as: undefined });
    expect(faults(findings)).toEqual([]);
    expect(Object.keys(verdicts(findings))).not.toContain('party 20000');
    expect(verdicts(findings)['tunnel 20000']).toBe('holds');
  });

  test('a party without a route: the exchange has to act, for both ways', async () => {
    const { findings } = await toExchange({ peers: [40000] });
    expect(faults(findings)).toEqual([
      ['tunnel 40000', 'route-missing', { member: 'exchange' }],
      ['party 40000', 'route-missing', { member: 'exchange' }],
    ]);
  });

  test('that is told in words, by who has to act, and as JSON', async () => {
    const source = file('exchange.json', JSON.stringify(exchange));
    const told = await diagnoseOutside({ source, peers: [40000], as: folderOf('10000') });
    expect(told.holds).toBe(false);
    expect(told.text).toMatch(/^exchange of example.com, from outside$/m);
    expect(told.text).toMatch(
      /^the exchange has to act:\n {2}the exchange leads 40000.example.com to Pulsar of party 40000: /m,
    );
    expect(told.json).toMatchObject({
      members: [
        {
          checks: expect.arrayContaining([expect.objectContaining({ failure: 'route-missing', acts: 'the exchange' })]),
        },
      ],
    });
  });

  test('a party whose services are away has to act itself', async () => {
    const { findings } = await toExchange({ peers: [30000] });
    expect(faults(findings).map(([step]) => step)).toEqual(['tunnel 30000', 'party 30000']);
    expect(findings.find(({ step }) => step === 'tunnel 30000')).toMatchObject({
      failure: 'pulsar-lost',
      acts: { member: 30000 },
    });
  });

  test('one whom the exchange does not know is told that it has to be let in', async () => {
    const { findings } = await toExchange({ as: folderOf('40000') });
    expect(faults(findings)).toEqual([
      ['tunnel 40000', 'route-missing', { member: 'exchange' }],
      ['party 20000', 'route-missing', { member: 'exchange' }],
    ]);
  });

  test('one whose certificate has ended, or is of another authority, has to act itself', async () => {
    const ended = folderOf('10000', ca('10000.example.com', { days: 0 }));
    expect(faults((await toExchange({ as: ended })).findings)).toEqual([
      ['party 20000', 'certificate-expired', { member: 10000 }],
    ]);
    const foreign = certificateAuthority()('10000.example.com', { days: 300 });
    const { findings } = await toExchange({
      as: folderOf('10000', foreign),
      ca: file('ca.pem', certificateOf('proxy').ca),
    });
    expect(faults(findings)).toEqual([['party 20000', 'certificate-foreign', { member: 10000 }]]);
  });

  test('who has the authority of another federation sees that nobody is of it', async () => {
    const { findings } = await toExchange({ ca: file('other.pem', certificateAuthority()('x').ca) });
    expect(faults(findings).map(([step, failure]) => [step, failure])).toEqual([
      [`tls ${address(32)}:9300`, 'certificate-foreign'],
      ['tunnel 10000', 'certificate-foreign'],
      ['tunnel 20000', 'certificate-foreign'],
    ]);
  });

  test('a party is seen whole by its exchange, and its FATE Flow too', async () => {
    const source = file('party.json', JSON.stringify(members[20000]));
    const { findings } = await lookFromOutside({ source, peers: [], as: folderOf('proxy') });
    expect(verdicts(findings)).toEqual({
      [`connection ${address(42)}:9300`]: 'holds',
      [`connection ${address(52)}:6651`]: 'holds',
      [`tls ${address(42)}:9300`]: 'holds',
      [`tls ${address(52)}:6651`]: 'holds',
      strangers: 'holds',
      'party 20000': 'holds',
    });
  });

  test('a party without an exchange is seen whole by one that it knows, and says to others that they are none; who has an exchange tells of it', async () => {
    const by = async (seen: PartyDescriptor, as: string) => {
      const source = file('peer.json', JSON.stringify(seen));
      return (await lookFromOutside({ source, peers: [], as: folderOf(as) })).findings;
    };
    const whole = await by(members[50000], '10000');
    expect(new Set(whole.map(({ verdict }) => verdict))).toEqual(new Set(['holds']));
    expect(whole.find(({ step }) => step === 'party 50000')?.saw).toContain('1.6.1');
    expect(faults(await by(members[50000], '20000'))).toEqual([['party 50000', 'peer-missing', { member: 50000 }]]);
    const through = await by(members[20000], '10000');
    expect(faults(through)).toEqual([]);
    expect(verdicts(through)).toMatchObject({ 'party 20000': 'unseen' });
  });

  test('a party that is away has to act by its exchange; to others it may be a firewall', async () => {
    const source = file('away.json', JSON.stringify(members[30000]));
    const toItsExchange = await lookFromOutside({ source, peers: [], as: folderOf('proxy') });
    expect(faults(toItsExchange.findings)).toEqual([
      [`connection ${address(43)}:9300`, 'nginx-lost', { member: 30000 }],
      [`connection ${address(53)}:6651`, 'pulsar-lost', { member: 30000 }],
    ]);
    const toAnother = await lookFromOutside({ source, peers: [], as: folderOf('10000') });
    expect(faults(toAnother.findings)).toEqual([]);
    expect(verdicts(toAnother.findings)).toMatchObject({
      [`connection ${address(43)}:9300`]: 'unseen',
      [`connection ${address(53)}:6651`]: 'unseen',
    });
  });

  test('an address that nobody has is somewhere on the way', async () => {
    const elsewhere = { ...exchange, trafficServer: { ...exchange.trafficServer, address: address(250) } };
    const { findings } = await toExchange({ source: file('elsewhere.json', JSON.stringify(elsewhere)) });
    expect(faults(findings)).toEqual([
      [`connection ${address(250)}:443`, 'port-blocked', { between: ['here', 'exchange'] }],
    ]);
    expect(verdicts(findings)).toMatchObject({ 'tunnel 10000': 'skipped', 'party 20000': 'holds' });
  });

  test('an exchange whose certificate has ended, or ends soon, has to act', async () => {
    const certificate = certificateOf('proxy');
    for (const [days, failure, verdict] of [
      [0, 'certificate-expired', 'fails'],
      [2, 'certificate-expired', 'warns'],
    ] as const) {
      const next = ca('proxy.example.com', { days });
      const { keys, name } = secrets.trafficServerCertificate;
      pods.get('nginx')?.publish(name, { [keys.certificate]: next.cert, [keys.key]: next.key, [keys.ca]: next.ca });
      await expect
        .poll(
          async () => {
            const { findings } = await toExchange();
            const shown = findings.find(({ step }) => step.startsWith('tls'));
            return [shown?.failure, shown?.verdict];
          },
          { timeout: 180_000, interval: 1000 },
        )
        .toEqual([failure, verdict]);
    }
    certificates.set('proxy', certificate);
  });

  test('an exchange without nginx: the rest goes on', async () => {
    await pods.get('nginx')?.stop();
    addOutside(addresses.nginx);
    const { findings } = await toExchange();
    expect(faults(findings)).toEqual([
      [`connection ${address(32)}:9300`, 'exchange-nginx-lost', { member: 'exchange' }],
    ]);
    expect(verdicts(findings)).toMatchObject({ 'tunnel 20000': 'holds', 'party 20000': 'skipped' });
  });
});
