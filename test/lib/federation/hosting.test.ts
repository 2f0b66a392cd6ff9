import { expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { partyPlan } from '../../../lib';
import { withoutDigest } from '../../../lib/kubernetes/images';
import { problemsOf } from '../../support/declarations';
import { digestsOf } from '../../support/digests';
import { objectsOf } from '../../support/objects';

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

const locked = (digests: object, props: object = {}) => plan({ ...props, digests });

test('images are drawn with the digests of a lock, by the name under which they are pulled or published', () => {
  const published = digestsOf(plan({}));
  for (const image of Object.values(locked(published).images)) {
    const name = withoutDigest(image);
    expect(image).toBe(`${name}@${published[name]}`);
  }
  const registry = 'harbor.example.com/fate';
  const copies = locked(published, { registry }).images;
  expect(copies.mysql).toBe(`${registry}/mysql:8.0.28@${published['mysql:8.0.28']}`);
  const own = { ...published, [`${registry}/mysql:8.0.28`]: digest };
  expect(locked(own, { registry }).images).toEqual({ ...copies, mysql: `${registry}/mysql:8.0.28@${digest}` });
});

test('an image that was declared with its digest keeps it', () => {
  const nginx = `example.com/nginx:1@${digest}`;
  const digests = { ...digestsOf(plan({})), 'example.com/nginx:1': `sha256:${'1'.repeat(64)}` };
  expect(locked(digests, { images: { nginx } }).images.nginx).toBe(nginx);
  expect(locked(digests, { images: { nginx: 'example.com/nginx:1' } }).images.nginx).toBe(
    `example.com/nginx:1@${digests['example.com/nginx:1']}`,
  );
});

test('images that a lock does not have are named together, those that nothing runs are not', () => {
  const whole = { monitoring: {}, backup: { to: { claimGiB: 10 } } };
  const { 'mysql:8.0.28': _, 'federatedai/pulsar:2.7.0': __, ...digests } = digestsOf(plan({}));
  const [problem, ...more] = problemsOf(() => locked(digests, whole));
  expect(more).toEqual([]);
  expect(problem?.path).toBe('digests');
  expect(problem?.what).toBe(
    'has none of mysql:8.0.28, federatedai/pulsar:2.7.0, rclone/rclone:1.76.0, quay.io/prometheuscommunity/json-exporter:v0.8.0, quay.io/prometheus/blackbox-exporter:v0.28.0',
  );
  expect(() => locked(digestsOf(plan(whole)), whole)).not.toThrow();
});

test('with a lock no image of any object is without a digest', () => {
  const whole = {
    monitoring: {},
    backup: { to: { claimGiB: 10 } },
    verification: true,
    registry: 'harbor.example.com',
  };
  const party = locked(digestsOf(plan(whole)), whole);
  const drawn = JSON.stringify(objectsOf((app) => new FederatedLearningCluster(app, 'party', party)));
  const images = [...drawn.matchAll(/"image":"([^"]*)"/g)].map(([, image]) => image);
  expect(images.length).toBeGreaterThan(15);
  for (const image of images) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
});

test('what is no digest, and no map of them, is told by its name', () => {
  for (const digests of [7, [], 'images.lock.json']) {
    expect(problemsOf(() => locked(digests as object)).map(({ path }) => path)).toEqual(['digests']);
  }
  const digests = { ...digestsOf(plan({})), a: 'sha256:1', 'b:1': 7, file: 'images.lock.json' };
  expect(problemsOf(() => locked(digests)).map(({ path }) => path)).toEqual([
    'digests.a',
    'digests["b:1"]',
    'digests.file',
  ]);
});
