import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { secretForm } from '../../../lib/fate/secret-forms';

describe.each([
  ['mysql', 'password', `'"\\`, true],
  ['mysql', 'rootPassword', `'"\\`, false],
  ['fateboard', 'password', '', true],
] as const)('the value %s.%s', (name, key, refused, read) => {
  const form = secretForm(name, key);

  test('is refused where a program on the way would take it for something else, and the remedy says why', () => {
    for (const character of refused) expect(form.fits(`a${character}b`), character).toBe(false);
    expect(form.fits('a${b}')).toBe(!read);
    expect(form.fits('')).toBe(false);
    expect(form.remedy).toMatch(/^use one without .*; left out, one is generated$/);
  });

  test.each(['é', '€', '😀', '\u0085', '\u2028', '\u00a0', '\0'])('with %j', (character) => {
    expect(form.fits(`a${character}b`)).toBe(!read);
  });

  test('is taken with whatever else ASCII has', () => {
    const ascii = Array.from({ length: 127 }, (_, i) => String.fromCharCode(i + 1)).filter(
      (it) => !refused.includes(it),
    );
    for (const character of ascii) expect(form.fits(`a${character}b`), JSON.stringify(character)).toBe(true);
  });
});

test.each(['pulsarCertificate', 'trafficServerCertificate'] as const)('a key of %s stands alone', (name) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = `${privateKey.export({ type: 'pkcs8', format: 'pem' })}`;
  const { fits } = secretForm(name, 'key');
  expect([fits(key), fits(key + key)]).toEqual([true, false]);
});
