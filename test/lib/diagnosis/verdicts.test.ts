import fc from 'fast-check';
import type { Pod } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import { actorName, type Verdict } from '../../../lib/diagnosis/finding';
import { asksOf, climb, type Observed } from '../../../lib/diagnosis/ladder';
import { exchangeLadder } from '../../../lib/diagnosis/ladders/exchange';
import { partyLadder } from '../../../lib/diagnosis/ladders/party';
import type { FateRelease } from '../../../lib/fate/releases';
import { federation } from '../../../lib/federation/federation';
import { partyNginxRoutes } from '../../../lib/federation/routing';
import { yaml } from '../../../lib/formats/yaml';
import { certificateAuthority } from '../../engines/support/certified-key';

const declared = (fate: FateRelease) =>
  federation({
    domain: 'example.com',
    fate,
    exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
    parties: [
      { id: 30000, addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' } },
      { id: 40000, addresses: { nginx: '192.0.2.165', pulsar: '192.0.2.164' } },
    ],
  });

const pod = (workload: string, name: string, container = workload): Pod => ({
  metadata: { name, labels: { 'app.kubernetes.io/name': workload } },
  status: {
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [
      { name: container, image: '', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
    ],
  },
});

const podsOfParty = (container: string): readonly Pod[] => [
  pod('mysql', 'mysql-0'),
  pod('fateflow', 'fateflow-0', container),
  pod('nginx', 'nginx-7d4'),
  pod('pulsar', 'pulsar-0'),
];

function ladderOf(fate: FateRelease) {
  const [plan] = declared(fate).parties;
  if (plan === undefined) throw new Error('a party is declared');
  return partyLadder(plan, [40000], podsOfParty(fate === '1.6.1' ? 'python' : 'fateflow'));
}

/** What a step says of answers by their asks. */
function judged(
  fate: FateRelease,
  step: string,
  answers: Readonly<Record<string, unknown>>,
  verdicts: Readonly<Record<string, Verdict>> = {},
) {
  const found = ladderOf(fate).find(({ id }) => id === step);
  if (found === undefined) throw new Error(`there is no step ${step}`);
  const observed: Observed = {
    now: new Date('2026-12-01'),
    pods: { value: [] },
    events: { value: [] },
    answers: new Map(Object.entries(answers).map(([id, value]) => [id, { value }])),
    verdicts: new Map(Object.entries(verdicts)),
  };
  const { verdict, failure, acts } = found.judge(observed);
  return [verdict, failure, acts && actorName(acts)].filter((each) => each !== undefined).join(', ');
}

const json = (value: unknown, status = 200) => ({ status, type: 'application/json', text: JSON.stringify(value) });
const page = (status: number, title: string) => ({
  status,
  type: 'text/html',
  text: `<html>\r\n<head><title>${title}</title></head>\r\n<body>…</body></html>`,
});

// Of FATE 1.6.1 and 2.x, of Hadoop, Spark and Pulsar, as their sources and documents have them.
describe('what comes back has one meaning', () => {
  test.each<[FateRelease, string, unknown, string]>([
    ['1.6.1', 'fate-flow', json({ retcode: 0, retmsg: 'success', data: { FATE: '1.6.1' } }), 'holds'],
    [
      '1.6.1',
      'fate-flow',
      json({ retcode: 0, retmsg: 'success', data: { FATE: '1.7.0' } }),
      'fails, release-differs, party 30000',
    ],
    [
      '1.6.1',
      'fate-flow',
      json({ retcode: 100, retmsg: '(2003, "Can\'t connect to MySQL server")' }),
      'fails, mysql-lost, party 30000',
    ],
    ['1.6.1', 'fate-flow', { kind: 'timeout', error: 'timed out' }, 'fails, fateflow-lost, party 30000'],
    ['1.6.1', 'fate-flow', page(404, '404 Not Found'), 'fails, fateflow-lost, party 30000'],
    ['2.2.0', 'fate-flow', json({ code: 0, message: 'success', data: [{ host: '10.0.0.1' }] }), 'holds'],
    ['2.2.0', 'fate-flow', json({ code: 6000, message: 'no' }), 'fails, mysql-lost, party 30000'],
    ['1.6.1', 'own nginx', page(502, '502 Bad Gateway'), 'fails, nginx-lost, party 30000'],
    ['1.6.1', 'own nginx', page(500, '500 Internal Server Error'), 'fails, route-not-loaded, party 30000'],
    ['1.6.1', 'own nginx', json({ retcode: 0, data: { FATE: '1.6.1' } }), 'holds'],
    ['2.2.0', 'party 40000', json({ code: 0, data: { party_id: '40000' }, message: 'success' }), 'holds'],
    [
      '2.2.0',
      'party 40000',
      json({ code: 0, data: { party_id: '30000' }, message: 'success' }),
      'fails, route-missing, party 30000',
    ],
    [
      '2.2.0',
      'party 40000',
      json({ code: 0, data: { party_id: '50000' }, message: 'success' }),
      'fails, route-missing, the exchange',
    ],
    [
      '2.2.0',
      'party 40000',
      json({
        code: 104,
        message: 'the certificate of "30000.example.com" is of no party that this exchange has a route to',
      }),
      'fails, route-missing, the exchange',
    ],
    [
      '1.6.1',
      'party 40000',
      json({ retcode: 100, retmsg: 'no certificate of the federation was shown: FAILED:certificate has expired' }, 403),
      'fails, certificate-expired, party 30000',
    ],
    [
      '1.6.1',
      'party 40000',
      json({ retcode: 100, retmsg: 'something of its own' }),
      'fails, fateflow-lost, party 40000',
    ],
    [
      '1.6.1',
      'party 40000',
      page(504, '504 Gateway Time-out'),
      'fails, port-blocked, the network between the exchange and party 40000',
    ],
    ['1.6.1', 'party 40000', page(508, '508 Loop Detected'), 'fails, route-missing, the exchange'],
    ['1.6.1', 'party 40000', page(502, '502 Bad Gateway'), 'fails, route-missing, the exchange'],
    [
      '1.6.1',
      'connection 192.0.2.68:443',
      { kind: 'timeout', error: 'timed out' },
      'fails, port-blocked, the network between party 30000 and the exchange',
    ],
    [
      '1.6.1',
      'connection 192.0.2.68:443',
      { kind: 'unreachable', error: 'No route to host' },
      'fails, port-blocked, the network between party 30000 and the exchange',
    ],
    [
      '1.6.1',
      'connection 192.0.2.68:443',
      { kind: 'refused', error: 'Connection refused' },
      'fails, traffic-server-lost, the exchange',
    ],
    ['1.6.1', 'connection 192.0.2.68:443', { address: '192.0.2.68' }, 'holds'],
    [
      '1.6.1',
      'connection mysql:3306',
      { kind: 'refused', error: 'Connection refused' },
      'fails, mysql-lost, party 30000',
    ],
    ['1.6.1', 'name mysql', { kind: 'dns', error: 'Name or service not known' }, 'fails, name-unknown, party 30000'],
    [
      '1.6.1',
      'tunnel 40000',
      { certificates: [], kind: 'plain', error: 'WRONG_VERSION_NUMBER' },
      'fails, port-not-allowed, the exchange',
    ],
    [
      '1.6.1',
      'tunnel 40000',
      { certificates: [], kind: 'closed', error: 'the connection was closed' },
      'fails, pulsar-lost, party 40000',
    ],
    [
      '1.6.1',
      'tunnel 40000',
      { certificates: [], kind: 'timeout', error: 'timed out' },
      'fails, port-blocked, the network between the exchange and party 40000',
    ],
    [
      '1.6.1',
      'tunnel 40000',
      { certificates: [], kind: 'tls', error: 'handshake failure' },
      'fails, route-missing, the exchange',
    ],
    ['1.6.1', 'pulsar', json(['standalone', '40000']), 'holds'],
    ['1.6.1', 'pulsar', json([]), 'fails, pulsar-lost, party 30000'],
    ['1.6.1', 'pulsar', json({ reason: 'no' }, 500), 'fails, pulsar-lost, party 30000'],
    ['1.6.1', 'pulsar record 40000', json({ reason: 'Cluster does not exist' }, 404), 'holds'],
    [
      '1.6.1',
      'pulsar record 40000',
      json({
        serviceUrl: '',
        brokerServiceUrl: 'pulsar://40000.example.com:6650',
        brokerServiceUrlTls: 'pulsar+ssl://40000.example.com:6651',
        proxyServiceUrl: 'pulsar+ssl://192.0.2.68:443',
        proxyProtocol: 'SNI',
      }),
      'holds',
    ],
    [
      '1.6.1',
      'pulsar record 40000',
      json({
        brokerServiceUrlTls: 'pulsar+ssl://40000.example.com:6651',
        proxyServiceUrl: 'pulsar+ssl://192.0.2.10:443',
        proxyProtocol: 'SNI',
      }),
      'fails, exchange-address-old, party 30000',
    ],
    [
      '1.6.1',
      'pulsar record 40000',
      json({
        brokerServiceUrlTls: 'pulsar+ssl://40000.fate.org:6651',
        proxyServiceUrl: 'pulsar+ssl://192.0.2.68:443',
      }),
      'fails, exchange-address-old, party 30000',
    ],
    ['1.6.1', 'pulsar tenant', json({ adminRoles: [], allowedClusters: ['standalone'] }), 'holds'],
    ['1.6.1', 'pulsar tenant', json({ adminRoles: [], allowedClusters: ['40000'] }), 'fails, job-refused, party 30000'],
    [
      '1.6.1',
      'replication 40000',
      { topics: [{ topic: 't', replication: { 40000: { connected: false, backlog: 12 } } }], whole: true },
      'fails, replication-not-connected, party 40000',
    ],
    [
      '1.6.1',
      'replication 40000',
      { topics: [{ topic: 't', replication: { 40000: { connected: true, backlog: 0 } } }], whole: true },
      'holds',
    ],
    ['1.6.1', 'hdfs info', json({ beans: [{ Safemode: '' }] }), 'holds'],
    [
      '1.6.1',
      'hdfs info',
      json({ beans: [{ Safemode: 'Safe mode is ON. It was turned on manually.' }] }),
      'fails, hdfs-safe-mode, party 30000',
    ],
    [
      '1.6.1',
      'hdfs state',
      json({ beans: [{ NumLiveDataNodes: 1, CapacityTotal: 1e11, CapacityRemaining: 9e10 }] }),
      'holds',
    ],
    [
      '1.6.1',
      'hdfs state',
      json({ beans: [{ NumLiveDataNodes: 0, CapacityTotal: 0 }] }),
      'fails, datanode-lost, party 30000',
    ],
    [
      '1.6.1',
      'hdfs state',
      json({ beans: [{ NumLiveDataNodes: 1, CapacityTotal: 1e11, CapacityRemaining: 1e9 }] }),
      'fails, hdfs-full, party 30000',
    ],
    [
      '2.2.0',
      'hdfs state',
      json({ beans: [{ NumLiveDataNodes: 2, CapacityTotal: 1e11, CapacityRemaining: 9e10 }] }),
      'warns, datanode-lost, party 30000',
    ],
    [
      '1.6.1',
      'spark',
      json({ aliveworkers: 0, cores: 0, workers: [], status: 'ALIVE' }),
      'fails, no-spark-worker, party 30000',
    ],
    [
      '1.6.1',
      'spark',
      json({ workers: [{ state: 'DEAD', cores: 8 }], status: 'ALIVE' }),
      'fails, no-spark-worker, party 30000',
    ],
    ['1.6.1', 'spark', json({ workers: [{ state: 'ALIVE', cores: 8, coresused: 0 }], status: 'ALIVE' }), 'holds'],
    [
      '1.6.1',
      'spark',
      json({ workers: [{ state: 'ALIVE', cores: 2, coresused: 0 }] }),
      'warns, job-asks-too-much, party 30000',
    ],
    ['1.6.1', 'cores', { code: 0, stdout: 'engine\tSPARK\t8\t8\njobs\t0\n', stderr: '' }, 'holds'],
    ['1.6.1', 'cores', { code: 0, stdout: 'engine\tSPARK\t8\t4\njobs\t1\n', stderr: '' }, 'holds'],
    [
      '1.6.1',
      'cores',
      { code: 0, stdout: 'engine\tSPARK\t8\t4\njobs\t0\n', stderr: '' },
      'fails, job-waits, party 30000',
    ],
    [
      '1.6.1',
      'cores',
      { code: 0, stdout: 'engine\tSPARK\t20\t20\njobs\t0\n', stderr: '' },
      'warns, job-asks-too-much, party 30000',
    ],
    ['1.6.1', 'cores', { code: 1, stdout: '', stderr: 'ERROR 1045: Access denied' }, 'unseen'],
    ['1.6.1', 'clock', { now: Date.parse('2026-12-01') / 1000 }, 'holds'],
    ['1.6.1', 'clock', { now: Date.parse('2026-12-02') / 1000 }, 'warns, clock-wrong, party 30000'],
  ])('FATE %s, %s: %j', (fate, name, answer, expected) => {
    const step = ladderOf(fate).find(({ id, asks }) => id === name || asks[0]?.id === name);
    expect(judged(fate, `${step?.id}`, { [`${step?.asks[0]?.id}`]: answer })).toBe(expected);
  });

  test.each<[Verdict, string]>([
    ['holds', 'fails, nginx-lost, party 40000'],
    ['fails', 'fails, route-missing, the exchange'],
  ])('a 502 for another party, whose tunnel %s', (tunnel, expected) => {
    const answers = { 'party 40000': page(502, '502 Bad Gateway'), 'tunnel 40000': {} };
    expect(judged('1.6.1', 'party 40000', answers, { 'tunnel 40000': tunnel })).toBe(expected);
  });
});

describe('certificates', () => {
  const certify = certificateAuthority();
  const other = certificateAuthority('ca.example.net');
  const authorities = { code: 0, stdout: certify('unused').ca, stderr: '' };
  const tunnelled = (cert: string) => {
    const found = ladderOf('1.6.1').find(({ id }) => id === 'tunnel 40000');
    const { verdict, failure, acts } = (found as NonNullable<typeof found>).judge({
      now: new Date(),
      pods: { value: [] },
      events: { value: [] },
      verdicts: new Map(),
      answers: new Map<string, { value: unknown }>([
        ['tunnel 40000', { value: { certificates: [cert], kind: 'tls', error: 'handshake failure' } }],
        ['authorities', { value: authorities }],
      ]),
    });
    return [verdict, failure, acts && actorName(acts)].join(', ');
  };

  test.each([
    ["the party's own", certify('40000.example.com', { days: 300 }), 'holds, , '],
    ["the party's own, soon at its end", certify('40000.example.com'), 'warns, certificate-expired, party 40000'],
    [
      "the party's own by an authority in between",
      certify.below('ca-2.example.com')('40000.example.com', { days: 300 }),
      'holds, , ',
    ],
    ['one that has ended', certify('40000.example.com', { days: 0 }), 'fails, certificate-expired, party 40000'],
    [
      'one of a foreign authority',
      other('40000.example.com', { days: 300 }),
      'fails, certificate-foreign, party 40000',
    ],
    ["the exchange's", certify('proxy.example.com', { days: 300 }), 'fails, route-missing, the exchange'],
    [
      "an exchange's of another domain",
      certify('proxy.fate.org', { days: 300 }),
      'fails, domain-differs, the exchange',
    ],
    ["the party's of another domain", certify('40000.fate.org', { days: 300 }), 'fails, domain-differs, party 40000'],
    ["somebody else's", certify('50000.example.com', { days: 300 }), 'fails, route-missing, the exchange'],
  ])('%s where the exchange leads a name of a party', (_, { cert }, expected) => {
    expect(tunnelled(cert)).toBe(expected);
  });
});

describe('tables of replicas', () => {
  const [plan] = declared('1.6.1').parties;
  const text = yaml(partyNginxRoutes({ id: 30000, exchange: plan?.exchange }));
  test.each([
    ['as declared', text, 'holds'],
    [
      'in another spelling',
      text.replaceAll("'", '"').replace('30000:', '"30000":').replace('"30000":', '30000:'),
      'holds',
    ],
    ['with an id that is a text', text.replace('30000:', '"30000":'), 'fails, route-not-loaded, party 30000'],
    ['with another address', text.replace('192.0.2.69', '192.0.2.10'), 'fails, route-not-loaded, party 30000'],
    ['empty', '', 'fails, route-not-loaded, party 30000'],
    ['broken', 'default: [', 'fails, route-not-loaded, party 30000'],
    ['with one more', `${text}50000:\n  fateflow: []\n`, 'warns, route-not-loaded, party 30000'],
  ])('%s', (_, stdout, expected) => {
    const step = 'table route_table.yaml of nginx-7d4';
    expect(judged('1.6.1', step, { [step]: { code: 0, stdout, stderr: '' } })).toBe(expected);
  });
});

test.each<FateRelease>(['1.6.1', '1.11.2', '2.0.0', '2.2.0'])(
  'FATE %s: whatever answers, each step has a verdict',
  (fate) => {
    const steps = ladderOf(fate);
    const asks = asksOf(steps).map(({ id }) => id);
    const answer = fc.oneof(
      fc.jsonValue(),
      fc.record({ status: fc.integer(), type: fc.string(), text: fc.oneof(fc.string(), fc.json()) }),
      fc.record({ code: fc.integer(), stdout: fc.oneof(fc.string(), fc.json()), stderr: fc.string() }),
      fc.record({ certificates: fc.array(fc.string()), kind: fc.string(), error: fc.jsonValue() }),
      fc.record({ topics: fc.array(fc.jsonValue()), whole: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(fc.array(answer, { minLength: asks.length, maxLength: asks.length }), (values) => {
        const answers = new Map(asks.map((id, i) => [id, { value: values[i] as unknown }]));
        const pods = { value: podsOfParty('fateflow') };
        const findings = climb(30000, steps, { now: new Date(), pods, events: { value: [] }, answers });
        expect(findings).toHaveLength(steps.length);
        for (const { saw } of findings) expect(saw).not.toMatch(/\n|undefined|\[object/);
      }),
      { numRuns: 30 },
    );
  },
);

test('what stands on something that fails is skipped, and other branches are looked at', () => {
  const steps = ladderOf('1.6.1');
  const answers = new Map<string, { value: unknown }>([
    ['name mysql', { value: { addresses: ['10.0.0.1'] } }],
    ['name pulsar', { value: { kind: 'dns', error: 'unknown' } }],
  ]);
  const found = climb(30000, steps, {
    now: new Date(),
    pods: { value: podsOfParty('python') },
    events: { value: [] },
    answers,
  });
  const verdictOf = (step: string) => found.find((each) => each.step === step)?.verdict;
  expect(
    ['name pulsar', 'connection pulsar:8080', 'pulsar', 'pulsar record 40000', 'replication 40000'].map(verdictOf),
  ).toEqual(['fails', 'skipped', 'skipped', 'skipped', 'skipped']);
  expect(verdictOf('name mysql')).toBe('holds');
  expect(found.find(({ step }) => step === 'pulsar')?.saw).toBe('needs: pulsar takes connections on 8080');
});

test('an exchange looks from each of its pods to each party', () => {
  const { exchange } = declared('1.6.1');
  const steps = exchangeLadder(exchange, [
    pod('traffic-server', 'traffic-server-a'),
    pod('nginx', 'nginx-a'),
    pod('nginx', 'nginx-b'),
  ]);
  expect(steps.filter(({ layer }) => layer === 'connections').map(({ id }) => id)).toEqual([
    'way traffic-server-a 30000 pulsar',
    'way traffic-server-a 40000 pulsar',
    'way nginx-a 30000 nginx',
    'way nginx-a 40000 nginx',
    'way nginx-b 30000 nginx',
    'way nginx-b 40000 nginx',
  ]);
});

test('why a Deployment has no pods is said by its ReplicaSet, and of a StatefulSet by itself', () => {
  const refused = (name: string) => ({
    metadata: {},
    reason: 'FailedCreate',
    message: 'violates PodSecurity',
    involvedObject: { name },
  });
  const meaningOf = (workload: string, object: string) =>
    climb(30000, ladderOf('1.6.1'), {
      now: new Date('2026-12-01'),
      pods: { value: podsOfParty('python').filter(({ metadata }) => metadata?.name === 'pulsar-0') },
      events: { value: [refused(object)] },
      answers: new Map(),
    }).find(({ step }) => step === `pods ${workload}`)?.failure;
  expect(meaningOf('nginx', 'nginx-7d4b9c8f6d')).toBe('pod-refused');
  expect(meaningOf('mysql', 'mysql')).toBe('pod-refused');
  expect(meaningOf('nginx', 'nginx-proxy-7d4b9c8f6d')).toBe('nginx-lost');
  expect(meaningOf('nginx', 'nginx-proxy')).toBe('nginx-lost');
});
