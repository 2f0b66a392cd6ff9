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
    ':1: there is no column id, but id;y;x0; name one of them by --id',
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
    'lacks what is learned',
    rows.replace('y', 'Class'),
    ':1: there is no column y, but id, Class, x0; name one of them by --label',
  ],
])('a file that %s is refused', async (_, content, message) => {
  await expect(sent(content, { id: 'id', label: 'y' })).rejects.toThrow(`${file}${message}`);
});
