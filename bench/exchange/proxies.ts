import { expect } from 'vitest';
import type { PartyDescriptor } from '../../lib';
import { block, nginxConf } from '../../lib/formats/nginx-conf';
import { type Image, type Pod, startPod, untilReady } from '../../test/engines/support/pod';

/** HAProxy in TCP mode: reads the name, and lets the kernel move the rest from socket to socket. */
export const haproxyPod = (party: PartyDescriptor, address: string) =>
  rivalPod('haproxy', address, {
    engine: 'haproxy',
    command: ['/usr/sbin/haproxy', '-f', '/etc/exchange.cfg'],
    files: {
      '/etc/exchange.cfg': [
        'defaults',
        '  mode tcp',
        '  option splice-request',
        '  option splice-response',
        '  timeout connect 5s',
        '  timeout client 1h',
        '  timeout server 1h',
        'frontend exchange',
        '  bind :443',
        '  tcp-request inspect-delay 5s',
        '  tcp-request content accept if { req_ssl_hello_type 1 }',
        `  use_backend pulsar if { req_ssl_sni -i ${party.fqdn} }`,
        'backend pulsar',
        `  server pulsar ${party.pulsar.address}:${party.pulsar.port}`,
        '',
      ].join('\n'),
    },
  });

/** nginx as it passes on TLS by the name in it. */
export const nginxPod = (party: PartyDescriptor, address: string) =>
  rivalPod('nginx-stream', address, {
    engine: 'nginx-stream',
    command: ['/usr/sbin/nginx', '-c', '/etc/exchange.conf'],
    directories: ['/var/log/nginx', '/var/lib/nginx'],
    files: {
      '/etc/exchange.conf': nginxConf([
        ['load_module', '/usr/lib/nginx/modules/ngx_stream_module.so'],
        ['daemon', 'off'],
        ['worker_processes', 'auto'],
        block('events', ['worker_connections', 1024]),
        block(
          'stream',
          block(
            ['map', '$ssl_preread_server_name', '$pulsar'],
            [party.fqdn, `${party.pulsar.address}:${party.pulsar.port}`],
          ),
          block('server', ['listen', 443], ['ssl_preread', 'on'], ['proxy_pass', '$pulsar'], ['proxy_timeout', '1h']),
        ),
      ]),
    },
  });

async function rivalPod(name: string, address: string, image: Image): Promise<Pod> {
  const objects = [
    { kind: 'Deployment', metadata: { name }, spec: { template: { spec: { containers: [{ name }] } } } },
  ];
  const pod = await startPod({ deployment: name, objects, image, address });
  return untilReady(pod, async () => {
    const { stdout } = await pod.exec('ss', '--no-header', '--listening', '--tcp', '--numeric');
    expect(stdout).toContain(':443 ');
  });
}

/** Milliseconds of CPU that the pod's processes have taken so far. What the kernel did in their name is in it. */
export async function cpuTime(pod: Pod): Promise<number> {
  const { stdout } = await pod.exec('sh', '-c', 'cat /proc/[0-9]*/stat');
  const ticks = stdout
    .trim()
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf(')')).split(' '))
    .map(({ 12: user, 13: system }) => Number(user) + Number(system));
  return ticks.reduce((sum, each) => sum + each, 0) * 10; // a hundred a second
}
