import type { AnyObject } from '../../../support/objects';

/** Paths at which two objects differ, such as `spec.ports[0].port`. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after)) {
    return before === after ? [] : [path];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    differences(
      before[key],
      after[key],
      Array.isArray(after) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`,
    ),
  );
}

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/**
 * Whether a change at this path makes another object in the place of this one.
 *
 * @param mutable kinds whose content the provider was told to change in place
 * @see pulumi-kubernetes v4, `provider/pkg/provider/diff.go`
 */
export const replaces = ({ kind }: AnyObject, path: string, mutable: ReadonlySet<string>): boolean =>
  identity.test(path) ||
  (kind === 'Secret' && path === 'type') ||
  (!mutable.has(kind) && replacing[kind]?.test(path) === true);

const identity = /^(kind|metadata\.(name|namespace))$/;

const replacing: Readonly<Record<string, RegExp>> = {
  ConfigMap: /^(data|binaryData)\b/,
  Secret: /^(data|stringData)\b/,
  Service: /^spec\.clusterIP$/,
  Deployment: /^spec\.selector\b/,
  StatefulSet: /^spec\.(podManagementPolicy|revisionHistoryLimit|selector|serviceName|volumeClaimTemplates)\b/,
  DaemonSet: /^spec\.selector\b/,
  PersistentVolumeClaim: /^spec\.(accessModes|selector|storageClassName|volumeName)\b/,
  RoleBinding: /^roleRef\b/,
  ClusterRoleBinding: /^roleRef\b/,
};
