import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import type { AnyObject } from '../../support/objects';
import { type Cluster, noCluster, startCluster, storageClass } from '../kubernetes/cluster';
import { carryOut } from '../kubernetes/kubectl';
import { createAll } from '../kubernetes/live-objects';
import { certifiedKey } from '../support/certified-key';
import { refusal, titled } from '../support/engines';
import { type Answer, type CommandOptions, longestMillis, type Project, project } from './project';

const refused = refusal('pulumi') ?? noCluster();

test.skip(
  titled('A workload domain is made on a vCenter', "Pulumi's provider for vSphere cannot be had as a Go module"),
);

describe.skipIf(refused !== undefined)(titled('The Pulumi engine', refused), () => {
  let cluster: Cluster;
  let pulumi: Project;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: { vmClass: 'best-effort-8xlarge', count: 4 }, seconds: 2700 });
    pulumi = await project();
    await createAll(cluster, [
      tanzuKubernetesClusters,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fate' } },
    ]);
    for (const stack of Object.keys(stacks)) {
      await done(stack, 'stack init');
      writeFileSync(join(pulumi.directory, `Pulumi.${stack}.yaml`), stringify({ config: stacks[stack] }), {
        flag: 'a',
      });
    }
    await done('cluster-org1', 'config set --secret --path kubefate-tanzu:supervisor.kubeconfig', {
      input: cluster.kubeconfig,
    });
    for (const id of otherParties) await certify(`party-${id}`, 'pulsarCertificate', `${id}.example.com`);
  }, 720_000);
  afterAll(async () => {
    pulumi?.remove();
    await cluster?.stop();
  });

  /** What every command said, but those that are to show secrets. */
  const said: string[] = [];

  /** Runs a command that must succeed. */
  async function done(stack: string, command: string, options: CommandOptions = {}): Promise<Answer> {
    const answer = await pulumi.run(stack, command, options);
    expect(answer.code, answer.text).toBe(0);
    if (!command.includes('--show-secrets')) said.push(answer.text);
    return answer;
  }

  async function certify(stack: string, secret: string, name: string): Promise<void> {
    const { key, cert } = certifiedKey(name);
    for (const [field, value] of Object.entries({ key, certificate: cert, ca: cert })) {
      await done(stack, `config set --secret --path kubefate-tanzu:secrets.${secret}.${field}`, { input: value });
    }
  }

  /** What the last update did to resources, by operation. */
  async function changes(stack: string): Promise<Record<string, number>> {
    const { stdout } = await done(stack, 'stack history --json --page-size 1');
    const { same: _, read: __, ...changes } = JSON.parse(stdout)[0].resourceChanges;
    return changes;
  }

  /** In the state of a stack. */
  async function resources(stack: string): Promise<string[]> {
    const { stdout } = await done(stack, 'stack export');
    return JSON.parse(stdout)
      .deployment.resources.map(({ urn }: { readonly urn: string }) => urn)
      .sort();
  }

  interface Step {
    readonly op: string;
    readonly urn: string;
  }

  /** What an update would do. */
  async function steps(stack: string, options?: CommandOptions): Promise<readonly Step[]> {
    const { stdout } = await done(stack, 'preview --json', options);
    return (JSON.parse(stdout).steps as Step[]).filter(({ op }) => !['same', 'read'].includes(op));
  }

  /** The same, as `<operation> <name>`. */
  const textOf = ({ op, urn }: Step): string => `${op} ${urn.split('::').at(-1)}`;
  const planned = async (stack: string, options?: CommandOptions): Promise<string[]> =>
    (await steps(stack, options)).map(textOf);

  const output = async (stack: string, name: string): Promise<AnyObject> =>
    JSON.parse((await done(stack, `stack output ${name} --json`)).stdout);

  const get = async (path: string): Promise<AnyObject> => (await cluster.call('GET', path)).body;

  /** Of a LoadBalancer, by `<namespace>/<name>`. */
  async function addressOf(service: string): Promise<string> {
    const [namespace, name] = service.split('/');
    return (await get(`/api/v1/namespaces/${namespace}/services/${name}`)).status.loadBalancer.ingress[0].ip;
  }

  const pods = async (namespace: string): Promise<string[]> =>
    (await get(`/api/v1/namespaces/${namespace}/pods`)).items.map(({ metadata }: AnyObject) => metadata.uid).sort();

  /** Values of the Secrets in these namespaces, as pods see them. */
  async function secretValues(...namespaces: readonly string[]): Promise<Map<string, string>> {
    const secrets = await Promise.all(namespaces.map((it) => get(`/api/v1/namespaces/${it}/secrets`)));
    const entries = secrets
      .flatMap(({ items }) => items)
      .flatMap(({ metadata, data }: AnyObject) =>
        Object.entries<string>(data).map(([key, value]): [string, string] => [
          `${metadata.namespace}/${metadata.name}/${key}`,
          Buffer.from(value, 'base64').toString(),
        ]),
      );
    return new Map(entries);
  }

  const names = async (path: string): Promise<string[]> =>
    (await get(path)).items.map(({ metadata }: AnyObject) => metadata.name).sort();

  const file = async (path: string, key: string): Promise<AnyObject> => parse((await get(path)).data[key]);

  test('a cluster is waited for until it is ready, and gives what the others need to get into it', async () => {
    const update = pulumi.run('cluster-org1', 'up --yes');
    await Promise.race([update, supervise()]);
    const { code, text } = await update;
    expect(code, text).toBe(0);
    expect(await output('cluster-org1', 'kubeconfig --show-secrets')).toBe(cluster.kubeconfig);
    expect(await output('cluster-org1', 'kubeconfig')).toBe('[secret]');
    expect(await output('cluster-org1', 'ingressAddress')).toBe(
      await addressOf('ingress-nginx/ingress-nginx-controller'),
    );
  }, 720_000);

  test("a cluster's stack finds nothing to do after a refresh, which reads the kubeconfig again", async () => {
    await done('cluster-org1', 'refresh --yes --expect-no-changes');
    await done('cluster-org1', 'up --yes --expect-no-changes');
  }, 720_000);

  /** Does what a Supervisor does; the new cluster is the one that is there. */
  async function supervise(): Promise<void> {
    const path = '/apis/run.tanzu.vmware.com/v1alpha3/namespaces/fate/tanzukubernetesclusters/fate-org1';
    await vi.waitFor(async () => expect(await get(path)).toMatchObject({ kind: 'TanzuKubernetesCluster' }), {
      timeout: longestMillis,
      interval: 500,
    });
    const value = cluster.kubeconfig;
    await createAll(cluster, [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace: 'fate', name: 'fate-org1-kubeconfig' },
        stringData: { value },
      },
    ]);
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    await cluster.call('PATCH', path, { status }, { contentType: 'application/merge-patch+json' });
  }

  test('the exchange comes first, has no routes, and warns of parties that have no address yet', async () => {
    const { text } = await done('exchange', 'up --yes');
    expect(text).toContain('parties[0] (stack organization/kubefate-tanzu/party-30000) has no descriptor yet');
    expect(await output('exchange', 'routes')).toEqual([]);
    expect(await output('exchange', 'certificates')).toEqual({});
    expect(await output('exchange', 'descriptor')).toMatchObject({
      trafficServer: { address: await addressOf('fate-exchange/traffic-server'), port: 443 },
      nginx: { address: await addressOf('fate-exchange/nginx'), port: 9300 },
    });
  }, 720_000);

  test.each([30000, 40000])('party %i comes up, and tells the addresses that it got', async (id) => {
    const { text } = await done(`party-${id}`, 'up --yes');
    expect(text).toContain('(stack organization/kubefate-tanzu/exchange) has no certificate of this party yet');
    expect(await output(`party-${id}`, 'descriptor')).toMatchObject({
      fqdn: `${id}.example.com`,
      nginx: { address: await addressOf(`fate-${id}/nginx`), port: 9300 },
      pulsar: { address: await addressOf(`fate-${id}/pulsar-public-tls`), port: 6651 },
    });
  });

  test('a route that leads back to the exchange is refused in the preview, and before an update makes or changes anything', async () => {
    const { fqdn, pulsar, ...rest } = await output('party-30000', 'descriptor');
    const { nginx } = await output('exchange', 'descriptor');
    const table = '/api/v1/namespaces/fate-exchange/configmaps/nginx-route-table';
    const { data } = await get(table);
    const before = await resources('exchange');
    const own = { ...pulsar, address: '203.0.113.70' };
    const back = { ...rest, id: 70000, fqdn: fqdn.replace('30000', '70000'), nginx, pulsar: own };
    writeFileSync(join(pulumi.directory, 'back.json'), JSON.stringify(back));
    const entry = 'kubefate-tanzu:parties[2]';
    await done('exchange', `config set --path ${entry}.file back.json`);
    await done('exchange', `config set --path ${entry}.id 70000`);
    await done('exchange', `config set --path ${entry}.unsigned true`);
    for (const command of ['preview', 'up --yes --skip-preview']) {
      const { code, text } = await pulumi.run('exchange', command);
      expect(code, text).not.toBe(0);
      expect(text).toContain(`addresses.nginx: "${nginx.address}:9300" is already party 70000.nginx`);
      expect(text).not.toMatch(/^\s+at |unhandled|node:internal/m);
      expect((await get(table)).data).toEqual(data);
      expect(await resources('exchange')).toEqual(before);
    }
    await done('exchange', `config rm --path ${entry}`);
  }, 720_000);

  test('their routes are updates of the exchange, of its two tables and their policies, beside certificates, and replace and restart nothing', async () => {
    const before = await pods('fate-exchange');
    expect((await planned('exchange')).sort()).toEqual([
      'create party-30000',
      'create party-40000',
      'update exchange',
      'update fate-exchange/nginx',
      'update fate-exchange/nginx-route-table',
      'update fate-exchange/traffic-server',
      'update fate-exchange/traffic-server-sni',
    ]);
    await done('exchange', 'up --yes');
    expect(await changes('exchange')).toEqual({ create: 2, update: 5 }); // with the component
    expect(await pods('fate-exchange')).toEqual(before);
  }, 720_000);

  test('their certificates come to them by an update of one Secret each, which restarts nothing', async () => {
    for (const id of [30000, 40000]) {
      const before = await pods(`fate-${id}`);
      expect((await planned(`party-${id}`)).sort()).toEqual([`update fate-${id}/pulsar-cert`, `update party-${id}`]);
      await done(`party-${id}`, 'up --yes');
      expect(await pods(`fate-${id}`)).toEqual(before);
    }
  }, 720_000);

  /** Certificate, key and authority as the pods of a member see them. */
  async function shownBy(namespace: string, secret: string) {
    const values = await secretValues(namespace);
    const at = (key: string) => values.get(`${namespace}/${secret}/${key}`) ?? '';
    return secret === 'pulsar-cert'
      ? { cert: at('broker.cert.pem'), key: at('broker.key-pk8.pem'), ca: at('ca.cert.pem') }
      : { cert: at('proxy.cert.pem'), key: at('proxy.key.pem'), ca: at('ca.cert.pem') };
  }

  test('what all members show is of one authority, which openssl finds to be so, too', async () => {
    const authority = await output('exchange', 'authority');
    const members = [
      ['fate-exchange', 'traffic-server-cert', 'proxy.example.com'],
      ['fate-30000', 'pulsar-cert', '30000.example.com'],
      ['fate-40000', 'pulsar-cert', '40000.example.com'],
    ] as const;
    for (const [namespace, secret, name] of members) {
      const { cert, key, ca } = await shownBy(namespace, secret);
      expect(ca).toBe(authority);
      expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)), name).toBe(true);
      for (const [file, text] of Object.entries({ cert, ca })) writeFileSync(join(pulumi.directory, file), text);
      for (const purpose of ['sslserver', 'sslclient']) {
        const args = ['verify', '-x509_strict', '-purpose', purpose, '-verify_hostname', name, '-CAfile', 'ca', 'cert'];
        expect(execFileSync('openssl', args, { cwd: pulumi.directory, encoding: 'utf8' })).toBe('cert: OK\n');
      }
    }
  });

  test('the addresses of the parties are in the tables of the exchange', async () => {
    const configMaps = '/api/v1/namespaces/fate-exchange/configmaps';
    const { sni } = await file(`${configMaps}/traffic-server-sni`, 'sni.yaml');
    const table = await file(`${configMaps}/nginx-route-table`, 'route_table.yaml');
    for (const id of [30000, 40000]) {
      expect(sni).toContainEqual(
        expect.objectContaining({
          fqdn: `${id}.example.com`,
          tunnel_route: `${await addressOf(`fate-${id}/pulsar-public-tls`)}:6651`,
        }),
      );
      expect(JSON.stringify(table[id])).toContain(await addressOf(`fate-${id}/nginx`));
    }
  });

  test('a second update, a refresh, and a preview after it find nothing to do', async () => {
    for (const stack of ['exchange', 'party-30000', 'party-40000']) {
      await done(stack, 'up --yes --expect-no-changes');
      await done(stack, 'refresh --yes --expect-no-changes');
      await done(stack, 'preview --expect-no-changes');
    }
  }, 1_440_000);

  /** Ends the pod of the Job that verifies a party, as its program would. */
  async function endVerification(namespace: string, phase: 'Succeeded' | 'Failed'): Promise<AnyObject> {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const pod = await vi.waitFor(async () => {
      const { items } = await get(`${path}?labelSelector=app.kubernetes.io/name=toy-example`);
      const live = items.filter(
        ({ status, metadata }: AnyObject) => status.phase === 'Running' && !metadata.deletionTimestamp,
      );
      expect(live).toHaveLength(1);
      return live[0];
    }, 180_000);
    const contentType = 'application/merge-patch+json';
    await cluster.call('PATCH', `${path}/${pod.metadata.name}/status`, { status: { phase } }, { contentType });
    const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    return vi.waitFor(async () => {
      const { items } = await get(jobs);
      expect(items[0]?.status.conditions?.at(-1)?.type).toBe(phase === 'Failed' ? 'Failed' : 'Complete');
      return items[0];
    }, 180_000);
  }

  test('a party is verified by a Job that no update waits for, and an output says how it went after a refresh', async () => {
    const stack = 'party-30000';
    const verified = `kubefate-tanzu:party.verification`;
    await done(stack, `config set --path ${verified} true`);
    await done(stack, 'up --yes');
    expect(await changes(stack)).toEqual({ create: 3, update: 2 }); // its policy, and those of whom it calls
    expect(await output(stack, 'verification')).toMatch(/^not known yet/);
    const first = await endVerification('fate-30000', 'Succeeded');
    await done(stack, 'up --yes --refresh');
    expect(await output(stack, 'verification')).toBe('success');
    await done(stack, 'up --yes --expect-no-changes');
    // Another plan is verified by another Job, and one that fails keeps no update from its end.
    await done(stack, `config rm --path ${verified}`);
    await done(stack, `config set --path ${verified}.with[0] 40000`);
    await done(stack, 'up --yes');
    expect(await changes(stack)).toEqual({ create: 1, delete: 1, update: 1 });
    const second = await endVerification('fate-30000', 'Failed');
    expect(second.metadata.name).not.toBe(first.metadata.name);
    await done(stack, 'up --yes --refresh');
    expect(await output(stack, 'verification')).toBe(
      `failed: kubectl -n fate-30000 logs job/${second.metadata.name} says why (BackoffLimitExceeded)`,
    );
    await done(stack, `config rm --path ${verified}`);
    await done(stack, 'up --yes');
    expect(await names('/apis/batch/v1/namespaces/fate-30000/jobs')).toEqual([]);
  }, 1_440_000);

  test('a volume grows by the commands that the preview shows for it, and its pods go on', async () => {
    const before = await pods('fate-30000');
    await done('party-30000', 'config set --path kubefate-tanzu:party.volumesGiB.mysql 77');
    const { text } = await done('party-30000', 'preview');
    expect(await carryOut(cluster, text.replace(/^ *(?=kubectl )/gm, '  '))).toHaveLength(2);
    await vi.waitFor(
      async () => expect(await names('/apis/apps/v1/namespaces/fate-30000/statefulsets')).not.toContain('mysql'),
      180_000,
    );
    await done('party-30000', 'up --yes');
    expect(await changes('party-30000')).toEqual({ update: 1, replace: 1 }); // of the component, and of the StatefulSet
    expect(await pods('fate-30000')).toEqual(before);
    const claim = await get('/api/v1/namespaces/fate-30000/persistentvolumeclaims/data-mysql-0');
    expect(claim.spec.resources.requests.storage).toBe('77Gi');
    await done('party-30000', 'up --yes --expect-no-changes');
  }, 720_000);

  test('a mistake is said by its message alone', async () => {
    await done('party-50000', 'config set --path kubefate-tanzu:party.sparkWorkers 0');
    const { code, text } = await pulumi.run('party-50000', 'preview');
    expect(code).not.toBe(0);
    expect(text).toContain('kubefate-tanzu:party.sparkWorkers: 0 leaves no worker; use 1 or more');
    expect(text).not.toMatch(/^\s+at |unhandled|node:internal/m);
    await done('party-50000', 'config rm --path kubefate-tanzu:party.sparkWorkers');
  });

  test.each([
    ['the program', 'examples/organisation/transforms.ts'],
    ['a component', 'test/engines/pulumi/programs/component.ts'],
  ])('a transform of %s reaches the object that it is for, and no other', async (_, program) => {
    const own = await project(program);
    try {
      for (const [command, input] of [['stack init'], ['config set --secret kubeconfig', cluster.kubeconfig]] as const)
        expect(await own.run('production', command, { input })).toMatchObject({ code: 0 });
      const { code, stdout, text } = await own.run('production', 'preview --json');
      expect(code, text).toBe(0);
      const steps: { newState: { type: string; urn: string; inputs: AnyObject } }[] = JSON.parse(stdout).steps;
      const aliases = steps.flatMap(({ newState: { urn, inputs } }) => {
        const { hostAliases } = inputs?.['spec']?.template?.spec ?? {};
        return hostAliases === undefined ? [] : [{ name: urn.split('::').at(-1), hostAliases }];
      });
      expect(aliases).toEqual([
        { name: 'fate-10000/pulsar', hostAliases: [{ ip: '192.0.2.68', hostnames: ['exchange.example.com'] }] },
      ]);
    } finally {
      own.remove();
    }
  });

  test('nothing that the backend keeps has a secret in clear', async () => {
    const values = [...(await secretValues('fate-exchange', 'fate-30000', 'fate-40000'))].filter(
      ([, value]) => !value.includes('-----BEGIN CERTIFICATE-----'), // which everybody may see
    );
    const keys = (await Promise.all(['exchange', 'party-30000', 'party-40000'].map(keysOf))).flat();
    const token = /token: (\w+)/.exec(cluster.kubeconfig)?.[1] ?? '';
    expect(values.length).toBeGreaterThan(10);
    expect(keys.length).toBe(4 * 2); // of the authority and three members, in both of their forms
    const { stdout: revealed } = await done('party-30000', 'stack export --show-secrets');
    const kept = pulumi.state();
    expect(kept).toContain('fate-30000/mysql');
    for (const [name, value] of [...values, ...keys, ['the token of the kubeconfig', token] as const]) {
      // A line of a certificate may stand in any text, its line breaks may not.
      const [line = ''] = value.split('\n').sort((a, b) => b.length - a.length);
      expect(line.length, name).toBeGreaterThan(15);
      const forms = [line, Buffer.from(value).toString('base64')];
      for (const form of forms) for (const text of [kept, ...said]) expect(text.includes(form), name).toBe(false);
      if (name.startsWith('fate-30000/'))
        expect(
          forms.some((it) => revealed.includes(it)),
          name,
        ).toBe(true);
    }
  });

  /** Every private key in the state of a stack, in whatever form, with its name there. */
  async function keysOf(stack: string): Promise<(readonly [string, string])[]> {
    const { stdout } = await done(stack, 'stack export --show-secrets');
    const resources: { urn: string; outputs?: AnyObject }[] = JSON.parse(stdout).deployment.resources;
    return resources
      .filter(({ urn }) => urn.includes('tls:index/privateKey:PrivateKey'))
      .flatMap(({ urn, outputs = {} }) =>
        ['privateKeyPem', 'privateKeyPemPkcs8'].map((form) => {
          const { plaintext = '""' } = outputs[form];
          return [`${urn.split('::').at(-1)} of ${stack}`, JSON.parse(plaintext)] as const;
        }),
      );
  }

  test('certificates that end within a month are renewed with the next update, of all members one after the other', async () => {
    const before = await shownBy('fate-30000', 'pulsar-cert');
    const podsBefore = await pods('fate-exchange');
    const later = { daysLater: 370 };
    expect((await planned('exchange', later)).sort().filter((step) => !/^(create|delete)-/.test(step))).toEqual([
      'replace exchange',
      'replace party-30000',
      'replace party-40000',
      'update fate-exchange/traffic-server-cert',
    ]);
    await done('exchange', 'up --yes', later);
    expect(await pods('fate-exchange')).toEqual(podsBefore);
    expect((await planned('party-30000')).sort()).toEqual(['update fate-30000/pulsar-cert', 'update party-30000']);
    const { text } = await done('party-30000', 'up --yes');
    expect(text).toContain('kubectl -n fate-30000 rollout restart statefulset/pulsar');
    const after = await shownBy('fate-30000', 'pulsar-cert');
    expect(after.cert).not.toBe(before.cert);
    expect(after).toEqual({ ...before, cert: after.cert });
  }, 720_000);

  test('an update that would take a certificate away is refused in its preview', async () => {
    await done('party-30000', 'config rm --path kubefate-tanzu:certificates.stack');
    await done('party-30000', 'config set --path kubefate-tanzu:certificates.file gone.json');
    const { code, text } = await pulumi.run('party-30000', 'preview');
    expect(code).not.toBe(0);
    expect(text).toContain('certificates (file gone.json) has no certificate for 30000.example.com any more');
    expect(text).not.toMatch(/^\s+at |unhandled|node:internal/m);
    await done('party-30000', 'config rm --path kubefate-tanzu:certificates.file');
    await done('party-30000', 'config set --path kubefate-tanzu:certificates.stack exchange');
  });

  test('what a party has stored outlives its stack', async () => {
    const namespace = '/api/v1/namespaces/fate-30000';
    const claims = (await get(`${namespace}/persistentvolumeclaims`)).items.map(uid);
    const password = (await secretValues('fate-30000')).get('fate-30000/mysql/password');
    const shown = await shownBy('fate-30000', 'pulsar-cert');
    const refusal = await pulumi.run('party-30000', 'destroy --yes');
    expect(refusal.code).not.toBe(0);
    expect(refusal.text).toContain('protected');

    await done('party-30000', 'destroy --yes --exclude-protected');
    expect(await names(`${namespace}/pods`)).toEqual([]);
    expect(await names(`${namespace}/services`)).toEqual([]);
    expect(await names(`${namespace}/secrets`)).toEqual([]);
    expect(await names(`${namespace}/configmaps`)).toEqual(['kube-root-ca.crt']);
    expect((await get(`${namespace}/persistentvolumeclaims`)).items.map(uid)).toEqual(claims);

    await done('party-30000', 'up --yes');
    expect((await get(`${namespace}/persistentvolumeclaims`)).items.map(uid)).toEqual(claims);
    expect((await secretValues('fate-30000')).get('fate-30000/mysql/password')).toBe(password);
    expect(await shownBy('fate-30000', 'pulsar-cert')).toEqual(shown);
    // Which of its addresses each Service got again is chance. Routes and policies follow them.
    const addresses = ['exchange', 'fate-exchange/nginx-route-table', 'fate-exchange/traffic-server-sni'];
    const others = (await steps('exchange'))
      .filter(({ urn }) => !urn.includes('NetworkPolicy::'))
      .map(textOf)
      .filter((step) => !addresses.some((it) => step === `update ${it}`));
    expect(others).toEqual([]); // its certificate is the same, whatever addresses it got
  }, 720_000);

  test('an exchange that comes back has the authority that it had', async () => {
    const before = await shownBy('fate-exchange', 'traffic-server-cert');
    await done('exchange', 'destroy --yes --exclude-protected');
    await done('exchange', 'up --yes');
    const { cert, ca } = await shownBy('fate-exchange', 'traffic-server-cert');
    const [authority, own, of30000] = [ca, cert, (await shownBy('fate-30000', 'pulsar-cert')).cert].map(
      (pem) => new X509Certificate(pem),
    );
    expect(ca).not.toBe(before.ca);
    for (const certificate of [own, of30000]) {
      for (const trusted of [authority, new X509Certificate(before.ca)]) {
        expect(trusted && certificate?.checkIssued(trusted) && certificate.verify(trusted.publicKey)).toBe(true);
      }
    }
  }, 720_000);

  test('an address that does not come is an error in time, and the next update goes on', async () => {
    cluster.loadBalancers.give = 'nothing';
    const { code, text } = await pulumi.run('party-50000', 'up --yes', { second: 20 }); // half an hour in half a minute
    expect(code).not.toBe(0);
    for (const service of ['nginx', 'pulsar-public-tls']) {
      expect(text).toContain(`Service fate-50000/${service}: Service was not allocated an IP address`);
    }
    await done('party-50000', 'preview');
    cluster.loadBalancers.give = 'addresses';
    await done('party-50000', 'up --yes');
    expect(await output('party-50000', 'descriptor')).toMatchObject({ id: 50000 });
  }, 720_000);

  test('an update that is killed is finished by the next one, and leaves nothing in the way of later ones', async () => {
    const killed = await pulumi.run('party-60000', 'up --yes --skip-preview', {
      killWhen: async () => (await names('/api/v1/namespaces/fate-60000/pods')).length >= 3,
    });
    expect(killed.code).toBeNull();
    await done('party-60000', 'cancel --yes');
    await done('party-60000', 'up --yes');
    expect(await output('party-60000', 'descriptor')).toMatchObject({ id: 60000 });
    await done('party-60000', 'config set --path kubefate-tanzu:party.sparkWorkers 2');
    await done('party-60000', 'up --yes');
    expect(await changes('party-60000')).toEqual({ update: expect.any(Number) });
  }, 720_000);

  test("a stack whose state was lost changes nothing, MySQL's password least of all", async () => {
    const password = async () => (await secretValues('fate-60000')).get('fate-60000/mysql/password');
    const before = await password();
    await done('party-60000', 'stack rm --yes --force --preserve-config');
    await done('party-60000', 'stack init');
    const { code, text } = await pulumi.run('party-60000', 'up --yes');
    expect(code).not.toBe(0);
    expect(text).toMatch(/had an apply conflict: Apply failed with 1 conflict: conflict with "kubefate-tanzu-/);
    expect(await password()).toBe(before);
  }, 720_000);
});

const uid = ({ metadata }: AnyObject): string => metadata.uid;

/** As far as it matters here; what a Supervisor takes is another part's to say. */
const tanzuKubernetesClusters = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'tanzukubernetesclusters.run.tanzu.vmware.com' },
  spec: {
    group: 'run.tanzu.vmware.com',
    scope: 'Namespaced',
    names: { kind: 'TanzuKubernetesCluster', plural: 'tanzukubernetesclusters' },
    versions: [
      {
        name: 'v1alpha3',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

const parties = [30000, 40000];
/** Whose certificates are given to their stacks. */
const otherParties = [50000, 60000];
const federation = { domain: 'example.com' };

const stacks: Readonly<Record<string, object>> = {
  'cluster-org1': {
    'kubefate-tanzu:cluster': {
      name: 'fate-org1',
      platform: 'vSphere 8.0',
      kubernetes: 'v1.37.2+vmware.1',
    },
  },
  exchange: {
    'kubefate-tanzu:federation': federation,
    'kubefate-tanzu:parties': [{ stack: 'party-30000' }, { stack: 'party-40000' }],
    'kubefate-tanzu:certificates': { authority: true },
    'kubefate-tanzu:cluster': { stack: 'cluster-org1' },
  },
  ...Object.fromEntries(
    [...parties, ...otherParties].map((id) => [
      `party-${id}`,
      {
        'kubefate-tanzu:federation': federation,
        'kubefate-tanzu:party': { sizing: 'minimum', storageClass },
        'kubefate-tanzu:exchange': { stack: 'exchange' },
        ...(parties.includes(id) && { 'kubefate-tanzu:certificates': { stack: 'exchange' } }),
        'kubefate-tanzu:cluster': { stack: 'cluster-org1' },
      },
    ]),
  ),
};
