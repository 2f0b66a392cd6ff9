import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { secrets } from '../../lib/fate/secrets';
import { kubeFate, labelsOf, mariaDb } from '../../lib/kubefate/service/names';
import type { KubeFatePlan } from '../../lib/kubefate/service/service';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { containerPorts, secretVariable, servicePorts, variables } from '../parts/container';
import { podTemplate, type RightedContainer } from '../parts/pod';

/** The service itself. One pod: each signs its tokens with a key of its own. */
export class KubeFate extends Construct {
  constructor(scope: Construct, id: string, plan: KubeFatePlan) {
    super(scope, id);
    this.service();
    this.deployment(plan);
    this.ingress(plan);
  }

  private service() {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: servicePorts(ports) },
    });
  }

  private deployment(plan: KubeFatePlan) {
    new Manifest<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: 1,
        // Two at once would work on the same jobs.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'kubefate', {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            initContainers: [waitForDatabase(plan)],
            containers: [
              {
                name,
                image: plan.images.kubefate,
                ports: containerPorts(ports),
                env: environment(plan),
                // Helm loads charts from the repository into its home.
                volumeMounts: [{ name: home, mountPath: homeDirectory }],
                resources: spelledResources(plan.resources.kubefate),
                startupProbe: { ...alive, periodSeconds: 2, failureThreshold: 60 },
                readinessProbe: { ...alive, periodSeconds: 10 },
                livenessProbe: { ...alive, periodSeconds: 10, failureThreshold: 6 },
                rights: rights.kubefate,
              },
            ],
            volumes: [{ name: home, emptyDir: { sizeLimit: '256Mi' } }],
          },
        }),
      },
    });
  }

  private ingress({ host, ingress: { ingressClassName, annotations, tlsSecret } }: KubeFatePlan) {
    new Manifest<Ingress>(this, 'ingress', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, annotations },
      spec: {
        ingressClassName,
        tls: tlsSecret === undefined ? undefined : [{ hosts: [host], secretName: tlsSecret }],
        rules: [
          {
            host,
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: ports.http } } } }],
            },
          },
        ],
      },
    });
  }
}

const { name, ports } = kubeFate;
const labels = labelsOf(kubeFate);
const secret = secrets.kubeFate;

const home = 'home';
const homeDirectory = '/home/nonroot';

/** `GET /` needs no login. */
const alive: Probe = { httpGet: { path: '/', port: 'http' }, timeoutSeconds: 5 };

/** The service gives up after three tries of its own. This asks every 5 s, and takes a refusal of its user for an answer. */
const waitForDatabase = ({ images, resources }: KubeFatePlan): RightedContainer => ({
  name: 'wait-for-database',
  image: images.mariadb,
  command: ['mysqladmin', 'ping', `--host=${mariaDb.name}`, '--wait=1000000', '--connect-timeout=5'],
  resources: spelledResources(resources.mariadb),
  rights: rights.pingMysql,
});

/** @see KubeFATE v1.6.1, `k8s-deploy/kubefate.yaml` */
const environment = ({ chartRepository }: KubeFatePlan) => [
  ...variables({
    FATECLOUD_DB_TYPE: 'mysql',
    FATECLOUD_DB_HOST: mariaDb.name,
    FATECLOUD_DB_PORT: `${mariaDb.ports.mysql}`,
    FATECLOUD_DB_NAME: mariaDb.database,
    FATECLOUD_REPO_NAME: 'kubefate',
    FATECLOUD_REPO_URL: chartRepository,
    FATECLOUD_SERVER_ADDRESS: '0.0.0.0',
    FATECLOUD_SERVER_PORT: `${ports.http}`,
    FATECLOUD_LOG_LEVEL: 'info', // `debug` logs the files that it is given
    FATECLOUD_LOG_NOCOLOR: 'true',
    HOME: homeDirectory,
  }),
  secretVariable('FATECLOUD_DB_USERNAME', secret, secret.keys.databaseUsername),
  secretVariable('FATECLOUD_DB_PASSWORD', secret, secret.keys.databasePassword),
  secretVariable('FATECLOUD_USER_USERNAME', secret, secret.keys.username),
  secretVariable('FATECLOUD_USER_PASSWORD', secret, secret.keys.password),
];
