import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, shown } from '../../../lib/input/shown';
import { hostile } from '../../support/hostile';

test.each(hostile)('%s is shown in few printable characters', (_, value) => {
  for (const form of [value, [value], { key: value }]) {
    expect(shown(form)).toMatch(/^[\x20-\x7e…]{1,320}$/);
  }
});

test('what is short and plain is shown as JSON has it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom(...'ab "\\/é') }), (value) => {
      const json = JSON.stringify(value);
      fc.pre(json.length < 60);
      expect(shown(value)).toBe(json);
    }),
  );
});

test.each<[what: string, text: string]>([
  ['a line break', 'a\nb'],
  ['a carriage return', 'a\rb'],
  ['a line separator', 'a\u2028b'],
  ['an escape sequence of a terminal', '\u001b]0;title\u0007'],
  ['the same in one character', '\u009b2J'],
  ['a mark that reverses what follows', 'a\u202eb'],
  ['an isolate', 'a\u2066b'],
  ['a space without width', 'a\u200bb'],
  ['a space that does not break', 'a\u00a0b'],
  ['a tag character', 'a\u{e0041}b'],
  ['half of a pair', 'a\ud800b'],
  ['a command of GitHub', '::error::x'],
  ['its older form', 'a ##[error]x'],
  ['a command of Azure', 'a ##vso[task.setvariable variable=x]y'],
  ['a command of TeamCity', '##teamcity[message]'],
])('%s reaches no terminal and no build server', (_, text) => {
  for (const line of [printable(text), shown({ [text]: text })]) {
    expect(line).toMatch(/^[\x20-\x7e]*$/);
    expect(line).not.toMatch(/^::|##/);
  }
});

test('text of many languages is shown as it is', () => {
  expect(shown('Größe 大小 размер 🙂')).toBe('"Größe 大小 размер 🙂"');
});
