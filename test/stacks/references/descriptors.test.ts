import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Problems } from '../../../lib/input/problems';
import { readDescriptors } from '../../../stacks/references/descriptors';
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
  );
  problems.throwIfAny('x');
  return { found: found.map(({ path, value }) => ({ path, value: value ?? 'none' })) };
};

test('stacks, files and descriptors themselves are read in any mix, and the path names the source', async () => {
  mkdirSync(join(directory, 'partners'));
  writeFileSync(join(directory, 'partners/40000.json'), JSON.stringify(descriptor));
  const sources = [
    { stack: 'party-30000' },
    { file: 'partners/40000.json' },
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
    { file: 'broken.json' },
    { stack: 'party-30000', file: 'a.json' },
    { stack: 'acme/kubefate-tanzu/party-30000' },
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
    expect.stringMatching(
      /^parties\[5\]: "stack acme\/kubefate-tanzu\/party-30000" is already parties\[4\]; name every source once/,
    ),
    expect.stringMatching(/^parties\[2\] \(file missing\.json\): cannot be read \(ENOENT/),
    expect.stringMatching(/^parties\[3\] \(file broken\.json\): cannot be read \(.*JSON/),
  ]);
});
