import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import { routeTables } from '../../lib/fate/route-tables';
import { secrets } from '../../lib/fate/secrets';
import { localPorts, services } from '../../lib/fate/services';
import { callerRanges } from '../../lib/federation/callers';
import { callingParties, type ExchangePlan, portsText } from '../../lib/federation/exchange';
import { sniRoutes } from '../../lib/federation/routing';
import { recordsConfig } from '../../lib/formats/records-config';
import { yaml } from '../../lib/formats/yaml';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../parts/config-files';
import { containerPorts, servicePorts } from '../parts/container';
import { certificateVolume } from '../parts/member-certificate';
import { podTemplate, spreadOverNodes } from '../parts/pod';
import { publicMetadata, publicSpec } from '../parts/public-service';
import {
  answers,
  watchedServer,
  watchedServerFile,
  watchedServerPath,
  watchedServerScript,
} from '../parts/watched-server';

/**
 * Apache Traffic Server: tunnels TLS for a party's FQDN to the party's Pulsar and decrypts none of it. What names no party
 * ends here, under the exchange's own certificate.
 *
 * A new one in Secret `traffic-server-cert` is taken as new routes are, and cuts no tunnel (Traffic Server 9.2).
 *
 * @see KubeFATE v1.6.1, `helm-charts/FATE-Exchange`
 */
export class TrafficServer extends Construct {
  constructor(scope: Construct, id: string, plan: ExchangePlan) {
    super(scope, id);
    const config = new ConfigFiles(this, 'traffic-server-config', {
      'records.config': recordsConfig(records(plan)),
      'ssl_multicert.config': `dest_ip=* ssl_cert_name=${keys.certificate} ssl_key_name=${keys.key}\n`,
      [watchedServerFile]: watchedServerScript,
      ...(plan.monitoring && { [pluginFile]: 'stats_over_http.so\n' }),
    });
    const routes = new ConfigFiles(this, 'traffic-server-sni', { [table]: yaml(sniRoutes(plan.parties)) });
    this.service(plan);
    this.deployment(plan, config, routes);
  }

  private service(plan: ExchangePlan) {
    const {
      services: { trafficServer: service },
      reserved,
    } = plan;
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: publicMetadata(name, service),
      spec: publicSpec(
        { service, loadBalancerIP: reserved.trafficServer, sourceRanges: callerRanges(service, callingParties(plan)) },
        { selector: labels, ports: servicePorts(ports) },
      ),
    });
  }

  private deployment(plan: ExchangePlan, config: ConfigFiles, routes: ConfigFiles) {
    new Manifest<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: plan.replicas,
        selector: { matchLabels: labels },
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: podTemplate(plan, 'trafficServer', {
          metadata: { labels, annotations: checksumAnnotation(config) }, // and not of the routes: they are watched
          spec: {
            terminationGracePeriodSeconds: 30, // the wait in preStop, and a second or two to stop
            topologySpreadConstraints: spreadOverNodes(labels),
            containers: [
              {
                name,
                image: plan.images.trafficServer,
                ...watchedServer({
                  server: ['/opt/trafficserver/bin/traffic_manager'],
                  table: `${configDirectory}/${routesDirectory}/${table}`,
                  certificates: Object.values(keys).map((key) => `${certificateDirectory}/${key}`),
                  reload: '/opt/trafficserver/bin/traffic_ctl config reload',
                  status,
                }),
                ports: containerPorts({ ...ports, ...(plan.monitoring && { status: status.port }) }),
                startupProbe: { ...answering, periodSeconds: 2, failureThreshold: 90 },
                readinessProbe: { ...answering, periodSeconds: 5 },
                // Tunnels end only with their owners' brokers, so there is no end to wait for. This is the time in which the
                // cluster stops sending new ones here.
                lifecycle: { preStop: { exec: { command: ['sleep', '15'] } } },
                resources: spelledResources(plan.resources.trafficServer),
                rights: rights.trafficServer,
                volumeMounts: [
                  config.mountFile('records.config', '/etc/trafficserver/records.config'),
                  config.mountFile('ssl_multicert.config', '/etc/trafficserver/ssl_multicert.config'),
                  config.mountFile(watchedServerFile, watchedServerPath),
                  ...(plan.monitoring ? [config.mountFile(pluginFile, `/etc/trafficserver/${pluginFile}`)] : []),
                  routes.mountAt(`${configDirectory}/${routesDirectory}`),
                  { name: certificate, mountPath: certificateDirectory, readOnly: true },
                ],
              },
            ],
            volumes: [
              config.volume,
              routes.volume,
              {
                name: certificate,
                secret: { ...certificateVolume(secret, plan.certManager), defaultMode: readableByAll },
              },
            ],
          },
        }),
      },
    });
  }
}

const { name, ports } = services.trafficServer;
const labels = { 'app.kubernetes.io/name': name };
const { trafficServerCertificate: secret } = secrets;
const { keys } = secret;
const certificate = 'certificate';
const readableByAll = 0o444; // Traffic Server gives up root before it reads the key
const {
  configuration: configDirectory,
  directory: routesDirectory,
  table,
  certificates: certificateDirectory,
} = routeTables.trafficServer;
const pluginFile = 'plugin.config';

/**
 * A connection to 443 says nothing: `traffic_manager` holds the ports and goes on accepting when `traffic_server` has died
 * or given up.
 */
const status = { port: localPorts.trafficServerStatus, path: '/' };
const answering: Probe = { exec: { command: ['bash', '-c', answers(status)] }, timeoutSeconds: 5 };

/** KubeFATE's settings, without its open proxy, its cut tunnels and its second copy of the key. */
const records = ({ connectPorts, resources, monitoring }: ExchangePlan) => ({
  // Its plug-in tells metrics on the port that probes use, to the exporter in another pod.
  'proxy.config.http.server_ports': `${ports.tls}:ssl ${status.port}${monitoring ? '' : ':ip-in=127.0.0.1'}`,
  'proxy.config.ssl.servername.filename': `${routesDirectory}/${table}`,
  'proxy.config.http.connect_ports': portsText(connectPorts),
  // With 0, as KubeFATE has it, TLS under a name that is no party's leads into an open forward proxy.
  'proxy.config.url_remap.remap_required': 1,
  'proxy.config.reverse_proxy.enabled': 0,
  'proxy.config.url_remap.pristine_host_hdr': 0,
  'proxy.config.http.cache.http': 0,
  'proxy.config.http.response_server_enabled': 0,
  // Pulsar keeps its connections and says something every 30 s, the default here. They may live as long as they like.
  'proxy.config.http.transaction_no_activity_timeout_in': 3600,
  'proxy.config.http.transaction_no_activity_timeout_out': 3600,
  'proxy.config.http.transaction_active_timeout_in': 0,
  // As many threads as the container may have CPUs. By itself Traffic Server counts the node's, and all of them wake up time
  // and again: while nothing comes, 64 take 23 ms of CPU a second, and 4 take 11.
  'proxy.config.exec_thread.autoconfig': 0,
  'proxy.config.exec_thread.limit': Math.ceil(resources.trafficServer.limits.cpu),
  'proxy.config.ssl.server.cert.path': certificateDirectory,
  'proxy.config.ssl.server.private_key.path': certificateDirectory,
  'proxy.config.ssl.CA.cert.path': certificateDirectory,
  'proxy.config.ssl.CA.cert.filename': keys.ca,
  // Messages, a refused route table among them, belong into the pod's log and not into files that grow in the container.
  'proxy.config.log.logging_enabled': 0,
  ...Object.fromEntries(
    ['status', 'note', 'warning', 'error', 'fatal', 'alert', 'emergency'].map((level) => [
      `proxy.config.diags.output.${level}`,
      'E',
    ]),
  ),
});
