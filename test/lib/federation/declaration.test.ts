import { describe, expect, test } from 'vitest';
import { exchangeDescriptor, exchangePlan, federation, partyDescriptor, partyPlan } from '../../../lib';
import { type Declaration, planDeclaration } from '../../../lib/federation/declaration';
import type { Problems } from '../../../lib/input/problems';
import { exchangeDescriptorOf, problemsOf, twoParties } from '../../support/declarations';
import { digestsOf } from '../../support/digests';

const agreement = { domain: 'example.com' };
const [party, other] = twoParties.parties;
const theirs = partyDescriptor(partyPlan({ ...agreement, ...other }));

/** Files that are there, by name. */
const files: Readonly<Record<string, unknown>> = {
  'exchange.json': exchangeDescriptorOf(),
  'party-40000.json': theirs,
  'images.lock.json': digestsOf(partyPlan({ ...agreement, ...party }), exchangePlan(agreement)),
  'list.json': [],
};
function read(problems: Problems, file: string): string | undefined {
  if (!(file in files)) problems.add('', 'cannot be read', 'use one that is there');
  return JSON.stringify(files[file]);
}
const plan = (declared: unknown) => planDeclaration(declared as Declaration, { read, now: new Date() });

test('a whole federation is planned as by federation()', () => {
  expect(plan(twoParties)).toEqual(federation(twoParties));
});

describe('one party', () => {
  const alone = partyPlan({ ...agreement, ...party });
  const joined = partyPlan({ ...agreement, ...party, exchange: exchangeDescriptorOf() });

  test.each([
    ['without an exchange stands alone', undefined, alone],
    ["knows the exchange by its descriptor's file", { file: 'exchange.json', unsigned: true }, joined],
    ['knows the exchange by its descriptor', exchangeDescriptorOf(), joined],
  ])('%s', (_, exchange, expected) => {
    expect(plan({ federation: agreement, party, exchange })).toEqual({ parties: [expected] });
  });
});

test('a whole federation without an exchange is planned as by federation()', () => {
  const mesh = { ...twoParties, exchange: false } as const;
  expect(plan(mesh)).toEqual(federation(mesh));
});

test.each([
  ["by its descriptor's file", { id: 40000, file: 'party-40000.json', unsigned: true }],
  ['by its descriptor', theirs],
])('one party knows a peer %s', (_, peer) => {
  const peers = [theirs].flatMap((each) => each ?? []);
  expect(plan({ federation: agreement, party, peers: [peer] })).toEqual({
    parties: [partyPlan({ ...agreement, ...party, peers })],
  });
});

describe('one exchange', () => {
  const { exchange } = twoParties;

  test.each([
    ['without parties routes to nobody', undefined, []],
    ["routes to a party by its descriptor's file", [{ id: 40000, file: 'party-40000.json', unsigned: true }], [theirs]],
    ['routes to a party by its descriptor', [theirs], [theirs]],
  ])('%s', (_, parties, expected) => {
    const described = expected.flatMap((each) => each ?? []);
    expect(plan({ federation: agreement, exchange, parties })).toEqual({
      exchange: exchangePlan({ ...agreement, ...exchange, parties: described }),
      parties: [],
    });
  });
});

test('an exchange has a descriptor for the parties', () => {
  const { exchange } = plan({ federation: agreement, exchange: twoParties.exchange });
  expect(exchange && exchangeDescriptor(exchange)).toEqual(exchangeDescriptorOf());
});

test.each<[string, unknown, string[]]>([
  ['a party that is no map', { federation: agreement, party: 7 }, ['party']],
  ['an agreement that is no map', { federation: [], party }, ['federation']],
  ['an exchange without its agreement', { federation: null }, ['federation']],
  ['no map', [], ['']],
  ['nothing', null, ['']],
  ['a word of another kind beside a party', { federation: agreement, party, parties: [] }, ['parties']],
  ['a party without its federation', { party }, ['federation.domain']],
  [
    "an exchange with a party's words",
    { federation: agreement, exchange: { sparkWorkers: 1 } },
    ['exchange.sparkWorkers'],
  ],
  ['a federation with a word of members', { ...twoParties, cluster: {} }, ['cluster']],
  [
    'a file that is not there',
    { federation: agreement, party, exchange: { file: 'nowhere.json' } },
    ['exchange (file nowhere.json)'],
  ],
  ['a file without a name', { federation: agreement, party, exchange: { file: 1 } }, ['exchange.file']],
  [
    'a stack, which no file can reach',
    { federation: agreement, party, exchange: { stack: 'exchange' } },
    ['exchange.stack'],
  ],
  [
    "a party's file that nobody says is whose",
    { federation: agreement, parties: [{ file: 'party-40000.json', unsigned: true }] },
    ['parties[0].id'],
  ],
  [
    'a file of another party',
    { federation: agreement, parties: [{ id: 30000, file: 'party-40000.json', unsigned: true }] },
    ['parties[0] (file party-40000.json).id'],
  ],
  [
    "the exchange's file for a party's",
    { federation: agreement, parties: [{ id: 1, file: 'exchange.json', unsigned: true }] },
    ['parties[0] (file exchange.json)'],
  ],
  [
    'a file that nobody signed',
    { federation: agreement, party, exchange: { file: 'exchange.json' } },
    ['exchange (file exchange.json)'],
  ],
  [
    'a choice that is none',
    { federation: agreement, party, exchange: { file: 'exchange.json', unsigned: 'yes' } },
    ['exchange (file exchange.json).unsigned'],
  ],
  ['a file of authorities that is not there', { federation: agreement, party, ca: 'nowhere.pem' }, ['ca']],
  ['authorities without a name', { federation: agreement, party, ca: ['ca.cert.pem'] }, ['ca']],
  [
    'a word that a source does not have',
    { federation: agreement, party, exchange: { file: 'exchange.json', unsigned: true, id: 1 } },
    ['exchange.id'],
  ],
])('%s is refused', (_, declared, paths) => {
  expect(problemsOf(() => plan(declared)).map(({ path }) => path)).toEqual(paths);
});

test('problems of a file and of what stands beside it come at once', () => {
  const declared = { federation: { domain: 1 }, party: { id: 0 }, exchange: { file: 'nowhere.json' } };
  expect(problemsOf(() => plan(declared)).map(({ path }) => path)).toEqual([
    'exchange (file nowhere.json)',
    'federation.domain',
    'party.id',
  ]);
});

describe('a file with digests of images', () => {
  const locked = (file: string) => ({ digests: { file } });

  test('is read for each member that names it', () => {
    const { exchange, parties } = plan({
      ...agreement,
      exchange: { ...twoParties.exchange, ...locked('images.lock.json') },
      parties: [{ ...party, ...locked('images.lock.json') }],
    });
    for (const member of [exchange, ...parties])
      for (const image of Object.values(member?.images ?? {})) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
    const own = { federation: agreement, party: { ...party, ...locked('images.lock.json') } };
    expect(plan(own).parties[0]?.images).toEqual(parties[0]?.images);
    const routing = { federation: agreement, exchange: locked('images.lock.json') };
    expect(plan(routing).exchange?.images).toEqual(exchange?.images);
  });

  test.each([
    ['is not there', 'nowhere.json', 'party.digests (file nowhere.json)'],
    ['is no map', 'list.json', 'party.digests (file list.json)'],
    ['has no name', '', 'party.digests.file'],
  ])('that %s is told by its name', (_, file, path) => {
    const declared = { federation: agreement, party: { ...party, ...locked(file) } };
    expect(problemsOf(() => plan(declared)).map((problem) => problem.path)).toEqual([path]);
  });
});
