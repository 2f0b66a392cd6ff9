import { join } from 'node:path';
import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import { pulsarMemory } from '../../../lib/fate/heap';
import { releases } from '../../../lib/fate/releases';
import { zookeeperServers } from '../../../lib/fate/releases/pulsar-cluster';
import { services } from '../../../lib/fate/services';
import { properties } from '../../../lib/formats/properties';
import { dataVolume } from '../../../lib/kubernetes/data-volume';
import { spelledResources } from '../../../lib/kubernetes/quantities';
import { Manifest } from '../../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../../parts/config-files';
import { containerPorts, servicePorts, variables } from '../../parts/container';
import { podTemplate, type RightedContainer } from '../../parts/pod';
import { volumeGroup } from '../../parts/pulsar-pod';
import { scriptText } from '../../parts/script';
import { volumeClaim } from '../../parts/volume-claim';
import { apart, type ClusteredPlan, configurationOf, memory, type PartProps, probesOf } from './part';

/**
 * Bookies of a Pulsar: the disks that messages are on. The first one makes what ZooKeeper knows of an empty cluster, in a container
 * that runs before it: a Job would be one object more, which no update may change.
 */
export class Bookies extends Construct {
  readonly workload = name;

  constructor(scope: Construct, id: string, { plan, file }: PartProps) {
    super(scope, id);
    const config = new ConfigFiles(this, `${name}-config`, {
      [configuration]: properties(file),
      [metadata]: metadataScript,
    });
    this.service();
    this.statefulSet(plan, config);
  }

  private service() {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      // Brokers go to the bookie that a message is on, ready or not.
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: labels, ports: servicePorts(ports) },
    });
  }

  private statefulSet(plan: ClusteredPlan, config: ConfigFiles) {
    const { bookies, containers } = plan.pulsar.cluster;
    new Manifest<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: name,
        replicas: bookies,
        // One after the other, none would come back while an earlier one is away.
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'pulsar', {
          metadata: { labels, annotations: checksumAnnotation(config) },
          spec: {
            terminationGracePeriodSeconds: 60,
            securityContext: volumeGroup(releases[plan.fate].pulsar),
            affinity: apart(labels),
            initContainers: [makeMetadata(plan, config)],
            containers: [
              {
                name,
                image: plan.images.pulsar,
                command: ['bin/pulsar', 'bookie'],
                ports: containerPorts(ports),
                env: memory(containers.bookie),
                volumeMounts: [config.mountFile(configuration, configurationOf(configuration)), data],
                resources: spelledResources(containers.bookie),
                // It reads its journal again first, which is a sixteenth of the volume at most.
                ...probesOf(listens, 120),
                rights: releases[plan.fate].pulsar.rights,
              },
              copyWhatIsLost(plan, config),
            ],
            volumes: [config.volume],
          },
        }),
        volumeClaimTemplates: [volumeClaim(plan.storageClasses.pulsar, plan.sizing.volumesGiB.pulsar)],
      },
    });
  }
}

const { name, ports } = services.pulsarBookie;
const labels = { 'app.kubernetes.io/name': name };
const configuration = 'bookkeeper.conf';
const metadata = 'bookie-metadata.sh';
const metadataScript = scriptText(join(__dirname, metadata));
const data = { name: dataVolume, mountPath: '/pulsar/data', subPath: 'pulsar' };
const listens: Probe = { tcpSocket: { port: 'bookie' }, timeoutSeconds: 3 };

/** Where there is no ZooKeeper it ends, and is started again. */
const copyWhatIsLost = (plan: ClusteredPlan, config: ConfigFiles): RightedContainer => ({
  name: 'recovery',
  image: plan.images.pulsar,
  command: ['bin/bookkeeper', 'autorecovery'],
  env: variables({ BOOKIE_MEM: pulsarMemory(plan.pulsar.cluster.containers.recovery) }),
  volumeMounts: [config.mountFile(configuration, configurationOf(configuration))],
  resources: spelledResources(plan.pulsar.cluster.containers.recovery),
  rights: releases[plan.fate].pulsar.rights,
});

function makeMetadata(plan: ClusteredPlan, config: ConfigFiles): RightedContainer {
  const { broker, admin } = services.pulsar.ports;
  const { bookie } = plan.pulsar.cluster.containers;
  return {
    name: 'metadata',
    image: plan.images.pulsar,
    command: ['bash', configurationOf(metadata)],
    env: [
      ...memory(bookie),
      ...variables({
        CLUSTER: releases[plan.fate].pulsar.cluster,
        ZOOKEEPERS: zookeeperServers,
        BOOKIE: `${name}/${ports.bookie}`,
        WEB_SERVICE_URL: `http://${services.pulsar.name}:${admin}`,
        BROKER_SERVICE_URL: `pulsar://${services.pulsar.name}:${broker}`,
      }),
    ],
    volumeMounts: [config.mountFile(metadata, configurationOf(metadata)), data],
    resources: spelledResources(bookie),
    rights: releases[plan.fate].pulsar.rights,
  };
}
