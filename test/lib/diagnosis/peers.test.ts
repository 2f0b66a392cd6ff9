import { expect, test } from 'vitest';
import { actorName } from '../../../lib/diagnosis/finding';
import type { Observed } from '../../../lib/diagnosis/ladder';
import { partyLadder } from '../../../lib/diagnosis/ladders/party';
import { federation } from '../../../lib/federation/federation';
import type { PartyPlan } from '../../../lib/federation/party';
import { twoParties } from '../../support/declarations';

const [plan] = federation({ ...twoParties, exchange: false }).parties as readonly PartyPlan[] as [PartyPlan];
const ladder = partyLadder(plan, [40000, 50000], []);

/** What a step says of an answer. */
function judged(step: string, answer: unknown): string {
  const found = ladder.find(({ id }) => id === step);
  if (found === undefined) throw new Error(`there is no step ${step}`);
  const observed: Observed = {
    now: new Date('2026-12-01'),
    pods: { value: [] },
    events: { value: [] },
    answers: new Map([[found.asks[0]?.id ?? '', { value: answer }]]),
    verdicts: new Map(),
  };
  const { verdict, failure, acts } = found.judge(observed);
  return [verdict, failure, acts && actorName(acts)].filter((each) => each !== undefined).join(', ');
}

const json = (value: unknown, status = 200) => ({ status, type: 'application/json', text: JSON.stringify(value) });
const page = (status: number) => ({ status, type: 'text/html', text: `<title>${status} of nginx</title>` });
const refusal = (retmsg: string) => json({ retcode: 100, retmsg }, 403);

test('a party without an exchange looks for each of its peers at its own addresses, and for no exchange', () => {
  const ids = ladder.map(({ id }) => id);
  for (const at of ['192.0.2.165:9300', '192.0.2.164:6651'])
    expect(ids).toEqual(expect.arrayContaining([`connection ${at}`, `tls ${at}`]));
  expect(ids.filter((id) => id.startsWith('tunnel'))).toEqual([]);
  expect(ladder.filter(({ what }) => /exchange/.test(what))).toEqual([]);
  expect(ladder.find(({ id }) => id === 'replication 40000')?.needs).toContain('tls 192.0.2.164:6651');
});

test.each([
  ['party 40000', json({ retcode: 0, data: { FATE: '1.6.1' } }), 'holds'],
  ['party 40000', page(502), 'fails, nginx-lost, party 40000'],
  ['party 40000', page(504), 'fails, port-blocked, the network between party 30000 and party 40000'],
  [
    'party 40000',
    { kind: 'timeout', error: 'timed out' },
    'fails, port-blocked, the network between party 30000 and party 40000',
  ],
  ['party 50000', page(502), 'fails, peer-missing, party 30000'],
  [
    'party 40000',
    refusal('the certificate of "30000.example.com" is of no party that party 40000 has a route to'),
    'fails, peer-missing, party 40000',
  ],
  ['party 40000', refusal('this is party 60000, and the call is for another'), 'fails, peer-missing, party 30000'],
  [
    'party 40000',
    refusal('no certificate of the federation was shown: FAILED:certificate has expired'),
    'fails, certificate-expired, party 30000',
  ],
  ['party 40000', refusal('something of its own'), 'fails, fateflow-lost, party 40000'],
  ['pulsar record 40000', json({ brokerServiceUrlTls: 'pulsar+ssl://192.0.2.164:6651' }), 'holds'],
  [
    'pulsar record 40000',
    json({ brokerServiceUrlTls: 'pulsar+ssl://192.0.2.99:6651' }),
    'fails, exchange-address-old, party 30000',
  ],
  ['tls 192.0.2.164:6651', { certificates: [], kind: 'closed', error: 'reset' }, 'fails, pulsar-lost, party 40000'],
])('%s: what comes back has one meaning', (step, answer, meaning) => {
  expect(judged(step, answer)).toBe(meaning);
});
