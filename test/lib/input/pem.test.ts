import { expect, test } from 'vitest';
import { certificatePem } from '../../../lib/input/pem';

test('a certificate of any length is a text of lines that are full, but for the last one', () => {
  for (let length = 1; length < 200; length++) {
    const der = Buffer.alloc(length, length);
    const [first, ...rest] = certificatePem(der).split('\n');
    expect([first, ...rest.splice(-2)]).toEqual(['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '']);
    expect(Buffer.from(rest.join(''), 'base64')).toEqual(der);
    expect(rest.slice(0, -1).every((line) => line.length === 64)).toBe(true);
    expect(rest.at(-1)).toMatch(/^.{1,64}$/);
  }
});
