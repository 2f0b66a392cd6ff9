import { describe, expect, test } from 'vitest';
import { paths, plan, problems } from './declarations';

const network = (more: object) => ({ network: more });

test('pods and services have networks of their own', () => {
  expect(plan().network).toEqual({
    cni: 'antrea',
    podCidrs: ['192.168.0.0/16'],
    serviceCidrs: ['10.96.0.0/12'],
    serviceDomain: 'cluster.local',
  });
  expect(problems(network({ podCidrs: ['10.100.0.0/16'] }))).toMatchObject([
    {
      path: 'network.serviceCidrs[0]',
      what: '"10.96.0.0/12" overlaps podCidrs[0], "10.100.0.0/16"',
    },
  ]);
  expect(paths(network({ podCidrs: ['192.168.0.0/17', '192.168.64.0/18'] }))).toEqual(['network.podCidrs[1]']);
  expect(paths(network({ podCidrs: [], serviceCidrs: [] }))).toEqual(['network.podCidrs', 'network.serviceCidrs']);
});

test('no network of the cluster has an address that pods must reach elsewhere', () => {
  const outsideCidrs = ['192.168.10.0/24', '192.168.10.128/25', '172.16.0.0/12'];
  expect(problems(network({ outsideCidrs }))).toMatchObject([
    { path: 'network.podCidrs[0]', what: expect.stringContaining('overlaps outsideCidrs[0]') },
  ]);
  expect(plan({ network: { outsideCidrs: ['172.16.0.0/12'] } }).network).not.toHaveProperty('outsideCidrs');
});

test('a network is written from its first address on', () => {
  expect(problems(network({ podCidrs: ['172.20.1.0/16'], serviceDomain: 'a b' }))).toMatchObject([
    { path: 'network.podCidrs[0]', remedy: 'use "172.20.0.0/16"' },
    { path: 'network.serviceDomain' },
  ]);
});

test('the pod network has a block for each node and for the one more of an update', () => {
  const nodes = (count: number, ...podCidrs: string[]) => ({
    controlPlane: { replicas: 3 as const },
    workers: [{ replicas: count }],
    network: { podCidrs },
  });
  expect(() => plan(nodes(12, '172.20.0.0/20'))).not.toThrow();
  expect(problems(nodes(13, '172.20.0.0/20'))).toMatchObject([
    { path: 'network.podCidrs', remedy: 'use a /19 or larger' },
  ]);
  expect(() => plan(nodes(13, '172.20.0.0/20', '172.21.0.0/24'))).not.toThrow();
  expect(paths(nodes(0, '172.20.0.0/25'))).toEqual(['network.podCidrs']);
});

describe('a proxy', () => {
  const proxy = { httpProxy: 'http://192.0.2.5:3128', httpsProxy: 'http://proxy.example.com', noProxy: ['localhost'] };

  test('is known by its URLs and by what does without it', () => {
    expect(plan({ network: { proxy } }).network.proxy).toEqual(proxy);
    const noProxy = [5, '', 'a b', 'a,b', 'a\n', 'x'.repeat(254), '.example.com', '192.0.2.0/24', '[2001:db8::1]:80'];
    expect(paths(network({ proxy: { ...proxy, noProxy } }))).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => `network.proxy.noProxy[${i}]`),
    );
    expect(paths(network({ proxy: { ...proxy, noProxy: 'localhost' } }))).toEqual(['network.proxy.noProxy']);
    expect(paths(network({ proxy: {} }))).toEqual([
      'network.proxy.httpProxy',
      'network.proxy.httpsProxy',
      'network.proxy.noProxy',
    ]);
    for (const httpProxy of ['proxy:3128', 'http://proxy:0', 'http://proxy:65536', 'http://proxy/path'])
      expect(paths(network({ proxy: { ...proxy, httpProxy } }))).toEqual(['network.proxy.httpProxy']);
  });

  test('with a password is refused, and the password is not shown', () => {
    const found = problems(network({ proxy: { ...proxy, httpProxy: 'http://user:hunter2@192.0.2.5:3128' } }));
    expect(found).toMatchObject([{ path: 'network.proxy.httpProxy', what: 'has a user' }]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});
