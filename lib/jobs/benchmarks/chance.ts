/**
 * Whole numbers below 2³² that look like chance, the same for the same seeds: sfc32 of Doty-Humphrey's PractRand, of which no two
 * seeds share a part within any length that a table has.
 */
export function chance(...seeds: readonly number[]): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (const seed of seeds) {
    a ^= seed;
    for (let round = 0; round < 15; round++) next();
  }
  return next;
}
