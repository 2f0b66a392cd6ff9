import { expect, test } from 'vitest';
import { refusals } from './admission';

const pod = (container: object, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'a', image: 'a', ...container }], ...spec },
});

test('what an API server takes has no refusals', () => {
  const sound = {
    env: [{ name: 'A_1', value: '' }],
    ports: [{ containerPort: 1 }],
    resources: { requests: { cpu: '1m', memory: '6Mi' } },
  };
  expect(refusals([pod(sound, { nodeSelector: { 'example.com/a': 'A' } })])).toEqual([]);
});

test.each([
  [{ kind: 'Pod', metadata: { name: 'a/b' } }],
  [{ kind: 'Pod', metadata: { name: 'a', namespace: 'a.b' } }],
  [{ kind: 'Pod', metadata: { name: 'a', labels: { 'a b': 'c' } } }],
  [{ kind: 'Pod', metadata: { name: 'a', labels: { a: 'c\n' } } }],
  [{ kind: 'Pod', metadata: { name: 'a', annotations: { a: 1 } } }],
  [{ kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 1 } }],
  [pod({ resources: { limits: { cpu: '0m' } } })],
  [pod({ resources: { limits: { memory: 'InfinityGi' } } })],
  [pod({ resources: { limits: { memory: '2e+21Gi' } } })],
  [pod({ ports: [{ containerPort: 65536 }] })],
  [pod({ env: [{ name: 'a b', value: '' }] })],
  [pod({ env: [{ name: 'a', value: 1 }] })],
  [pod({ env: ['a', 'a'].map((name) => ({ name, value: '' })) })],
  [pod({ image: 'a b' })],
  [pod({}, { priorityClassName: 'A' })],
  [pod({}, { replicas: 1.5 })],
  [pod({}, { priority: Number.NaN })],
  [pod({}, { hostname: Symbol('a') })],
  [pod({}, { imagePullSecrets: [{ name: '' }] })],
  [pod({}, { imagePullSecrets: [{ name: 'a' }, { name: 'a' }] })],
  [pod({}, { containers: [{ name: 'a' }, { name: 'a' }] })],
  [pod({}, { volumes: [{ name: 'a' }, { name: 'a' }] })],
  [pod({ volumeMounts: [{ mountPath: '/a' }, { mountPath: '/a' }] })],
  [{ kind: 'Service', metadata: { name: 'a' }, spec: { loadBalancerIP: '192.0.2' } }],
  [{ kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ nodePort: 80 }] } }],
  [{ kind: 'Ingress', metadata: { name: 'a' }, spec: { rules: [{ host: 'A.example.com' }] } }],
])('what one would refuse is named: %#', (object) => {
  expect(refusals([object])).toHaveLength(1);
});
