import { describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type AgreementProps, federation, type MeshProps, type PartyPlan, partyPlan } from '../../../lib';
import { exchangeDescriptorOf, twoParties } from '../../support/declarations';
import { directivesOf, type Parsed, parseNginxConf } from '../../support/nginx-conf';
import { type AnyObject, containerOf, fileOf, find, objectsOf, podOf } from '../../support/objects';

const agreement = { domain: 'example.com' };
const cluster = (agreed: Partial<AgreementProps> = {}, exchange = true) => {
  const joined = exchange ? { exchange: exchangeDescriptorOf(agreed) } : {};
  const plan = partyPlan({ ...agreement, ...agreed, id: 30000, ...joined });
  return objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan));
};
const configOf = (objects: readonly AnyObject[]) => parseNginxConf(fileOf(objects, 'nginx-config', 'nginx.conf'));
const values = (config: readonly Parsed[], ...path: string[]) =>
  directivesOf(config, path).map(({ words }) => words.slice(1).join(' '));
const secretsOf = (objects: readonly AnyObject[]) =>
  podOf(find(objects, 'Deployment', 'nginx')).volumes?.flatMap(({ secret }) => secret?.secretName ?? []);
const portsOf = (objects: readonly AnyObject[]) =>
  containerOf(objects, 'nginx').ports?.map(({ containerPort }) => containerPort);

describe('with mutual TLS', () => {
  const objects = cluster();
  const config = configOf(objects);
  const server = (port: string) =>
    directivesOf(config, ['http', 'server']).find(({ body = [] }) => values(body, 'listen')[0]?.startsWith(port))
      ?.body ?? [];

  test('others come to the public port by TLS, its own FATE Flow to another one by plain HTTP', () => {
    expect(values(config, 'http', 'server', 'listen')).toEqual(['9300 ssl', '9301', '9302']);
    expect(portsOf(objects)).toEqual([9300, 9301, 9302]);
    expect(find(objects, 'Service', 'nginx').spec).toMatchObject({ type: 'LoadBalancer', ports: [{ port: 9300 }] });
    const { spec } = find(objects, 'Service', 'nginx-internal');
    expect(spec).toEqual({
      selector: find(objects, 'Service', 'nginx').spec.selector,
      ports: [{ name: 'http', port: 9301, targetPort: 9301 }],
    });
    expect(secretsOf(objects)).toEqual(['pulsar-cert']);
  });

  test("FATE Flow's calls for itself stay plain, all others go to the exchange and to nobody who is not", () => {
    const [scheme] = directivesOf(config, ['http', 'map']).filter(({ words }) => words[2] === '$scheme_of_route');
    expect(scheme?.body?.map(({ words }) => words)).toEqual([
      ['default', 'https'],
      ['30000', 'http'],
    ]);
    expect(values(server('9301'), 'location', 'proxy_pass')).toEqual(['$scheme_of_route://http_cluster']);
    expect(values(server('9301'), 'location', 'proxy_ssl_verify')).toEqual(['on']);
    expect(values(server('9301'), 'location', 'proxy_ssl_name')).toEqual(['proxy.example.com']);
  });

  test('from outside nothing is routed: only the exchange calls, and only this FATE Flow', () => {
    const outside = server('9300');
    expect(values(outside, 'ssl_verify_client')).toEqual(['on']);
    expect(values(outside, 'location', 'if')).toEqual([
      '($caller = nobody)',
      '($http_dest_party_id != 30000)',
      '($call = foreign)',
    ]);
    expect(values(outside, 'location', 'proxy_pass')).toEqual(['http://fateflow:9380']);
    expect(values(outside, 'location', 'access_by_lua_file')).toEqual([]);
    const [callers] = directivesOf(config, ['http', 'map']).filter(({ words }) => words[2] === '$caller');
    expect(callers?.words[1]).toBe('$certified $http_caller_party_id');
    const [, expression] = callers?.body ?? [];
    const pattern = new RegExp(`${expression?.words[0]?.slice(1)}`);
    expect('proxy.example.com 40000').toMatch(pattern);
    for (const said of ['proxy.example.com ', 'proxyxexample.com 40000', '40000.example.com 40000', ' 40000']) {
      expect(said).not.toMatch(pattern);
    }
  });

  test('without an exchange its peers call, each as itself, and it calls each by its name', () => {
    const { parties } = federation({ ...twoParties, exchange: false });
    const [direct = []] = parties.map((plan) => objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan)));
    const drawn = configOf(direct);
    const listeners = directivesOf(drawn, ['http', 'server']).map(({ body = [] }) => body);
    const [outside = [], inside = []] = listeners;
    expect(values(outside, 'listen')).toEqual(['9300 ssl']);
    expect(values(outside, 'ssl_verify_client')).toEqual(['on']);
    expect(values(outside, 'location', 'if')).toEqual([
      '($caller = nobody)',
      '($http_dest_party_id != 30000)',
      '($call = foreign)',
    ]);
    expect(values(outside, 'location', 'rewrite_by_lua_file')).toEqual(['/opt/caller.lua']);
    expect(values(outside, 'location', 'proxy_pass')).toEqual(['http://fateflow:9380']);
    expect(values(inside, 'location', 'proxy_ssl_name')).toEqual(['$http_dest_party_id.example.com']);
    expect(values(inside, 'location', 'proxy_ssl_verify')).toEqual(['on']);
    expect(fileOf(direct, 'nginx-route-table', 'callers.conf')).toBe('40000.example.com 40000;\n');
    expect(secretsOf(direct)).toEqual(['pulsar-cert']);
  });

  test('another peer is in the tables alone, and restarts nothing', () => {
    const drawn = (parties: MeshProps['parties']) => {
      const [plan] = federation({ ...twoParties, exchange: false, parties }).parties;
      return objectsOf((app) => new FederatedLearningCluster(app, 'flc', plan as PartyPlan));
    };
    const third = { id: 50000, addresses: { nginx: '192.0.2.80', pulsar: '192.0.2.81' } };
    const [before, after] = [drawn(twoParties.parties), drawn([...twoParties.parties, third])];
    const changed = after.filter((object, i) => JSON.stringify(object) !== JSON.stringify(before[i]));
    expect(changed.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
      'ConfigMap nginx-route-table',
      'ConfigMap pulsar-route-table',
      'NetworkPolicy fateflow',
      'NetworkPolicy nginx',
      'NetworkPolicy pulsar',
    ]);
  });

  test('a party that stands alone listens to its own FATE Flow, and to nobody outside', () => {
    const alone = cluster({}, false);
    expect(values(configOf(alone), 'http', 'server', 'listen')).toEqual(['9301', '9302']);
    expect(portsOf(alone)).toEqual([9301, 9302]);
    expect(secretsOf(alone)).toEqual([]);
    expect(find(alone, 'Service', 'nginx').spec.type).toBe('LoadBalancer'); // whose address its exchange will know
  });
});

test('in an open federation one port takes the calls of all', () => {
  const open = cluster({ transport: 'open' });
  expect(values(configOf(open), 'http', 'server', 'listen')).toEqual(['9300', '9302']);
  expect(values(configOf(open), 'http', 'server', 'location', 'proxy_pass')).toEqual(['http://http_cluster']);
  expect(open.filter(({ metadata }) => metadata.name === 'nginx-internal')).toEqual([]);
  expect(secretsOf(open)).toEqual([]);
});
