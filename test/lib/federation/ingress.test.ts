import { expect, test } from 'vitest';
import { type IngressProps, partyPlan } from '../../../lib';
import { problemsOf } from '../../support/declarations';

const plan = (ingress: object) =>
  partyPlan({ domain: 'example.com', id: 30000, ingress: ingress as IngressProps }).ingress;

test('below a domain of its own a party has names that one wildcard certificate covers', () => {
  const { hosts } = plan({
    domain: 'fate.example.net',
    uis: ['notebook', 'fateboard', 'spark', 'pulsar'],
    basicAuthSecret: false,
  });
  expect(hosts).toEqual({
    notebook: 'notebook-30000.fate.example.net',
    fateboard: 'fateboard-30000.fate.example.net',
    spark: 'spark-30000.fate.example.net',
    pulsar: 'pulsar-30000.fate.example.net',
  });
});

test('one Secret is for all published names, and a map is for those that it names', () => {
  expect(plan({ tlsSecret: 'wildcard' }).tlsSecrets).toEqual({ notebook: 'wildcard', fateboard: 'wildcard' });
  expect(plan({ tlsSecret: { notebook: 'notebook-tls' } }).tlsSecrets).toEqual({ notebook: 'notebook-tls' });
  expect(plan({}).tlsSecrets).toEqual({});
});

test.each([
  [{ domain: 'Example.com' }, ['domain']],
  [{ domain: '*.example.com' }, ['domain']],
  [{ domain: 'a.'.repeat(123).concat('com') }, ['domain']],
  [{ hosts: { notebook: 'https://notebook.example.com' } }, ['hosts.notebook']],
  [{ hosts: { notebook: 'a.example.com', fateboard: 'a.example.com' } }, ['hosts.fateboard']],
  [{ hosts: { notebook: '30000.fateboard.example.com' } }, ['hosts.notebook']],
  [{ hosts: { spark: 'spark.example.com' } }, ['hosts.spark']],
  [{ hosts: { grafana: 'grafana.example.com' } }, ['hosts.grafana']],
  [{ hosts: ['notebook.example.com'] }, ['hosts']],
  [{ tlsSecret: { notebook: 'A B' } }, ['tlsSecret.notebook']],
  [{ uis: ['spark'] }, ['basicAuthSecret']],
  [{ uis: ['notebook', 'pulsar'] }, ['basicAuthSecret']],
  [{ uis: ['spark'], basicAuthSecret: '' }, ['basicAuthSecret']],
  [{ uis: ['spark'], basicAuthSecret: true }, ['basicAuthSecret']],
  [{ uis: ['spark'], basicAuthSecret: 'users', ingressClassName: 'contour' }, ['basicAuthSecret']],
  [{ uis: ['pulsar'], basicAuthSecret: 'users', ingressClassName: 'avi-lb' }, ['basicAuthSecret']],
  [{ basicAuthSecret: 'users' }, ['basicAuthSecret']],
  [{ basicAuthSecret: false }, ['basicAuthSecret']],
  [{ tlsSecret: '' }, ['tlsSecret']],
  [{ tlsSecret: 7 }, ['tlsSecret']],
  [{ tlsSecret: { pulsar: 'pulsar-tls' } }, ['tlsSecret.pulsar']],
  [{ annotations: { 'a b': 'c' } }, ['annotations["a b"]']],
  [{ annotations: { timeout: 60 } }, ['annotations.timeout']],
  [{ annotations: { 'x/y': 'z'.repeat(70_000) } }, ['annotations']],
  [{ annotations: { 'kubernetes.io/ingress.class': 'nginx' } }, ['annotations["kubernetes.io/ingress.class"]']],
  [{ annotations: { 'cert-manager.io/issuer': 'org1' }, tlsSecret: 'one' }, ['tlsSecret']],
])('an Ingress of %j is refused', (ingress, paths) => {
  expect(problemsOf(() => plan(ingress)).map(({ path }) => path)).toEqual(paths.map((path) => `ingress.${path}`));
});

test('passwords are asked for by ingress-nginx under any of its names, and by another controller by its own annotations', () => {
  const uis = ['spark'];
  for (const ingressClassName of ['nginx', 'nginx-internal', 'public-nginx'])
    expect(plan({ ingressClassName, uis, basicAuthSecret: 'users' }).basicAuthSecret).toBe('users');
  const annotations = { 'example.com/auth': 'users' };
  expect(plan({ ingressClassName: 'contour', uis, basicAuthSecret: false, annotations })).toMatchObject({
    annotations,
  });
});

test('cert-manager may make one Secret of one name', () => {
  const annotations = { 'cert-manager.io/issuer': 'org1' };
  expect(plan({ annotations, uis: ['notebook'], tlsSecret: 'one' }).tlsSecrets).toEqual({ notebook: 'one' });
});
