import { expect, test } from 'vitest';
import { partyPlan } from '../../../lib';
import { problemsOf } from '../../support/declarations';

const plan = (props: object) => partyPlan({ domain: 'example.com', id: 1, ...props });

const digest = `sha256:${'0'.repeat(64)}`;

/** By key what it takes and what it does not, each by its own grammar. */
const grammars: readonly [key: string, sound: readonly string[], unsound: readonly unknown[]][] = [
  [
    'registry',
    ['harbor.example.com', 'harbor.example.com:65535/fate', 'localhost:5000', 'federatedai', '192.0.2.1/a__b/c-d'],
    [
      null,
      '',
      7,
      '../..',
      '-',
      '.',
      'a/',
      '/a',
      'a//b',
      'https://a.example',
      'a b',
      'a\nb',
      'a/B',
      'a/x..y',
      'a:b',
      'a:0/b',
      'a:05/b',
      'a:65536/b',
      'a'.repeat(256),
    ],
  ],
  [
    'kubernetes',
    ['1.19', '1.27', 'v1.27.5', 'v1.27.5+vmware.1-tkg.1', 'v1.21.2---vmware.1-tkg.1.ee25d55'],
    [null, '', 1.27, '1', '1.18', '1.9999', '1.027', '2.0', '1.27.', '1.27.x', '1.27 ', '1.27\n', 'latest'],
  ],
  [
    'namespace',
    ['fate-1', 'a', 'kubefate'],
    [null, '', 'kube-system', 'kube-fate', 'A', 'a.b', '-a', 'a'.repeat(64), 'a\n'],
  ],
];

test.each(grammars)('%s is checked by its own grammar', (key, sound, unsound) => {
  for (const value of sound) expect(() => plan({ [key]: value })).not.toThrow();
  for (const value of unsound) {
    expect(
      problemsOf(() => plan({ [key]: value })).map(({ path }) => path),
      JSON.stringify(value),
    ).toEqual([key]);
  }
});

test('an image is a name as registries take it', () => {
  for (const nginx of [
    'nginx',
    'a/nginx:1.6.1-release',
    `harbor.example.com:5000/a/nginx:1@${digest}`,
    `nginx@${digest}`,
  ]) {
    expect(plan({ images: { nginx } }).images.nginx).toBe(nginx);
  }
  for (const nginx of [
    '__proto__',
    'x..y',
    '-a',
    'a-',
    'a:',
    'a:-1',
    'a:0/b',
    'a:70000/b',
    'a@sha256:0',
    'A',
    'a b',
    'a\n',
    '',
    null,
    1,
    {},
  ]) {
    expect(problemsOf(() => plan({ images: { nginx } })).map(({ path }) => path)).toEqual(['images.nginx']);
  }
});

test.each(['imagePullSecrets', 'egress'])('a hole in %s is a value that is missing', (key) => {
  const [first] = problemsOf(() => plan({ [key]: new Array(1) }));
  expect(first?.path).toBe(`${key}[0]`);
});
