import fc from 'fast-check';
import { lexer, type Token, type Tokens } from 'marked';
import { describe, expect, test } from 'vitest';
import { html } from '../../../lib/formats/html';
import { markdown } from '../../../lib/formats/markdown';
import type { Page } from '../../../lib/formats/page';
import { type AttributesOf, elementsOf, parseHtml, textOf } from '../../support/html';

const hostile = '<b> & "q" \'a\' a|b *c* _d_ [e](f) # ~~g~~ \\h &lt; <script>alert(1)</script>';

const page = (text: string): Page => ({
  title: `Title ${text}`,
  blocks: [
    { heading: 'A second heading', level: 2, id: 'second' },
    { text },
    { items: [text, `with \`code ${'<pending>'}\``] },
    { shell: [`echo '${text}'`, 'done'] },
    { head: ['a', text], rows: [[text, { text: 'there', to: 'second' }]] },
  ],
});

describe('as HTML', () => {
  const read = (text: string) => parseHtml(html(page(text)));

  test('a page is what a browser need not mend, and has what was written', () => {
    const { errors, document } = read(hostile);
    expect(errors).toEqual([]);
    expect(elementsOf(document, 'h1').map(textOf)).toEqual([`Title ${hostile}`]);
    expect(elementsOf(document, 'p').map(textOf)).toEqual([hostile]);
    expect(elementsOf(document, 'li').map(textOf)).toEqual([hostile, 'with code <pending>']);
    expect(elementsOf(document, 'pre').map(textOf)).toEqual([`echo '${hostile}'\ndone`]);
    expect(elementsOf(document, 'td').map(textOf)).toEqual([hostile, 'there']);
    expect(elementsOf(document, 'script')).toEqual([]);
  });

  test('its links lead to headings of its own, and it needs no other file', () => {
    const { document } = read('any');
    const attributes: readonly AttributesOf[] = elementsOf(document).map(({ attributes }) => attributes);
    expect(attributes.flatMap(({ href }) => href ?? [])).toEqual(['#second']);
    expect(attributes.flatMap(({ id }) => id ?? [])).toEqual(['second']);
    expect(attributes.flatMap(({ src }) => src ?? [])).toEqual([]);
    expect(elementsOf(document, 'link')).toEqual([]);
    expect(elementsOf(document, 'style').map(textOf).join()).not.toMatch(/url|@import/);
  });

  test('whatever a text has comes through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        const { errors, document } = read(text);
        expect(errors).toEqual([]);
        expect(elementsOf(document, 'pre').map(textOf)).toEqual([`echo '${text}'\ndone`]);
        expect(elementsOf(document, 'p').map(textOf)).toEqual([text.replaceAll('`', '')]);
      }),
    );
  });
});

describe('as Markdown', () => {
  const tokens = (text: string) => lexer(markdown(page(text)));
  const of = <T extends Token>(all: readonly Token[], type: string) => all.filter((each) => each.type === type) as T[];

  test('a page has what was written, and no mark of its own', () => {
    const all = tokens(hostile);
    expect(of<Tokens.Heading>(all, 'heading').map(plain)).toEqual([`Title ${hostile}`, 'A second heading']);
    expect(of<Tokens.Paragraph>(all, 'paragraph').map(plain)).toEqual([hostile]);
    expect(of<Tokens.Code>(all, 'code')).toEqual([
      expect.objectContaining({ lang: 'sh', text: `echo '${hostile}'\ndone` }),
    ]);
    const [table] = of<Tokens.Table>(all, 'table');
    expect(table?.rows.map((row) => row.map(({ tokens }) => plain({ tokens })))).toEqual([[hostile, 'there']]);
  });

  test('a row leads to the heading that it means, as GitHub calls it', () => {
    expect(markdown(page('x'))).toContain('| x | [there](#a-second-heading) |');
  });
});

/** Text of a token, without what it is made of. */
function plain(token: { readonly tokens?: readonly Token[]; readonly text?: string; readonly type?: string }): string {
  return token.tokens ? token.tokens.map(plain).join('') : unescaped(token.text ?? '');
}

/** `marked` gives the text of escapes and entities as they are in HTML. */
const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
