import { once } from 'node:events';
import { request as plainRequest, type Server } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type ExchangeDescriptor,
  exchangeDescriptor,
  exchangePlan,
  type PartyDescriptor,
  secrets,
  services,
} from '../../../lib';
import { fileOf } from '../../support/objects';
import { type Authority, type CertifiedKey, certificateAuthority, certifiedKey } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import type { Files, Pod } from '../support/pod';
import { listeners } from '../support/probe';
import { configurationTest, drawn, followed, type Received, startNginx, telling } from './pod';

const refused = refusal('nginx') ?? noPods();
const { agreement, party, exchange, cluster, direct } = drawn('mutual-tls');
const { nginx: outside, nginxInternal: inside, fateflow } = services;

const ids = Array.from({ length: 10 }, (_, i) => 10_000 * (i + 1));
const addressOf = (id: number) => (id === 9999 ? address(99) : address(100 + id / 10_000));
const parties = ids.map((id) => party(id, addressOf(id)));
const newcomer = party(9999, addressOf(9999));
const exchangeAddresses = [address(21), address(22)] as const;
const descriptor: ExchangeDescriptor = exchangeDescriptor(exchangePlan(agreement), {
  trafficServer: '192.0.2.68',
  nginx: exchangeAddresses[0],
});
const patience = followed(exchange([]));

const tableOf = (routed: readonly PartyDescriptor[]): Files =>
  Object.fromEntries(
    ['route_table.yaml', 'callers.conf'].map((file) => [file, fileOf(exchange(routed), 'nginx-route-table', file)]),
  );

const secretOf = (name: 'pulsarCertificate' | 'trafficServerCertificate', { cert, key, ca }: CertifiedKey) => {
  const { keys } = secrets[name];
  return { [keys.certificate]: cert, [keys.key]: key, [keys.ca]: ca };
};
const secretsOf = (...args: Parameters<typeof secretOf>) => ({ [secrets[args[0]].name]: secretOf(...args) });

/** A request, by default one that FATE Flow of party 10000 makes of party 20000. */
interface Call {
  readonly to?: number;
  /** Whose it says it is, in its header and in its body. */
  readonly header?: string | readonly string[];
  readonly field?: unknown;
  readonly path?: string;
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  /** What FATE Flow has received. */
  readonly received?: Received;
  /** What FATE Flow finds in a refusal. */
  readonly refusal?: unknown;
}

async function answerTo(
  { to = 20000, header = '10000', field = header, path = `/v1/party/1/guest/${to}/update`, ...more }: Call,
  host: string,
  shown?: Partial<CertifiedKey>,
  port: number = outside.ports.http,
): Promise<Answer> {
  const { body = JSON.stringify({ src_role: 'guest', src_party_id: field }), method = 'POST', headers } = more;
  const options = {
    host,
    port,
    path,
    method,
    agent: false,
    timeout: 60_000,
    headers: {
      'Content-Type': 'application/json',
      service: 'fateflow',
      'src-role': 'guest',
      'dest-party-id': `${to}`,
      'src-party-id': header as string,
      ...(headers as Record<string, string>),
    },
  };
  const tls = { ...shown, rejectUnauthorized: false, servername: 'proxy.example.com' };
  const req = shown ? tlsRequest({ ...options, ...tls }) : plainRequest(options);
  req.on('timeout', () => req.destroy(new Error('no answer'))).end(body);
  const [response] = await once(req, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  const status = Number(response.statusCode);
  if (response.headers['content-type'] === 'application/json' && text !== '')
    return { status, text, refusal: JSON.parse(text) };
  return { status, text, received: status === 200 ? JSON.parse(text) : undefined };
}

const refusing = (retmsg: unknown) => ({ status: 403, refusal: { retcode: 100, retmsg } });
const saying = (text: string) => expect.stringContaining(text);

describe.skipIf(refused !== undefined)(titled('nginx with mutual TLS', refused), () => {
  const pods: Pod[] = [];
  const servers: Server[] = [];
  const certificates = new Map<number | 'proxy', CertifiedKey>();
  const clusters = new Map<number, Pod>();
  let ca: Authority;
  let both: Pod[];

  const certificateOf = (member: number | 'proxy'): CertifiedKey => {
    const certificate = certificates.get(member) ?? ca(`${member}.example.com`);
    certificates.set(member, certificate);
    return certificate;
  };

  /** From FATE Flow of a party, through its own nginx. */
  const callFrom = (from: number, call: Call) =>
    answerTo({ header: `${from}`, ...call }, addressOf(from), undefined, inside.ports.http);
  /** To the exchange, with a certificate. */
  const callExchange = (call: Call, shown: Partial<CertifiedKey> = certificateOf(10000), pod = 0) =>
    answerTo(call, `${exchangeAddresses[pod]}`, shown);

  async function startExchange(address: string, routed: readonly PartyDescriptor[], certificate: CertifiedKey) {
    const pod = await startNginx(address, exchange(routed), {
      secrets: secretsOf('trafficServerCertificate', certificate),
    });
    pods.push(pod);
    return pod;
  }

  const flowOf = (id: number) => address(id === 9999 ? 199 : 200 + id / 10_000);

  async function startParty(id: number) {
    const pod = await startNginx(addressOf(id), cluster(id, descriptor), {
      hosts: `${flowOf(id)} ${fateflow.name}\n`,
      secrets: secretsOf('pulsarCertificate', certificateOf(id)),
    });
    pods.push(pod);
    clusters.set(id, pod);
    return pod;
  }

  beforeAll(async () => {
    ca = certificateAuthority();
    both = await Promise.all(exchangeAddresses.map((it) => startExchange(it, parties, certificateOf('proxy'))));
    for (const id of [...ids, 9999]) {
      servers.push(await telling(`FATE Flow of ${id}`, flowOf(id), fateflow.ports.http));
      await startParty(id);
    }
  });

  afterAll(async () => {
    await Promise.all(pods.map((pod) => pod.stop()));
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
  });

  test('it finds nothing wrong with its configuration, at an exchange and at a party', async () => {
    for (const pod of pods) {
      const said = await configurationTest(pod);
      expect(said).toMatch(/test is successful/);
      expect(said).not.toMatch(/\[(warn|error|crit|alert|emerg)\]/);
    }
  });

  test('it listens for others, for its own FATE Flow and for probes only', async () => {
    const [first] = both;
    expect(first && [...new Set(await listeners(first))]).toEqual([9300, 9302]);
    const own = clusters.get(10000);
    expect(own && [...new Set(await listeners(own))]).toEqual([9300, 9301, 9302]);
  });

  test('FATE Flow of each party calls that of each other, 90 ordered pairs, and itself', async () => {
    for (const from of ids) {
      for (const to of ids) {
        const { received } = await callFrom(from, { to });
        expect(received).toMatchObject({ by: `FATE Flow of ${to}`, path: `/v1/party/1/guest/${to}/update` });
        expect(received?.headers).toMatchObject({
          'src-party-id': `${from}`,
          'src-role': 'guest',
          service: 'fateflow',
        });
      }
    }
  });

  test('either pod of the exchange takes them', async () => {
    for (const from of ids) {
      const call = { header: `${from}`, to: ids.find((it) => it !== from) ?? 0 };
      expect(await callExchange(call, certificateOf(from), 1)).toMatchObject({ status: 200 });
    }
  });

  /** Ports that a pod has connections from to this address. */
  async function connections(pod: Pod | undefined, address: string): Promise<string[]> {
    const wanted = ['state', 'established', 'dst', `${address}:${outside.ports.http}`];
    const { stdout = '' } = (await pod?.exec('ss', '--no-header', '--tcp', '--numeric', ...wanted)) ?? {};
    return [...stdout.matchAll(/(?<=:)\d+(?= +\S+ *$)/gm)].map(([port]) => port);
  }

  test('calls that follow one another share connections, to the exchange and from it', async () => {
    const kept = async () => [
      ...(await connections(clusters.get(10000), exchangeAddresses[0])),
      ...(await connections(both[0], addressOf(20000))),
    ];
    for (let i = 0; i < 20; i++) await callFrom(10000, {});
    const before = await kept();
    for (let i = 0; i < 20; i++) await callFrom(10000, {});
    const added = (await kept()).filter((it) => !before.includes(it));
    expect(before.length).toBeGreaterThan(1);
    expect(added.length).toBeLessThan(3); // where a worker comes to its first call
  });

  test('a connection that is kept does not outlive the nginx at its end', async () => {
    expect(await callFrom(10000, { to: 50000 })).toMatchObject({ status: 200 });
    const killed = clusters.get(50000);
    if (killed === undefined) throw new Error('no pod');
    await killed.stop();
    expect(await callFrom(10000, { to: 50000 })).toMatchObject({ status: 502 });
    await startParty(50000);
    expect(await callFrom(10000, { to: 50000 })).toMatchObject({ status: 200 });
  });

  test('the caller is in the log of both sides', async () => {
    await callFrom(30000, { to: 40000, path: '/v1/party/logged/guest/40000/update' });
    const call = /caller=30000 certificate="CN=\w+\.example\.com" verified="SUCCESS" .*\/logged\//;
    for (const pod of [both[0], clusters.get(40000)]) await vi.waitFor(() => expect(pod?.log()).toMatch(call), 10_000); // nginx answers before it writes
  });

  test.each([
    '/v1/party/1/guest/20000/create',
    '/v1/party/1/guest/20000/resource/apply',
    '/v1/party/1/guest/20000/stop/canceled',
    '/v1/party/202111061608424372620/secure_add_example_0/202111061608424372620_secure_add_example_0/0/guest/20000/collect',
    '/v1/party/1/reader-0/1_reader-0/0/host/20000/clean/metrics',
    '/v1/initiator/1/guest/20000/stop/canceled',
    '/v1/initiator/1/guest/20000/rerun',
    '/v1/initiator/1/dataio_0/1_dataio_0/0/host/10000/report', // of the caller's task
    '/v1/tracker/1/dataio_0/host/20000/output/table',
    '/v1/model/deploy/do',
  ])('what one FATE Flow calls at another comes through: %s', async (path) => {
    expect((await callFrom(10000, { path })).received).toMatchObject({ by: 'FATE Flow of 20000', path });
  });

  test('a probe comes through without saying whose it is', async () => {
    const probe = { path: '/v1/version/get', body: '{"module": "FATE"}', headers: { 'src-party-id': [] } };
    expect((await callFrom(10000, probe)).received).toMatchObject({ by: 'FATE Flow of 20000' });
  });

  test('a body of 60 MiB comes through, and says whose it is as a small one does', async () => {
    const bodyOf = (id: number) => JSON.stringify({ data: 'x'.repeat(60 * 1024 ** 2), src_party_id: id });
    const { received } = await callFrom(10000, { body: bodyOf(10000) });
    expect(received?.bytes).toBe(bodyOf(10000).length);
    expect(await callFrom(10000, { body: bodyOf(30000) })).toMatchObject(refusing(saying('in its body')));
  });

  test.each([9999, 999999999])('a call for %i, which has no route, is an error at once', async (to) => {
    const calls = Array.from({ length: 50 }, () => callFrom(10000, { to }));
    expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([502]));
    expect((await callFrom(10000, {})).status).toBe(200); // no connection was used up
    expect(both[0]?.log()).not.toMatch(/worker_connections/);
  });

  describe('who cannot prove to be a party with a route is refused with the reason', () => {
    const named = (subject: string) => ca('10000.example.com', { subject });

    test.each<[string, () => Partial<CertifiedKey>, string]>([
      ['no certificate', () => ({}), 'NONE'],
      ['a certificate that it has signed itself', () => certifiedKey('10000.example.com'), 'self-signed certificate'],
      ["another authority's certificate", () => certificateAuthority()('10000.example.com'), 'FAILED'],
      ['an expired one', () => ca('10000.example.com', { days: 0 }), 'certificate has expired'],
    ])('%s', async (_, certificate, reason) => {
      expect(await callExchange({}, certificate())).toMatchObject(
        refusing(saying(`no certificate of the federation was shown: `)),
      );
      expect((await callExchange({}, certificate())).text).toContain(reason);
    });

    test.each<[string, () => CertifiedKey]>([
      ['a member without a route', () => certificateOf(9999)],
      ['the exchange itself', () => certificateOf('proxy')],
      ['a party of another domain', () => ca('10000.example.org')],
      ["a name that begins with a party's", () => ca('10000.example.com.example.org')],
      ["a name that ends with a party's", () => ca('110000.example.com')],
      ['no common name', () => named('/O=10000.example.com')],
      ['a name in another part of the subject', () => named('/O=x,CN=10000.example.com')],
      ['the same, after a plus sign', () => named('/O=x\\+CN=10000.example.com')],
      ['two common names', () => named('/CN=10000.example.com/CN=30000.example.com')],
      ['the same, the other way', () => named('/CN=30000.example.com/CN=10000.example.com')],
      ['a name with something behind it', () => named('/CN=10000.example.com x')],
      ['a name with an escaped character', () => named('/CN=10000.example.com\\,')],
    ])('%s', async (_, certificate) => {
      expect(await callExchange({}, certificate())).toMatchObject(
        refusing(saying('is of no party that this exchange has a route to')),
      );
    });

    test('plain HTTP, at an exchange and at a party', async () => {
      for (const host of [exchangeAddresses[0], addressOf(20000)]) {
        expect(await answerTo({}, host)).toMatchObject(refusing(saying('plain HTTP is not taken here')));
      }
    });

    test.each([
      '/C=AT/O=Org/CN=10000.example.com',
      '/CN=10000.example.com/O=Org\\, Inc+OU=a',
      '/O=Ä+CN=10000.example.com',
    ])('and a party is known by its name wherever that stands in the subject: %s', async (subject) => {
      expect(await callExchange({}, named(subject))).toMatchObject({ status: 200 });
    });
  });

  describe('a party speaks only as itself', () => {
    const body = (text: string) => ({ body: text });
    const inBody = 'in its body, src_party_id, this call says';
    test.each<[string, Call, string]>([
      ['another in the header', { header: '30000', field: '10000' }, 'in its header src-party-id this call says'],
      ['another in the body', { field: '30000' }, inBody],
      ['another in both', { header: '30000' }, 'in its header'],
      ['nobody in the header', { headers: { 'src-party-id': '' } }, 'in its header'],
      ['nobody in the body', body('{}'), inBody],
      ['itself and another, in two headers', { header: ['10000', '30000'], field: '10000' }, 'has a header twice'],
      ['the other way round', { header: ['30000', '10000'], field: '10000' }, 'has a header twice'],
      ['another in a number', { field: 30000 }, inBody],
      ['another in a later member', body('{"src_party_id": "10000", "src_party_id": "30000"}'), inBody],
      ['the same, escaped', body('{"src_party_id": "10000", "src_party\\u005fid": "30000"}'), inBody],
      ['itself deeper down', body('{"a": {"src_party_id": "10000"}}'), inBody],
      ['a list', body('[{"src_party_id": "10000"}]'), inBody],
      ['itself in a list', { field: ['10000'] }, inBody],
      ['itself with a blank', { field: '10000 ' }, inBody],
      ['nearly itself', { field: 10000.5 }, inBody],
      ['no JSON', body('src_party_id=10000'), 'is no object in JSON'],
      ['nothing', body(''), 'is no object in JSON'],
      ['JSON and more', body('{"src_party_id": "10000"} {"src_party_id": "30000"}'), 'is no object in JSON'],
      ['UTF-16', { body: Buffer.from('\ufeff{"src_party_id": "10000"}', 'utf16le') }, 'is no object in JSON'],
      [
        'more headers than are looked at',
        { headers: Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`a-${i}`, ''])) },
        'too many headers',
      ],
    ])('and not as %s', async (_, call, reason) => {
      const answer = await callFrom(10000, call);
      expect(answer).toMatchObject(refusing(saying(`party 10000: `)));
      expect(answer.text).toContain(reason);
    });

    test.each<[string, Call]>([
      ['as a number', { field: 10000 }],
      ['beside another in a header that Flask would take for the same', { headers: { src_party_id: '30000' } }],
      ["beside another in the exchange's own header", { headers: { 'caller-party-id': '30000' } }],
      ['in a charset of its own', { headers: { 'Content-Type': 'application/json; charset=utf-7' } }],
    ])('%s it is told to FATE Flow as itself', async (_, call) => {
      const { received } = await callExchange(call);
      expect(received?.headers).toMatchObject({ 'src-party-id': '10000', 'content-type': 'application/json' });
      expect(Object.keys(received?.headers ?? {})).not.toContain('src_party_id');
    });
  });

  describe('nobody outside asks FATE Flow for anything else', () => {
    const foreign = 'this is no call of one FATE Flow to another';
    test.each([
      '/v1/job/submit',
      '/v1/job/stop',
      '/v1/job/query',
      '/v1/data/upload',
      '/v1/tracking/component/output/data/download',
      '/v1/table/delete',
      '/v1/model/load',
      '/v1/operation/json_conf/load',
      '/v1/tracker/1/dataio_0/1_dataio_0/0/guest/20000/output_data_info/read', // a worker's
      '/v1/party/1/dataio_0/1_dataio_0/0/guest/20000/report', // a worker's
      '/v1/forward/fateboard/do', // would call whatever the body says
      '/v1/initiator/1/dataio_0/1_dataio_0/0/host/30000/report', // of another's task
      '/v1/party/1/guest/30000/update', // for another party than the one that is called
      '/',
      '/v1/party/1/guest/20000/update/',
      '/v1/party/1/guest/20000/update?x',
      '/v1/party/1/guest/20000/update#x',
      '/v1/party//guest/20000/update',
      '//v1/party/1/guest/20000/update',
      '/v1/party/1/guest/20000/../../../../job/submit/guest/20000/update',
      '/v1/party/../guest/20000/update',
      '/v1/party/./guest/20000/update',
      '/v1/job/submit/../../party/1/guest/20000/update',
      '/v1/party/1/guest/20000/%75pdate',
      '/v1/party/%2e%2e/guest/20000/update',
      '/v1/party/1%2f..%2f../guest/20000/update',
      '/v1/party/1/guest/20000/status/..%2f..',
      '/V1/party/1/guest/20000/update',
      '/v1/party/1/guest/20000/update\\',
      '/v1/party/1;x/guest/20000/update',
    ])('not %s', async (path) => {
      const { status, refusal } = await callExchange({ path });
      expect({ status, refusal }).toEqual(refusing(saying(foreign)));
    });

    test.each(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'])('not by %s', async (method) => {
      expect((await callExchange({ method })).status).toBe(403);
    });

    test.each(['fateboard', '', 'fateflow '])('not of the service "%s"', async (service) => {
      const { status } = await callExchange({ headers: { service } });
      expect(status).toBe(service === 'fateflow ' ? 200 : 403); // a blank at the end belongs to no header
    });

    test.each<[string, Call['headers']]>([
      ['named twice', { 'dest-party-id': ['20000', '30000'] }],
      ['named by nothing that is an id', { 'dest-party-id': 'default' }],
      ['named in another header', { 'dest-party-id': '', 'dest-env': '20000' }],
    ])('not of a party that is %s', async (_, headers) => {
      expect((await callExchange({ headers })).status).toBe(403);
    });

    test('but from inside all of it', async () => {
      const { received } = await callFrom(20000, { to: 20000, path: '/v1/job/submit?x', method: 'GET', body: '' });
      expect(received).toMatchObject({ by: 'FATE Flow of 20000', path: '/v1/job/submit?x' });
    });
  });

  describe('a party takes calls of the exchange alone', () => {
    const direct = (call: Call, shown: Partial<CertifiedKey>) => answerTo(call, addressOf(20000), shown);
    const exchangeCall = { headers: { 'caller-party-id': '10000' } };

    test('and from it those only that are for it, and name a party', async () => {
      expect(await direct(exchangeCall, certificateOf('proxy'))).toMatchObject({ status: 200 });
      expect(await direct({ ...exchangeCall, to: 30000 }, certificateOf('proxy'))).toMatchObject(
        refusing(saying('this is party 20000')),
      );
      expect(await direct({ ...exchangeCall, path: '/v1/job/submit' }, certificateOf('proxy'))).toMatchObject(
        refusing(saying('no call of one FATE Flow')),
      );
      for (const caller of ['', '"', '1"}', 'x']) {
        const answer = await direct({ headers: { 'caller-party-id': caller } }, certificateOf('proxy'));
        expect(answer).toMatchObject(refusing(saying('only proxy.example.com calls party 20000')));
      }
    });

    test.each([10000, 20000])('not of party %i', async (id) => {
      expect(await direct(exchangeCall, certificateOf(id))).toMatchObject(
        refusing(saying('only proxy.example.com calls party 20000')),
      );
    });

    test('nor of one who has no certificate, or a wrong one', async () => {
      for (const shown of [{}, certifiedKey('proxy.example.com'), ca('proxy.example.com', { days: 0 })]) {
        expect(await direct(exchangeCall, shown)).toMatchObject(refusing(saying('no certificate of the federation')));
      }
    });
  });

  test('a party joins, one leaves and can call no more, while a call of others goes on', async () => {
    const long = callFrom(10000, { path: '/v1/party/after-20/guest/20000/update' });
    for (const pod of both) pod.publish('nginx-route-table', tableOf([...parties, newcomer]));
    await vi.waitFor(async () => {
      expect((await callFrom(10000, { to: 9999 })).received?.by).toBe('FATE Flow of 9999');
      expect((await callFrom(9999, {})).received?.by).toBe('FATE Flow of 20000');
    }, patience);
    for (const pod of both) pod.publish('nginx-route-table', tableOf(parties.slice(0, 9)));
    await vi.waitFor(async () => {
      for (const gone of [9999, 100000]) {
        expect((await callFrom(10000, { to: gone })).status).toBe(502);
        expect(await callFrom(gone, {})).toMatchObject(refusing(saying(`"${gone}.example.com" is of no party`)));
      }
    }, patience);
    expect(await long).toMatchObject({ status: 200, received: { by: 'FATE Flow of 20000' } });
  });

  describe('without an exchange', () => {
    const [one, other, third] = [11, 12, 13];
    const at = (id: number) => address(id + 20);
    const met = (...peers: number[]) => peers.map((id) => party(id, at(id)));
    const tablesOf = (id: number, ...peers: number[]): Files =>
      Object.fromEntries(
        ['route_table.yaml', 'callers.conf'].map((file) => [
          file,
          fileOf(direct(id, met(...peers)), 'nginx-route-table', file),
        ]),
      );
    const callOf = (from: number, call: Call) =>
      answerTo({ header: `${from}`, ...call }, at(from), undefined, inside.ports.http);
    const peers = new Map<number, Pod>();

    beforeAll(async () => {
      for (const id of [one, other, third]) {
        const flow = address(id + 40);
        servers.push(await telling(`FATE Flow of ${id}`, flow, fateflow.ports.http));
        const known = id === third ? [one, other] : [one, other].filter((it) => it !== id);
        const pod = await startNginx(at(id), direct(id, met(...known)), {
          hosts: `${flow} ${fateflow.name}\n`,
          secrets: secretsOf('pulsarCertificate', certificateOf(id)),
        });
        pods.push(pod);
        peers.set(id, pod);
      }
    });

    test('FATE Flow of each party calls that of the other directly, and itself', async () => {
      for (const [from, to] of [
        [one, other],
        [other, one],
        [one, one],
      ] as const) {
        const { received } = await callOf(from, { to });
        expect(received).toMatchObject({ by: `FATE Flow of ${to}` });
        expect(received?.headers).toMatchObject({ 'src-party-id': `${from}` });
      }
    });

    test('a party takes the calls of its peers alone, each as itself and for this party, and says why not', async () => {
      const call = (shown: CertifiedKey, more: Call = {}) =>
        answerTo({ header: `${one}`, to: other, ...more }, at(other), shown);
      expect(await call(certificateOf(one))).toMatchObject({ status: 200 });
      for (const stranger of [third, 'proxy'] as const)
        expect(await call(certificateOf(stranger))).toMatchObject(
          refusing(saying(`is of no party that party ${other} has a route to`)),
        );
      expect(await call(certificateAuthority()(`${one}.example.com`))).toMatchObject(
        refusing(saying('no certificate of the federation was shown')),
      );
      expect(await call(certificateOf(one), { header: `${third}` })).toMatchObject(refusing(saying('in its header')));
      expect(await call(certificateOf(one), { to: one })).toMatchObject(refusing(saying(`this is party ${other}`)));
      expect(await call(certificateOf(one), { path: '/v1/job/submit' })).toMatchObject(
        refusing(saying('no call of one')),
      );
    });

    test('who shows the certificate of another party gets no call, and one without a route is an error at once', async () => {
      const own = certificateOf(other);
      peers.get(other)?.publish('pulsar-cert', secretOf('pulsarCertificate', certificateOf(third)));
      await vi.waitFor(async () => expect((await callOf(one, { to: other })).status).toBe(502), patience);
      expect(peers.get(one)?.log()).toContain(`upstream SSL certificate does not match "${other}.example.com"`);
      peers.get(other)?.publish('pulsar-cert', secretOf('pulsarCertificate', own));
      await vi.waitFor(async () => expect((await callOf(one, { to: other })).status).toBe(200), patience);
      expect(await callOf(one, { to: third })).toMatchObject({ status: 502 });
    });

    test('a party joins by its descriptor alone, and one that left can call no more', async () => {
      expect(await callOf(third, { to: one })).toMatchObject({ status: 403 });
      peers.get(one)?.publish('nginx-route-table', tablesOf(one, third));
      await vi.waitFor(async () => {
        expect(await callOf(third, { to: one })).toMatchObject({ status: 200 });
        expect(await callOf(one, { to: third })).toMatchObject({ status: 200 });
        expect(await callOf(other, { to: one })).toMatchObject({ status: 403 });
      }, patience);
    });
  });

  test('a party whose certificate is not its own gets no call', async () => {
    const own = certificateOf(20000);
    clusters.get(20000)?.publish('pulsar-cert', secretOf('pulsarCertificate', certificateOf(30000)));
    await vi.waitFor(async () => {
      expect((await callFrom(10000, {})).status).toBe(502);
      expect(both[0]?.log()).toContain('upstream SSL certificate does not match "20000.example.com"');
    }, patience);
    clusters.get(20000)?.publish('pulsar-cert', secretOf('pulsarCertificate', own));
    await vi.waitFor(async () => expect((await callFrom(10000, {})).status).toBe(200), patience);
  });

  test('a new certificate, an authority between, and then another authority, are taken while calls go on', async () => {
    const long = callFrom(10000, { path: '/v1/party/after-30/guest/20000/update' });
    const publish = (id: number, certificate: CertifiedKey) =>
      clusters.get(id)?.publish('pulsar-cert', secretOf('pulsarCertificate', certificate));
    const publishExchange = (certificate: CertifiedKey) => {
      for (const pod of both) pod.publish('traffic-server-cert', secretOf('trafficServerCertificate', certificate));
    };
    const works = () =>
      vi.waitFor(async () => {
        for (const [from, to] of [
          [10000, 20000],
          [20000, 10000],
        ] as const)
          expect((await callFrom(from, { to })).status).toBe(200);
      }, patience);
    const below = ca.below('region.example.com');
    publish(10000, below('10000.example.com'));
    publish(20000, below('20000.example.com'));
    publishExchange(below('proxy.example.com'));
    await works();

    const next = certificateAuthority('ca-2.example.com');
    const trusting = (ca: string, certificate: CertifiedKey) => ({ ...certificate, ca });
    const twoAuthorities = certificateOf('proxy').ca + next('proxy.example.com').ca;
    for (const id of [10000, 20000]) publish(id, trusting(twoAuthorities, certificateOf(id)));
    publishExchange(trusting(twoAuthorities, certificateOf('proxy')));
    await works();
    for (const id of [10000, 20000]) publish(id, trusting(twoAuthorities, next(`${id}.example.com`)));
    publishExchange(trusting(twoAuthorities, next('proxy.example.com')));
    await works();
    for (const id of [10000, 20000]) publish(id, next(`${id}.example.com`));
    publishExchange(next('proxy.example.com'));
    await works();
    await vi.waitFor(
      async () => expect(await callExchange({}, certificateOf(10000))).toMatchObject(refusing(saying('FAILED'))),
      patience,
    );
    expect(await long).toMatchObject({ status: 200 });
  });
});
