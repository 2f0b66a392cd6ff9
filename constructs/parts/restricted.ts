import type { PodSecurityContext, SecurityContext } from 'kubernetes-types/core/v1';
import { podBasics } from './pod';

/** Pod and container of Pod Security level `restricted`, run as a user of the image. */
export const asUser = (
  user: number,
  plan: Parameters<typeof podBasics>[0],
): { pod: PodSecurityContext; container: SecurityContext } => ({
  pod: { ...podBasics(plan).securityContext, runAsNonRoot: true, runAsUser: user },
  container: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
});
