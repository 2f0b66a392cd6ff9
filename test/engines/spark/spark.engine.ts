import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import { type ExternalSparkPlan, type FateRelease, partyPlan, releases } from '../../../lib';
import { metrics } from '../../../lib/monitoring/metrics';
import { containerOf, environmentOf, fileOf, find, objectsOf } from '../../support/objects';
import {
  type Addresses,
  type Hdfs,
  hadoop,
  hadoopRelease,
  hdfsHosts,
  hdfsVolumes,
  startHdfs,
  type Volumes,
} from '../hadoop/hdfs';
import { exporterPod } from '../monitoring/exporter';
import { expectAlerts, lasting, namesOf, scrape } from '../monitoring/prometheus';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import { type Image, type Pod, startPod, untilReady } from '../support/pod';
import { listeners, probed } from '../support/probe';
import { driver, sparkFiles, sparkMaster, sparkRelease, sparkWorker } from './spark';

const addresses = {
  master: address(121),
  nextMaster: address(122),
  workers: [address(123), address(124)],
  fateflow: address(125),
  otherFateflow: address(128),
};
const hdfsAddresses: Addresses = { namenode: address(126), datanodes: [address(127)] };

/** A worker, as the master tells of it. */
interface Worker {
  readonly host: string;
  readonly cores: number;
  readonly memory: number;
  readonly state: string;
}

/** An application, as the master tells of it. */
interface Application {
  readonly name: string;
  readonly cores: number;
  /** Of each of its executors, in MiB, as Spark 2 names it, and as Spark 3 does. */
  readonly memoryperslave?: number;
  readonly memoryperexecutor?: number;
  readonly state: string;
}

/** Each release of Spark that one of FATE has, with the first of those. */
const sparks = new Map((Object.keys(releases) as FateRelease[]).reverse().map((fate) => [sparkRelease(fate), fate]));

describe.each([...sparks].reverse())('Spark %s of FATE %s', (release, fate) => {
  const refused = refusal(`spark-${release}`) ?? refusal(`hadoop-${hadoopRelease(fate)}`) ?? noPods();
  const { sparkHome, container } = releases[fate].fateflow;
  const props = { sparkWorkers: 2, datanodes: 1, replication: 1, monitoring: {} };
  const plan = partyPlan({ domain: 'example.com', fate, id: 30000, ...props });
  const objects = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));

  /** The cluster's DNS: the headless Service of the master is the address of its pod. */
  const hosts = (master: string) => `${master} spark-master\n${hdfsHosts(objects, hdfsAddresses)}\n`;

  const ready = (pod: Pod, container: string) =>
    untilReady(pod, async () => expect(await probed(pod, containerOf(objects, container))).toEqual([200, 200, 200]));

  const start = async (deployment: string, image: Image, address: string, master = address): Promise<Pod> =>
    ready(await startPod({ deployment, objects, image, address, hosts: hosts(master) }), deployment);
  const startMaster = (address: string) => start('spark-master', sparkMaster(fate), address);
  const startWorker = (address: string) => start('spark-worker', sparkWorker(fate), address, addresses.master);

  /** A party of another namespace, which has no Spark of its own, and whose drivers are found by a name. */
  const other = partyPlan({
    ...{ domain: 'example.com', fate, id: 40000 },
    hdfs: { external: { namenode: { host: 'namenode.example.com' }, datanodes: { ranges: ['192.0.2.0/24'] } } },
    spark: {
      external: {
        masters: [{ host: 'spark.example.com' }],
        workers: { count: 2, cores: 4, memoryGiB: 4 },
        network: { ranges: ['192.0.2.0/24'], driver: { address: 'drivers.example.com' } },
        ports: { from: 31300, count: 2 },
        python: { executable: join(sparkFiles(fate), 'python/bin/python'), path: ['/opt/fate'] },
      },
    },
  });
  const others = objectsOf((app) => new FederatedLearningCluster(app, other.namespace, other));

  /** What `spark-defaults.conf` says, filled in for the pod. */
  const drawnSettings = (of = objects, address = addresses.fateflow) =>
    Object.fromEntries(
      fileOf(of, 'fateflow-config', 'spark-defaults.conf')
        .replaceAll('${POD_IP}', address)
        .trim()
        .split('\n')
        .map((line) => line.split(' ')),
    );
  const hdfsAddress = parse(fileOf(objects, 'fateflow-config', 'service_conf.yaml')).fate_on_spark.hdfs.name_node;

  describe.skipIf(refused !== undefined)(titled(`Spark ${release}`, refused), () => {
    let volumes: { readonly hdfs: Volumes; readonly fateflow: string };
    let master: Pod;
    let workers: Pod[];
    let fateflow: Pod;
    let hdfs: Hdfs;

    beforeAll(async () => {
      volumes = { hdfs: hdfsVolumes(plan.sizing.datanodes), fateflow: mkdtempSync('/run/fateflow-') };
      [hdfs, master, fateflow, ...workers] = await Promise.all([
        startHdfs(fate, objects, volumes.hdfs, hdfsAddresses),
        startMaster(addresses.master),
        startPod({
          statefulSet: 'fateflow',
          container,
          volumes: { data: volumes.fateflow },
          objects,
          secrets: { mysql: { password: 'unused' } },
          image: driver(fate),
          address: addresses.fateflow,
          hosts: hosts(addresses.master),
        }),
        ...addresses.workers.map(startWorker),
      ]);
    }, 900_000);
    afterAll(async () => {
      await Promise.all([master, fateflow, ...(workers ?? [])].map((pod) => pod?.stop()));
      await hdfs?.stop();
      volumes.hdfs.remove();
      rmSync(volumes.fateflow, { recursive: true });
    });

    const registered = async (): Promise<Worker[]> => {
      const { workers } = await (await fetch(`http://${master.address}:8080/json/`)).json();
      return workers.filter(({ state }: Worker) => state === 'ALIVE');
    };

    test('the master listens on the ports of its Service, and on no other', async () => {
      const published = find(objects, 'Service', 'spark-master').spec.ports.map((it: { port: number }) => it.port);
      expect(await listeners(master)).toEqual(published.sort());
    });

    test('the workers find it by its Service, and offer what is declared', async () => {
      const { SPARK_WORKER_CORES: cores, SPARK_WORKER_MEMORY: memory } = environmentOf(
        containerOf(objects, 'spark-worker'),
      );
      await vi.waitFor(async () => expect(await registered()).toHaveLength(2), { timeout: 150_000, interval: 500 });
      for (const host of addresses.workers) {
        expect(await registered()).toContainEqual(
          expect.objectContaining({ host, cores: Number(cores), memory: Number(memory?.replace('m', '')) }),
        );
      }
    });

    test("a job from FATE Flow's pod runs on every worker, with the settings that are drawn", async () => {
      const stub = `${releases[fate].sparkWorker?.configuration}/service_conf.yaml`;
      const job = ['--name=job', '--num-executors=2', '--executor-cores=2', '/job.py'];
      const { code, stdout, stderr } = await fateflow.exec('spark-submit', ...job, `${hdfsAddress}/numbers`, stub);
      expect(code, stdout + stderr).toBe(0);
      const found = JSON.parse(stdout);
      expect(found.sums).toEqual({ 0: 16668333, 1: 16661667, 2: 16665000 });
      expect(found.read).toBe(49995000);
      expect(found.hosts).toHaveLength(2);
      expect(found.stubs).toEqual(found.hosts.map(() => fileOf(objects, 'spark-worker-config', 'service_conf.yaml')));
      expect(found.settings).toMatchObject(drawnSettings());
    });

    /** A submission as FATE Flow 1.6.1 makes it: `num-executors` and `executor-cores` are always there, `spark_run` adds more. */
    const submit = (name: string, executors: number, cores: number, ...more: readonly string[]) =>
      submitFrom(fateflow, name, executors, cores, ...more);
    const submitFrom = (pod: Pod, name: string, executors: number, cores: number, ...more: readonly string[]) =>
      pod.exec(
        `${sparkHome}/bin/spark-submit`,
        `--name=${name}#guest`,
        ...more,
        `--num-executors=${executors}`,
        `--executor-cores=${cores}`,
        '/waiting.py',
        `/tmp/${name}`,
      );
    const application = async (name: string): Promise<Application | undefined> => {
      const { activeapps } = await (await fetch(`http://${master.address}:8080/json/`)).json();
      return activeapps.find((it: Application) => it.name === `${name}#guest`);
    };
    const memoryOf = async (name: string) => {
      const { memoryperexecutor, memoryperslave } = (await application(name)) ?? {};
      return memoryperexecutor ?? memoryperslave;
    };
    async function ended(names: readonly string[], jobs: readonly ReturnType<typeof submit>[]): Promise<void> {
      await Promise.all(names.map((name) => fateflow.exec('touch', `/tmp/${name}`)));
      for (const { code, stdout, stderr } of await Promise.all(jobs)) {
        expect(code, stdout + stderr).toBe(0);
        expect(stdout).toContain('at work');
      }
    }
    const soon = { timeout: 300_000, interval: 500 };
    const runs = (name: string, cores: number) =>
      vi.waitFor(async () => expect(await application(name)).toMatchObject({ cores, state: 'RUNNING' }), soon);

    test('two jobs run beside one another, each on the cores that FATE Flow counted', async () => {
      const jobs = [submit('first', 2, 2), submit('second', 1, 8)];
      await runs('first', 4);
      await runs('second', 8);
      await ended(['first', 'second'], jobs);
    });

    test('the last core of all workers is of use: there is memory for each', async () => {
      const jobs = [submit('large', 1, 11), submit('small', 2, 2), submit('smallest', 1, 1)];
      await Promise.all([runs('large', 11), runs('small', 4), runs('smallest', 1)]);
      await ended(['large', 'small', 'smallest'], jobs);
    });

    test('what a job asks of memory it has, and not a total that FATE Flow did not count', async () => {
      const jobs = [
        submit('asking', 2, 1, '--executor-memory=600m'),
        submit('configured', 2, 1, '--conf', 'spark.executor.memory=700m', '--total-executor-cores=1'),
      ];
      await Promise.all(['asking', 'configured'].map((name) => runs(name, 2)));
      expect(await memoryOf('asking')).toBe(600);
      expect(await memoryOf('configured')).toBe(700);
      await ended(['asking', 'configured'], jobs);
    });

    test('two jobs that ask for more than there is, in whatever words, run beside one another too', async () => {
      const jobs = [
        submit('greedy', 1, 8, '--executor-memory=64gb', '--conf', 'spark.executor.cores=64'),
        submit('greedier', 4, 2, '--conf', 'spark.executor.memory=1T'),
      ];
      await Promise.all(['greedy', 'greedier'].map((name) => runs(name, 8)));
      await ended(['greedy', 'greedier'], jobs);
    });

    test('jobs of a party whose Spark others run are called back at the ports that are declared, one beside the other', async () => {
      const { drivers, blocks, executors } = (other.spark as ExternalSparkPlan).ports;
      const volume = mkdtempSync('/run/fateflow-');
      const pod = await startPod({
        statefulSet: 'fateflow',
        container,
        volumes: { data: volume },
        objects: others,
        secrets: { mysql: { password: 'unused' } },
        image: driver(fate),
        address: addresses.otherFateflow,
        hosts: `${addresses.master} spark.example.com spark-master\n${hdfsHosts(objects, hdfsAddresses)}\n`,
      });
      try {
        const { templates } = releases[fate].fateflow;
        const installed = ['cmp', '-s', `${templates}/spark-submit`, `${sparkHome}/bin/spark-submit`];
        await vi.waitFor(async () => expect((await pod.exec(...installed)).code).toBe(0), soon);
        for (const it of workers)
          await it.exec('sh', '-c', 'echo "$0 drivers.example.com" >>/etc/hosts', addresses.otherFateflow);
        const job = submitFrom(pod, 'elsewhere', 2, 2);
        await runs('elsewhere', 4);
        await vi.waitFor(async () => {
          expect(await listeners(pod)).toEqual(expect.arrayContaining([drivers[0], blocks[0]]));
          for (const it of workers) expect(await listeners(it)).toContain(executors[0]);
        }, soon);
        const beside = ['--name=beside', '--num-executors=2', '--executor-cores=2', '/job.py'];
        const stub = `${releases[fate].sparkWorker?.configuration}/service_conf.yaml`;
        const { code, stdout, stderr } = await pod.exec('spark-submit', ...beside, `${hdfsAddress}/beside`, stub);
        expect(code, stdout + stderr).toBe(0);
        const { hosts: at, settings, sums } = JSON.parse(stdout);
        expect(sums).toEqual({ 0: 16668333, 1: 16661667, 2: 16665000 });
        expect(at).toHaveLength(2);
        // The row's first one is taken.
        expect(settings).toMatchObject({
          ...drawnSettings(others, addresses.otherFateflow),
          'spark.driver.host': 'drivers.example.com',
          'spark.driver.port': `${drivers[1]}`,
        });
        await pod.exec('touch', '/tmp/elsewhere');
        expect((await job).code).toBe(0);
      } finally {
        await pod.stop();
        rmSync(volume, { recursive: true });
      }
    });

    test('HDFS keeps as many copies of what the job wrote as are declared', async () => {
      const copies = await hadoop(hdfs.namenode, 'fs.FsShell', '-stat', '%r', '/numbers/part-00000');
      expect(copies.trim()).toBe(`${plan.sizing.replication}`);
    });

    test('a master that starts again, under another address, gets its workers back', async () => {
      await master.stop();
      master = await startMaster(addresses.nextMaster);
      for (const it of workers)
        await it.exec('sed', '-i', `s/^${addresses.master} /${addresses.nextMaster} /`, '/etc/hosts');
      await vi.waitFor(async () => expect(await registered()).toHaveLength(2), { timeout: 360_000, interval: 500 });
    });

    const noPrometheus = refusal('prometheus');
    test.skipIf(noPrometheus !== undefined)(titled('a worker that is away is an alert', noPrometheus), async () => {
      const exporter = await exporterPod('json', objects, address(130), `${master.address} spark-master\n`);
      const record = () => scrape(objects, 'exporter', { pod: exporter.address }, ['spark-master']);
      try {
        const whole = await record();
        expect(namesOf(whole)).toEqual([...metrics.spark].sort());
        await expectAlerts(objects, lasting(whole, 10), []);
        await workers.pop()?.stop();
        await vi.waitFor(async () => expect(await registered()).toHaveLength(1), { timeout: 360_000, interval: 500 });
        const lacking = [...lasting(whole, 3), ...lasting(await record(), 8)];
        await expectAlerts(objects, lacking, ['FateSparkWorkersMissing']);
      } finally {
        await exporter.stop();
      }
    });
  });
});
