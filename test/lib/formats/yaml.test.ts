import { execFileSync, spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { manifestYaml, yaml } from '../../../lib/formats/yaml';

const read = (text: string, version: '1.1' | '1.2') =>
  parseAllDocuments(text, { version, strict: true }).map((document) => {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
    return document.toJS();
  });

/** What readers of YAML have taken for something else, or stumbled over. */
const pitfalls = [
  ...[
    '',
    ' ',
    '  ',
    '\t',
    '\n',
    '\n\n',
    ' \n',
    '\n ',
    '\n\t',
    '\r',
    '\r\n',
    'a\rb',
    'a\r\nb',
    '\0',
    '\x07',
    '\x1b',
    '\x7f',
  ],
  ...[
    '\x85',
    '\xa0',
    'a\x85b',
    'a\xa0',
    '\u2028',
    '\u2029',
    'a\u2028b\n',
    '\ufeff',
    '\ufeffa',
    'a\ufeffb\nc',
    '\ufffe',
    '\uffff',
    '😀',
  ],
  ...['y', 'Y', 'n', 'N', 'yes', 'Yes', 'YES', 'no', 'No', 'NO', 'on', 'On', 'ON', 'off', 'Off', 'OFF', 'true', 'True'],
  ...[
    'TRUE',
    'false',
    'False',
    'FALSE',
    'null',
    'Null',
    'NULL',
    '~',
    'none',
    'nan',
    '.nan',
    '.NaN',
    '.NAN',
    '.inf',
    '-.inf',
    '+.INF',
  ],
  ...[
    '0',
    '-0',
    '+1',
    '-1',
    '007',
    '0123',
    '0o17',
    '0x1F',
    '-0x1f',
    '0b101',
    '1_000',
    '_1',
    '1e3',
    'e0',
    'E5',
    '-e+3',
    '1E3',
    '1e+3',
    '1.5e-3',
    '.5',
    '5.',
  ],
  ...[
    '1.',
    '-.5',
    '1._5',
    '12e03',
    '1:30',
    '190:20:30',
    '1:30.5',
    '-1:30',
    '9.99',
    '1.2.3',
    '10.0.0.1',
    '10.0.0.0/8',
    'fe80::1',
    '::',
  ],
  ...[
    '2001-01-01',
    '2001-1-1 1:1:1',
    '2001-12-14t21:59:43.10-05:00',
    '500m',
    '4Gi',
    '0m',
    '1m',
    '1k',
    '1d',
    '1f',
    '1L',
    '8080',
  ],
  ...[
    'a: b',
    'a:',
    ':',
    ':a',
    'a:b',
    'a :b',
    'a : b',
    'a #b',
    'a#b',
    '#',
    '# a',
    'a #',
    ' a',
    'a ',
    'a  b',
    '\ta',
    'a\t',
    'a\tb',
  ],
  ...[
    '-',
    '- a',
    '-a',
    '--',
    '---',
    '--- a',
    '--a',
    '...',
    '.',
    '..',
    '?',
    '? a',
    '?a',
    '&a',
    '*a',
    '!a',
    '!!str a',
    '|',
    '>',
    '|-',
  ],
  ...[
    '%a',
    '@a',
    '`a',
    '{',
    '}',
    '{}',
    '[',
    ']',
    '[]',
    'a,b',
    ',',
    "'",
    '"',
    "''",
    '""',
    "a'b",
    'a"b',
    'a"b\'c',
    '\\',
    '\\n',
    'a\\',
  ],
  ...[
    '<<',
    '=',
    '<',
    '>a',
    '$(A)',
    '${a}',
    '{{ a }}',
    'a=b',
    '=a',
    'a&b',
    'a*',
    'a|b',
    'a!',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...[
    'a\nb',
    'a\nb\n',
    'a\nb\n\n',
    'a\n',
    'a\n\n',
    ' a\nb',
    '  a\n b\n',
    '\na',
    '\n\n a\n',
    '\n  \na',
    '\ta\nb',
    'a\n\tb',
    'a\n\t\nb',
  ],
  ...[
    'a\n  \nb',
    'a\n  ',
    'a\n  \n',
    'a \nb \n',
    'a\n ',
    'a\n\t\n',
    'a\n#b',
    '#a\n#b',
    '---\na',
    'a\n---\nb\n',
    'a\n...\n',
    '- a\n- b',
    'a: b\nc: d\n',
  ],
  ...[
    'a\n \n\n  b\n\n',
    ' \n a\n',
    '  \n a',
    '\u00a0\na',
    'a\n\u00a0',
    '\u3000a\nb\n',
    '日本語',
    'é\nè\n',
    'x'.repeat(127),
    'x'.repeat(1100),
    `"${' x'.repeat(600)}`,
  ],
];
const character = fc.constantFrom(
  ...' \t\n\n\r-:#?,[]{}&*!|>\'"%@`~=<._+0123456789abefinotxyzENOT\\/\x00\x85\xa0\u2028\ufeffé😀',
);
const text = fc.oneof(
  fc.constantFrom(...pitfalls),
  fc.string({ unit: character, maxLength: 12 }),
  fc
    .array(fc.string({ unit: fc.constantFrom(...' \tab#:-'), maxLength: 5 }), { maxLength: 6 })
    .map((lines) => lines.join('\n')),
  fc.stringMatching(/^[-+]?[0-9._:exobXOTZ-]{1,8}$/),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }),
);
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e21, -1e-7, 0.1, 1e300, 5e-324),
);
const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    text,
    fc.oneof(number, fc.boolean(), fc.constant(null)),
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(text, tie('data'), { maxKeys: 4 }),
  ),
}));
const manifest = fc.dictionary(text, data, { maxKeys: 5 }) as fc.Arbitrary<Record<string, unknown>>;

/** What JSON says of it: without prototypes and negative zeros. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('Any plain data is read back as it was', () => {
  test.each(['1.1', '1.2'] as const)('by a reader of YAML %s', (version) => {
    fc.assert(
      fc.property(fc.array(manifest, { minLength: 1, maxLength: 3 }), (manifests) => {
        expect(asJson(read(manifests.map((each) => manifestYaml(each)).join('---\n'), version))).toEqual(
          asJson(manifests),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test.each(['1.1', '1.2'] as const)(
    'by a reader of YAML %s, with every pitfall as key, value and element',
    (version) => {
      for (const pitfall of pitfalls) {
        const manifests = [
          { [pitfall]: pitfall, list: [pitfall, { [pitfall]: [[pitfall], pitfall] }], z: { a: { b: pitfall } } },
        ];
        expect(asJson(read(manifests.map((each) => manifestYaml(each)).join('---\n'), version))).toEqual(
          asJson(manifests),
        );
      }
    },
  );

  const hasPyYaml = spawnSync('python3', ['-c', 'import yaml']).status === 0;
  test.skipIf(!hasPyYaml)(`by PyYAML${hasPyYaml ? '' : ' (skipped: python3 has no yaml)'}`, () => {
    const manifests = [
      ...pitfalls.map((pitfall) => ({ [pitfall]: pitfall, list: [pitfall, { [pitfall]: [[pitfall], pitfall] }] })),
      ...fc.sample(manifest, 1500),
    ];
    const program =
      'import json, sys, yaml; print(json.dumps([list(yaml.safe_load_all(t)) for t in json.load(sys.stdin)]))';
    const input = JSON.stringify(manifests.map((each) => manifestYaml(each)));
    const output = execFileSync('python3', ['-c', program], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
    expect(JSON.parse(output)).toEqual(manifests.map((each) => [asJson(each)]));
  });
});

test('A manifest reads as a person would write it', () => {
  const labels = { 'app.kubernetes.io/name': 'web' };
  const container = {
    name: 'web',
    image: 'registry.example.com:5000/web:1.6.1',
    command: ['/bin/sh', '-c', 'exec web --port 8080 # not 80'],
    env: [{ name: 'PORT', value: '8080' }],
    resources: { requests: { cpu: '500m', memory: '4Gi' }, limits: undefined },
    args: [],
    securityContext: {},
  };
  const script = '#!/bin/sh\nset -eu\n\nif true; then\n  exec web\nfi\n';
  expect(
    manifestYaml({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels },
      spec: { replicas: 2, paused: false, template: { spec: { containers: [container] } } },
      data: { 'run.sh': script, 'application.properties': 'a=1' },
    }),
  ).toBe(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
spec:
  replicas: 2
  paused: false
  template:
    spec:
      containers:
        - name: web
          image: registry.example.com:5000/web:1.6.1
          command:
            - /bin/sh
            - -c
            - "exec web --port 8080 # not 80"
          env:
            - name: PORT
              value: "8080"
          resources:
            requests:
              cpu: 500m
              memory: 4Gi
          args: []
          securityContext: {}
data:
  run.sh: |
    #!/bin/sh
    set -eu

    if true; then
      exec web
    fi
  application.properties: a=1
`);
});

describe('What is not plain data is refused with its path', () => {
  const endless: Record<string, unknown> = {};
  endless['again'] = [endless];
  test.each([
    ['a function', { spec: { run: () => 1 } }, 'spec.run: '],
    ['an instance', { spec: { at: new Date(0) } }, 'spec.at: a Date is not plain data'],
    ['a map of another kind', { list: [new Map()] }, 'list[0]: a Map is not plain data'],
    ['a gap in a list', { list: ['a', undefined] }, 'list[1]: undefined is not plain data'],
    ['a symbol', { a: Symbol('s') }, 'a: symbol Symbol(s) is not plain data'],
    ['a big integer', { a: 1n }, 'a: bigint 1 is not plain data'],
    ['no number', { a: { 'b.c': Number.NaN } }, 'a["b.c"]: number NaN is not plain data'],
    ['no end', { a: Number.POSITIVE_INFINITY }, 'a: number Infinity is not plain data'],
    ['half a character', { a: '\ud800\n' }, 'a: holds half of a surrogate pair'],
    ['half a character in a key', { '\udc00': '' }, '["\\udc00"]: holds half of a surrogate pair'],
    ['itself', endless, 'does it contain itself?'],
  ])('%s', (_, manifest, message) => {
    expect(() => manifestYaml(manifest)).toThrow(message);
  });

  test('a document that is no map', () => {
    expect(() => manifestYaml(['a'])).toThrow('a Array is not plain data');
  });

  test('unless it can be resolved', () => {
    const resolve = (value: unknown) => (value instanceof Date ? [value.getTime()] : value);
    expect(parse(manifestYaml({ a: [new Date(1)] }, resolve))).toEqual({ a: [[1]] });
    expect(() => manifestYaml({ a: [new Map()] }, resolve)).toThrow('a[0]: a Map is not plain data');
  });
});

test('the keys of a map of a configuration file are integers to readers of both versions', () => {
  const table = new Map<string | number, unknown>([
    ['default', { proxy: '192.0.2.68:443' }],
    [30000, new Map([[-1, [new Map([['host', 'a']])]]])],
    ['30001', {}],
  ]);
  for (const version of ['1.1', '1.2'] as const) {
    expect(parse(yaml(table), { version, mapAsMap: true })).toEqual(
      new Map<unknown, unknown>([
        ['default', new Map([['proxy', '192.0.2.68:443']])],
        [30000, new Map([[-1, [new Map([['host', 'a']])]]])],
        ['30001', new Map()],
      ]),
    );
  }
});

test('a key that is neither a text nor an integer is refused', () => {
  expect(() => yaml({ a: new Map([[1.5, 'b']]) })).toThrow('a[1.5]: number 1.5 is not plain data');
  expect(() => yaml(new Map([[null, 'b']]))).toThrow('is not plain data');
});
