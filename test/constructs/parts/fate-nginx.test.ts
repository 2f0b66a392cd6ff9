import { posix } from 'node:path';
import { Chart } from 'cdk8s';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import { FateNginx, type FateNginxProps } from '../../../constructs/parts/fate-nginx';
import { exchangePlan, partyPlan } from '../../../lib';
import { plainPod } from '../../../lib/kubernetes/pods';
import { exchangeDescriptorOf } from '../../support/declarations';
import { directivesOf, parseNginxConf } from '../../support/nginx-conf';
import { containerOf, environmentOf, fileOf, find, objectsOf, podOf } from '../../support/objects';

const props: FateNginxProps = {
  image: 'example.com/nginx:1',
  imagePullSecrets: [],
  kubernetes: '1.27',
  pods: { nginx: plainPod },
  service: { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster', annotations: {} },
  replicas: 3,
  resources: { requests: { cpu: 0.5, memoryGiB: 1 }, limits: { cpu: 4, memoryGiB: 8 } },
  routes: new Map([['default', { proxy: [{ host: '192.0.2.69', http_port: 9300 }] }]]),
  countsCalls: false,
  fallback: 'fateflow:9380',
};

const drawn = (changes: Partial<FateNginxProps> = {}) =>
  objectsOf((app) => {
    const chart = new Chart(app, 'chart');
    new FateNginx(chart, 'nginx', { ...props, ...changes });
    return chart;
  });

const config = (changes?: Partial<FateNginxProps>) =>
  parseNginxConf(fileOf(drawn(changes), 'nginx-config', 'nginx.conf'));
const values = (...path: string[]) => directivesOf(config(), path).map(({ words }) => words.slice(1).join(' '));
const container = () => containerOf(drawn(), 'nginx');
const mountOf = (path: string) => container().volumeMounts?.find(({ mountPath }) => mountPath === path);

test('the image, its number and its resources are those that were asked for', () => {
  expect(container()).toMatchObject({
    image: 'example.com/nginx:1',
    resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '4', memory: '8Gi' } },
  });
  expect(find(drawn(), 'Deployment', 'nginx').spec.replicas).toBe(3);
});

test('nginx listens for coordination and for probes, and for nothing else', () => {
  expect(values('http', 'server', 'listen')).toEqual(['9300', '9302']);
  expect(container().ports?.map(({ containerPort }) => containerPort)).toEqual([9300, 9302]);
  expect(values('stream')).toEqual([]);
});

test('what the probes ask is answered without a log line', () => {
  for (const probe of [container().startupProbe, container().readinessProbe]) {
    expect(probe?.httpGet).toEqual({ path: '/test', port: 9302 });
  }
  expect(container().livenessProbe?.exec?.command?.[2]).toContain("/127.0.0.1/9302 && printf 'GET /test ");
  const [, status] = directivesOf(config(), ['http', 'server']);
  expect(directivesOf(status?.body ?? [], ['location']).map(({ words }) => words)).toEqual([
    ['location', '=', '/test'],
  ]);
  expect(directivesOf(status?.body ?? [], ['access_log'])[0]?.words).toEqual(['access_log', 'off']);
});

test("calls pass through FATE's Lua and go where it says, once", () => {
  expect(values('http', 'init_worker_by_lua_file')).toEqual(['lua/initialize.lua']);
  expect(values('http', 'upstream', 'balancer_by_lua_file')).toEqual(['lua/balancer.lua']);
  expect(values('http', 'server', 'location', 'access_by_lua_file')).toEqual(['lua/router.lua']);
  expect(values('http', 'server', 'location', 'proxy_next_upstream')).toEqual(['off']);
  const [upstream] = directivesOf(config(), ['http', 'upstream']);
  expect(values('http', 'server', 'location', 'proxy_pass')).toEqual([`http://${upstream?.words[1]}`]);
});

test.each([
  ['by plain HTTP', drawn()],
  ['of an exchange', objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ domain: 'example.com' })))],
  [
    'of a party',
    objectsOf((app) => {
      const plan = partyPlan({ domain: 'example.com', id: 30000, exchange: exchangeDescriptorOf() });
      return new FederatedLearningCluster(app, plan.namespace, plan);
    }),
  ],
])('connections to where a route leads are kept, %s', (_, objects) => {
  const config = parseNginxConf(fileOf(objects, 'nginx-config', 'nginx.conf'));
  const [{ words = [], body = [] } = {}] = directivesOf(config, ['http', 'upstream']);
  const names = body.map(({ words }) => words[0]);
  expect(names.indexOf('keepalive')).toBeGreaterThan(names.indexOf('balancer_by_lua_file')); // which would undo it
  const locations = directivesOf(config, ['http', 'server', 'location']).map(({ body = [] }) =>
    body.map(({ words }) => words.join(' ')),
  );
  const byRoute = locations.filter((it) => it.some((line) => line.endsWith(`://${words[1]}`)));
  expect(byRoute.length).toBe(1);
  for (const lines of byRoute)
    expect(lines).toEqual(expect.arrayContaining(['proxy_http_version 1.1', 'proxy_set_header Connection ']));
});

test('a call whose route is a name goes to the fallback', () => {
  expect(values('http', 'upstream', 'server')).toEqual(['fateflow:9380']);
});

test('nothing is logged to a file in the container', () => {
  const logs = [...values('error_log'), ...values('http', 'server', 'access_log')].map((it) => it.split(' ')[0]);
  expect(logs).toEqual(['/dev/stderr', '/dev/stdout', 'off']);
  expect(values('http', 'include')).toEqual([]); // the image's listeners log to files
});

test('a log line names the party and where the call went, in a format that is defined', () => {
  const [, format] = values('http', 'server', 'access_log')[0]?.split(' ') ?? [];
  const [definition] = directivesOf(config(), ['http', 'log_format']);
  expect(definition?.words[1]).toBe(format);
  for (const variable of ['$http_dest_party_id', '$upstream_addr', '$status']) {
    expect(definition?.words[2]).toContain(variable);
  }
});

test('a call that has passed more servers than any way has goes round, and ends', () => {
  const [condition] = directivesOf(config(), ['http', 'server', 'location', 'if']);
  const [, variable, operator, pattern = '', end] = condition?.words ?? [];
  expect([variable, operator, end]).toEqual(['($http_x_forwarded_for', '~', ')']);
  expect(condition?.body?.map(({ words }) => words)).toEqual([['return', '508']]);
  const ends = (servers: number) => new RegExp(pattern).test(Array(servers).fill('192.0.2.1').join(', '));
  expect([1, 3, 9, 10, 11, 500].map(ends)).toEqual([false, false, false, true, true, true]);
  // Each of them adds one.
  expect(values('http', 'server', 'location', 'proxy_set_header')).toContain(
    'X-Forwarded-For $proxy_add_x_forwarded_for',
  );
});

test('a body may be larger than the 1 MiB of nginx, and not endless', () => {
  expect(values('http', 'server', 'client_max_body_size')).toEqual(['64m']);
});

test('the Lua reads, through a link, the table of a mount that follows changes', () => {
  const { TABLE = '', LINK = '', RELOAD } = environmentOf(container());
  const conf = '/data/projects/fate/proxy/nginx/conf';
  expect(LINK).toBe(`${conf}/route_table.yaml`);
  expect(posix.dirname(TABLE)).not.toBe(conf); // it would hide the image's own files
  const mount = mountOf(posix.dirname(TABLE));
  expect(mount).toMatchObject({ name: 'nginx-route-table' });
  expect(mount).not.toHaveProperty('subPath');
  expect(RELOAD).toBe('openresty -s reload');
  expect(parse(fileOf(drawn(), 'nginx-route-table', posix.basename(TABLE)))).toEqual({
    default: { proxy: [{ host: '192.0.2.69', http_port: 9300 }] },
  });
});

test('nginx runs in the foreground in the place of the script', () => {
  expect(container().command).toEqual(['sh', '/opt/watched-server.sh', 'openresty']);
  expect(values('daemon')).toEqual(['off']);
  expect(mountOf('/opt/watched-server.sh')?.subPath).toBe('watched-server.sh');
  expect(mountOf('/data/projects/fate/proxy/nginx/conf/nginx.conf')?.subPath).toBe('nginx.conf');
});

test('a changed configuration gives the pods a new revision, a changed route does not', () => {
  const template = (changes?: Partial<FateNginxProps>) => find(drawn(changes), 'Deployment', 'nginx').spec.template;
  expect(template({ fallback: '127.0.0.1:9' })).not.toEqual(template());
  expect(template({ routes: new Map() })).toEqual(template());
});

test('a pod that stops takes no new call, ends those it has, and has the time for it', () => {
  const [, , stop = ''] = container().lifecycle?.preStop?.exec?.command ?? [];
  expect(stop.split('; ').slice(0, 2)).toEqual(['sleep 10', 'openresty -s quit']);
  const { terminationGracePeriodSeconds } = podOf(find(drawn(), 'Deployment', 'nginx'));
  expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(10 + 60);
});

test('the LoadBalancer asks for an address only where one is reserved', () => {
  expect(find(drawn(), 'Service', 'nginx').spec).not.toHaveProperty('loadBalancerIP');
  expect(find(drawn({ loadBalancerIP: '192.0.2.69' }), 'Service', 'nginx').spec).toMatchObject({
    type: 'LoadBalancer',
    loadBalancerIP: '192.0.2.69',
    ports: [{ name: 'http', port: 9300, targetPort: 9300 }],
  });
});
