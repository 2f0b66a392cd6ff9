import { expect, test } from 'vitest';
import { isStackName } from '../../../stacks/references/stack-names';

test('a stack has the names that Pulumi gives one', () => {
  for (const name of ['a', 'party-30000', 'A.b_c', 'org/party-1', 'org/project/party-1', 'x'.repeat(100)])
    expect(isStackName(name), name).toBe(true);
  for (const name of [
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    'a/b/c/d',
    'a b',
    'a\n',
    'ä',
    'a\u0000',
    'x'.repeat(101),
    undefined,
    7,
  ])
    expect(isStackName(name), String(name)).toBe(false);
});
