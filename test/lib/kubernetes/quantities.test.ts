import { expect, test } from 'vitest';
import { quantityNumber } from '../../../lib/kubernetes/quantities';

const gibi = 2 ** 30;

test.each([
  ['0', 0],
  ['8', 8],
  ['500m', 0.5],
  ['1007m', 1.007],
  ['0.5', 0.5],
  ['.5', 0.5],
  ['1.', 1],
  ['+1', 1],
  ['2.5', 2.5],
  ['250000u', 0.25],
  ['500000000n', 0.5],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1E', 1e18],
  ['5e-1', 0.5],
  ['1.5e+2', 150],
  ['1k', 1000],
  ['512Mi', gibi / 2],
  ['16Gi', 16 * gibi],
  ['0.5Ti', 512 * gibi],
  ['1Pi', 2 ** 20 * gibi],
  ['1Ei', 2 ** 30 * gibi],
  ['64G', 64e9],
  ['1P', 1e15],
])('%s is a quantity of Kubernetes, %d', (text, number) => {
  expect(quantityNumber(text)).toBe(number);
});

test.each([
  '',
  ' ',
  '.',
  'Gi',
  '-1',
  '1 Gi',
  '1gi',
  '1g',
  '1K',
  '1KI',
  '1mi',
  '1e',
  '1e3Gi',
  '1e1.5',
  '0x10',
  '1,5',
  '1Gi\n',
  'Infinity',
  '1e9999',
])('%j is none', (text) => {
  expect(quantityNumber(text)).toBeUndefined();
});
