import { type Block, type Cell, type Page, pieces, type Text } from './page';

/** A page as one file of HTML that needs no other. */
export const html = ({ title, blocks }: Page): string =>
  [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title.replaceAll('`', ''))}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<h1>${inline(title)}</h1>`,
    ...blocks.map(part),
    '</body>',
    '</html>',
    '',
  ].join('\n');

function part(block: Block): string {
  if ('heading' in block)
    return `<h${block.level} id="${escaped(block.id)}">${inline(block.heading)}</h${block.level}>`;
  if ('text' in block) return `<p>${inline(block.text)}</p>`;
  if ('items' in block) return `<ul>\n${block.items.map((item) => `<li>${inline(item)}</li>`).join('\n')}\n</ul>`;
  if ('shell' in block) return `<pre><code>${escaped(block.shell.join('\n'))}</code></pre>`;
  const head = `<thead>${row(block.head, 'th')}</thead>`;
  return `<table>\n${head}\n<tbody>\n${block.rows.map((each) => row(each, 'td')).join('\n')}\n</tbody>\n</table>`;
}

const row = (cells: readonly Cell[], element: 'th' | 'td'): string =>
  `<tr>${cells.map((each) => `<${element}>${cell(each)}</${element}>`).join('')}</tr>`;

const cell = (each: Cell): string =>
  typeof each === 'string' ? inline(each) : `<a href="#${escaped(each.to)}">${inline(each.text)}</a>`;

const inline = (text: Text): string =>
  pieces(text)
    .map(({ isCode, piece }) => (isCode ? `<code>${escaped(piece)}</code>` : escaped(piece)))
    .join('');

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const style = [
  'body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}',
  'pre,code{font:14px/1.4 monospace;background:#f3f3f3}',
  'pre{padding:.6rem;overflow-x:auto}',
  'table{border-collapse:collapse}',
  'th,td{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}',
  'h2{margin-top:2.5rem;border-bottom:1px solid #ccc}',
].join('');
