import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { objectChanges } from '../../../constructs/declared/object-changes';
import { type FateRelease, federation, type UpgradeProps, upgradePlan } from '../../../lib';
import { lastingPartyValues } from '../../../lib/federation/lasting';
import { describeUpgrade, refusedUpgrade } from '../../../lib/reports/upgrade-text';
import { twoParties } from '../../support/declarations';

const plans = (fate: FateRelease) => federation({ ...twoParties, parties: [twoParties.parties[0]], fate });
const members = (fate: FateRelease) => {
  const { exchange, parties } = plans(fate);
  return [exchange, ...parties];
};
const [party, next] = (['1.6.1', '1.11.2'] as const).map((fate) => plans(fate).parties[0]) as [Party, Party];
type Party = ReturnType<typeof plans>['parties'][number];

test('the page about 1.6.1 and 1.11.2 has the plans of an exchange and a party: vitest -u writes them', async () => {
  const file = join(__dirname, '../../../docs/upgrade-1.6.1-to-1.11.2.md');
  const [head] = readFileSync(file, 'utf8').split(/(?<=^<!-- .* -->\n)/m);
  const after = members('1.11.2');
  const texts = members('1.6.1').map((from, i) => {
    const to = after[i] ?? from;
    return describeUpgrade(upgradePlan(from, to, { accept: ['messages'] }), objectChanges(from, to));
  });
  await expect([head, ...texts].join('\n\n').replace('-->\n\n\n', '-->\n\n').concat('\n')).toMatchFileSnapshot(file);
});

test('a step is a number, its sentences, and what is typed, indented as Markdown has it', () => {
  const text = describeUpgrade(upgradePlan(party, next, { accept: ['messages'] }));
  expect(text).toMatch(/\n\n3\. Take FATE Flow away.*\n\n {3}```sh\n {3}kubectl .*\n {3}```\n\n4\. /);
  expect(text).toMatch(/\n10\. .*\n\n {4}```sh\n {4}kubectl/);
  expect(text).toContain('| `messages`: messages of running jobs | lost | data-pulsar-0 |\n');
});

test('a member that stays at its release is told so', () => {
  expect(describeUpgrade(upgradePlan(party, party))).toBe(
    'fate-30000 stays at FATE 1.6.1: there is nothing to upgrade',
  );
});

test.each<[string, UpgradeProps | undefined, RegExp | undefined]>([
  [
    'that nobody told of',
    undefined,
    /upgrade: is missing.*then say upgrade: \{"from":"1.6.1","accept":\["messages"\]\}/,
  ],
  ['told of another release', { from: '1.11.2', accept: ['messages'] }, /upgrade.from: "1.11.2" is not the release/],
  ['with a loss that nobody accepted', { from: '1.6.1' }, /upgrade.accept: messages of running jobs are lost/],
  ['told of in full', { from: '1.6.1', accept: ['messages'] }, undefined],
  ['with more accepted than is lost', { from: '1.6.1', accept: ['tables', 'messages'] }, undefined],
])('an update to another release %s', (_, upgrade, refused) => {
  const text = refusedUpgrade(lastingPartyValues(party), next, upgrade);
  if (refused === undefined) expect(text).toBeUndefined();
  else {
    expect(text).toMatch(refused);
    expect(text).toContain(describeUpgrade(upgradePlan(party, next, { accept: ['messages'] })));
  }
});

test('an update to an earlier release is refused without a plan, whatever is said', () => {
  const text = refusedUpgrade(lastingPartyValues(next), party, { from: '1.11.2', accept: ['records'] });
  expect(text).toMatch(
    /^party 30000 cannot be deployed:\n {2}fate: was 1.11.2 and is 1.6.1 now, which is earlier; .*$/,
  );
});

test('one from a release that this library does not know, too', () => {
  const before = { ...lastingPartyValues(party), fate: '1.5.0' as FateRelease };
  expect(refusedUpgrade(before, next, undefined)).toMatch(
    'fate: was 1.5.0, which is not known here; upgrade from 1.6.1',
  );
});

test('an update of which nobody kept the release before goes on', () => {
  const { fate: _, ...before } = lastingPartyValues(party);
  expect(refusedUpgrade(before, next, undefined)).toBeUndefined();
});
