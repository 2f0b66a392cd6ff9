import { join } from 'node:path';
import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import { releases } from '../../../lib/fate/releases';
import { services } from '../../../lib/fate/services';
import { guideline, pulsarReplicas } from '../../../lib/fate/sizes';
import { properties } from '../../../lib/formats/properties';
import { dataVolume } from '../../../lib/kubernetes/data-volume';
import { spelledResources } from '../../../lib/kubernetes/quantities';
import { Manifest } from '../../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../../parts/config-files';
import { containerPorts, servicePorts } from '../../parts/container';
import { podTemplate } from '../../parts/pod';
import { volumeGroup } from '../../parts/pulsar-pod';
import { scriptText } from '../../parts/script';
import { volumeClaim } from '../../parts/volume-claim';
import { apart, type ClusteredPlan, configurationOf, memory, type PartProps, probesOf } from './part';

/** ZooKeepers of a Pulsar: which broker has which topic, and which bookies its messages. Two of three decide. */
export class ZooKeepers extends Construct {
  readonly workload = name;

  constructor(scope: Construct, id: string, { plan, file }: PartProps) {
    super(scope, id);
    const config = new ConfigFiles(this, `${name}-config`, { [configuration]: properties(file), [start]: startScript });
    this.service();
    this.statefulSet(plan, config);
  }

  private service() {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: {
        clusterIP: 'None',
        publishNotReadyAddresses: true, // none is ready before two have found each other
        selector: labels,
        ports: servicePorts(ports),
      },
    });
  }

  private statefulSet(plan: ClusteredPlan, config: ConfigFiles) {
    const resources = plan.pulsar.cluster.containers.zookeeper;
    new Manifest<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: name,
        replicas: pulsarReplicas.zookeeper,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'pulsar', {
          metadata: { labels, annotations: checksumAnnotation(config) },
          spec: {
            securityContext: volumeGroup(releases[plan.fate].pulsar),
            affinity: apart(labels),
            containers: [
              {
                name,
                image: plan.images.pulsar,
                command: ['/bin/sh', configurationOf(start)],
                ports: containerPorts(ports),
                env: memory(resources),
                volumeMounts: [
                  config.mountFile(configuration, configurationOf(configuration)),
                  config.mountFile(start, configurationOf(start)),
                  { name: dataVolume, mountPath: '/pulsar/data', subPath: 'pulsar' },
                ],
                resources: spelledResources(resources),
                ...probesOf(listens), // one that is alone is not mended by a restart
                // An update goes on to the next one when this one is among the others again.
                readinessProbe: { ...serves, periodSeconds: 10, timeoutSeconds: 5 },
                rights: releases[plan.fate].pulsar.rights,
              },
            ],
            volumes: [config.volume],
          },
        }),
        volumeClaimTemplates: [volumeClaim(plan.storageClasses.pulsar, guideline.volumeGiB)],
      },
    });
  }
}

const { name, ports } = services.pulsarZookeeper;
const labels = { 'app.kubernetes.io/name': name };
const configuration = 'zookeeper.conf';
const start = 'zookeeper.sh';
const startScript = scriptText(join(__dirname, start));
const listens: Probe = { tcpSocket: { port: 'client' }, timeoutSeconds: 3 };

/** Who leads and who follows says so; who is in no majority says that it does not serve. */
const serves: Probe = {
  exec: {
    command: ['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${ports.client} && echo srvr >&3 && grep -q ^Mode: <&3`],
  },
};
