/** Pod Security Standard that a namespace enforces. */
export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/**
 * Minor version of a Kubernetes release: 27 for `1.27` and for `v1.27.5+vmware.1-tkg.1`.
 * `undefined` when the text is no Kubernetes 1 release.
 */
export function kubernetesMinor(version: string): number | undefined {
  const minor = /^v?1\.([1-9]?\d)(\.\d{1,3})?([+-][-+.0-9A-Za-z]{1,64})?$/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/** Whether a release is `1.<minor>` or later; one that cannot be read counts as the newest. */
export const isFromMinor = (kubernetes: string, minor: number): boolean =>
  (kubernetesMinor(kubernetes) ?? Number.POSITIVE_INFINITY) >= minor;

/** The last release with PodSecurityPolicies. */
export const lastWithPolicies = '1.24';

/** Whether this release admits pods by labels of their namespace; earlier ones do by a PodSecurityPolicy. */
export const admitsByLabels = (kubernetes: string): boolean => isFromMinor(kubernetes, 25);

/**
 * How a namespace of this release admits pods: by Pod Security labels from 1.25 on, before that by a binding to one of
 * the two PodSecurityPolicies of a Tanzu Kubernetes cluster. Never both.
 */
export function podAdmission(kubernetes: string, level: PodSecurityLevel): PodAdmission {
  if (!admitsByLabels(kubernetes)) {
    return {
      type: 'policy',
      clusterRole: level === 'restricted' ? 'psp:vmware-system-restricted' : 'psp:vmware-system-privileged',
    };
  }
  const prefix = 'pod-security.kubernetes.io';
  return {
    type: 'labels',
    labels: { [`${prefix}/enforce`]: level, [`${prefix}/audit`]: level, [`${prefix}/warn`]: level },
  };
}

/** What a namespace has to hold for its pods to be admitted. */
export type PodAdmission =
  | { readonly type: 'labels'; readonly labels: Readonly<Record<string, string>> }
  | { readonly type: 'policy'; readonly clusterRole: string };
