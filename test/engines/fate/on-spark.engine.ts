import { mkdtempSync, rmSync } from 'node:fs';
import type { Pod as KubernetesPod } from 'kubernetes-types/core/v1';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { federation, type PartyProps, partyPlan, releases, services } from '../../../lib';
import type { Judgement } from '../../../lib/diagnosis/finding';
import { partyLadder } from '../../../lib/diagnosis/ladders/party';
import { type AnyObject, objectsOf } from '../../support/objects';
import { hadoop, hadoopRelease } from '../hadoop/hdfs';
import { type Enforcement, enforce, lead, noEnforcement, startEnforcement } from '../network/enforcement';
import { reachedFrom, startListener, type Target } from '../network/listener';
import { sparkRelease } from '../spark/spark';
import { certificateAuthority } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import type { Pod } from '../support/pod';
import { trafficServerPod } from '../traffic-server/pod';
import { exchangeNginx, exchangeOf } from './exchange';
import { endOf, submit } from './flow-api';
import { release } from './images';
import type { Computing, SparkAddresses } from './on-spark';
import { type Addresses, type Party, startParty } from './party';
import { metricsOf, secureBoost, upload } from './secure-boost';

const engines = [
  ...['fate-spark', `hadoop-${hadoopRelease(release)}`, 'pulsar-2.10', 'traffic-server', 'nginx', 'mariadb'],
  'kube-router', // and with it what leads to drivers
];
const refused = engines.map(refusal).find((it) => it !== undefined) ?? noPods();
const unenforced = noEnforcement();

const gate = { trafficServer: address(211), nginx: address(212) };
const hosts = { 30000: 213, 40000: 222 } as const;
type Id = keyof typeof hosts;

/** At which executors of another network find drivers. */
const drivers = address(232);

/** Of a party's pods. Those of nginx and Pulsar are its public ones, too. */
function addressesOf(id: Id): Addresses & { readonly spark: SparkAddresses } {
  const [nginx, pulsar, mysql, fateflow, client, master, worker, namenode, datanode] = Array.from(
    { length: 9 },
    (_, i) => address(hosts[id] + i),
  ) as [string, string, string, string, string, string, string, string, string];
  return {
    nginx,
    pulsar,
    mysql,
    fateflow,
    client,
    spark: { master, worker, hdfs: { namenode, datanodes: [datanode] } },
  };
}

function computingOf({ computing }: Party): Computing {
  if (computing === undefined) throw new Error('FATE computes by itself there');
  return computing;
}

/** As an API server shows it. */
const runningPod = (workload: string, container: string): KubernetesPod => ({
  metadata: { name: `${workload}-0`, labels: { 'app.kubernetes.io/name': workload } },
  status: {
    containerStatuses: [
      { name: container, image: '', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
    ],
  },
});

const ids: readonly Id[] = [30000, 40000];
const small = { sparkWorkers: 1, datanodes: 1, replication: 1 };

/** Spark and HDFS of somebody else, in a network that the cluster knows nothing of. They are drawn as a party's own are. */
const analytics = partyPlan({ domain: 'example.org', fate: release, id: 1, namespace: 'analytics', ...small });
const { count, cores, memoryMiB } = analytics.spark.workers;

/** What others run for a party. */
const { spark: theirs, pulsar: theirPulsar } = addressesOf(40000);
const elsewhere = {
  30000: small,
  40000: {
    mysql: { external: { host: 'mysql.databases.example.com', database: 'fate_40000', user: 'fate-40000' } },
    pulsar: { external: { host: 'pulsar.messages.example.com', public: { address: theirPulsar } } },
    spark: {
      external: {
        masters: [{ host: 'spark.analytics.example.com' }],
        workers: { count, cores, memoryGiB: memoryMiB / 1024 },
        network: {
          ranges: [`${theirs.worker}/32`],
          driver: { address: drivers, service: { externalTrafficPolicy: 'Local' } },
        },
      },
    },
    hdfs: {
      external: {
        namenode: { host: 'files.analytics.example.com', port: services.namenode.ports.rpc },
        datanodes: {
          ranges: theirs.hdfs.datanodes.map((it) => `${it}/32`),
          port: releases[release].hdfs.datanode.data,
        },
        user: 'fate-40000',
        replication: 1,
      },
    },
  },
} as const satisfies Record<Id, Partial<PartyProps>>;
const declared = federation({
  domain: 'example.com',
  fate: release,
  exchange: { addresses: gate },
  parties: ids.map((id) => {
    const { nginx, pulsar } = addressesOf(id);
    const own = 'pulsar' in elsewhere[id] ? { nginx } : { nginx, pulsar };
    return { id, addresses: own, ...elsewhere[id] };
  }),
});

describe.skipIf(refused !== undefined)(
  titled(`FATE ${release} on Spark ${sparkRelease(release)} and HDFS ${hadoopRelease(release)}`, refused),
  () => {
    const directory = refused === undefined ? mkdtempSync('/run/fate-') : '';
    let exchange: Pod[];
    let first: Party;
    let second: Party;
    let cluster: Enforcement | undefined;

    beforeAll(async () => {
      const certify = certificateAuthority();
      const certificate = certify('proxy.example.com');
      const objects = exchangeOf(declared);
      if (unenforced === undefined) cluster = await enforced(objects);
      await lead(drivers, addressesOf(40000).fateflow);
      const others = objectsOf((app) => new FederatedLearningCluster(app, analytics.namespace, analytics));
      exchange = await Promise.all([
        trafficServerPod(objects, certificate, gate.trafficServer),
        exchangeNginx(objects, certificate, gate.nginx),
      ]);
      [first, second] = (await Promise.all(
        declared.parties.map((plan) => {
          const { spark, ...addresses } = addressesOf(plan.id as Id);
          const computing = plan.spark.isExternal ? { ...spark, others } : spark;
          return startParty(plan, addresses, certify, directory, computing);
        }),
      )) as [Party, Party];
    }, 1_800_000);
    afterAll(async () => {
      await Promise.all([first, second, ...(exchange ?? []), cluster].map((it) => it?.stop()));
      rmSync(directory, { recursive: true });
    });

    /** Before a pod is there: all that it does is done under the policies. */
    async function enforced(objects: readonly AnyObject[]): Promise<Enforcement> {
      const cluster = await startEnforcement(2400);
      await enforce(cluster, objects, { nginx: gate.nginx, 'traffic-server': gate.trafficServer });
      for (const plan of declared.parties) {
        const { spark, ...others } = addressesOf(plan.id as Id);
        const { master, worker, hdfs } = spark;
        const computing = { 'spark-master': master, 'spark-worker': worker, namenode: hdfs.namenode };
        const drawn = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
        await enforce(cluster, drawn, { ...others, ...computing, datanode: `${hdfs.datanodes[0]}` });
      }
      return cluster;
    }

    /** FATE Flow has a task's end before Spark has. */
    const soon = { timeout: 180_000, interval: 500 };

    const json = async (url: string): Promise<AnyObject> => (await fetch(url)).json();

    /** Cores of what has run on a party's Spark, by the name that FATE Flow gave it: `<task>#<role>`. */
    async function applications(id: Id): Promise<Map<string, number>> {
      const { master } = addressesOf(id).spark;
      const { completedapps } = await json(`http://${master}:${services.sparkMaster.ports.ui}/json/`);
      return new Map(completedapps.map(({ name, cores }: AnyObject) => [name, cores]));
    }

    test('what each has uploaded its Spark makes a table of, from HDFS to HDFS', async () => {
      const jobs = [
        { api: first.api, job: await upload(first.api, 'guest') },
        { api: second.api, job: await upload(second.api, 'host') },
      ];
      const ends = jobs.map(({ api, job }) => endOf(api, job, 1_200_000));
      expect(await Promise.all(ends)).toEqual(['success', 'success']);
      await vi.waitFor(async () => {
        for (const [i, id] of ids.entries())
          expect((await applications(id)).get(`${jobs[i]?.job}_transformer_0#local`)).toBe(4);
      }, soon);
    }, 1_350_000);

    test('jobs and tables of a party whose MySQL others run are in it, and there alone', async () => {
      const query = "SELECT COUNT(DISTINCT f_job_id) FROM t_job WHERE f_status = 'success'";
      const count = () =>
        second.pods.mysql.exec(
          ...[
            'sh',
            '-c',
            'MYSQL_PWD="$MYSQL_PASSWORD" exec mariadb --no-defaults -N -h127.0.0.1 -u"$MYSQL_USER" "$0" -e"$1"',
          ],
          ...[second.plan.mysql.name, query],
        );
      await vi.waitFor(async () => expect(await count()).toMatchObject({ code: 0, stdout: '1\n' }), soon);
      expect(second.objects.filter(({ metadata }) => metadata.name === services.mysql.name)).toEqual([]);
    });

    test('tables of a party whose engines others run are in their HDFS, as the user that it is there, and it has no such pods', async () => {
      const { hdfs } = computingOf(second);
      const listed = await hadoop(hdfs.namenode, 'fs.FsShell', '-ls', '-R', '/fate');
      expect(listed).toMatch(/_transformer_0\/.*\/part-\d+$/m); // which executors have written
      const owners = [...listed.matchAll(/^[d-]\S+\s+\S+\s+(\S+)/gm)].map(([, owner]) => owner);
      expect(new Set(owners)).toEqual(new Set(['fate-40000']));
      const own = second.objects.map(({ metadata }) => metadata.name);
      for (const { name } of [services.sparkMaster, services.namenode, services.datanode, services.pulsar])
        expect(own).not.toContain(name);
    });

    /** What a diagnosis makes of what it has a party's FATE Flow run. */
    async function diagnosed({ plan, pods }: Party, id: string): Promise<Judgement> {
      const { container } = releases[release].fateflow;
      const steps = partyLadder(plan, [], [runningPod(services.fateflow.name, container)]);
      const step = steps.find((it) => it.id === id);
      const [ask] = step?.asks ?? [];
      if (step === undefined || ask === undefined || !('execution' in ask)) throw new Error('nothing is asked');
      const value = await pods.fateflow.exec(...ask.execution.command);
      return step.judge({
        now: new Date(),
        pods: { value: [] },
        events: { value: [] },
        verdicts: new Map(),
        answers: new Map([[ask.id, { value }]]),
      });
    }

    test("a diagnosis finds FATE Flow's ledger of cores there, and nothing booked that no job has", async () => {
      await vi.waitFor(async () => expect(await diagnosed(second, 'cores')).toMatchObject({ verdict: 'holds' }), soon);
    });

    test('and in the HDFS that others run the directory of FATE, and how much room there is', async () => {
      const saw = expect.stringMatching(/^\d+ GiB of \d+ GiB left$/);
      expect(await diagnosed(second, 'hdfs')).toMatchObject({ verdict: 'holds', saw });
    });

    test('hetero SecureBoost trains on it, on the cores that the job asks for', async () => {
      const conf = { computing_partitions: 2, task: { engine_run: { 'num-executors': 1, 'executor-cores': 2 } } };
      const job = await submit(first.api, { ...secureBoost(first.id, second.id), conf });
      expect(await endOf(first.api, job, 1_800_000)).toBe('success');
      await vi.waitFor(async () => expect((await applications(40000)).get(`${job}_sbt_0#host`)).toBe(2), soon);
      expect((await metricsOf(first.api, job, first.id, 'evaluation_0')).get('evaluation')).toEqual({
        sbt_0: { train_set: [{ metric: 'auc', val: 1 }] },
      });
    }, 2_850_000);

    describe.skipIf(unenforced !== undefined)(titled('under its policies, enforced by kube-router', unenforced), () => {
      let stranger: Pod;

      beforeAll(async () => {
        stranger = await startListener(address(231), []);
      });
      afterAll(async () => {
        await stranger?.stop();
      });

      const { fateflow, mysql, client, pulsar, spark } = addressesOf(30000);
      /** What is a party's own. */
      const own: readonly Target[] = [
        `TCP:${fateflow}:${services.fateflow.ports.http}`,
        `TCP:${mysql}:${services.mysql.ports.mysql}`,
        `TCP:${client}:${services.notebook.ports.http}`,
        `TCP:${pulsar}:${services.pulsar.ports.admin}`,
        `TCP:${pulsar}:${services.pulsar.ports.broker}`,
        `TCP:${spark.master}:${services.sparkMaster.ports.rpc}`,
        `TCP:${spark.master}:${services.sparkMaster.ports.ui}`,
        `TCP:${spark.hdfs.namenode}:${services.namenode.ports.rpc}`,
        `TCP:${spark.hdfs.datanodes[0]}:${releases[release].hdfs.datanode.data}`,
      ];

      test('nobody outside of it, of another party or of the exchange reaches what is its own', async () => {
        for (const pod of [stranger, second.pods.fateflow, second.pods.nginx, second.pods.pulsar, ...exchange])
          expect(await reachedFrom(pod, own)).toEqual([]);
      });

      test('its nginx reaches FATE Flow alone of it, and its notebook FATE Flow and itself', async () => {
        const [flow, , notebook] = own;
        expect(await reachedFrom(first.pods.nginx, own)).toEqual([flow]);
        expect(await reachedFrom(first.pods.client, own)).toEqual([flow, notebook]);
      });

      test('a party on engines of others reaches what jobs need of them, and no page of theirs', async () => {
        const { master, hdfs } = theirs;
        const needed: readonly Target[] = [
          `TCP:${master}:${services.sparkMaster.ports.rpc}`,
          `TCP:${hdfs.namenode}:${services.namenode.ports.rpc}`,
          `TCP:${hdfs.datanodes[0]}:${releases[release].hdfs.datanode.data}`,
          `TCP:${theirPulsar}:${services.pulsar.ports.broker}`,
          `TCP:${theirPulsar}:${services.pulsar.ports.admin}`,
        ];
        // Not Spark's: Pulsar is known by a name here, so the port of its administration, which is that page's, is open to all addresses.
        const pages: readonly Target[] = [`TCP:${hdfs.namenode}:${releases[release].hdfs.namenode.ui}`];
        expect(await reachedFrom(stranger, [...needed, ...pages])).toEqual([...needed, ...pages]);
        expect(await reachedFrom(second.pods.fateflow, [...needed, ...pages])).toEqual(needed);
      });

      test('workers of others reach its drivers by the address that leads there, and nobody else does', async () => {
        const { spark, id } = second.plan;
        const port = spark.isExternal ? spark.ports.drivers[1] : 0;
        const driver = [`TCP:${drivers}:${port}`, `TCP:${addressesOf(id as Id).fateflow}:${port}`] as const;
        const { worker } = computingOf(second);
        const listener = 'python -m http.server "$0" & until [ -e /tmp/heard ]; do sleep 0.2; done; kill $!';
        const listening = second.pods.fateflow.exec('sh', '-c', listener, `${port}`);
        await vi.waitFor(async () => expect(await reachedFrom(worker, driver)).toEqual(driver), soon);
        for (const pod of [stranger, first.pods.fateflow, second.pods.pulsar, ...exchange])
          expect(await reachedFrom(pod, driver)).toEqual([]);
        expect(await reachedFrom(worker, driver)).toEqual(driver); // it has listened all the while
        await second.pods.fateflow.exec('touch', '/tmp/heard');
        expect(await listening).toMatchObject({ code: 0 });
      });

      test('all of it can be reached once the policies are gone', async () => {
        const path = `/apis/networking.k8s.io/v1/namespaces/${first.plan.namespace}/networkpolicies`;
        expect(await cluster?.call('DELETE', path)).toMatchObject({ status: 200 });
        await vi.waitFor(async () => expect(await reachedFrom(stranger, own)).toEqual(own), soon);
      });
    });
  },
);
