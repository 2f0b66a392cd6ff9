import type { PodSecurityContext, SecurityContext, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import type { Rights } from '../../lib/kubernetes/rights';

/** Of a container: the least, and what is given back. */
export const securityContext = (rights: Rights): SecurityContext => ({
  ...('root' in rights
    ? { runAsUser: 0 }
    : { runAsNonRoot: true, runAsUser: rights.user, runAsGroup: rights.group ?? rights.user }),
  allowPrivilegeEscalation: rights.escalates !== undefined,
  readOnlyRootFilesystem: rights.writesImage === undefined,
  capabilities: { drop: ['ALL'], add: rights.capabilities && Object.keys(rights.capabilities) },
});

interface Named {
  readonly name: string;
  readonly rights: Rights;
}

/** Empty volumes in the place of the directories that it writes to. */
export const writableVolumes = (container: Named): Volume[] =>
  writableMounts(container).map(({ name }) => ({ name, emptyDir: {} }));

export const writableMounts = ({ name, rights: { writes = [] } }: Named): VolumeMount[] =>
  writes.map((mountPath) => ({ name: `${name}${mountPath.replaceAll('/', '-')}`, mountPath }));

/** A pod whose volumes belong to a group, so that a user who is not root may write to a new one. */
export const volumeOf = (group: number): PodSecurityContext => ({
  fsGroup: group,
  fsGroupChangePolicy: 'OnRootMismatch',
});
