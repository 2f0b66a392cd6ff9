import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Access, accessBy } from '../../../commands/cluster/access';
import { readLogin } from '../../../commands/cluster/login';
import { presenceOf } from '../../../commands/cluster/presence';
import { ClusterRefusal } from '../../../commands/cluster/refusal';
import { FederatedLearningCluster } from '../../../constructs';
import { federation } from '../../../lib';
import { ruleFor, type Verb } from '../../../lib/kubernetes/access-rules';
import { type AccessLevel, accessLevels, accessRoles } from '../../../lib/reports/access-roles';
import { twoParties } from '../../support/declarations';
import { type AnyObject, objectsOf } from '../../support/objects';
import { titled } from '../support/engines';
import { type ClusterOfPods, noClusterOfPods, startClusterOfPods } from '../support/kubelet';
import { address } from '../support/network';
import { type Pod, startPod } from '../support/pod';
import { createAll, remove } from './live-objects';

const namespace = 'fate-30000';
const account = (name: string): AnyObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace },
});
const userOf = (name: string) => `system:serviceaccount:${namespace}:${name}`;
const sleeper: AnyObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'sleeper', namespace },
  spec: {
    selector: { matchLabels: { app: 'sleeper' } },
    template: {
      metadata: { labels: { app: 'sleeper' } },
      spec: {
        containers: [
          {
            name: 'sleeper',
            image: 'example.com/sleeper:1',
            command: ['sh', '-c', 'echo begun; echo again; exec sleep 600'],
            env: [{ name: 'GREETING', value: "it's a $HOME" }],
          },
          { name: 'beside', image: 'example.com/beside:1' },
        ],
      },
    },
  },
};
describe.each(['1.24', '1.37'])('Kubernetes %s', (release) => {
  const refused = noClusterOfPods(release);
  describe.skipIf(refused !== undefined)(titled('as somebody with the Roles that are printed sees it', refused), () => {
    let cluster: ClusterOfPods;
    let pod: Pod;
    let folder: string;
    let users: Record<AccessLevel | 'nobody', Access>;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'access-'));
      cluster = await startClusterOfPods(release);
      const party = federation(twoParties).parties[0];
      if (party === undefined) throw new Error('no party');
      await createAll(
        cluster,
        objectsOf((app) => new FederatedLearningCluster(app, namespace, party)),
      );
      for (const level of accessLevels) {
        const users = [userOf(level)];
        await createAll(cluster, [
          account(level),
          ...(accessRoles(namespace, level, { users, groups: [] }) as object[]),
        ]);
      }
      await createAll(cluster, [account('nobody')]);
      const names = [...accessLevels, 'nobody'] as const;
      users = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await as(name)]))) as typeof users;
      pod = await startPod({ objects: [sleeper], deployment: 'sleeper', address: address(201), image: {} });
      await cluster.show(pod, { objects: [sleeper], deployment: 'sleeper' });
    });
    afterAll(async () => {
      await pod?.stop();
      await cluster?.stop();
      rmSync(folder, { recursive: true });
    });

    /** With a token of its own, in the place of the administrator's. */
    async function as(name: string): Promise<Access> {
      const file = join(folder, name);
      writeFileSync(file, await cluster.kubeconfigOf(namespace, name));
      return accessBy(await readLogin(file, undefined), namespace);
    }

    async function refusal(work: Promise<unknown>): Promise<ClusterRefusal> {
      const error = await work.then(
        () => undefined,
        (error) => error,
      );
      expect(error).toBeInstanceOf(ClusterRefusal);
      expect(error.message).not.toMatch(/\n|eyJ/);
      return error;
    }

    test('who may look sees pods and objects', async () => {
      const { look } = users;
      expect((await look.pods()).map(({ metadata, status }) => [metadata?.name, status?.phase])).toEqual([
        ['sleeper-0', 'Running'],
      ]);
      expect((await look.events()).every(({ involvedObject }) => involvedObject.name !== undefined)).toBe(true);
      expect((await look.list('ConfigMap')).map(({ metadata }) => metadata?.name)).toContain('pulsar-config');
    });

    test('who may look sees whether a party is whole, half there, or not there', async () => {
      const [party, other] = federation(twoParties).parties as [AnyObject, AnyObject];
      expect(await presenceOf(users.look, party)).toEqual({ state: 'whole' });
      expect(await presenceOf(users.look, other)).toEqual({ state: 'foreign', holds: 'party 30000' });
      await remove(cluster, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'mysql', namespace } });
      expect(await presenceOf(users.look, party)).toEqual({ state: 'partial', missing: ['StatefulSet/mysql'] });
      await expect(presenceOf(users.nobody, party)).rejects.toThrow(/does not let you list/);
    });

    test.each<[string, (access: typeof users) => Promise<unknown>, RegExp]>([
      ['look at pods', ({ nobody }) => nobody.pods(), /list pods in .*\["pods"\], verbs: \["list"\]/],
      [
        'run commands',
        ({ look }) => look.exec('sleeper-0', 'sleeper', ['id']),
        /\["pods\/exec"\], verbs: \["create", "get"\]/,
      ],
    ])('who may not %s is told which rule is missing', async (_, work, message) => {
      const refused = await refusal(work(users));
      expect(refused.kind).toBe('forbidden');
      expect(refused.message).toMatch(message);
    });

    test('a rule that is told to be missing, and no other, lets it be done', async () => {
      const { rule } = await refusal(users.nobody.list('Service'));
      await createAll(cluster, [
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'told', namespace },
          rules: [rule],
        },
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'told', namespace },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'told' },
          subjects: [{ kind: 'ServiceAccount', name: 'nobody', namespace }],
        },
      ]);
      await expect
        .poll(() => users.nobody.list('Service').then(({ length }) => length), { timeout: 60_000 })
        .toBeGreaterThan(3);
    });

    describe('who may ask runs commands in containers:', () => {
      const exec = (command: readonly string[], input?: string) =>
        users.ask.exec('sleeper-0', 'sleeper', command, input, 30);

      test('in the container, with its environment', async () => {
        const { code, stdout } = await exec(['sh', '-c', 'echo "$GREETING"; ip -brief addr show eth0']);
        expect(code).toBe(0);
        expect(stdout).toMatch(/^it's a \$HOME\neth0/);
        expect(stdout).toContain(` ${pod.address}/32 `);
      });

      test('told apart by exit code, output and errors', async () => {
        const exited = await exec(['sh', '-c', 'echo Grüße; echo careful >&2; exit 3']);
        expect(exited).toEqual({ code: 3, stdout: 'Grüße\n', stderr: 'careful\n' });
      });

      test('which see the end of their input', async () => {
        const input = `${'Grüße, '.repeat(20_000)}end`;
        expect(await exec(['cat'], input)).toEqual({ code: 0, stdout: input, stderr: '' });
        expect(await exec(['sh', '-c', 'wc -c; exit 4'], '')).toMatchObject({ code: 4, stdout: '0\n' });
        expect((await exec(['python3', '-c', 'import sys; print(len(sys.stdin.read()))'], 'abc')).stdout).toBe('3\n');
      });

      test('whose output is large', async () => {
        const { stdout } = await exec(['sh', '-c', 'yes 0123456789 | head -c 3000000']);
        expect(stdout).toHaveLength(3_000_000);
      });

      test('several at once', async () => {
        const all = await Promise.all(
          Array.from({ length: 8 }, (_, i) => exec(['sh', '-c', `cat; exit ${i}`], `${i}`)),
        );
        expect(all.map(({ code, stdout }) => [code, stdout])).toEqual(all.map((_, i) => [i, `${i}`]));
      });

      test('or is told why not', async () => {
        const { ask } = users;
        for (const [name, container] of [
          ['gone-0', 'sleeper'],
          ['sleeper-0', 'gone'],
          ['sleeper-0', 'beside'],
        ] as const) {
          const refused = await refusal(ask.exec(name, container, ['id']));
          expect([refused.kind, refused.message]).toEqual([
            'not-found',
            expect.stringContaining(`no container ${container} runs in a pod ${name} of fate-30000; look whether`),
          ]);
        }
        const late = await refusal(ask.exec('sleeper-0', 'sleeper', ['sleep', '20'], undefined, 1));
        expect(late.message).toMatch(/is not done in 1 s/);
        expect((await exec(['no-such-command'])).code).toBe(127);
      });
    });

    test.each<[Verb, boolean]>([
      ['get', release === '1.24'],
      ['create', false],
    ])('a command takes the right to %s, which alone is enough: %s', async (verb, isEnough) => {
      const name = `only-${verb}`;
      await createAll(cluster, [
        account(name),
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name, namespace },
          rules: [ruleFor('Pod', [verb], 'exec')],
        },
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name, namespace },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
          subjects: [{ kind: 'ServiceAccount', name, namespace }],
        },
      ]);
      const access = await as(name);
      const done = await access.exec('sleeper-0', 'sleeper', ['true']).then(
        ({ code }) => code === 0,
        (error) => error.kind !== 'forbidden',
      );
      expect(done).toBe(isEnough);
    });

    test('who may submit reaches a port of a pod, and runs no command there', async () => {
      const answering = "c, _ = s.accept(); c.sendall(c.recv(99) + b' and back'); c.close()";
      const server = pod.exec('python3', '-c', `import socket; s = socket.create_server(('', 9380)); ${answering}`);
      const said = async () => {
        const connection = await users.submit.forward('sleeper-0', 9380);
        connection.write('there');
        return text(connection).catch(({ message }) => message);
      };
      await expect.poll(said, { timeout: 20_000 }).toBe('there and back');
      await server;
      expect(await said()).toMatch(
        /^pod sleeper-0 takes no connection at port 9380; its node says: .*connection refused/,
      );
      expect((await refusal(users.submit.exec('sleeper-0', 'sleeper', ['true']))).kind).toBe('forbidden');
      expect((await refusal(users.ask.forward('sleeper-0', 9380))).kind).toBe('forbidden');
    });

    test('no Role lets anybody see a Secret, or change an object', async () => {
      await createAll(cluster, [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace } }]);
      for (const level of accessLevels) {
        for (const [method, path] of [
          ['GET', 'secrets'],
          ['GET', 'secrets/a'],
          ['DELETE', 'pods/sleeper-0'],
          ['DELETE', 'configmaps/pulsar-config'],
        ] as const) {
          const as = userOf(level);
          const { status } = await cluster.call(method, `/api/v1/namespaces/${namespace}/${path}`, undefined, { as });
          expect([level, method, path, status]).toEqual([level, method, path, 403]);
        }
      }
    });

    test('a login that was taken back is told', async () => {
      await createAll(cluster, [account('leaving')]);
      const leaving = await as('leaving');
      await remove(cluster, account('leaving'));
      await expect.poll(() => leaving.pods().catch(({ kind }) => kind), { timeout: 20_000 }).toBe('unauthorized');
    });

    test('a cluster under another name is not trusted', async () => {
      const config = parse(cluster.kubeconfig);
      const file = join(folder, 'other-name');
      config.clusters[0].cluster['tls-server-name'] = 'other.example.com';
      writeFileSync(file, stringify(config));
      const { kind, message } = await refusal(accessBy(await readLogin(file, undefined), namespace).pods());
      expect([kind, message]).toEqual([
        'untrusted',
        expect.stringMatching(/shows a certificate in another name; have/),
      ]);
    });
  });
});
