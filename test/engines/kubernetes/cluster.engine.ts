import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import {
  exchangeDescriptor,
  exchangePlan,
  federation,
  type PartyProps,
  partyDescriptor,
  partyPlan,
  secrets,
  services,
  sizingPresets,
} from '../../../lib';
import { lastingPartyChanges, lastingPartyValues } from '../../../lib/federation/lasting';
import { leaving } from '../../../lib/operations/removal';
import { twoParties } from '../../support/declarations';
import { filesOfExample, objectsIn } from '../../support/examples';
import { type AnyObject, objectsOf, workloadsOf } from '../../support/objects';
import { titled } from '../support/engines';
import type { Answer } from './client';
import { type Cluster, noCluster, startCluster, storageClass } from './cluster';
import { carryOut } from './kubectl';
import { apply, createAll, itemsOf, read, remove } from './live-objects';
import { pool } from './stand-ins';

const refused = noCluster();
let cluster: Cluster;
const party = 'fate-30000';
const other = 'fate-40000';
const exchange = 'fate-exchange';
const nodes = 3;

describe.skipIf(refused !== undefined)(titled('A cluster with the two parties of the paper', refused), () => {
  const objects = objectsIn(filesOfExample('two-party'));

  beforeAll(async () => {
    cluster = await startCluster();
    await applyAll(objects.filter(({ kind }) => kind === 'Namespace'));
    await createAll(cluster, secretsOf(exchange, secrets.trafficServerCertificate));
    const { mysql, fateboard, notebook, pulsarCertificate } = secrets;
    for (const it of [party, other]) {
      await createAll(cluster, secretsOf(it, mysql, fateboard, notebook, pulsarCertificate));
    }
    await applyAll(objects);
  });
  afterAll(() => cluster?.stop());

  test('every pod gets a worker and becomes ready', async () => {
    const pods = await settled();
    expect(countsOf(pods)).toEqual(Object.fromEntries(workloadsOf(objects).map((it) => [idOf(it), replicasOf(it)])));
    for (const { spec } of pods) expect(spec.nodeName).toBeOneOf(['worker-0', 'worker-1', 'worker-2']);
    expect(nodesOfPods(pods, 'image-disk-mount/image-disk-mount').size).toBe(nodes);
    for (const server of ['nginx', 'traffic-server']) {
      expect(nodesOfPods(pods, `${exchange}/${server}`).size).toBe(2); // the loss of one node is not the loss of both
    }
  });

  test('every workload is rolled out', async () => {
    await settled();
    for (const { kind, metadata, spec, status } of await liveWorkloads()) {
      const { replicas } = spec;
      expect(status, metadata.name).toMatchObject({
        observedGeneration: metadata.generation,
        ...(kind === 'DaemonSet'
          ? { desiredNumberScheduled: nodes, updatedNumberScheduled: nodes, numberReady: nodes }
          : { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas }),
      });
      if (kind === 'StatefulSet') expect(status.currentRevision).toBe(status.updateRevision);
    }
  });

  test('every Secret, ConfigMap, account and claim that a pod names is there, with the keys that it names', async () => {
    const missing: string[] = [];
    for (const { metadata, spec } of await settled()) {
      for (const { kind, name, keys } of referencesOf(spec)) {
        const object = { apiVersion: 'v1', kind, metadata: { name, namespace: metadata.namespace } };
        const { status, body } = await read(cluster, object);
        if (status !== 200) missing.push(`${metadata.name}: ${kind} ${name}`);
        const lacking = keys.filter((key) => body.data?.[key] === undefined);
        missing.push(...lacking.map((key) => `${metadata.name}: ${key} of ${kind} ${name}`));
      }
    }
    expect(missing).toEqual([]);
  });

  test('every claim is bound to a volume of its size and class', async () => {
    const { volumesGiB } = sizingPresets.reference;
    const claims = await bound();
    const sizes = claims.map(({ metadata, spec, status }) => {
      expect(spec.storageClassName).toBe(storageClass);
      return [`${metadata.namespace}/${metadata.name}`, status.capacity.storage];
    });
    expect(Object.fromEntries(sizes)).toEqual(
      Object.fromEntries(
        [party, other].flatMap((namespace) =>
          Object.entries(volumesGiB).map(([volume, size]) => [`${namespace}/data-${volume}-0`, `${size}Gi`]),
        ),
      ),
    );
  });

  test('every LoadBalancer has an address of its own, and nothing else is one', async () => {
    const published = await addresses();
    expect(Object.keys(published).sort()).toEqual(
      [
        ...[party, other].flatMap((it) => [`${it}/nginx`, `${it}/pulsar-public-tls`]),
        ...['nginx', 'traffic-server'].map((it) => `${exchange}/${it}`),
        'ingress-nginx/ingress-nginx-controller',
      ].sort(),
    );
    expect(new Set(Object.values(published)).size).toBe(7);
    for (const address of Object.values(published)) expect(address).toBeOneOf([...pool]);
  });

  test('an address that is reserved is the one that its LoadBalancer gets', async () => {
    const reserved = { trafficServer: { reserved: '192.0.2.251' }, nginx: { reserved: '192.0.2.252' } };
    const drawn = drawExchange({ namespace: 'reserved', addresses: reserved }).filter(({ kind }) =>
      ['Namespace', 'Service'].includes(kind),
    );
    await applyAll(drawn);
    expect(await addresses()).toMatchObject({
      'reserved/traffic-server': '192.0.2.251',
      'reserved/nginx': '192.0.2.252',
    });
    for (const object of drawn.reverse()) await remove(cluster, object);
  });

  test('every Service leads to the ready pods of one workload, on ports that their containers name', async () => {
    const pods = await settled();
    const all = await itemsOf(cluster, '/api/v1/services');
    const declared = objects.filter(({ kind }) => kind === 'Service').map(idOf);
    expect(all.map(idOf)).toEqual(expect.arrayContaining(declared));
    for (const service of all.filter((it) => declared.includes(idOf(it)))) {
      const { namespace, name } = service.metadata;
      const behind = pods.filter((pod) => workloadOf(pod) === `${namespace}/${workloadBehind[name] ?? name}`);
      const [slice, ...more] = await endpointsOf(service);
      expect(more).toEqual([]);
      expect(slice.endpoints.every(({ conditions }: AnyObject) => conditions.ready)).toBe(true);
      expect(slice.endpoints.map(({ targetRef }: AnyObject) => targetRef.name).sort()).toEqual(
        behind.map(({ metadata }) => metadata.name).sort(),
      );
      expect(behind.length).toBeGreaterThan(0);
      expect(slice.ports).toHaveLength(service.spec.ports.length); // one that does not resolve is left out
      for (const pod of behind) {
        for (const { port } of slice.ports) expect(portsOf(pod), idOf(service)).toContain(port);
      }
    }
  });

  test('the ports under which the components know one another are those of their Services', async () => {
    await settled();
    const { trafficServer, exporter, sparkDriver, pulsarZookeeper, pulsarBookie, pulsarBrokers, pulsarProxy } =
      services;
    // Nobody asked for monitoring, for a Spark of others, or for a Pulsar of several pods.
    const absent: readonly object[] = [
      trafficServer,
      exporter,
      sparkDriver,
      pulsarZookeeper,
      pulsarBookie,
      pulsarBrokers,
      pulsarProxy,
    ];
    const ofParty = Object.values(services).filter((it) => !absent.includes(it));
    const known = [
      ...[party, other].flatMap((namespace) => ofParty.map((it) => ({ namespace, ...it }))),
      { namespace: exchange, ...trafficServer },
      { namespace: exchange, ...services.nginx },
    ];
    for (const { namespace, name, ports } of known) {
      const { body } = await read(cluster, { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name } });
      expect(body.spec.ports.map(({ port }: AnyObject) => port)).toEqual(expect.arrayContaining(Object.values(ports)));
    }
  });

  test('every Ingress is of the class of the controller, and leads to a port of a Service', async () => {
    const ingresses = await itemsOf(cluster, '/apis/networking.k8s.io/v1/ingresses');
    expect(ingresses).toHaveLength(4);
    for (const { metadata, spec } of ingresses) {
      const group = { apiVersion: 'networking.k8s.io/v1', metadata: { name: spec.ingressClassName } };
      expect(await read(cluster, { ...group, kind: 'IngressClass' })).toMatchObject({ status: 200 });
      for (const { backend } of spec.rules.flatMap(({ http }: AnyObject) => http.paths)) {
        const { name, port } = backend.service;
        const service = { apiVersion: 'v1', kind: 'Service', metadata: { namespace: metadata.namespace, name } };
        expect((await read(cluster, service)).body.spec.ports).toContainEqual(
          expect.objectContaining({ port: port.number }),
        );
      }
    }
  });

  test('a drain takes one pod of the exchange, and not the other before there is a new one', async () => {
    await settled();
    const budgets = await itemsOf(cluster, '/apis/policy/v1/poddisruptionbudgets');
    expect(budgets.map(idOf)).toEqual([
      `${exchange}/nginx`,
      `${exchange}/traffic-server`,
      'ingress-nginx/ingress-nginx-controller',
    ]);
    for (const { status } of budgets) {
      expect(status).toMatchObject({ expectedPods: 2, currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1 });
    }
    const [first, second] = (await settled()).filter((pod) => workloadOf(pod) === `${exchange}/traffic-server`);
    await setUnschedulable(true);
    expect(await evict(first)).toMatchObject({ status: 201 });
    await vi.waitFor(async () => expect((await budgetOf('traffic-server')).status.currentHealthy).toBe(1), soon);
    expect(await evict(second)).toMatchObject({ status: 429, body: { message: expect.stringContaining('budget') } });
    await setUnschedulable(false);
    const after = await settled();
    expect(uidsOf(after)).toContain(second.metadata.uid);
    expect(uidsOf(after)).not.toContain(first.metadata.uid);
  });

  describe('what changes', () => {
    const third = partyDescriptor(partyPlan({ ...agreement, id: 50000 }), { nginx: '192.0.2.7', pulsar: '192.0.2.8' });
    const joined = [...routed, third];

    test('with a party that joins is two ConfigMaps and two policies of the exchange, and no pod', async () => {
      const before = await settled();
      expect(await changedBy(exchangeWith({ parties: joined }))).toEqual([
        'ConfigMap traffic-server-sni',
        'ConfigMap nginx-route-table',
        'NetworkPolicy traffic-server',
        'NetworkPolicy nginx',
      ]);
      expect(uidsOf(await settled())).toEqual(uidsOf(before));
    });

    test('with what Traffic Server reads when it starts is its pods, and no other', async () => {
      const before = await settled();
      const widened = { parties: joined, connectPorts: [6651, 6652] };
      expect(await changedBy(exchangeWith(widened))).toEqual([
        'ConfigMap traffic-server-config',
        'Deployment traffic-server',
      ]);
      await replaced(before, (pod) => workloadOf(pod) === `${exchange}/traffic-server`);
    });

    test('with an exchange that has moved is two ConfigMaps and three policies of the party, and no pod', async () => {
      const before = await settled();
      expect(await changedBy(partyWith({ exchange: movedExchange }))).toEqual([
        'ConfigMap pulsar-route-table',
        'ConfigMap nginx-route-table',
        'NetworkPolicy fateflow',
        'NetworkPolicy nginx',
        'NetworkPolicy pulsar',
      ]);
      expect(uidsOf(await settled())).toEqual(uidsOf(before));
    });

    test('with a second Spark worker is FATE Flow, which reads their number when it starts, and a pod on another node', async () => {
      const before = await settled();
      expect(await changedBy(partyWith({ exchange: movedExchange, sparkWorkers: 2 }))).toEqual([
        'ConfigMap fateflow-config',
        'StatefulSet fateflow',
        'Deployment spark-worker',
      ]);
      const after = await replaced(before, (pod) => workloadOf(pod) === `${party}/fateflow`);
      expect(nodesOfPods(after, `${party}/spark-worker`).size).toBe(2);
    });
  });

  describe('the Job that verifies a party', () => {
    const drawn = (verification: PartyProps['verification']): AnyObject[] => {
      const [plan] = federation({
        ...twoParties,
        parties: twoParties.parties.map((it, i) => (i === 0 ? { ...it, verification } : it)),
      }).parties;
      if (plan === undefined) throw new Error('two parties were declared');
      return objectsOf((app) => new FederatedLearningCluster(app, party, plan)).filter(
        ({ kind, metadata }) => kind === 'Job' || metadata.name === 'toy-example',
      );
    };
    const jobIn = (objects: readonly AnyObject[]): AnyObject => objects.find(({ kind }) => kind === 'Job');
    const alone = drawn(true);
    const pods = () =>
      itemsOf(cluster, `/api/v1/namespaces/${party}/pods?labelSelector=app.kubernetes.io/name=toy-example`);

    test('is left alone by a second apply, and has one pod, which is not tried again when it fails', async () => {
      await applyAll(alone);
      const { metadata } = (await read(cluster, jobIn(alone))).body;
      await applyAll(alone);
      const pod = await vi.waitFor(async () => {
        const [pod, ...others] = await pods();
        expect([pod?.status.phase, others]).toEqual(['Running', []]);
        return pod;
      }, 180_000);
      const path = `/api/v1/namespaces/${party}/pods/${pod?.metadata.name}/status`;
      await cluster.call(
        'PATCH',
        path,
        { status: { phase: 'Failed' } },
        { contentType: 'application/merge-patch+json' },
      );
      await vi.waitFor(async () => {
        const { metadata: now, status } = (await read(cluster, jobIn(alone))).body;
        expect(now.uid).toBe(metadata.uid);
        expect(status.conditions.at(-1)).toMatchObject({ type: 'Failed', reason: 'BackoffLimitExceeded' });
      }, 180_000);
      await applyAll(alone);
      expect(await pods()).toHaveLength(1);
    });

    test('has another name when anything of it changes, which under the same one is refused', async () => {
      const changed = drawn({ with: [40000] });
      const { name } = jobIn(alone).metadata;
      expect(jobIn(changed).metadata.name).not.toBe(name);
      await applyAll(changed);
      const { spec } = jobIn(changed);
      const image = { ...spec.template.spec.containers[0], image: 'harbor.example.com/fate/client:2' };
      const template = { ...spec.template, spec: { ...spec.template.spec, containers: [image] } };
      const same = { ...jobIn(alone), spec: { ...spec, template } };
      await expect(apply(cluster, same)).rejects.toThrow('field is immutable');
      for (const it of [alone, changed]) await remove(cluster, jobIn(it));
      await vi.waitFor(async () => expect(await pods()).toEqual([]), 60_000);
    });
  });

  test('workloads that are deleted and created again find their claims', async () => {
    const before = await bound();
    const ofParty = workloadsOf(objects).filter(({ metadata }) => metadata?.namespace === party);
    for (const workload of ofParty) await remove(cluster, workload);
    await vi.waitFor(async () => {
      const pods = await itemsOf(cluster, `/api/v1/namespaces/${party}/pods`);
      expect(pods).toEqual([]);
    }, soon);
    expect(await bound()).toEqual(before.map((claim) => expect.objectContaining({ spec: claim.spec })));
    await applyAll(ofParty);
    await settled();
    const uids = (claims: readonly AnyObject[]) => claims.map(({ metadata, spec }) => [metadata.uid, spec.volumeName]);
    expect(uids(await bound())).toEqual(uids(before));
  });

  test('a volume grows by the commands that are shown for it, and its pods go on; without them it is refused', async () => {
    const before = await settled();
    const was = lastingPartyValues(partyPlan({ ...agreement, id, sizing: 'reference' }));
    const grown = partyPlan({ ...agreement, id, sizing: 'reference', volumesGiB: { datanode: 12, mysql: 2 } });
    const sets = partyWith({ volumesGiB: { datanode: 12, mysql: 2 } }).filter(
      ({ kind, metadata }) => kind === 'StatefulSet' && ['datanode', 'mysql'].includes(metadata.name),
    );
    for (const set of sets)
      await expect(apply(cluster, set)).rejects.toThrow(/volumeClaimTemplates.*field is immutable/);

    const commands = await carryOut(cluster, lastingPartyChanges(was, grown).join('\n'));
    expect(commands).toHaveLength(4);
    await vi.waitFor(async () => {
      for (const set of sets) expect(await read(cluster, set)).toMatchObject({ status: 404 });
    }, soon);
    for (const set of sets) await apply(cluster, set);
    expect(uidsOf(await settled())).toEqual(uidsOf(before));
    const sizes = (await bound())
      .filter(({ metadata }) => metadata.namespace === party)
      .map(({ metadata, spec }) => [metadata.name, spec.resources.requests.storage]);
    expect(Object.fromEntries(sizes)).toMatchObject({ 'data-datanode-0': '12Gi', 'data-mysql-0': '2Gi' });
  });

  test("a backup's pod is on the node of FATE Flow, and nothing is put back by itself", async () => {
    const drawn = partyWith({ backup: { to: { claimGiB: 1, storageClass }, schedule: '* * * * *' } });
    const names = ['backup', 'backup-config', 'restore'];
    await applyAll(drawn.filter(({ metadata }) => names.includes(metadata.name)));
    const jobs = () => itemsOf(cluster, `/apis/batch/v1/namespaces/${party}/jobs`);
    const pods = () => itemsOf(cluster, `/api/v1/namespaces/${party}/pods?labelSelector=app.kubernetes.io/name=backup`);
    const [pod] = await vi.waitFor(
      async () => {
        const scheduled = await pods();
        expect(scheduled[0]?.spec.nodeName).toEqual(expect.any(String));
        return scheduled;
      },
      { timeout: 270_000, interval: 500 }, // the next minute
    );
    const { body: fateflow } = await cluster.call('GET', `/api/v1/namespaces/${party}/pods/fateflow-0`);
    expect(pod?.spec.nodeName).toBe(fateflow.spec.nodeName);
    const claims = (await bound()).filter(({ metadata }) => metadata.namespace === party && metadata.name === 'backup');
    expect(claims).toHaveLength(1);
    const made = (await jobs()).map(({ metadata }) => metadata.ownerReferences?.[0]?.name);
    expect([...new Set(made)]).toEqual(['backup']);
    for (const object of drawn.filter(({ kind }) => kind === 'CronJob')) await remove(cluster, object);
    await vi.waitFor(async () => expect(await pods()).toEqual([]), 60_000);
  });

  test('a party that leaves by the commands that are shown leaves its claims and Secrets, and then nothing', async () => {
    const plans = federation(twoParties);
    const plan = plans.parties.find(({ namespace }) => namespace === other);
    if (plan === undefined) throw new Error('it was declared');
    const lines = leaving(plan, plans).steps.flatMap(({ withFiles = [] }) => withFiles);
    const namesOf = async (path: string) =>
      (await itemsOf(cluster, `${path}`))
        .filter(({ metadata }) => metadata.namespace === other)
        .map(idOf)
        .sort();
    const claims = await namesOf('/api/v1/persistentvolumeclaims');
    const theirs = uidsOf((await settled()).filter(({ metadata }) => metadata.namespace !== other));

    const [, kinds = '', selector = ''] =
      lines.map((line) => /^kubectl -n fate-40000 delete (\S+) --selector=(\S+)$/.exec(line)).find((it) => it) ?? [];
    expect(kinds).not.toBe('');
    for (const kind of kinds.split(',')) {
      const collection = `${groupOf[kind]}/namespaces/${other}/${kind}`;
      for (const { metadata } of await itemsOf(cluster, `${collection}?labelSelector=${encodeURIComponent(selector)}`))
        expect(
          await cluster.call('DELETE', `${collection}/${metadata.name}?propagationPolicy=Background`),
        ).toMatchObject({ status: 200 });
    }
    await vi.waitFor(async () => expect(await namesOf('/api/v1/pods')).toEqual([]), soon);
    expect(await namesOf('/api/v1/persistentvolumeclaims')).toEqual(claims);
    expect(claims.length).toBeGreaterThan(5);
    expect(await namesOf('/api/v1/secrets')).toHaveLength(4);
    for (const path of ['/api/v1/services', '/apis/networking.k8s.io/v1/ingresses'])
      expect(await namesOf(path)).toEqual([]);
    expect(await namesOf('/api/v1/configmaps')).toEqual([`${other}/kube-root-ca.crt`]);

    expect(lines).toContain(`kubectl delete namespace ${other}`);
    await cluster.call('DELETE', `/api/v1/namespaces/${other}`);
    await vi.waitFor(async () => expect((await cluster.call('GET', `/api/v1/namespaces/${other}`)).status).toBe(404), {
      timeout: 180_000,
      interval: 500,
    });
    expect(await namesOf('/api/v1/persistentvolumeclaims')).toEqual([]);
    expect(uidsOf(await settled())).toEqual(theirs);
  });
});

/** Of what `kubectl delete` calls by these names. */
const groupOf: Readonly<Record<string, string>> = {
  cronjobs: '/apis/batch/v1',
  jobs: '/apis/batch/v1',
  statefulsets: '/apis/apps/v1',
  deployments: '/apis/apps/v1',
  services: '/api/v1',
  ingresses: '/apis/networking.k8s.io/v1',
  configmaps: '/api/v1',
  networkpolicies: '/apis/networking.k8s.io/v1',
  rolebindings: '/apis/rbac.authorization.k8s.io/v1',
};

/** How long a controller may take. */
const soon = { timeout: 90_000, interval: 250 };

/** Services that have another name than the workload behind them. */
const workloadBehind: Readonly<Record<string, string>> = {
  fateboard: 'fateflow',
  'nginx-internal': 'nginx',
  notebook: 'client',
  'pulsar-public-tls': 'pulsar',
};

const agreement = { domain: twoParties.domain };
const routed = federation(twoParties).parties.flatMap((it) => partyDescriptor(it) ?? []);
const [{ id, addresses: ofParty }] = twoParties.parties;
const { addresses: ofExchange } = twoParties.exchange;
const movedExchange = exchangeDescriptor(exchangePlan(agreement), { trafficServer: '192.0.2.70', nginx: '192.0.2.71' });

/** The exchange of the example. */
const exchangeWith = (more: Partial<Parameters<typeof exchangePlan>[0]>) =>
  drawExchange({ addresses: ofExchange, ...more });

function drawExchange(props: Partial<Parameters<typeof exchangePlan>[0]>): AnyObject[] {
  const plan = exchangePlan({ ...agreement, ...props });
  return objectsOf((app) => new Exchange(app, plan.namespace, plan));
}

/** The first party of the example. */
function partyWith(more: Partial<Parameters<typeof partyPlan>[0]>): AnyObject[] {
  const plan = partyPlan({ ...agreement, id, addresses: ofParty, sizing: 'reference', ...more });
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
}

const secretsOf = (namespace: string, ...wanted: readonly (typeof secrets)[keyof typeof secrets][]) =>
  wanted.map(({ name, keys }) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name },
    stringData: Object.fromEntries(Object.values(keys).map((key) => [key, randomBytes(16).toString('hex')])),
  }));

async function applyAll(objects: readonly AnyObject[]): Promise<void> {
  for (const object of objects) await apply(cluster, object);
}

/** What is written by applying: kind and name of each object that is not as it was. */
async function changedBy(objects: readonly AnyObject[]): Promise<string[]> {
  const changed: string[] = [];
  for (const object of objects) {
    const { body: before } = await read(cluster, object);
    const after = await apply(cluster, object);
    if (!isDeepStrictEqual(declared(after), declared(before))) changed.push(`${object.kind} ${object.metadata.name}`);
  }
  return changed;
}

/** Without what controllers write meanwhile: the status of a PodDisruptionBudget follows its pods. */
const declared = ({
  metadata: { resourceVersion: _, managedFields: __, ...metadata },
  status: ___,
  ...object
}: AnyObject) => ({
  ...object,
  metadata,
});

/** Pods of a cluster in which every workload is as it was written, and no pod is about to come or go. */
const settled = (): Promise<readonly AnyObject[]> =>
  vi.waitFor(async () => {
    const workloads = await liveWorkloads();
    for (const { kind, metadata, status } of workloads) {
      expect(status.observedGeneration, `${kind} ${metadata.name}`).toBe(metadata.generation);
    }
    const pods = await itemsOf(cluster, '/api/v1/pods');
    const unsettled = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined || !isReady(pod));
    expect(unsettled.map(idOf)).toEqual([]);
    expect(countsOf(pods)).toEqual(Object.fromEntries(workloads.map((it) => [idOf(it), replicasOf(it)])));
    for (const { kind, spec, status } of workloads) {
      if (kind === 'Deployment')
        expect(status).toMatchObject({ updatedReplicas: spec.replicas, replicas: spec.replicas });
      if (kind === 'StatefulSet') expect(status).toMatchObject({ currentRevision: status.updateRevision });
    }
    return pods;
  }, soon);

/** Pods once those that are chosen, and no others, are new ones; pods may come besides. */
async function replaced(
  before: readonly AnyObject[],
  isChosen: (pod: AnyObject) => boolean,
): Promise<readonly AnyObject[]> {
  const pods = await settled();
  const gone = before.filter(({ metadata }) => !uidsOf(pods).includes(metadata.uid));
  expect(uidsOf(gone)).toEqual(uidsOf(before.filter(isChosen)));
  return pods;
}

async function liveWorkloads(): Promise<readonly AnyObject[]> {
  const kinds = { DaemonSet: 'daemonsets', Deployment: 'deployments', StatefulSet: 'statefulsets' };
  const lists = Object.entries(kinds).map(async ([kind, plural]) =>
    (await itemsOf(cluster, `/apis/apps/v1/${plural}`)).map((it) => ({ ...it, kind })),
  );
  return (await Promise.all(lists)).flat();
}

/** Claims, once all of them are bound. */
const bound = (): Promise<readonly AnyObject[]> =>
  vi.waitFor(async () => {
    const claims = await itemsOf(cluster, '/api/v1/persistentvolumeclaims');
    expect(claims.filter(({ status }) => status.phase !== 'Bound').map(idOf)).toEqual([]);
    return claims;
  }, soon);

/** Address of each LoadBalancer, once all of them have one. */
const addresses = (): Promise<Readonly<Record<string, string>>> =>
  vi.waitFor(async () => {
    const services = await itemsOf(cluster, '/api/v1/services');
    const published = services
      .filter(({ spec }) => spec.type === 'LoadBalancer')
      .map((service) => [idOf(service), service.status.loadBalancer.ingress?.[0]?.ip]);
    expect(published.filter(([, ip]) => ip === undefined)).toEqual([]);
    return Object.fromEntries(published);
  }, soon);

const endpointsOf = ({ metadata: { namespace, name } }: AnyObject): Promise<readonly AnyObject[]> => {
  const selector = encodeURIComponent(`kubernetes.io/service-name=${name}`);
  return itemsOf(cluster, `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`);
};

const budgetOf = async (name: string): Promise<AnyObject> =>
  (
    await read(cluster, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { namespace: exchange, name },
    })
  ).body;

const evict = async ({ metadata: { namespace, name } }: AnyObject): Promise<Answer> =>
  cluster.call('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { namespace, name },
  });

async function setUnschedulable(unschedulable: boolean): Promise<void> {
  for (const { metadata } of await itemsOf(cluster, '/api/v1/nodes')) {
    const contentType = 'application/merge-patch+json';
    await cluster.call('PATCH', `/api/v1/nodes/${metadata.name}`, { spec: { unschedulable } }, { contentType });
  }
}

interface Reference {
  readonly kind: string;
  readonly name: string;
  readonly keys: readonly string[];
}

/** What must be there before a kubelet starts the pod. */
function referencesOf({ serviceAccountName, volumes = [], ...pod }: AnyObject): readonly Reference[] {
  const containers: AnyObject[] = [...(pod.initContainers ?? []), ...pod.containers];
  const files = (volume: string) =>
    containers
      .flatMap(({ volumeMounts = [] }) => volumeMounts)
      .filter(({ name, subPath }) => name === volume && subPath !== undefined)
      .map(({ subPath }) => subPath);
  const ofVolumes = volumes.flatMap(({ name, configMap, secret, persistentVolumeClaim }: AnyObject) => [
    ...(configMap ? [{ kind: 'ConfigMap', name: configMap.name, keys: files(name) }] : []),
    ...(secret ? [{ kind: 'Secret', name: secret.secretName, keys: files(name) }] : []),
    ...(persistentVolumeClaim
      ? [{ kind: 'PersistentVolumeClaim', name: persistentVolumeClaim.claimName, keys: [] }]
      : []),
  ]);
  const ofVariables = containers
    .flatMap(({ env = [] }) => env)
    .flatMap(({ valueFrom: { secretKeyRef, configMapKeyRef } = {} as AnyObject }) => [
      ...(secretKeyRef ? [{ kind: 'Secret', name: secretKeyRef.name, keys: [secretKeyRef.key] }] : []),
      ...(configMapKeyRef ? [{ kind: 'ConfigMap', name: configMapKeyRef.name, keys: [configMapKeyRef.key] }] : []),
    ]);
  return [{ kind: 'ServiceAccount', name: serviceAccountName, keys: [] }, ...ofVolumes, ...ofVariables];
}

const idOf = ({ metadata }: AnyObject): string => `${metadata.namespace}/${metadata.name}`;
const uidsOf = (objects: readonly AnyObject[]): string[] => objects.map(({ metadata }) => metadata.uid).sort();
const replicasOf = ({ kind, spec }: AnyObject): number => (kind === 'DaemonSet' ? nodes : spec.replicas);

const isReady = ({ status }: AnyObject): boolean =>
  status.conditions?.some(({ type, status }: AnyObject) => type === 'Ready' && status === 'True') ?? false;

const portsOf = ({ spec }: AnyObject): number[] =>
  spec.containers.flatMap(({ ports = [] }: AnyObject) => ports.map(({ containerPort }: AnyObject) => containerPort));

/** `namespace/name` of the workload that a pod is of. */
function workloadOf({ metadata: { namespace, ownerReferences, labels } }: AnyObject): string {
  const [{ kind, name }] = ownerReferences;
  return `${namespace}/${kind === 'ReplicaSet' ? name.slice(0, -labels['pod-template-hash'].length - 1) : name}`;
}

/** Pods of each workload. */
function countsOf(pods: readonly AnyObject[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const workload of pods.map(workloadOf)) counts[workload] = (counts[workload] ?? 0) + 1;
  return counts;
}

const nodesOfPods = (pods: readonly AnyObject[], workload: string): ReadonlySet<string> =>
  new Set(pods.filter((pod) => workloadOf(pod) === workload).map(({ spec }) => spec.nodeName));
