import { Construct } from 'constructs';
import type { PodSecurityContext, Service, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { type Release, releases } from '../../lib/fate/releases';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import { callerRanges } from '../../lib/federation/callers';
import { callingMembers, isJoined } from '../../lib/federation/neighbours';
import type { PartyPlan } from '../../lib/federation/party';
import { Manifest } from '../app/manifest';
import { servicePorts } from './container';
import { certificateVolume } from './member-certificate';
import { publicMetadata, publicSpec } from './public-service';
import { volumeOf } from './security-context';

export interface PulsarPublicServiceProps {
  readonly plan: PartyPlan;
  /** Whose pods take what comes from other parties. */
  readonly workload: string;
}

/** TLS only: the other ports take anybody, administration included. */
export class PulsarPublicService extends Construct {
  constructor(scope: Construct, id: string, { plan, workload }: PulsarPublicServiceProps) {
    super(scope, id);
    const { name, ports } = services.pulsarPublicTls;
    const { pulsar: service } = plan.services;
    const selector = { 'app.kubernetes.io/name': workload };
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: publicMetadata(name, service),
      spec: publicSpec(
        {
          service,
          loadBalancerIP: plan.reserved.pulsar,
          sourceRanges: callerRanges(service, callingMembers(plan)),
        },
        { selector, ports: servicePorts(ports) },
      ),
    });
  }
}

/** Certificate and key where Pulsar reads them; who stands alone has none. */
export function pulsarCertificate(plan: PartyPlan): {
  readonly mounts: readonly VolumeMount[];
  readonly volumes: readonly Volume[];
} {
  if (!isJoined(plan)) return { mounts: [], volumes: [] };
  const { fate, certManager } = plan;
  const { pulsarCertificate: certificate } = secrets;
  const mountPath = releases[fate].pulsar.certificates;
  return {
    mounts: [{ name: certificate.name, mountPath, readOnly: true }],
    volumes: [{ name: certificate.name, secret: certificateVolume(certificate, certManager) }],
  };
}

/** Where the image starts as a user who may not write to a new volume. */
export const volumeGroup = ({ group }: Release['pulsar']): PodSecurityContext | undefined =>
  group === undefined ? undefined : volumeOf(group);
