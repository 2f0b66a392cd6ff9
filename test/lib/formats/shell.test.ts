import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inSingleQuotes, shellWord } from '../../../lib/formats/shell';
import { trials } from '../../support/mutants';

test('a shell reads a word as it was, and what needs no quotes has none', () => {
  expect(shellWord('clusters/org1.yaml')).toBe('clusters/org1.yaml');
  expect(shellWord('30000=org1')).toBe('30000=org1');
  const word = fc.string({ minLength: 1 }).map((text) => text.replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
      for (const write of [shellWord, inSingleQuotes]) {
        const line = `printf '%s\\0' ${words.map(write).join(' ')}`;
        const { stdout } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
        expect(stdout).toBe(words.map((each) => `${each}\0`).join(''));
      }
    }),
    trials(20),
  );
});
