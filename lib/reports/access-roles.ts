import { type Rule, ruleFor, type Verb } from '../kubernetes/access-rules';
import type { ResourceKind } from '../kubernetes/resources';

/**
 * What somebody may do in the namespace of a member, each with what is before it. None may read Secrets.
 *
 * - `look`: see its objects, and what its pods have written.
 * - `ask`: run commands in its pods, which is as much as their programs may do. `diagnose` asks them by it.
 * - `verify`: have jobs run, as `verify` does.
 */
export type AccessLevel = 'look' | 'ask' | 'verify';

export const accessLevels = ['look', 'ask', 'verify'] as const satisfies readonly AccessLevel[];

const seen: readonly Verb[] = ['get', 'list'];
const looked: readonly ResourceKind[] = [
  ...(['Pod', 'Event', 'ConfigMap', 'Service', 'PersistentVolumeClaim'] as const),
  ...(['Deployment', 'StatefulSet', 'Job', 'Ingress', 'PodDisruptionBudget', 'RoleBinding', 'Certificate'] as const),
];

const rules: Readonly<Record<AccessLevel, readonly Rule[]>> = {
  look: [
    ...merged(looked.map((kind) => ruleFor(kind, seen))),
    ruleFor('Namespace', ['get']), // its own
    ruleFor('Pod', ['get'], 'log'),
  ],
  ask: [ruleFor('Pod', ['create', 'get'], 'exec')], // a WebSocket is a `get`, and since Kubernetes 1.35 it needs both
  verify: [ruleFor('Job', ['create', 'patch', 'delete'])],
};

/** Rules of a Role that allows it in its own namespace. */
export const accessRules = (level: AccessLevel): readonly Rule[] =>
  accessLevels.slice(0, accessLevels.indexOf(level) + 1).flatMap((each) => rules[each]);

/** One rule for the kinds of each API group. */
function merged(each: readonly Rule[]): readonly Rule[] {
  const groups = [...new Set(each.map(({ apiGroups }) => `${apiGroups[0]}`))];
  return groups.map((group) => ({
    apiGroups: [group],
    resources: each.filter(({ apiGroups }) => apiGroups[0] === group).flatMap(({ resources }) => resources),
    verbs: seen,
  }));
}

/** Who gets a Role: users and groups, as the cluster's login calls them. */
export interface Subjects {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** Manifests of the Role for a namespace, and of what gives it to somebody where somebody is named. */
export function accessRoles(namespace: string, level: AccessLevel, { users, groups }: Subjects): readonly object[] {
  const name = `kubefate-tanzu-${level}`;
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name, namespace };
  const role = { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata, rules: accessRules(level) };
  const subjects = [
    ...users.map((user) => ({ apiGroup, kind: 'User', name: user })),
    ...groups.map((group) => ({ apiGroup, kind: 'Group', name: group })),
  ];
  if (subjects.length === 0) return [role];
  return [
    role,
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name },
      subjects,
    },
  ];
}
