import { expect, test } from 'vitest';
import type { Judgement } from '../../../lib/diagnosis/finding';
import { allHolds, climb, type Observed, type Step } from '../../../lib/diagnosis/ladder';

const seen = (...judgements: readonly Judgement[]) => {
  const steps = judgements.map(
    (judgement, i): Step => ({
      id: `${i}`,
      layer: 'pods',
      what: 'a\u202e',
      needs: [],
      asks: [],
      judge: () => judgement,
    }),
  );
  return climb(30000, steps, {} as Observed);
};
const holds = { verdict: 'holds', saw: 'it' } as const;
const hidden = { verdict: 'unseen', saw: 'a right is missing' } as const;

test('nothing that was seen, or that it means, moves a terminal', () => {
  const evil = '\u001b[31mred\n\u202e';
  const [found] = seen({ verdict: 'fails', saw: evil, meaning: evil });
  expect(found).toMatchObject({
    what: 'a\\u202e',
    saw: '\\u001b[31mred\\u000a\\u202e',
    meaning: '\\u001b[31mred\\u000a\\u202e',
  });
});

test.each<[string, readonly Judgement[], boolean]>([
  ['what is seen holds', [holds], true],
  ['some of it may not be seen', [holds, hidden], true],
  ['some of it will not hold for long', [holds, { verdict: 'warns', saw: 'it' }], true],
  ['some of it fails', [holds, { verdict: 'fails', saw: 'it' }], false],
  ['some of it did not answer', [holds, { ...hidden, isLost: true }], false],
  ['none of it may be seen', [hidden, hidden], false],
  ['nothing was looked at', [], false],
])('where %s, all of it holds: %j', (_, judgements, expected) => {
  expect(allHolds(seen(...judgements))).toBe(expected);
});
