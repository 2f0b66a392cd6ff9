import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { releases } from '../../../lib/fate/releases';
import { services } from '../../../lib/fate/services';
import { pulsarReplicas } from '../../../lib/fate/sizes';
import { properties } from '../../../lib/formats/properties';
import { spelledResources } from '../../../lib/kubernetes/quantities';
import { rights } from '../../../lib/kubernetes/rights';
import { Manifest } from '../../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../../parts/config-files';
import { containerPorts, servicePorts } from '../../parts/container';
import { podTemplate, type RightedContainer } from '../../parts/pod';
import { pulsarCertificate } from '../../parts/pulsar-pod';
import { apart, type ClusteredPlan, configurationOf, memory, type PartProps, probesOf, status } from './part';

/** Brokers of a Pulsar: FATE asks any of them by the Service `pulsar`, and goes to the one that has the topic by the name of its pod. */
export class Brokers extends Construct {
  readonly workload = name;

  constructor(scope: Construct, id: string, { plan, file }: PartProps) {
    super(scope, id);
    const config = new ConfigFiles(this, `${name}-config`, { [configuration]: properties(file) });
    this.services();
    this.statefulSet(plan, config);
  }

  private services() {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: servicePorts(ports) },
    });
    new Manifest<Service>(this, 'brokers-service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: each.name },
      // A broker calls itself by its name before it is ready.
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: labels, ports: servicePorts(each.ports) },
    });
  }

  private statefulSet(plan: ClusteredPlan, config: ConfigFiles) {
    const resources = plan.sizing.containers.pulsar;
    const certificate = pulsarCertificate(plan);
    new Manifest<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: each.name,
        replicas: pulsarReplicas.broker,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'pulsar', {
          metadata: { labels, annotations: checksumAnnotation(config) },
          spec: {
            terminationGracePeriodSeconds: 60,
            affinity: apart(labels),
            initContainers: [waitForBookie(plan)],
            containers: [
              {
                name,
                image: plan.images.pulsar,
                command: ['bin/pulsar', 'broker'],
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

const { name, ports } = services.pulsar;
const { pulsarBrokers: each, pulsarBookie: bookie } = services;
const labels = { 'app.kubernetes.io/name': name };
const configuration = 'broker.conf';

/** A bookie listens when ZooKeeper has what a broker would else make a part of. */
const waitForBookie = (plan: ClusteredPlan): RightedContainer => ({
  name: 'wait-for-bookie',
  image: plan.images.pulsar,
  command: [
    'bash',
    '-c',
    `until (exec 3<>/dev/tcp/${bookie.name}/${bookie.ports.bookie}) 2>/dev/null; do sleep 2; done`,
  ],
  resources: spelledResources({ requests: { cpu: 0.1, memoryGiB: 0.125 }, limits: { cpu: 1, memoryGiB: 0.125 } }),
  rights: rights.pulsarWait,
});
