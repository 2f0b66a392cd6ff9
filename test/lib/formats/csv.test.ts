import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csv } from '../../../lib/formats/csv';

/** Rows of a text, read by the grammar of RFC 4180. */
function read(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

test('whatever is written is read back, but for an apostrophe before what a spreadsheet would calculate', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', 'a "b", c\r\nd'));
  fc.assert(
    fc.property(fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { maxLength: 4 }), (rows) => {
      const back = read(csv(rows));
      expect(back.map((row) => row.map((each) => (/^'[=+\-@\t\r]/.test(each) ? each.slice(1) : each)))).toEqual(
        rows.map((row) => row.map((each) => (/^'[=+\-@\t\r]/.test(each) ? each.slice(1) : each))),
      );
      expect(back.flat().filter((each) => /^[=+\-@\t\r]/.test(each))).toEqual([]);
    }),
  );
});

test('a row is a line, and what has separators is quoted', () => {
  expect(
    csv([
      ['Source', 'Purpose'],
      ['=cmd', 'say "calls", once'],
    ]),
  ).toBe('Source,Purpose\r\n\'=cmd,"say ""calls"", once"\r\n');
});
