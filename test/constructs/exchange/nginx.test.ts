import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Exchange } from '../../../constructs';
import { exchangePlan, type PartyDescriptor } from '../../../lib';
import { directivesOf, parseNginxConf } from '../../support/nginx-conf';
import { fileOf, objectsOf } from '../../support/objects';
import { partyDescriptorOf } from '../../support/parties';

const exchange = (parties: readonly PartyDescriptor[] = []) =>
  objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ domain: 'example.com', parties })));

const text = (parties: readonly PartyDescriptor[]) =>
  fileOf(exchange(parties), 'nginx-route-table', 'route_table.yaml');
const closedPort = { host: '127.0.0.1', http_port: 9 };

describe.each(['1.1', '1.2'] as const)('read as YAML %s', (version) => {
  const tableOf = (parties: readonly PartyDescriptor[]): Map<unknown, unknown> =>
    parse(text(parties), { version, mapAsMap: true });
  const fateflow = (host: string) =>
    new Map([
      [
        'fateflow',
        [
          new Map<string, unknown>([
            ['host', host],
            ['http_port', 9300],
          ]),
        ],
      ],
    ]);

  test("a call for a party goes to the party's nginx, by a key that is an integer", () => {
    const table = tableOf([
      partyDescriptorOf(40000, '192.0.2.165', '192.0.2.164'),
      partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73'),
    ]);
    expect([...table.keys()]).toEqual(['default', 30000, 40000]);
    expect(table.get(30000)).toEqual(fateflow('192.0.2.72'));
    expect(table.get(40000)).toEqual(fateflow('192.0.2.165'));
  });

  test('a call for nobody ends at once, at a closed port', () => {
    expect(parse(text([]), { version })).toEqual({ default: { proxy: [closedPort] } });
  });

  test('any set of parties has one route each', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 999_999_999 }), { maxLength: 60 });
    fc.assert(
      fc.property(ids, (all) => {
        const table = tableOf(all.map((id, i) => partyDescriptorOf(id, `192.0.2.${i + 1}`, `198.51.100.${i + 1}`)));
        expect(table.size).toBe(all.length + 1);
        for (const [i, id] of all.entries()) expect(table.get(id)).toEqual(fateflow(`192.0.2.${i + 1}`));
      }),
      { numRuns: 30 },
    );
  });
});

test("the table is written as FATE's own reader wants it: no document mark, no flow style, plain keys first in a list", () => {
  const lines = text([partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73')])
    .trimEnd()
    .split('\n');
  for (const line of lines) expect(line).toMatch(/^( *- )? *[a-z_0-9]+:( "?[0-9a-z.]+"?)?$/);
});

test('a call that no route takes ends at the same closed port, and not in a loop', () => {
  const config = parseNginxConf(fileOf(exchange(), 'nginx-config', 'nginx.conf'));
  expect(directivesOf(config, ['http', 'upstream', 'server']).map(({ words }) => words[1])).toEqual(['127.0.0.1:9']);
});
