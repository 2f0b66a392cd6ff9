import { chance } from './chance';

/** Rows of which nothing is to be learned: each value is drawn for itself, labels too. */
export interface RandomRows {
  readonly rows: number;
  /** Columns beside id and label: `x0`, `x1`, …, each from 0 to below 1. */
  readonly columns: number;
  /** Labels are 0 to one less. @default there is no column of labels */
  readonly classes?: number;
  /** Digits after the point. */
  readonly digits: 4 | 16;
  /** Whose rows they are: the same numbers give the same rows. */
  readonly seeds: readonly number[];
}

/** The rows as CSV, in pieces of which none is large, however many rows there are. Their ids are 0 to one less, in order. */
export function* csvOf(of: RandomRows): Generator<string> {
  const [next, value] = [chance(...of.seeds), of.digits === 4 ? fourDigits : sixteenDigits];
  let piece = `${headerOf(of)}\n`;
  for (let id = 0; id < of.rows; id++) {
    piece += `${id}`;
    if (of.classes !== undefined) piece += `,${below(next, of.classes)}`;
    for (let column = 0; column < of.columns; column++) piece += `,0.${value(next)}`;
    piece += '\n';
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** Bytes of {@link csvOf}, which whoever receives it wants to know first. */
export const csvBytes = (of: RandomRows): number =>
  headerOf(of).length +
  1 +
  idDigits(of.rows) +
  of.rows * ((of.classes === undefined ? 0 : 2) + of.columns * (of.digits + 3) + 1);

const pieceLength = 65_536;

const headerOf = ({ columns, classes }: RandomRows): string =>
  ['id', ...(classes === undefined ? [] : ['y']), ...Array.from({ length: columns }, (_, i) => `x${i}`)].join(',');

/** Digits of all numbers from 0 to one less. */
function idDigits(rows: number): number {
  let all = 0;
  for (let from = 0, digits = 1; from < rows; digits++) {
    const to = Math.min(rows, 10 ** digits);
    all += (to - from) * digits;
    from = to;
  }
  return all;
}

const below = (next: () => number, end: number): number => Math.floor((next() / 2 ** 32) * end);

const fourDigits = (next: () => number): string => four[below(next, 10_000)] as string;

function sixteenDigits(next: () => number): string {
  const [high, low] = [below(next, 1e8), below(next, 1e8)];
  return eightDigits(high) + eightDigits(low);
}

const eightDigits = (number: number): string => `${four[Math.floor(number / 10_000)]}${four[number % 10_000]}`;

/** Texts of 0000 to 9999: numbers are made of them ten times faster than one by one. */
const four: readonly string[] = Array.from({ length: 10_000 }, (_, i) => `${i}`.padStart(4, '0'));
