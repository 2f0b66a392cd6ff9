import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangePlan, partyPlan } from '../../../index';
import { Problems } from '../../../lib/input/problems';
import { exchangeStack } from '../../../stacks/exchange';
import { partyStack } from '../../../stacks/party';
import { readLock } from '../../../stacks/references/image-lock';
import { exchangeDescriptorOf } from '../../support/declarations';
import { digestsOf } from '../../support/digests';
import { failureOf, type RecordedResource, record } from '../../support/pulumi-recorder';
import { exchangeSecrets, paperCluster, partySecrets } from '../../support/stacks';

const federation = { domain: 'example.com' };
let directory: string;
let digests: { readonly file: string };
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
  digests = { file: join(directory, 'images.lock.json') };
  const lock = digestsOf(partyPlan({ ...federation, id: 30000 }), exchangePlan(federation));
  writeFileSync(digests.file, JSON.stringify(lock));
});
afterAll(() => rmSync(directory, { recursive: true }));

const imagesOf = (resources: readonly RecordedResource[]) =>
  [...JSON.stringify(resources).matchAll(/"image":"([^"]*)"/g)].map(([, image]) => `${image}`);

test('pods of a party and of an exchange have the digests of the file that each names', async () => {
  const party = () =>
    partyStack({ federation, party: { id: 30000, digests }, exchange: exchangeDescriptorOf(), secrets: partySecrets });
  const exchange = () => exchangeStack({ federation, exchange: { digests }, parties: [], secrets: exchangeSecrets });
  for (const stack of [party, exchange]) {
    const { resources } = await record(stack, { resource: paperCluster });
    const images = imagesOf(resources);
    expect(images.length).toBeGreaterThan(1);
    for (const image of images) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
  }
});

test('a file that is not there refuses the update, and says what was named', async () => {
  const party = { id: 30000, digests: { file: 'nowhere.json' } };
  const { message } = await failureOf(() => partyStack({ federation, party }), { resource: paperCluster });
  expect(message).toMatch('party.digests (file nowhere.json): cannot be read (ENOENT');
});

test('whatever else is declared is left as it is', async () => {
  const problems = Problems.none();
  for (const part of [undefined, 7, {}, { digests: { 'mysql:8.0.28': `sha256:${'0'.repeat(64)}` } }])
    expect(await readLock(problems, part)).toBe(part);
  expect(problems.count).toBe(0);
});
