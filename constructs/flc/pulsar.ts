import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import { pulsarMemory } from '../../lib/fate/heap';
import { type Release, releases } from '../../lib/fate/releases';
import { services } from '../../lib/fate/services';
import { isJoined } from '../../lib/federation/neighbours';
import type { PartyPlan } from '../../lib/federation/party';
import type { OwnPulsarPlan } from '../../lib/federation/pulsar';
import { properties } from '../../lib/formats/properties';
import { dataVolume } from '../../lib/kubernetes/data-volume';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../parts/config-files';
import { containerPorts, servicePorts, variables } from '../parts/container';
import { podTemplate } from '../parts/pod';
import { PulsarPublicService, pulsarCertificate, volumeGroup } from '../parts/pulsar-pod';
import { claimTemplates, existingVolumes } from '../parts/volume-claim';

/** A party that has a Pulsar of its own. */
export interface PulsarParty extends PartyPlan {
  readonly pulsar: OwnPulsarPlan;
}

/**
 * Pulsar in standalone mode: carries gradients and weights to the Pulsars of other parties. Where the party meets
 * others it takes and makes TLS connections, and needs the Secret `pulsar-cert`.
 */
export class Pulsar extends Construct {
  constructor(scope: Construct, id: string, plan: PulsarParty) {
    super(scope, id);
    this.service();
    if (isJoined(plan)) new PulsarPublicService(this, 'public-service', { plan, workload: name });
    const { pulsar } = releases[plan.fate];
    const config = new ConfigFiles(this, 'pulsar-config', { [file]: properties(pulsar.standaloneConf(plan)) });
    this.statefulSet(plan, pulsar, config);
  }

  private service() {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: servicePorts(ports) },
    });
  }

  private statefulSet(plan: PulsarParty, release: Release['pulsar'], config: ConfigFiles) {
    const resources = plan.sizing.containers.pulsar;
    const answers = answersFor(release.cluster);
    const certificate = pulsarCertificate(plan);
    new Manifest<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'pulsar', {
          metadata: { labels, annotations: checksumAnnotation(config) },
          spec: {
            terminationGracePeriodSeconds: 60,
            securityContext: volumeGroup(release),
            containers: [
              {
                name,
                image: plan.images.pulsar,
                command: ['bin/pulsar', 'standalone', '--no-stream-storage', '--no-functions-worker'],
                ports: containerPorts(ports),
                env: variables({ PULSAR_MEM: pulsarMemory(resources) }),
                volumeMounts: [
                  config.mountFile(file, release.configuration),
                  { name: dataVolume, mountPath: '/pulsar/data', subPath: 'pulsar' },
                  ...certificate.mounts,
                ],
                resources: spelledResources(resources),
                // For some seconds after its ports are open for the first time, there is no cluster that FATE could use.
                startupProbe: { ...answers, periodSeconds: 5, failureThreshold: 60 },
                // There is no other Pulsar to take over from one that is slow.
                readinessProbe: { tcpSocket: { port: 'broker' }, periodSeconds: 10, timeoutSeconds: 3 },
                // A connection says nothing, the kernel makes it for a process that stands still. One that does so for a
                // minute works on by itself, Pulsar 2.10 after as long again if its session with ZooKeeper has ended by then,
                // and killed it would take longer to come back.
                livenessProbe: { ...answers, periodSeconds: 10, failureThreshold: 18 },
                rights: release.rights,
              },
            ],
            volumes: [config.volume, ...certificate.volumes, ...existingVolumes(plan, 'pulsar')],
          },
        }),
        volumeClaimTemplates: claimTemplates(plan, 'pulsar'),
      },
    });
  }
}

const { name, ports } = services.pulsar;
const labels = { 'app.kubernetes.io/name': name };
const file = 'standalone.conf';

const answersFor = (cluster: string): Probe => ({
  httpGet: { path: `/admin/v2/clusters/${cluster}`, port: 'admin' },
  timeoutSeconds: 5,
});
