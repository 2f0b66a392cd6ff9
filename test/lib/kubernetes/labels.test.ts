import { expect, test } from 'vitest';
import { isLabelKey } from '../../../lib/kubernetes/labels';

test.each(['pool', 'example.com/pool', 'a.b-c.example/x_y.Z', `${'a'.repeat(63)}.b/${'c'.repeat(63)}`])(
  '%s is a key of labels and annotations',
  (key) => expect(isLabelKey(key)).toBe(true),
);

test.each([
  '',
  '-a',
  'a b',
  'A/b',
  'a/b/c',
  'a..b/c',
  '.a/b',
  '/b',
  'a/',
  'a\n',
  'c'.repeat(64),
  `${'a.'.repeat(127)}b/c`,
  5,
])('%j is none', (key) => expect(isLabelKey(key)).toBe(false));
