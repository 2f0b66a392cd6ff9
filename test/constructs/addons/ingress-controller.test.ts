import { App } from 'cdk8s';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Container, Namespace, PodSpec, Service, ServiceAccount } from 'kubernetes-types/core/v1';
import type { IngressClass } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { describe, expect, test } from 'vitest';
import { IngressController } from '../../../constructs/addons/ingress-controller';
import { type IngressControllerProps, ingressControllerPlan } from '../../../lib';

type Manifests = {
  ClusterRole: ClusterRole;
  ClusterRoleBinding: ClusterRoleBinding;
  ConfigMap: ConfigMap;
  Deployment: Deployment;
  IngressClass: IngressClass;
  Namespace: Namespace;
  PodDisruptionBudget: PodDisruptionBudget;
  Role: Role;
  RoleBinding: RoleBinding;
  Service: Service;
  ServiceAccount: ServiceAccount;
};

const manifests = (props?: IngressControllerProps) =>
  new IngressController(new App(), 'ingress-controller', ingressControllerPlan(props)).toJson();

function all<Kind extends keyof Manifests>(kind: Kind, props?: IngressControllerProps): Manifests[Kind][] {
  return manifests(props).filter((manifest) => manifest.kind === kind);
}

const only = <Kind extends keyof Manifests>(kind: Kind, props?: IngressControllerProps): Manifests[Kind] => {
  const [first, ...more] = all(kind, props);
  if (first === undefined || more.length > 0)
    throw new Error(`${more.length + (first ? 1 : 0)} objects of kind ${kind}`);
  return first;
};

const podSpec = (props?: IngressControllerProps): Partial<PodSpec> =>
  only('Deployment', props).spec?.template.spec ?? {};
const container = (props?: IngressControllerProps): Partial<Container> => podSpec(props).containers?.[0] ?? {};
const argument = (name: string, props?: IngressControllerProps) =>
  container(props)
    .args?.find((it) => it.startsWith(`--${name}=`))
    ?.slice(name.length + 3);

/** Whether RBAC rules permit a request; an object to create has no name yet. */
const permits = (rules: PolicyRule[] = [], verb: string, apiGroup: string, resource: string, name?: string) =>
  rules.some(
    (rule) =>
      rule.verbs.includes(verb) &&
      rule.apiGroups?.includes(apiGroup) &&
      rule.resources?.includes(resource) &&
      (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name))),
  );

describe('the way in', () => {
  test('one LoadBalancer takes HTTP and HTTPS to the pods', () => {
    const { spec } = only('Service');
    expect(spec).toMatchObject({ type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' });
    expect(spec).not.toHaveProperty('loadBalancerIP');
    expect(spec?.ports?.map(({ port }) => port)).toEqual([80, 443]);
    for (const { port, targetPort } of spec?.ports ?? []) {
      expect(container().ports).toContainEqual({ name: targetPort, containerPort: port });
    }
    expect(only('Deployment').spec?.template.metadata?.labels).toMatchObject(spec?.selector ?? { missing: '' });
  });

  test('a reserved address is asked for', () => {
    expect(only('Service', { loadBalancerIP: '192.0.2.10' }).spec?.loadBalancerIP).toBe('192.0.2.10');
  });

  test('Ingresses get the address of this Service', () => {
    const { metadata } = only('Service');
    expect(metadata?.namespace).toBe('ingress-nginx');
    expect(argument('publish-service')).toBe(`$(POD_NAMESPACE)/${metadata?.name}`);
    const variables = container().env?.map(({ name, valueFrom }) => [name, valueFrom?.fieldRef?.fieldPath]);
    expect(variables).toContainEqual(['POD_NAMESPACE', 'metadata.namespace']);
    expect(variables).toContainEqual(['POD_NAME', 'metadata.name']);
  });

  test.each([undefined, 'public'])('class %s is known by one name everywhere', (ingressClassName) => {
    const { metadata, spec } = only('IngressClass', { ingressClassName });
    expect(metadata).toMatchObject({ name: ingressClassName ?? 'nginx' });
    expect(metadata).not.toHaveProperty('namespace');
    expect(argument('ingress-class', { ingressClassName })).toBe(metadata?.name);
    expect(argument('controller-class', { ingressClassName })).toBe(spec?.controller);
    expect(spec?.controller).toBe('k8s.io/ingress-nginx');
  });

  test('the configuration that is read is the one that exists, and no Ingress can write nginx configuration', () => {
    const { metadata, data } = only('ConfigMap');
    expect(argument('configmap')).toBe(`$(POD_NAMESPACE)/${metadata?.name}`);
    expect(data).toMatchObject({ 'allow-snippet-annotations': 'false' });
  });
});

describe('staying up', () => {
  test('two pods share the nodes, and one of them stays', () => {
    const { spec } = only('Deployment');
    expect(spec?.replicas).toBe(2);
    expect(spec?.strategy).toMatchObject({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } });
    const labels = spec?.template.metadata?.labels;
    expect(spec?.selector.matchLabels).toEqual(labels);
    expect(podSpec().topologySpreadConstraints).toMatchObject([
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
    ]);
    expect(only('PodDisruptionBudget').spec).toMatchObject({ maxUnavailable: 1, selector: { matchLabels: labels } });
  });

  test('the number of pods is the operator’s', () => {
    expect(only('Deployment', { replicas: 3 }).spec?.replicas).toBe(3);
  });

  test('a pod that stops finishes its requests first', () => {
    expect(container().lifecycle?.preStop?.exec?.command).toEqual(['/wait-shutdown']);
    expect(podSpec().terminationGracePeriodSeconds).toBe(300);
  });

  test('probes ask a port that the container has', () => {
    const names = container().ports?.map(({ name }) => name);
    for (const probe of [container().livenessProbe, container().readinessProbe]) {
      expect(probe?.httpGet?.path).toBe('/healthz');
      expect(names).toContain(probe?.httpGet?.port);
    }
    expect(container().ports).toContainEqual({ name: 'health', containerPort: 10254 });
  });

  test('what a pod may use is bounded', () => {
    expect(container().resources).toMatchObject({
      requests: { cpu: expect.anything(), memory: expect.anything() },
      limits: { cpu: expect.anything(), memory: expect.anything() },
    });
  });
});

describe.each(['1.24', '1.25', '1.30', '1.33'])('rights on Kubernetes %s', (kubernetes) => {
  const cluster = only('ClusterRole', { kubernetes }).rules;
  const namespace = only('Role', { kubernetes }).rules;

  test('the pods run as the account that the roles are bound to', () => {
    const account = only('ServiceAccount', { kubernetes }).metadata;
    const subjects = [{ kind: 'ServiceAccount', name: account?.name, namespace: 'ingress-nginx' }];
    expect(podSpec({ kubernetes })).toMatchObject({
      serviceAccountName: account?.name,
      automountServiceAccountToken: true,
    });
    expect(only('ClusterRoleBinding', { kubernetes })).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: only('ClusterRole', { kubernetes }).metadata?.name },
      subjects,
    });
    expect(all('RoleBinding', { kubernetes })).toContainEqual(
      expect.objectContaining({
        roleRef: expect.objectContaining({ kind: 'Role', name: only('Role', { kubernetes }).metadata?.name }),
        subjects,
      }),
    );
  });

  test.each([
    ['networking.k8s.io', 'ingresses'],
    ['networking.k8s.io', 'ingressclasses'],
    ['', 'services'],
    ['', 'secrets'],
    ['', 'configmaps'],
    kubernetes === '1.24' ? ['', 'endpoints'] : ['discovery.k8s.io', 'endpointslices'],
  ])('%s %s are watched in every namespace', (apiGroup, resource) => {
    for (const verb of ['list', 'watch']) expect(permits(cluster, verb, apiGroup, resource)).toBe(true);
  });

  test('the status of Ingresses can be written, and events', () => {
    expect(permits(cluster, 'update', 'networking.k8s.io', 'ingresses/status')).toBe(true);
    expect(permits(cluster, 'create', '', 'events')).toBe(true);
    expect(permits(cluster, 'patch', '', 'events')).toBe(true);
  });

  test('the leader is elected with the lock that the argument names, and with no other', () => {
    const election = argument('election-id', { kubernetes });
    const locks = [['coordination.k8s.io', 'leases'], ...(kubernetes === '1.24' ? [['', 'configmaps']] : [])];
    for (const [apiGroup = '', resource = ''] of locks) {
      for (const verb of ['get', 'update']) {
        expect(permits(namespace, verb, apiGroup, resource, election)).toBe(true);
        expect(permits(namespace, verb, apiGroup, resource, 'another')).toBe(false);
      }
      expect(permits(namespace, 'create', apiGroup, resource)).toBe(true);
    }
  });

  test('its own pod can be read, and pods elsewhere cannot', () => {
    expect(permits(namespace, 'get', '', 'pods')).toBe(true);
    expect(permits(namespace, 'list', '', 'pods')).toBe(true);
    expect(permits(cluster, 'list', '', 'pods')).toBe(false);
  });

  test('nothing else in the cluster can be changed', () => {
    const changes = cluster?.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
    expect(changes?.flatMap(({ resources }) => resources)).toEqual(['ingresses/status', 'events']);
    expect(JSON.stringify([cluster, namespace])).not.toContain('"*"');
  });
});

describe('releases', () => {
  test.each([
    ['1.21', 'v1.3.1'],
    ['v1.24.11+vmware.1-fips.1-tkg.1', 'v1.3.1'],
    ['1.25', 'v1.9.6'],
    ['1.26', 'v1.11.8'],
    ['1.28', 'v1.11.8'],
    ['v1.29.4+vmware.3-fips.1-tkg.1', 'v1.13.9'],
    ['1.30', 'v1.13.9'],
    ['1.31', 'v1.15.1'],
    ['1.40', 'v1.15.1'],
  ])('Kubernetes %s runs ingress-nginx %s, pinned by digest', (kubernetes, version) => {
    const [image, digest] = container({ kubernetes }).image?.split('@') ?? [];
    expect(image).toBe(`registry.k8s.io/ingress-nginx/controller:${version}`);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('no two releases share a digest', () => {
    const images = ['1.24', '1.25', '1.26', '1.29', '1.31'].map(
      (kubernetes) => container({ kubernetes }).image?.split('@')[1],
    );
    expect(new Set(images).size).toBe(5);
  });

  test('a copy in another registry is known by its tag', () => {
    const props = { registry: 'harbor.example.com/fate', kubernetes: '1.31' };
    expect(container(props).image).toBe('harbor.example.com/fate/controller:v1.15.1');
  });
});

describe('admission', () => {
  test('up to Kubernetes 1.24 a policy admits the pods, which ask for nothing it may refuse', () => {
    const props = { kubernetes: '1.24' };
    expect(all('RoleBinding', props)).toContainEqual(
      expect.objectContaining({
        roleRef: expect.objectContaining({ name: 'psp:vmware-system-privileged' }),
        subjects: [expect.objectContaining({ name: 'system:serviceaccounts:ingress-nginx' })],
      }),
    );
    expect(only('Namespace', props).metadata?.labels).toBeUndefined();
    expect(JSON.stringify(podSpec(props))).not.toContain('seccompProfile');
  });

  test('from Kubernetes 1.25 on the namespace is restricted, and the pods fit', () => {
    const props = { kubernetes: '1.25' };
    expect(all('RoleBinding', props).map(({ roleRef }) => roleRef.kind)).toEqual(['Role']);
    expect(only('Namespace', props).metadata?.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    // the controls of the Restricted profile, Kubernetes "Pod Security Standards"
    expect(container(props).securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 101,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
    });
    expect(podSpec(props).securityContext).toEqual({ seccompProfile: { type: 'RuntimeDefault' } });
    expect(podSpec(props)).not.toHaveProperty('volumes');
    expect(container(props).ports?.filter(({ hostPort }) => hostPort)).toEqual([]);
  });

  test('the namespace comes first and holds everything that is not of the whole cluster', () => {
    expect(manifests()[0]).toMatchObject({ kind: 'Namespace', metadata: { name: 'ingress-nginx' } });
    for (const { kind, metadata } of manifests()) {
      const ofCluster = ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'IngressClass'].includes(kind);
      expect([kind, metadata.namespace]).toEqual([kind, ofCluster ? undefined : 'ingress-nginx']);
    }
  });
});
