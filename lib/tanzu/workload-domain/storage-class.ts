/**
 * Name of the Kubernetes StorageClass that a vSphere storage policy becomes in a vSphere Namespace: `vSAN Default Storage
 * Policy` is `vsan-default-storage-policy`. Newer Supervisors add a twin with `-latebinding` at its end.
 *
 * @see govmomi 0.57, `pbm/simulator`
 */
export const storageClassName = (policy: string): string =>
  policy
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^(?=[-.])/, '0')
    .replace(/(?<=[-.])$/, '0');
