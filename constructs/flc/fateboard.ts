import { join } from 'node:path';
import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { type Release, releases } from '../../lib/fate/releases';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import type { PartyPlan } from '../../lib/federation/party';
import { properties } from '../../lib/formats/properties';
import { dataVolume } from '../../lib/kubernetes/data-volume';
import type { Pods } from '../../lib/kubernetes/pods';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../parts/config-files';
import { secretVariable, servicePorts, variables } from '../parts/container';
import { mysqlPassword } from '../parts/mysql-password';
import { podTemplate, type RightedContainer } from '../parts/pod';
import { scriptText } from '../parts/script';

/** FATE Board in a pod of its own: shows jobs and their logs, for which it asks FATE Flow. It keeps nothing. */
export class FateBoard extends Construct {
  constructor(scope: Construct, id: string, plan: PartyPlan & { readonly pods: Pods<'fateboard'> }) {
    super(scope, id);
    const config = boardConfig(this, plan);
    boardService(this, labels);
    new Manifest<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: 1,
        // Who is logged in only the old one knows, and beside it a new one would need room.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'fateboard', {
          metadata: { labels, annotations: checksumAnnotation(config) },
          spec: { containers: [boardContainer(plan, config)], volumes: [config.volume] },
        }),
      },
    });
  }
}

/** Its Service, in front of the pods that it is in. */
export const boardService = (scope: Construct, selector: Readonly<Record<string, string>>) =>
  new Manifest<Service>(scope, name, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector, ports: servicePorts(ports) },
  });

export const boardConfig = (scope: Construct, plan: PartyPlan) =>
  new ConfigFiles(scope, 'fateboard-config', {
    'application.properties': properties(releases[plan.fate].fateboard.applicationProperties(plan)),
    'start.sh': startScript,
  });

/** Its container, wherever that is: beside FATE Flow it reads the log files of their common volume. */
export function boardContainer(plan: PartyPlan, config: ConfigFiles): RightedContainer {
  const { fateflow, fateboard }: Release = releases[plan.fate];
  return {
    name,
    image: plan.images.fateboard,
    command: ['/bin/sh', `${templates}/start.sh`, ...fateboard.command],
    ports: [{ name: 'board', containerPort: ports.http }],
    env: [
      ...(fateboard.jobs === 'mysql' ? [mysqlPassword(plan)] : []),
      secretVariable('FATEBOARD_PASSWORD', secrets.fateboard, secrets.fateboard.keys.password),
      ...variables({ TEMPLATES: templates, CONFIGURATION: fateboard.configuration }),
    ],
    volumeMounts: [
      config.mountAt(templates),
      ...(fateboard.pod === 'fateflow'
        ? [{ name: dataVolume, mountPath: fateflow.directories.logs, subPath: 'logs' }]
        : []),
    ],
    resources: spelledResources(plan.sizing.containers.fateboard),
    startupProbe: { httpGet: { path: '/', port: 'board' }, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: '/', port: 'board' }, periodSeconds: 10, timeoutSeconds: 3 },
    livenessProbe: { httpGet: { path: '/', port: 'board' }, periodSeconds: 10, timeoutSeconds: 5 },
    rights: rights.fateboard,
  };
}

const { name, ports } = services.fateboard;
const labels = { 'app.kubernetes.io/name': name };
const templates = '/opt/kubefate-tanzu';
const startScript = scriptText(join(__dirname, 'fateboard.sh'));
