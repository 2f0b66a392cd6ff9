import { beforeAll, expect, test } from 'vitest';
import { type FateRelease, partyDescriptor, partyPlan, type Transport } from '../../../../lib';
import type { Finding } from '../../../../lib/diagnosis/finding';
import { asksOf, climb, type Step } from '../../../../lib/diagnosis/ladder';
import { type Outsider, outsideOfExchange, outsideOfParty } from '../../../../lib/diagnosis/ladders/outside';
import { crafted } from '../../../support/certificates';
import { exchangeDescriptorOf } from '../../../support/declarations';

const exchange = (more: { readonly fate?: FateRelease; readonly transport?: Transport } = {}) => ({
  ...exchangeDescriptorOf(),
  ...more,
});
const party = partyDescriptor(partyPlan({ domain: 'example.com', id: 20000 }), {
  nginx: '192.0.2.72',
  pulsar: '192.0.2.73',
});
const all: Outsider = { member: 10000, peers: [10000, 20000] };

let ofExchange: string;
let ofParty: string;
beforeAll(async () => {
  const shown = (name: string) => crafted({ subject: `CN=${name}`, names: [name] });
  [ofExchange, ofParty] = await Promise.all([shown('proxy.example.com'), shown('20000.example.com')]);
});

/** Judged by what is answered; whatever is not said is open. */
function judged(steps: readonly Step[], said: Readonly<Record<string, unknown>>): ReadonlyMap<string, Finding> {
  const nothing = { unseen: 'no cluster', kind: 'outage' } as const;
  const open = { address: '192.0.2.1', addresses: ['192.0.2.1'] };
  const well = (id: string) => (id.startsWith('tls ') ? { certificates: [ofExchange] } : open);
  const answers = new Map(asksOf(steps).map(({ id }) => [id, { value: said[id] ?? well(id) }]));
  const findings = climb('exchange', steps, { now: new Date(), pods: nothing, events: nothing, answers });
  return new Map(findings.map((finding) => [finding.step, finding]));
}
const said = (status: number, text: string) => ({ status, type: '', text });
const flow = (data: unknown) => said(200, JSON.stringify({ retcode: 0, retmsg: 'success', data }));
const refusing = (retmsg: string) => said(403, JSON.stringify({ retcode: 100, retmsg }));

test('nobody needs a pod to be asked', () => {
  for (const steps of [outsideOfExchange(exchange(), all), outsideOfParty(party, { member: 'exchange', peers: [] })])
    for (const ask of asksOf(steps)) expect(ask).toHaveProperty('question');
});

test('another party is called as FATE Flow would, through the exchange, with the own certificate', () => {
  const asks = new Map(asksOf(outsideOfExchange(exchange(), all)).map((ask) => [ask.id, ask]));
  expect(asks.get('party 20000')).toMatchObject({
    question: {
      ask: 'https',
      host: exchange().nginx.address,
      name: 'proxy.example.com',
      method: 'POST',
      path: '/v1/version/get',
      headers: { 'dest-party-id': '20000', 'src-party-id': '10000', service: 'fateflow' },
      isProven: true,
    },
  });
  expect(asks.get('strangers')).toMatchObject({ question: { isProven: false } });
  expect(asks.get('party 10000')).toBeUndefined();
});

test('FATE 2 is asked in its own words', () => {
  const steps = outsideOfExchange(exchange({ fate: '2.2.0' }), all);
  const ask = asksOf(steps).find(({ id }) => id === 'party 20000');
  expect(ask).toMatchObject({ question: { method: 'GET', path: '/v2/site/info/query', body: undefined } });
});

test('in an open federation everybody may call, in clear', () => {
  const steps = outsideOfExchange(exchange({ transport: 'open' }), { peers: [20000] });
  expect(steps.map(({ id }) => id)).not.toContain('strangers');
  const ask = asksOf(steps).find(({ id }) => id === 'party 20000');
  expect(ask).toMatchObject({ question: { ask: 'http', url: 'http://192.0.2.69:9300/v1/version/get' } });
});

test.each<[string, object, string]>([
  ['is told why not', refusing('no certificate of the federation was shown: NONE'), 'holds'],
  ['is cut', { kind: 'tls', error: 'alert certificate required' }, 'holds'],
  ['is let in', flow({ FATE: '1.6.1' }), 'fails'],
  ['is told something else', refusing('this is party 1'), 'fails'],
  ['gets no answer', { kind: 'timeout', error: 'no answer' }, 'unseen'],
])('who proves nothing %s: %s', (_, answer, verdict) => {
  const found = judged(outsideOfExchange(exchange(), all), { strangers: answer });
  expect(found.get('strangers')?.verdict).toBe(verdict);
});

test.each<[string, object, object]>([
  ['is itself', flow({ party_id: 20000 }), { verdict: 'holds' }],
  ['does not say who it is', flow({ FATE: '1.6.1' }), { verdict: 'holds' }],
  [
    'is another',
    flow({ party_id: 30000 }),
    { verdict: 'fails', failure: 'route-missing', acts: { member: 'exchange' } },
  ],
  [
    'is unknown to the exchange',
    refusing('"a" is of no party that this exchange has a route to'),
    { verdict: 'fails', failure: 'route-missing', acts: { member: 'exchange' } },
  ],
  [
    'is silent',
    { kind: 'timeout', error: 'no answer' },
    { verdict: 'fails', failure: 'port-blocked', acts: { between: ['exchange', 20000] } },
  ],
])('a party that answers through the exchange and %s: %j', (_, answer, expected) => {
  const found = judged(outsideOfExchange(exchange(), all), { 'party 20000': answer });
  expect(found.get('party 20000')).toMatchObject(expected);
});

test('a party that nobody reaches but its exchange is not said to be away', () => {
  const away = { kind: 'timeout', error: 'no answer' };
  const answers = { 'connection 192.0.2.72:9300': away, 'connection 192.0.2.73:6651': away };
  const others = judged(outsideOfParty(party, { member: 10000, peers: [] }), answers);
  expect(new Set([...others.values()].map(({ verdict }) => verdict))).toEqual(new Set(['unseen']));
  const byExchange = judged(outsideOfParty(party, { member: 'exchange', peers: [] }), answers);
  expect(byExchange.get('connection 192.0.2.72:9300')).toMatchObject({ verdict: 'fails', failure: 'port-blocked' });
  expect(byExchange.get('party 20000')?.verdict).toBe('skipped');
});

test.each<[string, object, object]>([
  ['answers, as one without an exchange does', flow({ FATE: '1.6.1' }), { verdict: 'holds' }],
  [
    'lets in its exchange alone',
    refusing('"10000.example.com" calls for no party: only proxy.example.com calls party 20000, for others'),
    { verdict: 'unseen', saw: expect.stringContaining('with --peer 20000') },
  ],
  [
    'has no route of it',
    refusing('the certificate of "10000.example.com" is of no party that party 20000 has a route to'),
    { verdict: 'fails', failure: 'peer-missing', acts: { member: 20000 } },
  ],
  [
    'takes its certificate for that of nobody',
    refusing('no certificate of the federation was shown: FAILED:certificate has expired'),
    { verdict: 'fails', failure: 'certificate-expired', acts: { member: 10000 } },
  ],
])('a party that another one calls by itself, and that %s: %j', (_, answer, expected) => {
  const shown = { 'tls 192.0.2.72:9300': { certificates: [ofParty] } };
  const found = judged(outsideOfParty(party, { member: 10000, peers: [] }), { ...shown, 'party 20000': answer });
  expect(found.get('party 20000')).toMatchObject(expected);
  expect(outsideOfParty(party, { member: 20000, peers: [] }).map(({ id }) => id)).not.toContain('party 20000');
});

test.each<[string, object, string]>([
  ['speaks in clear', { certificates: [], kind: 'plain', error: 'what answers is no TLS' }, 'and speaks no TLS'],
  ['says nothing', { certificates: [], kind: 'timeout', error: 'no answer' }, 'and says nothing'],
  ['refuses the name', { certificates: [], kind: 'tls', error: 'unrecognized name' }, 'ends the handshake'],
])(
  'nginx that takes a connection and %s tells nothing of strangers and of calls: both need its certificate',
  (_, answer, meaning) => {
    const cut = { kind: 'closed', error: 'the connection was closed' };
    const id = `tls ${exchange().nginx.address}:${exchange().nginx.port}`;
    const found = judged(outsideOfExchange(exchange(), all), { [id]: answer, strangers: cut, 'party 20000': cut });
    expect(found.get(id)).toMatchObject({ verdict: 'fails', meaning: expect.stringContaining(meaning) });
    for (const step of ['strangers', 'party 20000'])
      expect([step, found.get(step)?.verdict]).toEqual([step, 'skipped']);
  },
);

test('a name of strangers moves no terminal, wherever it comes from', async () => {
  const evil = 'red\u001b[31m';
  const shown = { certificates: [await crafted({ subject: `CN=${evil}`, names: ['a.example.org'] })] };
  const id = `tls ${exchange().nginx.address}:${exchange().nginx.port}`;
  const found = judged(outsideOfExchange(exchange(), all), {
    [id]: shown,
    'tunnel 20000': shown,
    strangers: said(200, evil),
  });
  for (const { saw, meaning = '', what } of found.values()) expect(saw + meaning + what).not.toMatch(/\p{C}/u);
  expect(found.get('tunnel 20000')?.saw).toMatch(/^red\\u001b/);
});
