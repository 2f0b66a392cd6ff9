import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readYamlText } from '../../../lib/input/yaml-text';
import { problemsOf } from '../../support/declarations';

const text = `domain: example.com
parties:
  - &first
    id: 30000
    "a b": { nested: [1, 2] }
    empty:
  - <<: *first
    id: 40000
  - *first
  - <<: [*first, { datasetGiB: 8 }]
`;

test('a text is what its values say, with anchors and merge keys', () => {
  const first = { id: 30000, 'a b': { nested: [1, 2] }, empty: null };
  expect(readYamlText(text).value).toEqual({
    domain: 'example.com',
    parties: [first, { ...first, id: 40000 }, first, { ...first, datasetGiB: 8 }],
  });
});

test('of a map of any width a key that is there twice is found', () => {
  const wide = Array.from({ length: 60_000 }, (_, i) => `k${i}: ${i}\n`).join('');
  expect(Object.keys(readYamlText(wide).value as object)).toHaveLength(60_000);
  expect(problemsOf(() => readYamlText(`${wide}k7: 8\n`))).toMatchObject([
    { path: '60001:1', what: 'is no YAML: Map keys must be unique' },
  ]);
});

test('a text that is longer than any declaration is not read', () => {
  expect(problemsOf(() => readYamlText(`a: ${'x'.repeat(2 ** 20)}`))).toMatchObject([{ path: '1:1' }]);
});

test.each([
  ['', '1:1'],
  ['domain', '1:9'],
  ['parties[0].id', '4:9'],
  ['parties[0]["a b"].nested[1]', '5:26'],
  ['parties[0].empty', '6:11'],
  ['parties[1].id', '8:9'],
  ['parties[1]["a b"]', '5:12'], // where the merged map has it
  ['parties[2]', '9:5'],
  ['parties[2].id', '4:9'], // where the anchor is
  ['parties[3].datasetGiB', '10:32'],
  ['parties[3].id', '4:9'],
  ['parties[0].sizing.container', '4:5'], // nothing there: what is around it
  ['parties[9].id', '3:3'],
  ['exchange', '1:1'],
  ['parties[0].id (file partner.json).fqdn', '4:9'],
])('the value at %j is at %s', (path, position) => {
  expect(readYamlText(text).position(path)).toBe(position);
});

test.each([
  ['a key twice', 'a: 1\nb: 2\na: 3\n', ['3:1'], 'keep one of the two'],
  ['a tab that indents', 'a:\n\tb: 1\n', ['2:1'], 'indent with spaces'],
  ['an alias of nothing', 'a: *b\n', ['1:4'], 'set the anchor before it'],
  ['an alias before its anchor', 'a: *b\nc: &b 1\n', ['1:4'], 'set the anchor before it'],
  ['a tag that nobody knows', 'a: !secret 1\n', ['1:4'], 'mend'],
  ['two documents', 'a: 1\n---\nb: 2\n', ['2:1'], 'one declaration in a file'],
  ['a list that does not end', 'a: [1, 2\n', ['2:1'], 'close what is open'],
  ['indentation that leads nowhere', 'a:\n    b: 1\n  c: 2\n', ['3:1'], 'alike'],
  ['JSON with a comma too many', '{ "a": 1,, }', ['1:10'], 'mend'],
])('%s is refused with its line and column', (_, text, places, remedy) => {
  const problems = problemsOf(() => readYamlText(text));
  expect(problems.map(({ path }) => path)).toEqual(places);
  expect(problems[0]?.remedy).toContain(remedy);
});

test('all that is wrong comes at once', () => {
  const places = problemsOf(() => readYamlText('a: *x\nb: *y\n')).map(({ path }) => path);
  expect(places).toEqual(['1:4', '2:4']);
});

test('aliases that multiply without end are refused', () => {
  const lists = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}, *l${i}]\n`);
  const problems = problemsOf(() => readYamlText(`l0: &l0 [x, x, x]\n${lists.join('')}`));
  expect(problems.map(({ remedy }) => remedy)).toEqual(['write the values out in the place of aliases']);
});

describe('of any value', () => {
  const key = fc.stringMatching(/^[a-z]{1,5}$/);
  // Without -0, and without the key that merges.
  const value = fc
    .dictionary(key, fc.jsonValue())
    .map((value) => JSON.stringify(value))
    .filter((text) => !text.includes('"<<"'))
    .map((text) => JSON.parse(text));

  test.each([
    ['YAML', (value: unknown) => stringify(value)],
    ['JSON', (value: unknown) => JSON.stringify(value, undefined, 2)],
  ])('%s is read as it was written', (_, write) => {
    fc.assert(
      fc.property(value, (value) => {
        expect(readYamlText(write(value)).value).toEqual(value);
      }),
    );
  });

  test('the position of an integer is where its digits are', () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.dictionary(key, fc.nat())), (maps) => {
        const text = stringify(maps);
        const { position } = readYamlText(text);
        for (const [outer, map] of Object.entries(maps)) {
          for (const [inner, number] of Object.entries(map)) {
            const [line = 0, column = 0] = position(`${outer}.${inner}`).split(':').map(Number);
            expect(text.split('\n')[line - 1]?.slice(column - 1)).toBe(`${number}`);
          }
        }
      }),
    );
  });
});

test('any text ends in values or in problems', () => {
  const piece = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '&a ',
    '*a',
    '<<: ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '#',
    '?',
    '!',
    '\t',
    '---',
    ',',
    '1',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      try {
        readYamlText(pieces.join('')).position('a.a[1].a');
      } catch (error) {
        expect((error as Error).name, String((error as Error).stack)).toBe('InvalidInput');
      }
    }),
    { numRuns: 5000 },
  );
});
