import { describe, expect, test } from 'vitest';
import { exchangePlan, imageDiskMountPlan, ingressControllerPlan, kubeFatePlan, partyPlan } from '../../../lib';
import { clusterDeploymentPlan } from '../../../lib/tanzu/cluster';
import { problemsOf } from '../../support/declarations';
import { reference } from '../tanzu/cluster/declarations';

const declarations: Readonly<Record<string, (pods: unknown) => unknown>> = {
  party: (pods) => partyPlan({ domain: 'example.com', id: 30000, pods } as never),
  exchange: (pods) => exchangePlan({ domain: 'example.com', pods } as never),
  'KubeFATE service': (pods) => kubeFatePlan({ host: 'kubefate.example.com', clusterWide: true, pods } as never),
  'ingress controller': (pods) => ingressControllerPlan({ pods } as never),
  'image disk mount': (pods) => imageDiskMountPlan({ pods } as never),
  cluster: (pods) => clusterDeploymentPlan({ cluster: reference, pods } as never),
};

const nodes = (term: object) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
});
const atTerm = 'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';

/** Options that no pod can have, and where each is wrong. */
const wrong: readonly (readonly [unknown, readonly string[]])[] = [
  ['fast', ['']],
  [[], ['']],
  [{ nodeselector: {} }, ['nodeselector']],
  [{ nodeSelector: { gpu: true } }, ['nodeSelector.gpu']],
  [{ nodeSelector: { 'a b': 'c' } }, ['nodeSelector["a b"]']],
  [{ tolerations: { key: 'a' } }, ['tolerations']],
  [{ tolerations: ['all'] }, ['tolerations[0]', 'tolerations[0].key']],
  [{ tolerations: [{}] }, ['tolerations[0].key']],
  [{ tolerations: [{ key: 'a', operator: 'exists' }] }, ['tolerations[0].operator']],
  [{ tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }, ['tolerations[0].value']],
  [{ tolerations: [{ key: 'a', effect: 'Never' }] }, ['tolerations[0].effect']],
  [{ tolerations: [{ key: 'a', tolerationSeconds: 60 }] }, ['tolerations[0].tolerationSeconds']],
  [{ priorityClassName: 'High' }, ['priorityClassName']],
  [{ labels: { 'app.kubernetes.io/name': 'mysql' } }, ['labels["app.kubernetes.io/name"]']],
  [{ labels: { team: 'a b' } }, ['labels.team']],
  [{ annotations: { count: 1 } }, ['annotations.count']],
  [{ annotations: { text: 'x'.repeat(33_000) } }, ['annotations']],
  [{ labels: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`label-${i}`, 'value'])) }, ['labels']],
  [{ environment: { TEXT: 'x'.repeat(33_000) } }, ['environment']],
  [{ environment: { 'A-B': 'c' } }, ['environment["A-B"]']],
  [{ environment: { DEBUG: true } }, ['environment.DEBUG']],
  [{ environment: { TZ: 'UTC' } }, ['environment.TZ']],
  [{ environment: { MYSQL_PASSWORD: 'hush' } }, ['environment.MYSQL_PASSWORD']],
  [{ environment: { API_KEY: 'hush' } }, ['environment.API_KEY']],
  [{ environment: { DB_PASS: 'hush' } }, ['environment.DB_PASS']],
  [{ environment: { mysql_pwd: 'hush' } }, ['environment.mysql_pwd']],
  [{ environment: { SSH_KEY: 'hush' } }, ['environment.SSH_KEY']],
  [{ environment: { GPG_PASSPHRASE: 'hush' } }, ['environment.GPG_PASSPHRASE']],
  [{ environment: { HTTP_PROXY: 'http://me:hush@192.0.2.3', NO_PROXY: '.svc' } }, ['environment.HTTP_PROXY']],
  [{ environment: { https_proxy: 'http://192.0.2.3' } }, ['environment.NO_PROXY']],
  [{ timezone: 'GMT+8' }, ['timezone']],
  [{ timezone: 'Europe/Atlantis' }, ['timezone']],
  [{ timezone: '+08:00' }, ['timezone']],
  [{ timezone: 8 }, ['timezone']],
  [{ affinity: 'zone-a' }, ['affinity']],
  [{ affinity: { nodes: {} } }, ['affinity.nodes']],
  [{ affinity: nodes({ matchLabels: { zone: 'a' } }) }, [`${atTerm}[0].matchLabels`]],
  [
    { affinity: nodes({ matchExpressions: [{ key: 'zone', operator: 'is', values: ['a'] }] }) },
    [`${atTerm}[0].matchExpressions[0].operator`],
  ],
  [
    { affinity: nodes({ matchExpressions: [{ key: 'zone', operator: 'In' }] }) },
    [`${atTerm}[0].matchExpressions[0].values`],
  ],
  [
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } } },
    ['affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey'],
  ],
  [
    { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101 }] } } },
    [
      'affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight',
      'affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm',
    ],
  ],
];

describe.each(Object.entries(declarations))('pods of the %s', (_, declare) => {
  test.each(wrong)('cannot be %j', (pod, paths) => {
    const found = problemsOf(() => declare({ all: pod }));
    expect(found.map(({ path }) => path)).toEqual(paths.map((path) => (path === '' ? 'pods.all' : `pods.all.${path}`)));
    expect(JSON.stringify(found)).not.toContain('hush');
  });

  test.each([['all'], [{ rollsite: {} }]])('are no %j', (pods) => {
    expect(problemsOf(() => declare(pods))).toHaveLength(1);
  });
});
