import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Problems } from '../../../lib/input/problems';
import { type PartySource, readDescriptors, readParties } from '../../../stacks/references/descriptors';
import { partyDescriptorOf } from '../../support/parties';
import { failureOf, record, type World } from '../../support/pulumi-recorder';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'descriptors-'));
  process.env['PULUMI_NODEJS_ROOT_DIRECTORY'] = directory;
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  delete process.env['PULUMI_NODEJS_ROOT_DIRECTORY'];
});

const descriptor = partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73');
const world: World = {
  stacks: {
    'acme/kubefate-tanzu/party-30000': { descriptor },
    'other/fate/party-40000': { descriptor: { ...descriptor, id: 40000 } },
    'acme/kubefate-tanzu/party-50000': { urls: {} },
  },
};

const read = (sources: readonly unknown[]) => async () => {
  const problems = Problems.none();
  const found = await readDescriptors<unknown>(
    problems,
    sources.map((value, i) => ({ path: `parties[${i}]`, value })),
    { now: new Date() },
  );
  problems.throwIfAny('x');
  return { found: found.map(({ path, value }) => ({ path, value: value ?? 'none' })) };
};

test('stacks, files and descriptors themselves are read in any mix, and the path names the source', async () => {
  mkdirSync(join(directory, 'partners'));
  writeFileSync(join(directory, 'partners/40000.json'), JSON.stringify(descriptor));
  const sources = [
    { stack: 'party-30000' },
    { file: 'partners/40000.json', unsigned: true },
    descriptor,
    { stack: 'other/fate/party-40000' },
  ];
  const { outputs } = await record(read(sources), world);
  expect(outputs['found']).toEqual([
    { path: 'parties[0] (stack acme/kubefate-tanzu/party-30000)', value: descriptor },
    { path: 'parties[1] (file partners/40000.json)', value: descriptor },
    { path: 'parties[2]', value: descriptor },
    { path: 'parties[3] (stack other/fate/party-40000)', value: { ...descriptor, id: 40000 } },
  ]);
});

test.each([
  ['UTF-8', Buffer.from(JSON.stringify(descriptor))],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${JSON.stringify(descriptor)}`)],
  ['UTF-16, as Windows PowerShell writes it', Buffer.from(`\ufeff${JSON.stringify(descriptor)}\r\n`, 'utf16le')],
])('a file is read in %s', async (_, bytes) => {
  writeFileSync(join(directory, '30000.json'), bytes);
  const { outputs } = await record(read([{ file: '30000.json', unsigned: true }]), world);
  expect(outputs['found']).toEqual([{ path: 'parties[0] (file 30000.json)', value: descriptor }]);
});

test('a stack without a descriptor is there without one', async () => {
  const { outputs } = await record(read([{ stack: 'party-50000' }]), world);
  expect(outputs['found']).toEqual([{ path: 'parties[0] (stack acme/kubefate-tanzu/party-50000)', value: 'none' }]);
});

test('a stack that does not exist is named by its place in the configuration', async () => {
  const { message } = await failureOf(read([{ stack: 'party-60000' }]), world);
  expect(message).toMatch(
    'parties[0] (stack acme/kubefate-tanzu/party-60000) cannot be read: create it first, with `pulumi stack init`',
  );
});

test('what is no source, or cannot be read, is reported all at once', async () => {
  writeFileSync(join(directory, 'broken.json'), '{');
  const sources = [
    { stack: 7 },
    { file: '' },
    { file: 'missing.json' },
    { file: 'broken.json', unsigned: true },
    { stack: 'party-30000', file: 'a.json' },
    { stack: 'acme/kubefate-tanzu/party-30000' },
    { stack: 'party-\n' },
  ];
  const { message } = await failureOf(read(sources), world);
  const paths = message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  expect(paths).toEqual([
    expect.stringMatching(/^parties\[0\]\.stack: 7 is no name/),
    expect.stringMatching(/^parties\[1\]\.file: "" is no name/),
    expect.stringMatching(/^parties\[4\]\.file: is not known here/),
    expect.stringMatching(/^parties\[6\]\.stack: "party-\\n" is no name/),
    expect.stringMatching(
      /^parties\[5\]: "stack acme\/kubefate-tanzu\/party-30000" is already parties\[4\]; name every source once/,
    ),
    expect.stringMatching(/^parties\[2\] \(file missing\.json\): cannot be read \(ENOENT/),
    expect.stringMatching(/^parties\[3\] \(file broken\.json\): cannot be read \(.*JSON/),
  ]);
});

describe('of parties', () => {
  const parties: World = {
    stacks: {
      'acme/kubefate-tanzu/party-30000': { descriptor },
      'acme/kubefate-tanzu/party-40000': { descriptor },
      'org2/fate/production': { descriptor },
      'acme/kubefate-tanzu/party-50000': {},
    },
  };
  beforeEach(() => writeFileSync(join(directory, 'a.json'), JSON.stringify(descriptor)));

  const readOf = (sources: readonly unknown[]) => async () => {
    const problems = Problems.none();
    const declared = sources.map((value, i) => ({ path: `parties[${i}]`, value: value as PartySource }));
    const found = await readParties(problems, declared, { now: new Date() });
    problems.throwIfAny('exchange');
    return { found: found.map(({ name, value }) => [name, value?.id ?? 'none']) };
  };

  test.each<[source: object, name: string]>([
    [{ stack: 'party-30000' }, 'stack acme/kubefate-tanzu/party-30000'],
    [{ stack: 'party-30000', id: 30000 }, 'stack acme/kubefate-tanzu/party-30000'],
    [{ stack: 'party-40000', id: 30000 }, 'stack acme/kubefate-tanzu/party-40000'],
    [{ stack: 'org2/fate/production', id: 30000 }, 'stack org2/fate/production'],
    [{ file: 'a.json', unsigned: true, id: 30000 }, 'file a.json'],
    [descriptor, 'parties[0]'],
  ])('%j is of 30000, and names its source', async (source, name) => {
    expect((await record(readOf([source]), parties)).outputs['found']).toEqual([[name, 30000]]);
  });

  test('one that has no descriptor yet is there without one', async () => {
    const { outputs } = await record(readOf([{ stack: 'party-50000' }]), parties);
    expect(outputs['found']).toEqual([['stack acme/kubefate-tanzu/party-50000', 'none']]);
  });

  const another = (id: number) => `30000 is not the party of this entry, which is ${id}`;
  test.each<[source: object, where: string, what: string]>([
    [{ stack: 'party-40000' }, ' (stack acme/kubefate-tanzu/party-40000).id', another(40000)],
    [{ stack: 'party-30000', id: 7 }, ' (stack acme/kubefate-tanzu/party-30000).id', another(7)],
    [{ stack: 'org2/fate/production', id: 7 }, ' (stack org2/fate/production).id', another(7)],
    [{ file: 'a.json', unsigned: true, id: 40000 }, ' (file a.json).id', another(40000)],
    [{ file: 'a.json', unsigned: true }, '.id', 'is missing'],
    [{ stack: 'org2/fate/production' }, '.id', 'is missing'],
    [{ file: 'a.json', unsigned: true, id: '30000' }, '.id', '"30000" is not an integer'],
    [{ file: 'a.json', unsigned: true, id: 0 }, '.id', '0 is out of range'],
    [{ stack: 'party-50000', id: null }, '.id', 'null is not an integer'],
    [{ stack: { toString: 0, valueOf: 0 }, id: 7 }, '.stack', '{"toString":0,"valueOf":0} is no name'],
    [{ file: 'a.json', id: 30000 }, ' (file a.json)', 'is not signed'],
    [{ file: 'a.json', id: 30000, unsigned: 'yes' }, ' (file a.json).unsigned', '"yes" is no choice'],
    [{ stack: 'party-50000', unsigned: true }, '.unsigned', 'is not known here'],
    [{ file: 'a.json', unsigned: true, id: 30000, fqdn: 'x' }, '.fqdn', 'is not known here'],
  ])('%j is a problem of its entry alone', async (source, where, what) => {
    const { message } = await failureOf(readOf([descriptor, source]), parties);
    expect(message.split('\n').slice(1)).toEqual([expect.stringContaining(`  parties[1]${where}: ${what}`)]);
  });
});
