import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { releases } from '../../../../lib';
import { failureIds, failures, layers, type Source } from '../../../../lib/reports/failures';

const root = join(__dirname, '../../../..');

describe.each(failureIds.map((id) => [id, failures[id]] as const))('failure %s', (_, failure) => {
  const claims = [...failure.effects, ...(failure.time ? [failure.time] : [])];

  test('can be looked for somewhere', () => {
    expect(failure.party ?? failure.exchange).toBeDefined();
  });

  test('is said by somebody, who did say it', () => {
    for (const { says, source } of claims) expect([says, missing(source)]).toEqual([says, undefined]);
  });

  test('tells what was measured before what the paper says', () => {
    const rank = failure.effects.map(({ source }) => source.by);
    expect(rank.lastIndexOf('measurement')).toBeLessThan(
      rank.indexOf('paper') === -1 ? rank.length : rank.indexOf('paper'),
    );
  });

  test('says nothing of releases that nobody knows', () => {
    for (const { releases: named = [] } of claims)
      for (const release of named) expect(releases).toHaveProperty([release]);
  });
});

test('failures are in the order of their layers, so that whoever goes through them does not stand on what is broken', () => {
  const order = failureIds.map((id) => layers.indexOf(failures[id].layer));
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

/** What a source names and is not there, of those that are here. */
function missing(source: Source): string | undefined {
  if (source.by === 'measurement') {
    const path = join(root, 'test/engines', source.file);
    return existsSync(path) && readFileSync(path, 'utf8').includes(source.test) ? undefined : source.test;
  }
  if (source.by === 'this library') return existsSync(join(root, source.file)) ? undefined : source.file;
  return undefined;
}
