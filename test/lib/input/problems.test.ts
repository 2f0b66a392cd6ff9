import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidInput, Problems } from '../../../lib/input/problems';

const problem = (path: string) => ({ path, what: 'is wrong', remedy: 'use another' });

test('whatever a problem says is one line of its message', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  fc.assert(
    fc.property(fc.array(fc.record({ path: text, what: text, remedy: text }), { maxLength: 5 }), (problems) => {
      const { message } = new InvalidInput('party', problems);
      expect(message.split('\n')).toHaveLength(1 + problems.length);
      expect(message).not.toMatch(/(?![ \n])[\p{C}\p{Z}]|^\s*::|##/mu);
    }),
  );
});

test('a problem of the whole value has no empty path before it', () => {
  expect(new InvalidInput('party', [problem('')]).message).toBe(
    ['party cannot be deployed:', '  is wrong; use another'].join('\n'),
  );
});

test('a message has a hundred problems, and how many more there are; the error has all', () => {
  const problems = Array.from({ length: 250 }, (_, i) => problem(`parties[${i}]`));
  const error = new InvalidInput('federation', problems);
  expect(error.message.split('\n')).toHaveLength(102);
  expect(error.message).toMatch(/\n {2}and 150 more$/);
  expect(error.problems).toEqual(problems);
});

test('of problems that are alike ten are named, and how many more there are', () => {
  const problems = Problems.none();
  const alike = Problems.none();
  for (let i = 0; i < 100_000; i++) alike.add(`egress[${i}]`, 'is wrong', 'use another');
  problems.at('parties[0]').addFirst(alike);
  expect(() => problems.throwIfAny('exchange')).toThrow(
    expect.objectContaining({
      problems: [
        ...Array.from({ length: 10 }, (_, i) => problem(`parties[0].egress[${i}]`)),
        { path: 'parties[0]', what: '99990 more like these', remedy: 'mend them too' },
      ],
    }),
  );
});

test('printed it is its message, as Node, a log and Pulumi print errors that nobody caught', () => {
  const error = new InvalidInput('party', [problem('id')]);
  expect(inspect(error, { customInspect: false, depth: 5 })).toBe(
    '[party cannot be deployed:\n  id: is wrong; use another]',
  );
  expect(error.stack).toBe(error.message);
  expect(String(error)).toBe(`InvalidInput: ${error.message}`);
  expect(Object.keys(error)).toEqual([]);
});
