import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { colours, during } from '../../commands/terminal';

test.each([
  ['a terminal', { isTTY: true }, {}, true],
  ['a file or a pipe', { isTTY: false }, {}, false],
  ['a terminal and NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
  ['a terminal and an empty NO_COLOR, which says nothing', { isTTY: true }, { NO_COLOR: '' }, true],
  ['a terminal without colours', { isTTY: true }, { TERM: 'dumb' }, false],
])('on %s a text has colour or has not', (_, stream, environment, isColoured) => {
  expect(colours(stream, environment).red('error')).toBe(isColoured ? '\x1b[31merror\x1b[39m' : 'error');
});

const written: string[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(`${text}`) > 0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  written.length = 0;
});

test('what takes longer than a second is told on standard error, once and while it runs', async () => {
  const work = during('Making a key', new Promise((done) => setTimeout(done, 1500, 'done')));
  await vi.advanceTimersByTimeAsync(900);
  expect(written).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(written).toEqual(['Making a key …\n']);
  await vi.advanceTimersByTimeAsync(5000);
  expect([await work, written]).toEqual(['done', ['Making a key …\n']]);
});

test.each(['resolves', 'rejects'])('what %s sooner is not told of', async (how) => {
  const work = how === 'resolves' ? Promise.resolve() : Promise.reject(new Error('no key'));
  await during('Making a key', work).catch((error) => expect(error.message).toBe('no key'));
  await vi.advanceTimersByTimeAsync(5000);
  expect(written).toEqual([]);
});
