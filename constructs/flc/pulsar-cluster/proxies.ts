import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { releases } from '../../../lib/fate/releases';
import { services } from '../../../lib/fate/services';
import { pulsarReplicas } from '../../../lib/fate/sizes';
import { properties } from '../../../lib/formats/properties';
import { spelledResources } from '../../../lib/kubernetes/quantities';
import { Manifest } from '../../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../../parts/config-files';
import { containerPorts } from '../../parts/container';
import { podTemplate } from '../../parts/pod';
import { PulsarPublicService, pulsarCertificate } from '../../parts/pulsar-pod';
import { apart, type ClusteredPlan, configurationOf, memory, type PartProps, probesOf, status } from './part';

/** Proxies of a Pulsar: other parties reach it at one address, and each topic at the broker that has it. */
export class Proxies extends Construct {
  readonly workload = name;

  constructor(scope: Construct, id: string, { plan, file }: PartProps) {
    super(scope, id);
    const config = new ConfigFiles(this, `${name}-config`, { [configuration]: properties(file) });
    new PulsarPublicService(this, 'public-service', { plan, workload: name });
    this.deployment(plan, config);
  }

  private deployment(plan: ClusteredPlan, config: ConfigFiles) {
    const resources = plan.pulsar.cluster.containers.proxy;
    const certificate = pulsarCertificate(plan);
    new Manifest<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: pulsarReplicas.proxy,
        selector: { matchLabels: labels },
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: podTemplate(plan, 'pulsar', {
          metadata: { labels, annotations: checksumAnnotation(config) },
          spec: {
            affinity: apart(labels),
            containers: [
              {
                name,
                image: plan.images.pulsar,
                command: ['bin/pulsar', 'proxy'],
                ports: containerPorts(ports),
                env: memory(resources),
                volumeMounts: [config.mountFile(configuration, configurationOf(configuration)), ...certificate.mounts],
                resources: spelledResources(resources),
                ...probesOf(status),
                rights: releases[plan.fate].pulsar.rights,
              },
            ],
            volumes: [config.volume, ...certificate.volumes],
          },
        }),
      },
    });
  }
}

const { name, ports } = services.pulsarProxy;
const labels = { 'app.kubernetes.io/name': name };
const configuration = 'proxy.conf';
