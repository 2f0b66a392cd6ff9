import { type Block, type Cell, type Page, pieces, type Text } from './page';

/** A page as Markdown, in the dialect of GitHub. */
export function markdown({ title, blocks }: Page): string {
  const anchors = new Map(blocks.flatMap((block) => ('id' in block ? [[block.id, anchor(block.heading)]] : [])));
  return `${[`# ${inline(title)}`, ...blocks.map((block) => part(block, anchors))].join('\n\n')}\n`;
}

type Anchors = ReadonlyMap<string, string>;

function part(block: Block, anchors: Anchors): string {
  if ('heading' in block) return `${'#'.repeat(block.level)} ${inline(block.heading)}`;
  if ('text' in block) return inline(block.text);
  if ('items' in block) return block.items.map((item) => `- ${inline(item)}`).join('\n');
  if ('shell' in block) return ['```sh', ...block.shell, '```'].join('\n');
  return [
    row(block.head, anchors),
    row(
      block.head.map(() => '---'),
      anchors,
    ),
    ...block.rows.map((each) => row(each, anchors)),
  ].join('\n');
}

const row = (cells: readonly Cell[], anchors: Anchors): string =>
  `| ${cells.map((each) => cell(each, anchors)).join(' | ')} |`;

const cell = (each: Cell, anchors: Anchors): string =>
  typeof each === 'string' ? inline(each, '|') : `[${inline(each.text, '|')}](#${anchors.get(each.to)})`;

/** @param more characters that mean something here, in code too */
const inline = (text: Text, more = ''): string =>
  pieces(text)
    .map(({ isCode, piece }) =>
      isCode ? `\`${more === '' ? piece : piece.replaceAll(more, `\\${more}`)}\`` : piece.replace(special, '\\$&'),
    )
    .join('');

const special = /[\\*_<>[\]|#~]|&(?=#?\w+;)/g;

/** As GitHub makes it of a heading. */
const anchor = (heading: Text): string =>
  heading
    .replaceAll('`', '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
