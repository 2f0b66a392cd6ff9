import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { memberAccesses } from '../../../commands/cluster/members';
import { ClusterRefusal } from '../../../commands/cluster/refusal';
import { Mistake } from '../../../commands/mistake';
import { federation, type KubectlAccess } from '../../../lib';
import { kubeconfigOf } from '../../support/api-stand-in';
import { twoParties } from '../../support/declarations';

let folder: string;
let typed: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'members-'));
  const named = (prefix: string) =>
    kubeconfigOf({ [`${prefix}-a`]: 'https://192.0.2.1', [`${prefix}-b`]: 'https://192.0.2.2' });
  writeFileSync(join(folder, 'usual'), named('usual'));
  writeFileSync(join(folder, 'declared.yaml'), named('declared'));
  typed = join(folder, 'typed');
  writeFileSync(typed, named('typed'));
  vi.stubEnv('KUBECONFIG', join(folder, 'usual'));
});
beforeEach(() => vi.spyOn(process.stderr, 'write').mockReturnValue(true));
const told = (): string => {
  const { calls } = vi.mocked(process.stderr.write).mock;
  return calls.splice(0).join('');
};
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const [first, second] = twoParties.parties;
const declared = (access?: KubectlAccess) => federation({ ...twoParties, parties: [{ ...first, access }, second] });
const opened = async (access: KubectlAccess | undefined, context: readonly string[] = [], kubeconfig?: string) =>
  (await memberAccesses(declared(access), { declaration: join(folder, 'federation.yaml'), kubeconfig, context })).map(
    ({ name, access, isCurrent }) =>
      access instanceof ClusterRefusal
        ? [name, access.kind]
        : [name, access.namespace, access.context, ...(isCurrent ? ['current'] : [])],
  );
const all = (exchange: string, own: string, other: string, ...more: string[]) => [
  ['exchange', 'fate-exchange', exchange, ...more],
  ['30000', 'fate-30000', own, ...more],
  ['40000', 'fate-40000', other, ...more],
];

test('members are where kubectl looks just now, and that is told', async () => {
  expect(await opened(undefined)).toEqual(all('usual-a', 'usual-a', 'usual-a', 'current'));
  expect(told()).toBe('no context is named for exchange, 30000, 40000: the current one is taken, usual-a\n');
});

test('those whose context is named are not told of', async () => {
  await opened({ kubeconfig: 'declared.yaml' }, ['exchange=usual-b']);
  expect(told()).toBe(
    'no context is named for 30000: the current one is taken, declared-a\nno context is named for 40000: the current one is taken, usual-a\n',
  );
  await opened(undefined, ['usual-a']);
  expect(told()).toBe('');
});

test.each<[string, readonly string[], ReturnType<typeof all>]>([
  ['all members', ['usual-b'], all('usual-b', 'usual-b', 'usual-b')],
  ['each of them', ['exchange=usual-b', '30000=usual-a', '40000=usual-b'], all('usual-b', 'usual-a', 'usual-b')],
  ['one of them, and all others', ['30000=usual-a', 'usual-b'], all('usual-b', 'usual-a', 'usual-b')],
])('--context names that of %s', async (_, context, expected) => {
  expect(await opened(undefined, context)).toEqual(expected);
});

test('a declared kubeconfig is beside the declaration, and its contexts are those of its member', async () => {
  const [exchange, , other] = all('usual-a', '', 'usual-a', 'current');
  expect(await opened({ kubeconfig: 'declared.yaml', context: 'declared-b' })).toEqual([
    exchange,
    ['30000', 'fate-30000', 'declared-b'],
    other,
  ]);
  expect(await opened({ kubeconfig: 'declared.yaml' })).toEqual([
    exchange,
    ['30000', 'fate-30000', 'declared-a', 'current'],
    other,
  ]);
});

test('what is typed stands before what is declared', async () => {
  const access = { kubeconfig: 'declared.yaml', context: 'declared-b' };
  expect(await opened(access, ['typed-a'], typed)).toEqual(all('typed-a', 'typed-a', 'typed-a'));
  expect((await opened(access, ['30000=declared-a']))[1]).toEqual(['30000', 'fate-30000', 'declared-a']);
});

test('one whose cluster is not found keeps nobody from the others', async () => {
  expect(await opened({ context: 'gone' })).toEqual([
    ['exchange', 'fate-exchange', 'usual-a', 'current'],
    ['30000', 'no-context'],
    ['40000', 'fate-40000', 'usual-a', 'current'],
  ]);
});

test.each<[readonly string[], string]>([
  [['50000=usual-a'], '--context 50000=usual-a: declared are exchange, 30000, 40000, and no 50000'],
  [['usual-a', 'usual-b'], '--context usual-b: all members have one already'],
  [['30000=usual-a', '30000=usual-b'], '--context 30000=usual-b: 30000 has one already'],
  [['30000='], '--context 30000=: name a context'],
])('%j is a mistake', async (context, message) => {
  await expect(opened(undefined, context)).rejects.toThrow(new Mistake(message));
});
