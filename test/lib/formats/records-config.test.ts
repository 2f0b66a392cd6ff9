import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordsConfig } from '../../../lib/formats/records-config';

/** Reads as Traffic Server does: kind, name and type are words, the value is the rest of the line. */
const read = (text: string) =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, name = '', type, value = ''] = /^CONFIG (\S+) (INT|STRING) (.*)$/.exec(line) ?? [];
        return [name, type === 'INT' ? Number(value) : value];
      }),
  );

const value = fc.oneof(fc.integer(), fc.stringMatching(/^[a-z0-9]( ?[a-z0-9:=./-]+)*$/));

test('every record is read back with its value and type', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]+(\.[a-z_0-9]+)+$/), value), (records) => {
      expect(read(recordsConfig(records))).toEqual({ ...records });
    }),
  );
});

test('a value of several words stays one value', () => {
  expect(recordsConfig({ 'proxy.config.http.connect_ports': '6651 30000-32767' })).toBe(
    'CONFIG proxy.config.http.connect_ports STRING 6651 30000-32767\n',
  );
});
