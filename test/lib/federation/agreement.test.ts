import { expect, test } from 'vitest';
import {
  exchangeDescriptor,
  exchangePlan,
  federation,
  type PartyDescriptor,
  partyDescriptor,
  partyPlan,
  type Transport,
} from '../../../lib';
import { exchangeDescriptorOf, problemsOf, twoParties } from '../../support/declarations';
import { partyDescriptorOf } from '../../support/parties';

const both: readonly [Transport, Transport][] = [
  ['mutual-tls', 'open'],
  ['open', 'mutual-tls'],
];
const partyOf = (agreed: { readonly transport?: Transport }) =>
  partyDescriptorOf(1, '192.0.2.10', '192.0.2.11', agreed);
const domain = 'example.com';

test('members prove who they are unless they agreed not to', () => {
  const { exchange, parties } = federation(twoParties);
  expect([exchange, ...parties].map(({ transport }) => transport)).toEqual(Array(3).fill('mutual-tls'));
  expect(exchangeDescriptor(exchange)?.transport).toBe('mutual-tls');
  expect(parties.map((party) => partyDescriptor(party)?.transport)).toEqual(Array(2).fill('mutual-tls'));
});

test.each(both)('an exchange on %s refuses a party on %s, and says what to do', (transport, theirs) => {
  const declare = () => exchangePlan({ domain, transport, parties: [partyOf({ transport: theirs })] });
  expect(problemsOf(declare)).toEqual([
    {
      path: 'parties[0].transport',
      what: `"${theirs}" is not this federation's`,
      remedy: `use "${transport}", or agree with its author on one`,
    },
  ]);
});

test.each(both)('a party on %s refuses an exchange on %s, and says what to do', (transport, theirs) => {
  const declare = () => partyPlan({ domain, transport, id: 1, exchange: exchangeDescriptorOf({ transport: theirs }) });
  expect(problemsOf(declare)).toEqual([
    {
      path: 'exchange.transport',
      what: `"${theirs}" is not this federation's`,
      remedy: `use "${transport}", or agree with its author on one`,
    },
  ]);
});

test('a descriptor that says nothing of it is refused, even where all is open', () => {
  const { transport: _, ...silent } = partyOf({ transport: 'open' });
  const declare = () => exchangePlan({ domain, transport: 'open', parties: [silent as PartyDescriptor] });
  expect(problemsOf(declare)).toMatchObject([{ path: 'parties[0].transport', what: 'is missing' }]);
});

test("KubeFATE's charts fit an open federation only", () => {
  const driven = { driver: 'kubefate' } as const;
  const declaration = { ...twoParties, exchange: { ...twoParties.exchange, ...driven } };
  const parties = twoParties.parties.map((party) => ({ ...party, ...driven }));
  expect(problemsOf(() => federation({ ...declaration, parties })).map(({ path }) => path)).toEqual([
    'exchange.driver',
    'parties[0].driver',
    'parties[1].driver',
  ]);
  expect(federation({ ...declaration, parties, transport: 'open' }).parties).toHaveLength(2);
});
