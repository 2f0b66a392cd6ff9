/** Values that do something else than to lie there. */
export const hostile: readonly [what: string, value: unknown][] = (() => {
  const cyclic: Record<string, unknown> = {};
  cyclic['itself'] = [cyclic];
  const throwing = () => {
    throw new Error('read');
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return [
    ['undefined', undefined],
    ['null', null],
    ['a bigint', 10n ** 100_000n],
    ['a symbol', Symbol('\u001b[2J')],
    ['a function', () => 0],
    ['a map that contains itself', cyclic],
    ['a map that is no text', { toString: 0, valueOf: 0 }],
    ['a map that refuses to be text', { toString: throwing, valueOf: throwing, [Symbol.toPrimitive]: throwing }],
    ['a throwing toJSON', { toJSON: throwing }],
    ['a throwing getter', Object.defineProperty({}, 'id', { get: throwing, enumerable: true })],
    ['a revoked proxy', proxy],
    ['a map without a prototype', Object.create(null)],
    ['a list nested 20 000 deep', JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)],
    ['a map nested 20 000 deep', JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)],
    ['a list of holes', new Array(100_000)],
    ['a wide map', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i]))],
    ['a long text', 'x'.repeat(10_000_000)],
    ['a long text of controls', '\u0000\u202e'.repeat(1_000_000)],
    ['an invalid date', new Date(Number.NaN)],
  ];
})();
