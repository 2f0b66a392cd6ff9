import { join } from 'node:path';
import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { releases } from '../../lib/fate/releases';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import { proxyVariables } from '../../lib/federation/direct-calls';
import type { PartyPlan } from '../../lib/federation/party';
import { dataVolume } from '../../lib/kubernetes/data-volume';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { trustFile, trustFiles } from '../../lib/kubernetes/trusted-cas';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../parts/config-files';
import { containerPorts, secretVariable, servicePorts, variables } from '../parts/container';
import { podTemplate } from '../parts/pod';
import { scriptText } from '../parts/script';
import { claimTemplates, existingVolumes } from '../parts/volume-claim';
import { creditCardFiles } from './credit-card';

/**
 * The notebook client: Jupyter with FATE's command-line tools, opened with the token of the Secret `notebook`. What
 * survives a restart is the directory `persistence`; beside it is the workload that the party declares.
 */
export class Client extends Construct {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
    super(scope, id);
    this.service();
    const { workload, trust } = plan;
    const begun = workload && new ConfigFiles(this, workload, creditCardFiles(plan));
    const config = new ConfigFiles(this, 'client-config', {
      'start.sh': startScript,
      ...trustFiles(trust),
    });
    this.statefulSet(plan, config, begun);
  }

  private service() {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: services.notebook.name },
      spec: { selector: labels, ports: servicePorts(ports) },
    });
  }

  /** @param workload files beside the notebooks, which nobody but their ConfigMap changes */
  private statefulSet(plan: PartyPlan, config: ConfigFiles, workload: ConfigFiles | undefined) {
    const { notebooks, environment } = releases[plan.fate].client;
    new Manifest<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: services.notebook.name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'client', {
          metadata: { labels, annotations: checksumAnnotation(config) },
          spec: {
            containers: [
              {
                name,
                image: plan.images.client,
                command: ['/bin/sh', `${scripts}/start.sh`],
                ports: containerPorts(ports),
                env: [
                  secretVariable('JUPYTER_TOKEN', secrets.notebook, secrets.notebook.keys.token),
                  ...variables({
                    ...environment(plan),
                    ...proxyVariables(plan),
                    NOTEBOOK_PORT: `${ports.http}`,
                    NOTEBOOK_DIRECTORY: notebooks,
                    ...(plan.trust.length > 0 && { TRUST: `${scripts}/${trustFile}` }),
                  }),
                ],
                volumeMounts: [
                  config.mountAt(scripts),
                  { name: dataVolume, mountPath: `${notebooks}/persistence`, subPath: 'client' },
                  ...(workload ? [workload.mountAt(`${notebooks}/${plan.workload}`)] : []),
                ],
                resources: spelledResources(plan.sizing.containers.client),
                startupProbe: { ...answers, periodSeconds: 5, failureThreshold: 60 },
                readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 3 },
                livenessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 5 },
                rights: rights.client,
              },
            ],
            volumes: [config.volume, ...(workload ? [workload.volume] : []), ...existingVolumes(plan, 'client')],
          },
        }),
        volumeClaimTemplates: claimTemplates(plan, 'client'),
      },
    });
  }
}

const name = 'client';
const { ports } = services.notebook;
const labels = { 'app.kubernetes.io/name': name };
const scripts = '/opt/kubefate-tanzu';
const startScript = scriptText(join(__dirname, 'client.sh'));
/** Jupyter tells its version to anyone; other pages ask for the token. */
const answers = { httpGet: { path: '/api', port: 'http' } };
