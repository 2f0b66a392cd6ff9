import fc from 'fast-check';
import { expect, test } from 'vitest';
import { block, type Directive, nginxConf } from '../../../lib/formats/nginx-conf';
import { type Parsed, parseNginxConf } from '../../support/nginx-conf';

const asParsed = (directive: Directive): Parsed =>
  'head' in directive
    ? { words: directive.head.map(String), body: directive.body.map(asParsed) }
    : { words: directive.map(String) };

const word = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.constantFrom('', '$prefix/lua/?.lua;;', 'a b', '"', "'", '\\', '\\n', '{', '${x}', '#', 'a#b', '\n', '\t', 'é'),
);
const words = fc
  .tuple(fc.stringMatching(/^[a-z_]+$/), fc.array(word, { maxLength: 4 }))
  .map(([name, args]): readonly [string, ...(string | number)[]] => [name, ...args]);
const { directive } = fc.letrec<{ directive: Directive }>((tie) => ({
  directive: fc.oneof(
    { maxDepth: 3 },
    words,
    fc.tuple(words, fc.array(tie('directive'), { maxLength: 3 })).map(([head, body]) => block(head, ...body)),
  ),
}));

test('every directive and every argument is read back as it was given', () => {
  fc.assert(
    fc.property(fc.array(directive, { maxLength: 4 }), (directives) => {
      expect(parseNginxConf(nginxConf(directives))).toEqual(directives.map(asParsed));
    }),
  );
});

test('plain arguments stay as people write them, one directive a line', () => {
  expect(nginxConf([['worker_processes', 2], block(['location', '=', '/test'], ['return', 200, 'ok'])])).toBe(
    'worker_processes 2;\nlocation = /test {\n    return 200 ok;\n}\n',
  );
});
