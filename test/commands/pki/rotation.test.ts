import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAuthorities, signingAuthorities } from '../../../commands/pki/authorities';
import { shownName } from '../../../commands/pki/pem';
import { type RotationStep, rotate } from '../../../commands/pki/rotation';
import { certificatesIn } from '../../../lib/input/pem';
import {
  authorityOptions,
  contentOf,
  folderWithAuthority,
  handshake,
  issueIn,
  type Pair,
  pairOf,
} from '../../support/certificates';

const step = (folder: string, name: RotationStep) => rotate(folder, name, authorityOptions);
const members = [30000, 40000, 'exchange'] as const;
const trustedBy = ({ ca }: Pair) => (certificatesIn(ca) ?? []).map(shownName);

test('one authority takes the place of another, and members of one round and of the next know each other all the time', async () => {
  const folder = await folderWithAuthority();
  await issueIn(folder, members);
  const rounds = [members.map((member) => pairOf(folder, member))];
  const nextRound = () => rounds.push(members.map((member) => pairOf(folder, member)));
  await step(folder, 'next');
  nextRound();
  await step(folder, 'switch');
  await issueIn(folder, members, { renew: 'with its key' });
  nextRound();
  await step(folder, 'retire');
  nextRound();

  for (const [i, round] of rounds.slice(1).entries()) {
    for (const before of rounds[i] ?? []) {
      const after = round[0] as Pair;
      expect(await handshake(after, before, '30000.example.com'), `round ${i + 1}`).toHaveLength(2);
      expect(await handshake(rounds[i]?.[0] as Pair, after, '30000.example.com'), `round ${i + 1}`).toHaveLength(2);
    }
  }
  const [first, second, third, fourth] = rounds.map(([pair]) => trustedBy(pair as Pair));
  expect([first, second, third, fourth]).toEqual([
    ['ca.example.com'],
    ['ca.example.com', 'ca-2.example.com'],
    ['ca.example.com', 'ca-2.example.com'],
    ['ca-2.example.com'],
  ]);
  const [oldest, newest] = [rounds[0]?.[1] as Pair, rounds[3]?.[0] as Pair];
  await expect(handshake(newest, { ...oldest, ca: newest.ca }, '30000.example.com')).rejects.toThrow();
});

test('every step is done once; a second run changes nothing', async () => {
  const folder = await folderWithAuthority();
  await issueIn(folder, members);
  for (const name of ['next', 'switch', 'retire'] as const) {
    expect((await step(folder, name)).isNew, name).toBe(true);
    const before = contentOf(folder);
    expect(await step(folder, name)).toMatchObject({ isNew: false, spread: [] });
    expect(contentOf(folder)).toEqual(before);
    await issueIn(folder, members, { renew: 'with its key' });
  }
});

test('a step that is not due says which is', async () => {
  const folder = await folderWithAuthority();
  await issueIn(folder, [30000]);
  await expect(step(folder, 'switch')).rejects.toThrow('make one with --next');
  await step(folder, 'next');
  await step(folder, 'switch');
  await expect(step(folder, 'next')).rejects.toThrow('finish with --retire first');
  await expect(step(folder, 'retire')).rejects.toThrow('30000.example.com: has a certificate of the old authority');
  expect(trustedBy(pairOf(folder, 30000))).toHaveLength(2);
});

test('a switch that was interrupted is named, and finished by a second run', async () => {
  const folder = await folderWithAuthority();
  await step(folder, 'next');
  renameSync(join(folder, 'ca'), join(folder, 'ca-old'));
  await expect(async () => issueIn(folder, [30000])).rejects.toThrow('--switch` was interrupted');
  await expect(step(folder, 'retire')).rejects.toThrow('--switch was interrupted');
  await step(folder, 'switch');
  expect(shownName(signingAuthorities(folder).signing.certificate)).toBe('ca-2.example.com');
});

test('members hear of a change that was interrupted with the next certificate', async () => {
  const folder = await folderWithAuthority();
  await issueIn(folder, [30000]);
  const before = readFileSync(join(folder, '30000.example.com/ca.cert.pem'));
  await step(folder, 'next');
  renameSync(join(folder, '30000.example.com/ca.cert.pem'), join(folder, 'lost'));
  await issueIn(folder, [40000]);
  expect(trustedBy(pairOf(folder, 30000))).toHaveLength(2);
  expect(before.toString()).not.toBe(pairOf(folder, 30000).ca);
});

test('the key of an authority that is retired is kept', async () => {
  const folder = await folderWithAuthority();
  const { signing } = readAuthorities(folder);
  await step(folder, 'next');
  await step(folder, 'switch');
  await step(folder, 'retire');
  const kept = `ca-${signing?.certificate.serialNumber.slice(0, 8).toLowerCase()}`;
  expect(existsSync(join(folder, 'replaced', kept, 'ca.key.pem'))).toBe(true);
});
