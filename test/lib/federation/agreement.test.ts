import { expect, test } from 'vitest';
import {
  exchangeDescriptor,
  exchangePlan,
  type FateRelease,
  federation,
  type PartyDescriptor,
  partyDescriptor,
  partyPlan,
  releases,
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

const fates = Object.keys(releases) as FateRelease[];

test.each(fates.flatMap((fate) => fates.filter((it) => it !== fate).map((theirs) => [fate, theirs] as const)))(
  'members of FATE %s and %s are in no federation together, whichever of them looks',
  (fate, theirs) => {
    const refused = {
      what: `"${theirs}" is not this federation's`,
      remedy: `use "${fate}", or agree with its author on one`,
    };
    const party = partyDescriptorOf(1, '192.0.2.10', '192.0.2.11', { fate: theirs });
    expect(problemsOf(() => exchangePlan({ domain, fate, parties: [party] }))).toEqual([
      { path: 'parties[0].fate', ...refused },
    ]);
    expect(
      problemsOf(() => partyPlan({ domain, fate, id: 1, exchange: exchangeDescriptorOf({ fate: theirs }) })),
    ).toEqual([{ path: 'exchange.fate', ...refused }]);
  },
);

test.each(['1.6.0', '1.11.3', '3.0.0', 'v1.6.1', '', 1.6, null])(
  'FATE %j is refused, with the releases that are known',
  (fate) => {
    const [problem, ...others] = problemsOf(() => partyPlan({ domain, fate: fate as FateRelease, id: 1 }));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: 'fate', remedy: `use ${fates.join(', ')}` });
  },
);
