import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { Exchange } from '../../../constructs';
import { federation } from '../../../lib';
import { accessRoles } from '../../../lib/reports/access-roles';
import { commandLine, type Ran } from '../../support/command-line';
import { type AnyObject, objectsOf } from '../../support/objects';
import { startNginx, telling } from '../nginx/pod';
import { certificateAuthority } from '../support/certified-key';
import { refusal, titled } from '../support/engines';
import { type ClusterOfPods, noClusterOfPods, startClusterOfPods } from '../support/kubelet';
import { addOutside, address } from '../support/network';
import type { Pod } from '../support/pod';
import { trafficServerPod } from '../traffic-server/pod';
import { type FakePulsar, fakePulsar } from '../traffic-server/pulsar';
import { createAll } from './live-objects';

const gate = { trafficServer: address(141), nginx: address(142) };
const declaration = {
  domain: 'example.com',
  transport: 'open' as const,
  exchange: { addresses: gate, replicas: 1 },
  parties: [
    { id: 30000, addresses: { nginx: address(143), pulsar: address(144) } },
    { id: 40000, addresses: { nginx: address(145), pulsar: address(146) } },
  ],
};
const { exchange } = federation(declaration);
const { namespace } = exchange;

describe.each(['1.24', '1.37'])('Kubernetes %s', (release) => {
  const refused = noClusterOfPods(release) ?? refusal('nginx') ?? refusal('traffic-server');

  describe.skipIf(refused !== undefined)(titled('the tool diagnoses an exchange through it', refused), () => {
    let cluster: ClusterOfPods;
    let tool: ReturnType<typeof commandLine>;
    let folder: string;
    let pods: Pod[] = [];
    let pulsar: FakePulsar;
    let nginx: Server;

    beforeAll(async () => {
      tool = commandLine();
      folder = join(tool.directory, 'here');
      mkdirSync(folder);
      cluster = await startClusterOfPods(release);
      const objects = objectsOf((app) => new Exchange(app, namespace, exchange));
      const certificate = certificateAuthority()('proxy.example.com', { days: 300 });
      const [first, second] = exchange.parties;
      if (first === undefined || second === undefined) throw new Error('two parties are declared');
      pulsar = await fakePulsar(first);
      nginx = await telling('30000', first.nginx.address);
      for (const { address } of [second.nginx, second.pulsar]) addOutside(address); // and nobody listens there
      pods = [await trafficServerPod(objects, certificate, gate.trafficServer), await startNginx(gate.nginx, objects)];
      await createAll(cluster, objects);
      await cluster.show(pods[0] as Pod, { objects, deployment: 'traffic-server' });
      await cluster.show(pods[1] as Pod, { objects, deployment: 'nginx' });
      writeFileSync(join(folder, 'federation.yaml'), stringify(declaration));
      writeFileSync(join(folder, 'all.yaml'), cluster.kubeconfig);
      await lookingAlone();
    });
    afterAll(async () => {
      await Promise.all(pods.map((pod) => pod.stop()));
      pulsar?.close();
      nginx?.close();
      await cluster?.stop();
      tool?.close();
    });

    /** A kubeconfig with the rights to read. */
    async function lookingAlone(): Promise<void> {
      const user = { users: [`system:serviceaccount:${namespace}:look`], groups: [] };
      const account: AnyObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'look', namespace } };
      await createAll(cluster, [account, ...(accessRoles(namespace, 'look', user) as object[])]);
      writeFileSync(join(folder, 'look.yaml'), await cluster.kubeconfigOf(namespace, 'look'));
    }

    /** Not as the tool's tests run it: parties answer in this process meanwhile. */
    const diagnosed = (...args: readonly string[]): Promise<Ran> =>
      new Promise((resolve) => {
        const program = join(tool.directory, 'bin/kubefate-tanzu');
        const all = ['diagnose', '--exchange', ...args];
        execFile(program, all, { cwd: folder }, (error, stdout, stderr) =>
          resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
        );
      });
    const checks = (stdout: string): AnyObject[] => JSON.parse(stdout).members[0].checks;

    test('a party that is away is the one thing that does not hold, and the exit code says so', async () => {
      const { status, stdout, stderr } = await diagnosed('--kubeconfig', 'all.yaml', '--context', 'test', '--json');
      expect(stderr).toBe('');
      const failing = checks(stdout).filter(({ verdict }) => verdict === 'fails');
      expect(failing.map(({ step, acts, failure }) => [step, acts, failure])).toEqual([
        ['way traffic-server-0 40000 pulsar', 'party 40000', 'pulsar-lost'],
        ['way nginx-0 40000 nginx', 'party 40000', 'nginx-lost'],
      ]);
      expect(checks(stdout).filter(({ verdict }) => ['skipped', 'unseen'].includes(verdict))).toEqual([]);
      expect(failing.every(({ remedy }) => /\w/.test(remedy))).toBe(true);
      expect(status).toBe(1);
    });

    test('it is told in lines, too, and by who has to act', async () => {
      const { stdout } = await diagnosed('--kubeconfig', 'all.yaml');
      expect(stdout).toMatch(/^exchange \(namespace fate-exchange, context .*\)\n {2}cluster\n {4}√ Kubernetes shows/);
      expect(stdout).toContain(`× nginx-0 reaches nginx of party 40000 at ${address(145)}:9300: refused`);
      expect(stdout).toMatch(/\nparty 40000 has to act:\n {2}traffic-server-0 reaches/);
    });

    test('with the rights to read alone it goes as far as these lead, and names the one that is missing', async () => {
      const { status, stdout } = await diagnosed('--kubeconfig', 'look.yaml', '--json');
      const by = (verdict: string) => checks(stdout).filter((check) => check.verdict === verdict);
      expect(
        by('holds')
          .map(({ step }) => step)
          .sort(),
      ).toEqual(['cluster', 'objects', 'pods nginx', 'pods traffic-server', 'policies']);
      expect(by('unseen').length).toBeGreaterThan(5);
      for (const { saw } of by('unseen')) expect(saw).toMatch(/pods\/exec.*create/);
      expect(status).toBe(0);
    });

    test('a context that there is not is said in a sentence', async () => {
      const { status, stdout, stderr } = await diagnosed('--kubeconfig', 'all.yaml', '--context', 'nowhere');
      expect(stdout).toMatch(/× Kubernetes shows the pods of namespace fate-exchange: .*nowhere/);
      expect(stdout + stderr).not.toMatch(/^\s+at /m);
      expect(status).toBe(1);
    });

    test('it waits no longer than it was told to', async () => {
      const { status, stderr } = await diagnosed(
        '--kubeconfig',
        'all.yaml',
        '--context',
        'test',
        '--wait',
        '7',
        '--json',
      );
      expect(stderr).toMatch(/^2 checks do not hold yet: traffic-server-0 reaches pulsar of party 40000/);
      expect(status).toBe(1);
    });
  });
});
