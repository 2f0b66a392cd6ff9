import { type Rule, ruleFor, type Verb } from '../kubernetes/access-rules';
import type { ResourceKind } from '../kubernetes/resources';

/**
 * What somebody may do in the namespace of a member. Neither changes an object or reads a Secret.
 *
 * - `look`: list its objects, as commands do, and get one or what a container has written, as the lines for `kubectl` do that
 *   commands show.
 * - `ask`: and run commands in its pods, which can do what their programs can.
 * - `submit`: reach ports of its pods, as `job` and `data` do, and look at nothing but those. FATE Flow asks nobody who he is: that is
 *   all that it can do, and other ports are reached, too.
 */
export type AccessLevel = 'look' | 'ask' | 'submit';

export const accessLevels = ['look', 'ask', 'submit'] as const satisfies readonly AccessLevel[];

const seen: readonly Verb[] = ['get', 'list'];
const looked: readonly ResourceKind[] = [
  ...(['Pod', 'Event', 'ConfigMap', 'Service', 'PersistentVolumeClaim'] as const),
  ...([
    'Deployment',
    'StatefulSet',
    'CronJob',
    'Job',
    'Ingress',
    'NetworkPolicy',
    'PodDisruptionBudget',
    'RoleBinding',
    'Certificate',
  ] as const),
];

const rules = [...merged(looked.map((kind) => ruleFor(kind, seen))), ruleFor('Pod', ['get'], 'log')];

/** A WebSocket is a `get`, and since Kubernetes 1.35 it needs both. */
const exec = ruleFor('Pod', ['create', 'get'], 'exec');

const portForward = ruleFor('Pod', ['create', 'get'], 'portforward');

const allowed: Readonly<Record<AccessLevel, readonly Rule[]>> = {
  look: rules,
  ask: [...rules, exec],
  submit: [ruleFor('Pod', seen), portForward],
};

/** Rules of a Role that allows it in its own namespace. */
export const accessRules = (level: AccessLevel): readonly Rule[] => allowed[level];

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
