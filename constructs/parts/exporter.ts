import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { services } from '../../lib/fate/services';
import { exporterResources, type Monitoring } from '../../lib/federation/monitoring';
import { yaml } from '../../lib/formats/yaml';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from './config-files';
import { servicePorts } from './container';
import { podTemplate, type RightedContainer } from './pod';

export interface ExporterProps {
  readonly kubernetes: string;
  readonly imagePullSecrets: readonly string[];
  readonly monitoring: Monitoring;
  /** Files of the exporters. */
  readonly modules: { readonly json: object; readonly blackbox: object };
}

/**
 * Makes metrics of what others tell as JSON, and of the certificate that they show. It keeps nothing, and does nothing but when it is
 * scraped.
 *
 * @see json_exporter 0.8, blackbox_exporter 0.28
 */
export class Exporter extends Construct {
  constructor(scope: Construct, id: string, props: ExporterProps) {
    super(scope, id);
    const config = new ConfigFiles(this, 'exporter-config', {
      'json.yml': yaml(props.modules.json),
      'blackbox.yml': yaml(props.modules.blackbox),
    });
    this.service();
    this.deployment(props, config);
  }

  private service() {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: exporterLabels, ports: servicePorts(ports) },
    });
  }

  private deployment({ monitoring: { images, pods }, ...source }: ExporterProps, config: ConfigFiles) {
    const exporter = (port: keyof typeof ports, image: string, path: string): RightedContainer => ({
      name: port,
      image,
      command: [`/bin/${port}_exporter`],
      args: [`--config.file=${configuration}/${port}.yml`],
      ports: [{ name: port, containerPort: ports[port] }],
      volumeMounts: [config.mountAt(configuration)],
      resources: spelledResources(exporterResources),
      readinessProbe: { httpGet: { path, port }, periodSeconds: 10, timeoutSeconds: 3 },
      livenessProbe: { httpGet: { path, port }, periodSeconds: 10, timeoutSeconds: 5 },
      rights: rights.exporter,
    });
    new Manifest<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: 1,
        selector: { matchLabels: exporterLabels },
        template: podTemplate({ ...source, pods }, 'exporter', {
          metadata: { labels: exporterLabels, annotations: checksumAnnotation(config) },
          spec: {
            containers: [
              exporter('json', images.jsonExporter, '/metrics'),
              exporter('blackbox', images.blackboxExporter, '/-/healthy'),
            ],
            volumes: [config.volume],
          },
        }),
      },
    });
  }
}

const { name, ports } = services.exporter;
const exporterLabels = { 'app.kubernetes.io/name': name };
const configuration = '/etc/exporter';
