import { ApiObject, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { DaemonSet, Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Container, Namespace, Probe, Service } from 'kubernetes-types/core/v1';
import type { Drawn } from './federation';

type Workload = DaemonSet | Deployment | StatefulSet;
type Known = (Workload | ConfigMap | Namespace | Service) & Drawn['objects'][number];

/**
 * A chart's objects as a user of cdk8s-plus-27 draws them: same kinds, names, containers, variables, ports, mounts,
 * probes and resources. A kind without a counterpart stays a plain object; volumes other than ConfigMaps become `emptyDir`.
 */
export class LevelTwoChart extends Chart {
  constructor(scope: Construct, id: string, { objects }: Drawn) {
    super(scope, id);
    const configMaps = new Map<string, kplus.ConfigMap>();
    objects.forEach((object, index) => this.draw(`${index}`, object as Known, configMaps));
  }

  private draw(id: string, object: Known, configMaps: Map<string, kplus.ConfigMap>) {
    const { name, namespace } = object.metadata;
    const metadata = { name, namespace };
    switch (object.kind) {
      case 'Namespace':
        new kplus.Namespace(this, id, { metadata });
        break;
      case 'ConfigMap':
        configMaps.set(name, new kplus.ConfigMap(this, id, { metadata, data: object.data }));
        break;
      case 'Service': {
        const ports = object.spec?.ports?.map(({ name, port }) => ({ name, port }));
        const service = new kplus.Service(this, id, { metadata, ports });
        for (const [label, value] of Object.entries(object.spec?.selector ?? {})) service.selectLabel(label, value);
        break;
      }
      case 'DaemonSet':
        new kplus.DaemonSet(this, id, { metadata, ...this.pod(id, object, configMaps) });
        break;
      case 'Deployment':
      case 'StatefulSet': // as a Deployment: the StatefulSet of cdk8s-plus-27 adds a Service nobody asked for
        new kplus.Deployment(this, id, {
          metadata,
          replicas: object.spec?.replicas,
          ...this.pod(id, object, configMaps),
        });
        break;
      default:
        new ApiObject(this, id, object);
    }
  }

  private pod(id: string, workload: Workload, configMaps: ReadonlyMap<string, kplus.ConfigMap>) {
    const { containers = [], initContainers = [], volumes = [] } = workload.spec?.template.spec ?? {};
    const known = new Map<string, kplus.Volume>();
    for (const { name, configMap } of volumes) {
      const source = configMaps.get(configMap?.name ?? '');
      if (source) known.set(name, kplus.Volume.fromConfigMap(this, `${id}-${name}`, source, { name }));
    }
    const volume = (name: string) => {
      const found = known.get(name) ?? kplus.Volume.fromEmptyDir(this, `${id}-${name}`, name);
      known.set(name, found);
      return found;
    };
    return {
      containers: containers.map((each) => container(each, volume)),
      initContainers: initContainers.map((each) => ({
        ...container(each, volume),
        readiness: undefined,
        liveness: undefined,
        startup: undefined,
      })),
    };
  }
}

function container(container: Container, volume: (name: string) => kplus.Volume): kplus.ContainerProps {
  const { name, image = '', command, args, env = [], ports = [], volumeMounts = [], resources } = container;
  return {
    name,
    image,
    command,
    args,
    ports: ports.map(({ name, containerPort }) => ({ name, number: containerPort })),
    envVariables: Object.fromEntries(env.map(({ name, value = name }) => [name, kplus.EnvValue.fromValue(value)])),
    volumeMounts: volumeMounts.map(({ name, mountPath, subPath }) => ({
      volume: volume(name),
      path: mountPath,
      subPath,
    })),
    resources: {
      cpu: { request: cpu(resources?.requests?.cpu), limit: cpu(resources?.limits?.cpu) },
      memory: { request: memory(resources?.requests?.memory), limit: memory(resources?.limits?.memory) },
    },
    readiness: probe(container.readinessProbe, ports[0]?.containerPort),
    liveness: probe(container.livenessProbe, ports[0]?.containerPort),
    startup: probe(container.startupProbe, ports[0]?.containerPort),
    securityContext: { ensureNonRoot: false, readOnlyRootFilesystem: false },
  };
}

const probe = (probe: Probe | undefined, port: number | undefined) =>
  probe && kplus.Probe.fromTcpSocket({ port, periodSeconds: Duration.seconds(probe.periodSeconds ?? 10) });

const cpu = (quantity: string | undefined) =>
  quantity === undefined
    ? undefined
    : quantity.endsWith('m')
      ? kplus.Cpu.millis(Number.parseInt(quantity, 10))
      : kplus.Cpu.units(Number(quantity));

const memory = (quantity: string | undefined) =>
  quantity === undefined
    ? undefined
    : quantity.endsWith('Gi')
      ? Size.gibibytes(Number.parseInt(quantity, 10))
      : Size.mebibytes(Number.parseInt(quantity, 10));
