import { expect, test } from 'vitest';
import { App } from '../../../constructs';
import { Exchange, FederatedLearningCluster, federation } from '../../../index';
import type { KubectlAccess } from '../../../lib';
import { problemsOf, twoParties } from '../../support/declarations';

const [first, second] = twoParties.parties;
const accesses = (shared?: KubectlAccess, own?: KubectlAccess) => {
  const { exchange, parties } = federation({
    ...twoParties,
    access: shared,
    parties: [{ ...first, access: own }, second],
  });
  return [exchange, ...parties].map(({ access }) => access);
};

test('nothing is named unless somebody names it', () => {
  expect(accesses()).toEqual([{}, {}, {}]);
});

test.each<[string, KubectlAccess | undefined, KubectlAccess]>([
  ['is found where all are', undefined, { kubeconfig: 'all.yaml', context: 'all' }],
  [
    'may be in a context of its own of the same kubeconfig',
    { context: 'own' },
    { kubeconfig: 'all.yaml', context: 'own' },
  ],
  [
    'may have a kubeconfig of its own, whose contexts are others',
    { kubeconfig: 'own.yaml' },
    { kubeconfig: 'own.yaml' },
  ],
  ['may have both', { kubeconfig: 'own.yaml', context: 'own' }, { kubeconfig: 'own.yaml', context: 'own' }],
])('a member of a federation %s', (_, own, expected) => {
  const shared = { kubeconfig: 'all.yaml', context: 'all' };
  expect(accesses(shared, own)).toEqual([shared, expected, shared]);
});

test('nothing that is drawn depends on it', () => {
  const drawn = (access?: KubectlAccess) => {
    const { exchange, parties } = federation({ ...twoParties, access });
    const app = new App();
    const charts = [
      new Exchange(app, exchange.namespace, exchange),
      ...parties.map((party) => new FederatedLearningCluster(app, party.namespace, party)),
    ];
    return charts.map((chart) => chart.toJson());
  };
  expect(drawn({ kubeconfig: 'clusters.yaml', context: 'org1' })).toEqual(drawn());
});

test.each<[string, unknown, string]>([
  ['no map', 'org1', 'access: "org1" is no map; use one such as { context: "org1" }, or leave it out'],
  ['an unknown key', { contexts: ['org1'] }, 'access.contexts'],
  [
    'a context that is no text',
    { context: 1 },
    'access.context: 1 is no name; use one that `kubectl config get-contexts` shows',
  ],
  ['an empty context', { context: '' }, 'access.context: "" is no name'],
  ['what only a shell reads', { kubeconfig: '~/.kube/config' }, 'begins with ~, which only a shell reads'],
  ['an empty name of a file', { kubeconfig: '' }, 'access.kubeconfig: is no name of a file'],
])('%s is refused, wherever it is', (_, access, message) => {
  const declared = access as KubectlAccess;
  const whole = { ...twoParties, access: declared };
  const ofParty = { ...twoParties, parties: [{ ...first, access: declared }, second] };
  const ofExchange = { ...twoParties, exchange: { ...twoParties.exchange, access: declared } };
  for (const [at, declaration] of [
    ['', whole],
    ['parties[0].', ofParty],
    ['exchange.', ofExchange],
  ] as const) {
    const problems = problemsOf(() => federation(declaration));
    expect(problems).toHaveLength(1);
    const [{ path, what, remedy }] = problems as [(typeof problems)[number]];
    expect(`${path}: ${what}; ${remedy}`).toContain(message.replace(/^access/, `${at}access`));
  }
});

test.each([
  ['YAML', 'apiVersion: v1\nusers: [{ name: a, user: { token: hush } }]\n'],
  ['JSON', '{"users":[{"user":{"token":"hush"}}]}'],
])('the content of a kubeconfig, as %s, is refused and never shown', (_, kubeconfig) => {
  const problems = problemsOf(() => federation({ ...twoParties, access: { kubeconfig } }));
  expect(problems.map(({ path }) => path)).toEqual(['access.kubeconfig']);
  expect(JSON.stringify(problems)).not.toContain('hush');
});
