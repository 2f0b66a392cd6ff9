import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Exchange } from '../../../constructs';
import { exchangePlan, type FateRelease, type PartyDescriptor, releases } from '../../../lib';
import { directivesOf, parseNginxConf } from '../../support/nginx-conf';
import { containerOf, environmentOf, fileOf, find, objectsOf, podOf } from '../../support/objects';
import { partyDescriptorOf } from '../../support/parties';

const exchange = (parties: readonly PartyDescriptor[] = [], fate?: FateRelease) =>
  objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ domain: 'example.com', fate, parties })));

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

describe('with mutual TLS', () => {
  const parties = [
    partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73'),
    partyDescriptorOf(40000, '192.0.2.165', '192.0.2.164'),
  ];
  const config = parseNginxConf(fileOf(exchange(parties), 'nginx-config', 'nginx.conf'));
  const values = (...path: string[]) => directivesOf(config, path).map(({ words }) => words.slice(1).join(' '));
  const location = (name: string) => {
    const found = directivesOf(config, ['http', 'server', 'location']).filter(({ words }) => words[1] === name);
    return (...path: string[]) => directivesOf(found[0]?.body ?? [], path).map(({ words }) => words.slice(1).join(' '));
  };

  test('any party that has a route may call, by the name in its certificate, and nobody else', () => {
    const [callers] = directivesOf(config, ['http', 'map']).filter(({ words }) => words[2] === '$caller');
    expect(callers).toEqual({
      words: ['map', '$certified', '$caller'],
      body: [{ words: ['default', 'nobody'] }, { words: ['include', 'modifiable/callers.conf'] }],
    });
    const file = (routed: readonly PartyDescriptor[]) => fileOf(exchange(routed), 'nginx-route-table', 'callers.conf');
    expect(parseNginxConf(file(parties)).map(({ words }) => words)).toEqual([
      ['30000.example.com', '30000'],
      ['40000.example.com', '40000'],
    ]);
    expect(file([])).toBe('');
    expect(values('http', 'map_hash_bucket_size')).toEqual(['128']); // names of 64 characters
  });

  test('it takes TLS only, and goes on only with the party that is called', () => {
    expect(values('http', 'server', 'listen')).toEqual(['9300 ssl', '9302']);
    expect(values('http', 'server', 'ssl_verify_client')).toEqual(['on']);
    expect(location('/')('proxy_pass')).toEqual(['https://http_cluster']);
    expect(location('/')('proxy_ssl_verify')).toEqual(['on']);
    expect(location('/')('proxy_ssl_name')).toEqual(['$http_dest_party_id.example.com']);
  });

  test('a caller that is nobody and a call that is foreign end before anything else is looked at', () => {
    expect(location('/')('if')).toEqual(['($caller = nobody)', '($call = foreign)']);
    expect(location('/')('rewrite_by_lua_file')).toEqual(['/opt/caller.lua']);
    expect(location('/')('access_by_lua_file')).toEqual(['lua/router.lua']);
    const { mountPath } =
      containerOf(exchange(), 'nginx').volumeMounts?.find((it) => it.subPath === 'caller.lua') ?? {};
    expect(mountPath).toBe('/opt/caller.lua');
  });

  test("no header of the caller goes on but a call's, and whose it is says the certificate", () => {
    expect(location('/')('proxy_pass_request_headers')).toEqual(['off']);
    expect(location('/')('proxy_set_header').sort()).toEqual([
      'Connection ',
      'Content-Type application/json',
      'caller-party-id $caller',
      'dest-party-id $http_dest_party_id',
      'service $http_service',
      'src-party-id $caller',
      'src-role $http_src_role',
    ]);
    expect(values('http', 'server', 'underscores_in_headers')).toEqual(['off']);
  });

  test.each(['@plain', '@unproven', '@refused'])('what ends at %s is told as FATE Flow reads it', (name) => {
    const [status, text = ''] = location(name)('return')[0]?.split(/ (.*)/s) ?? [];
    expect(status).toBe('403');
    expect(JSON.parse(text)).toEqual({ retcode: 100, retmsg: expect.any(String) });
  });

  test('the certificate is watched, and its key is read by root alone', () => {
    const objects = exchange();
    expect(environmentOf(containerOf(objects, 'nginx'))['CERTIFICATES']?.split(' ')).toEqual(
      ['proxy.cert.pem', 'proxy.key.pem', 'ca.cert.pem'].map((file) => `/opt/certificate/${file}`),
    );
    const { volumes } = podOf(find(objects, 'Deployment', 'nginx'));
    expect(volumes?.find(({ secret }) => secret)?.secret).toEqual({
      secretName: 'traffic-server-cert',
      defaultMode: 0o400,
    });
  });
});

test('in an open federation it takes any call by plain HTTP, and needs no certificate', () => {
  const objects = objectsOf(
    (app) => new Exchange(app, 'x', exchangePlan({ domain: 'example.com', transport: 'open' })),
  );
  const config = parseNginxConf(fileOf(objects, 'nginx-config', 'nginx.conf'));
  expect(directivesOf(config, ['http', 'server', 'listen']).map(({ words }) => words[1])).toEqual(['9300', '9302']);
  expect(JSON.stringify(config)).not.toMatch(/ssl|caller/);
  expect(podOf(find(objects, 'Deployment', 'nginx')).volumes?.filter(({ secret }) => secret)).toEqual([]);
});

describe.each(Object.keys(releases) as FateRelease[])('between parties of FATE %s', (fate) => {
  const { coordination } = releases[fate];
  const config = parseNginxConf(fileOf(exchange([], fate), 'nginx-config', 'nginx.conf'));
  const locations = directivesOf(config, ['http', 'server', 'location']);
  const inside = (name: string, ...path: string[]) =>
    directivesOf(locations.find(({ words }) => words[1] === name)?.body ?? [], path).map(({ words }) => words.slice(1));

  test("a call's headers go on and no others, with the certificate's word in the place of the caller's", () => {
    const passed = Object.fromEntries(inside('/', 'proxy_set_header').map(([name, value]) => [name, value]));
    for (const name of coordination.headers) {
      const isCaller = name === coordination.caller?.header;
      expect(passed[name], name).toBe(isCaller ? '$caller' : `$http_${name.replaceAll('-', '_')}`);
    }
    const others = Object.keys(passed).filter((name) => !coordination.headers.includes(name));
    expect(others.sort()).toEqual(['Connection', 'Content-Type', 'caller-party-id']);
  });

  test('a call says whose it is where FATE Flow goes by it, and there it is compared', () => {
    const set = Object.fromEntries(inside('/', 'set').map(([name, value]) => [name, value]));
    const { caller } = coordination;
    expect(set['$caller_header']).toBe(caller?.header);
    expect(set['$caller_field']).toBe(caller && (caller.field ?? ''));
  });

  test.each(['@plain', '@unproven', '@refused'])(
    'what ends at %s has the status at which FATE Flow reads it',
    (name) => {
      const found = inside(name, 'return');
      if (name === '@refused' && coordination.caller === undefined) return expect(found).toEqual([]);
      const [[status, text = ''] = []] = found;
      const { status: expected, body } = coordination.refusal('why');
      expect([status, Object.keys(JSON.parse(text))]).toEqual([`${expected}`, Object.keys(body)]);
    },
  );

  test('each variable that it names is one that has a value', () => {
    const text = fileOf(exchange([], fate), 'nginx-config', 'nginx.conf');
    const own = /^(prefix|http_|ssl_|remote_|time_|upstream_|request_?|status|(body_)?bytes_sent)/;
    const given = [...text.matchAll(/^ *(?:set \$(\w+)|map .* "?\$(\w+)"? {$)|\(\?<(\w+)>/gm)].flatMap((it) =>
      it.slice(1, 4),
    );
    const named = [...text.matchAll(/\$(\w+)/g)].map(([, name]) => `${name}`);
    expect(named.filter((name) => !own.test(name) && !given.includes(name))).toEqual([]);
  });
});
