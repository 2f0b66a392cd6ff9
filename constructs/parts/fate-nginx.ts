import { join } from 'node:path';
import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import { routeTables } from '../../lib/fate/route-tables';
import { localPorts, services } from '../../lib/fate/services';
import type { CertManager } from '../../lib/federation/cert-manager';
import type { NginxRoutes } from '../../lib/federation/routing';
import { block, type Directive, nginxConf } from '../../lib/formats/nginx-conf';
import { yaml } from '../../lib/formats/yaml';
import type { Pods } from '../../lib/kubernetes/pods';
import type { Resources } from '../../lib/kubernetes/quantities';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from './config-files';
import { containerPorts, servicePorts } from './container';
import {
  certificateDirectory,
  certificateFiles,
  certificateVolume,
  type MemberCertificate,
} from './member-certificate';
import { podTemplate, spreadOverNodes } from './pod';
import { publicMetadata, publicSpec, type ReachedService } from './public-service';
import { scriptText } from './script';
import { watchedServer, watchedServerFile, watchedServerPath, watchedServerScript } from './watched-server';

/** What it is made of, and how others reach it. */
export interface FateNginxProps extends ReachedService {
  readonly image: string;
  readonly imagePullSecrets: readonly string[];
  readonly kubernetes: string;
  readonly pods: Pods<'nginx'>;
  readonly replicas: number;
  readonly resources: Resources;
  /** Where calls go, by party. Changes reach the running pods. */
  readonly routes: NginxRoutes;
  /**
   * `host:port` that takes the calls whose route has a host name instead of an address. A name must be known to DNS
   * whenever nginx starts or reloads.
   */
  readonly fallback: string;
  /** Who may call, and how they prove it. @default anybody who reaches it, by plain HTTP */
  readonly listeners?: Listeners;
  /** Makes the certificate of the listeners. @default somebody makes its Secret */
  readonly certManager?: CertManager;
  /** Whether it counts calls for a Prometheus. */
  readonly countsCalls: boolean;
}

export interface Listeners {
  readonly ports: Readonly<Record<string, number>>;
  /** What is in `http` for them. */
  readonly directives: readonly Directive[];
  /** Own certificate. @default none is shown or asked for */
  readonly certificate?: MemberCertificate;
  /** Files beside the table of routes, which change with it. */
  readonly routeFiles?: Readonly<Record<string, string>>;
  /** Lua in {@link scriptDirectory}. */
  readonly scripts?: Readonly<Record<string, string>>;
}

/**
 * FATE's nginx (OpenResty with Lua): passes coordination calls on by the party that their header names.
 *
 * @see FATE v1.6.1, `c/proxy`
 */
export class FateNginx extends Construct {
  constructor(scope: Construct, id: string, props: FateNginxProps) {
    super(scope, id);
    const { listeners = open } = props;
    const scripts = { ...listeners.scripts, ...(props.countsCalls && { [metricsFile]: metricsScript }) };
    const config = new ConfigFiles(this, 'nginx-config', {
      [configFile]: configuration(props, listeners),
      [watchedServerFile]: watchedServerScript,
      ...scripts,
    });
    const routes = new ConfigFiles(this, 'nginx-route-table', { [table]: yaml(props.routes), ...listeners.routeFiles });
    this.service(props);
    this.deployment(props, { ...listeners, scripts }, config, routes);
  }

  private service(props: FateNginxProps) {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: publicMetadata(name, props.service),
      spec: publicSpec(props, { selector: nginxLabels, ports: servicePorts(ports) }),
    });
  }

  private deployment(props: FateNginxProps, listeners: Listeners, config: ConfigFiles, routes: ConfigFiles) {
    const { certificate, scripts = {} } = listeners;
    new Manifest<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: props.replicas,
        selector: { matchLabels: nginxLabels },
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: podTemplate(props, 'nginx', {
          // Not of the routes, and not of the certificate: they are watched.
          metadata: { labels: nginxLabels, annotations: checksumAnnotation(config) },
          spec: {
            terminationGracePeriodSeconds: 90, // the wait in preStop, and a call that takes nginx's own limit of 60 s
            topologySpreadConstraints: spreadOverNodes(nginxLabels),
            containers: [
              {
                name,
                image: props.image,
                ...watchedServer({
                  server: ['openresty'],
                  table: `${directory}/${routesDirectory}/${table}`,
                  certificates: certificate && Object.values(certificateFiles(certificate)),
                  link: `${directory}/${table}`,
                  reload: 'openresty -s reload',
                  status,
                }),
                ports: containerPorts({ ...listeners.ports, status: localPorts.nginxStatus }),
                startupProbe: { ...answers, periodSeconds: 2, failureThreshold: 90 },
                readinessProbe: { ...answers, periodSeconds: 5 },
                lifecycle: { preStop: { exec: { command: ['sh', '-c', stop] } } },
                resources: spelledResources(props.resources),
                rights: rights.nginx,
                volumeMounts: [
                  config.mountFile(configFile, `${directory}/${configFile}`),
                  config.mountFile(watchedServerFile, watchedServerPath),
                  ...Object.keys(scripts).map((file) => config.mountFile(file, `${scriptDirectory}/${file}`)),
                  routes.mountAt(`${directory}/${routesDirectory}`),
                  ...(certificate ? [{ name: volume, mountPath: certificateDirectory, readOnly: true }] : []),
                ],
              },
            ],
            volumes: [
              config.volume,
              routes.volume,
              ...(certificate
                ? [
                    {
                      name: volume,
                      secret: { ...certificateVolume(certificate, props.certManager), defaultMode: readableByRoot },
                    },
                  ]
                : []),
            ],
          },
        }),
      },
    });
  }
}

const { name, ports } = services.nginx;
export const nginxLabels = { 'app.kubernetes.io/name': name };

const configFile = 'nginx.conf';
/** Where nginx and FATE's Lua look for their files; mounted as a whole it would hide the image's own. */
const { configuration: directory, directory: routesDirectory, table } = routeTables.nginx;
/** Of Lua that the image does not have. */
export const scriptDirectory = '/opt';
const metricsFile = 'metrics.lua';
const metricsScript = scriptText(join(__dirname, metricsFile));
const volume = 'certificate';
const readableByRoot = 0o400; // nginx reads the key before it gives up root

const status = { port: localPorts.nginxStatus, path: '/test' };
const answers: Probe = { httpGet: status, timeoutSeconds: 5 };

/**
 * Lets the cluster take the pod out of its Services, then lets open calls end. SIGTERM would cut them, so the wait lasts
 * until nginx is gone, and this shell with it: Kubernetes records that as a failed hook.
 */
const stop = 'sleep 10; openresty -s quit; while :; do sleep 1; done';

/**
 * The image's listeners, minus gRPC, which FATE Flow uses only when told to, and minus log files that grow in the container.
 *
 * @see FATE v1.6.1, `c/proxy/conf`
 */
const configuration = ({ fallback, countsCalls }: FateNginxProps, listeners: Listeners) =>
  nginxConf([
    ['daemon', 'off'],
    ['worker_processes', 2],
    ['error_log', '/dev/stderr', 'notice'],
    block('events', ['worker_connections', 1024]),
    block(
      'http',
      ['log_format', 'calls', accessLog],
      ['underscores_in_headers', 'on'],
      ['lua_package_path', `$prefix/lua/?.lua;${countsCalls ? `${scriptDirectory}/?.lua;` : ''};`],
      ...(countsCalls ? countingCalls : []),
      ['init_worker_by_lua_file', 'lua/initialize.lua'],
      block(
        ['upstream', routed],
        ['server', fallback],
        ['balancer_by_lua_file', 'lua/balancer.lua'],
        ['keepalive', idleConnections], // has to come after the Lua
      ),
      ...listeners.directives,
      block(
        'server',
        ['listen', localPorts.nginxStatus],
        ['access_log', 'off'],
        block(['location', '=', status.path], ['return', 200, 'ok']),
        ...(countsCalls ? showingMetrics : []),
      ),
    ),
  ]);

const countingCalls: readonly Directive[] = [
  ['lua_shared_dict', 'calls', '1m'],
  ['init_by_lua', `require("metrics").read("${directory}/${routesDirectory}/${table}")`],
  ['log_by_lua', 'require("metrics").count()'],
];

const showingMetrics: readonly Directive[] = [
  ['log_by_lua', 'return'], // probes and scrapes are no calls
  block(['location', '=', '/metrics'], ['content_by_lua', 'require("metrics").show()']),
];

/** The upstream of all that is routed by party. */
const routed = 'http_cluster';

/**
 * Connections that a worker keeps to all destinations together, which saves a call its two handshakes. They are told apart by
 * address alone, whatever name was verified: a plan has no two parties at one, each reload begins without any, for other routes
 * or certificates too, and with mutual TLS who takes a call looks whether it is for it.
 *
 * nginx keeps one for 60 s at this end and for 75 s at the other, so that this end lets go first. Where the other one has, at a
 * reload or its end, a call that is on its way becomes a 502, and FATE Flow makes it again: it tries three times.
 *
 * @see nginx 1.17.8, `ngx_http_upstream_keepalive_module`; FATE v1.6.1, `federated_coordination_on_http`
 */
const idleConnections = 8;

/** Passes a call on by its route, over a connection that is kept. */
export const byRoute = (scheme: string): readonly Directive[] => [
  ['proxy_http_version', '1.1'],
  ['proxy_set_header', 'Connection', ''],
  ['proxy_pass', `${scheme}://${routed}`],
];

export const accessLog = [
  '$remote_addr [$time_iso8601] "$request" party=$http_dest_party_id',
  'status=$status bytes=$request_length/$bytes_sent seconds=$request_time',
  'upstream=$upstream_addr upstream_status=$upstream_status upstream_seconds=$upstream_response_time',
].join(' ');

/** FATE Flow sets no limit to a body, and nginx's 1 MiB ends large jobs in 413. Bodies wait on the node's disk. */
export const bodyLimit: Directive = ['client_max_body_size', '64m'];

/** Takes any call as it is and passes it on by its route. */
export const plainListener = (port: number, scheme: string, ...more: readonly Directive[]) =>
  block(
    'server',
    ['listen', port],
    ['access_log', '/dev/stdout', 'calls'],
    bodyLimit,
    block(
      ['location', '/'],
      block(['if', '($http_x_forwarded_for', '~', tooManyServers, ')'], ['return', 508]),
      ['access_by_lua_file', 'lua/router.lua'],
      ['proxy_set_header', 'X-Forwarded-For', '$proxy_add_x_forwarded_for'],
      ['proxy_next_upstream', 'off'], // a call starts something: never twice
      ...byRoute(scheme),
      ...more,
    ),
  );

/**
 * Ten addresses. A call passes three of these servers, and what its senders have in between. One that goes round, by a route whose
 * address leads back, would do so until no connection is left: addresses are compared, but not what gateways make of them.
 */
const tooManyServers = '(,[^,]*){9}';

/** As the paper has it: nothing is encrypted or authenticated, and a firewall decides who reaches the port. */
const open: Listeners = { ports, directives: [plainListener(ports.http, 'http')] };
