import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { rowsOfTable } from '../../../commands/data/rows-of-table';

const directory = mkdtempSync(join(tmpdir(), 'rows-'));
const file = join(directory, 'guest.csv');
afterAll(() => rmSync(directory, { recursive: true }));

/** What is sent of a file. */
async function sent(content: string | Buffer, columns: { id?: string; label?: string } = {}, delimiter = ',') {
  writeFileSync(file, content);
  const { bytes, pieces } = rowsOfTable(file, { delimiter, columns });
  const chunks: Buffer[] = [];
  for await (const piece of pieces()) chunks.push(Buffer.from(piece));
  const all = Buffer.concat(chunks);
  expect(all).toHaveLength(bytes);
  return all.toString();
}

const rows = 'id,y,x0\n1,0,0.5\n';

test.each([
  ['as it is', rows],
  ['with the ends of lines that Windows gives it', rows.replaceAll('\n', '\r\n')],
  ['without an end of its last line', rows.trimEnd()],
])('a file is sent %s', async (_, content) => {
  expect(await sent(content, { id: 'id', label: 'y' })).toBe(content);
});

test('a file is sent without the mark that Windows begins it with', async () => {
  expect(await sent(`\uFEFF${rows}`, { id: 'id' })).toBe(rows);
});

test('columns are found between what the file has between them', async () => {
  const content = rows.replaceAll(',', ';');
  expect(await sent(content, { id: 'id', label: 'y' }, ';')).toBe(content);
  await expect(sent(content, { id: 'id' })).rejects.toThrow(
    ':1: is one column, id;y;x0; name what is between columns by --delimiter',
  );
});

test.each<[string, string | Buffer, string]>([
  ['is empty', '', ' is empty; its first line has to name the columns'],
  ['has a head alone', 'id,y\n', ' has no rows'],
  ['has a head alone, and no end of it', 'id,y', ' has no rows'],
  [
    'is of another encoding',
    Buffer.from(`\uFEFF${rows}`, 'utf16le'),
    ' is UTF-16, which FATE cannot read; save it as UTF-8',
  ],
  ['lacks the id', rows.replace('id', 'ID'), ':1: there is no column id, but ID, y, x0; name one of them by --id'],
  [
    'has another delimiter',
    rows.replaceAll(',', ';'),
    ':1: is one column, id;y;x0; name what is between columns by --delimiter',
  ],
  ['has one column', 'id\n1\n', ':1: is one column, id; name what is between columns by --delimiter'],
  [
    'has names in quotes',
    rows.replace('id', '"id"'),
    ':1: "id" is in quotes, which FATE takes for a part of it; leave them out',
  ],
  ['has a column twice', rows.replace('x0', 'y'), ':1: y is there twice; give each column a name of its own'],
  ['has a column without a name', rows.replace('x0', ' '), ':1: column 3 has no name; give it one'],
  [
    'has a row that is too short',
    rows.replace(',0.5', ''),
    ':2: has 2 columns, and the first line 3; give every row as many',
  ],
  [
    'has a row that is too long',
    rows.replace('0.5', '0.5,'),
    ':2: has 4 columns, and the first line 3; give every row as many',
  ],
  [
    'lacks what is learned',
    rows.replace('y', 'Class'),
    ':1: there is no column y, but id, Class, x0; name one of them by --label',
  ],
])('a file that %s is refused', async (_, content, message) => {
  await expect(sent(content, { id: 'id', label: 'y' })).rejects.toThrow(`${file}${message}`);
});

test('a row that is longer than what is looked at is sent, and left to FATE', async () => {
  const content = `id,y\n1,${'0'.repeat(5 * 2 ** 20)}\n`;
  expect(await sent(content, { id: 'id' })).toBe(content);
});
