import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, partyPlan, releases } from '../../../lib';
import { externalHdfs } from '../../../lib/diagnosis/steps/compute';
import { askedCopies, fateDirectory } from '../../../lib/fate/hdfs';
import { lastingPartyChanges, lastingPartyValues } from '../../../lib/federation/lasting';
import { metrics } from '../../../lib/monitoring/metrics';
import { containerOf, environmentOf, fileOf, find, objectsOf } from '../../support/objects';
import { exporterPod } from '../monitoring/exporter';
import { expectAlerts, lasting, namesOf, scrape } from '../monitoring/prometheus';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import { type Pod, startPod } from '../support/pod';
import { listeners } from '../support/probe';
import {
  type Addresses,
  appendTwice,
  type Hdfs,
  hadoop,
  hadoopHome,
  hadoopOfFateFlow,
  hadoopRelease,
  hdfsClient,
  hdfsHosts,
  hdfsVolumes,
  startHdfs,
  type Volumes,
} from './hdfs';

const addresses: Addresses = { namenode: address(101), datanodes: [address(102), address(103)] };

const propertiesOf = (xml: string) =>
  [...xml.matchAll(/<name>\s*(.*?)\s*<\/name>\s*<value>(.*?)<\/value>/gs)].map(
    ([, name, value]) => [`${name}`, `${value}`] as const,
  );

/** Of a cluster that nobody has looked at. */
const nothingSeen = { now: new Date(), pods: { value: [] }, events: { value: [] }, verdicts: new Map() };

/** Names of Hadoop 1, which later ones take for their own. */
const renamed: Readonly<Record<string, string>> = { 'fs.default.name': 'fs.defaultFS' };

/** Each release of Hadoop that one of FATE has, with the first of those. */
const hadoops = new Map((Object.keys(releases) as FateRelease[]).reverse().map((fate) => [hadoopRelease(fate), fate]));

describe.each([...hadoops].reverse())('Hadoop %s of FATE %s', (release, fate) => {
  const refused = refusal(`hadoop-${release}`) ?? noPods();
  const { hdfs: ports } = releases[fate];
  const declared = { domain: 'example.com', fate, id: 30000 };
  const plan = partyPlan({ ...declared, datanodes: 2, replication: 2, monitoring: {} });
  const objects = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));

  /** Hadoop's own values. */
  const defaults = () =>
    ['core', 'hdfs'].flatMap((it) =>
      propertiesOf(readFileSync(join(hadoopHome(fate), `lib/${it}-default.xml`), 'utf8')),
    );
  /** Every setting that Hadoop has a default for. */
  const known = () => defaults().map(([name]) => name);

  /** Settings that the manifests give to a container, by the names that Hadoop has for them. */
  function settingsOf(role: string): (readonly [string, string])[] {
    const variables = Object.entries(environmentOf(containerOf(objects, role))).flatMap(([key, value]) => {
      const setting = /^(?:CORE|HDFS)_CONF_(.*)$/.exec(key)?.[1];
      return setting === undefined ? [] : [[setting.replaceAll('___', '-').replaceAll('_', '.'), `${value}`] as const];
    });
    const file = role === 'namenode' ? propertiesOf(fileOf(objects, 'namenode-config', 'core-site.xml')) : [];
    return [...variables, ...file].map(([name, value]) => [renamed[name] ?? name, value]);
  }

  describe.skipIf(refused !== undefined)(titled(`HDFS ${release}`, refused), () => {
    const ofFateFlow = hadoopOfFateFlow(fate);
    let volumes: Volumes;
    let hdfs: Hdfs;
    let written: string | undefined;
    let fateflow: Pod;
    let fateflowVolume: string;

    const json = async (pod: Pod, port: number, path: string) =>
      (
        await fetch(`http://${pod.address}:${port}/${path}`, {
          headers: { Accept: 'application/json' },
          signal: AbortSignal.timeout(10_000),
        })
      ).json();
    const bean = async (name: string) =>
      (await json(hdfs.namenode, ports.namenode.ui, `jmx?qry=Hadoop:service=NameNode,name=${name}`)).beans[0];
    const live = async (): Promise<string[]> => Object.keys(JSON.parse((await bean('NameNodeInfo')).LiveNodes));

    const datanode = (ordinal = 0): Pod => {
      const pod = hdfs.datanodes[ordinal];
      if (pod === undefined) throw new Error(`no datanode ${ordinal}`);
      return pod;
    };
    const podOf = (role: string): Pod => (role === 'namenode' ? hdfs.namenode : datanode());
    const digest = async (pod: Pod, file: string) => (await pod.exec('sha256sum', file)).stdout.split(' ')[0];

    async function start(addresses: Addresses): Promise<void> {
      hdfs = await startHdfs(fate, objects, volumes, addresses);
      await vi.waitFor(async () => expect(await live()).toHaveLength(2), { timeout: 180_000, interval: 500 });
    }
    beforeAll(async () => {
      volumes = hdfsVolumes(plan.sizing.datanodes);
      await start(addresses);
      fateflowVolume = mkdtempSync('/run/fateflow-');
      fateflow = await startPod({
        statefulSet: 'fateflow',
        container: releases[fate].fateflow.container,
        volumes: { data: fateflowVolume },
        objects,
        secrets: { mysql: { password: 'unused' } },
        image: hdfsClient(fate),
        address: address(104),
        hosts: hdfsHosts(objects, addresses),
      });
    }, 720_000);
    afterAll(async () => {
      await fateflow?.stop();
      await hdfs?.stop();
      volumes.remove();
      rmSync(fateflowVolume, { recursive: true });
    });

    test.each([
      ['namenode', ports.namenode.ui],
      ['datanode', ports.datanode.ui],
    ])('each setting of the %s is known to Hadoop, and in effect', async (role, port) => {
      const { properties } = await json(podOf(role), port, 'conf?format=json');
      const effective = new Map(properties.map((it: { key: string; value: string }) => [it.key, it.value]));
      const drawn = settingsOf(role);
      expect(drawn.length).toBeGreaterThan(5);
      for (const [setting, value] of drawn) {
        expect(known(), setting).toContain(setting);
        expect(effective.get(setting), setting).toBe(value);
      }
    });

    test.each(['namenode', 'datanode'])('the %s listens on the ports of its Service', async (role) => {
      const published = find(objects, 'Service', role).spec.ports.map(({ port }: { port: number }) => port);
      expect(await listeners(podOf(role))).toEqual(expect.arrayContaining(published));
    });

    test('datanodes are known by the names of their pods in the cluster', async () => {
      expect((await live()).sort()).toEqual(
        [0, 1].map((it) => `datanode-${it}.datanode.fate-30000.svc.cluster.local:${ports.datanode.data}`),
      );
    });

    test('a file that one pod writes is read by another, and each datanode has a copy of each block', async () => {
      const [first, second] = [datanode(0), datanode(1)];
      await first.exec('sh', '-c', 'head -c 3000000 /dev/urandom >/tmp/file');
      await hadoop(first, 'fs.FsShell', '-D', 'dfs.blocksize=1048576', '-put', '/tmp/file', '/file');
      written = await digest(first, '/tmp/file');
      await hadoop(second, 'fs.FsShell', '-get', '/file', '/tmp/read');
      expect(await digest(second, '/tmp/read')).toBe(written);
      const report = await hadoop(second, 'hdfs.tools.DFSck', '/file', '-files', '-blocks');
      const copies = [...report.matchAll(/repl=(\d+)/gi)].map(([, it]) => Number(it));
      expect(copies).toEqual([2, 2, 2]);
      expect(report).toMatch(/Under-replicated blocks:\s+0/);
    });

    // pyarrow asks for 3 copies when it makes a file; FATE appends to it later.
    const makeTable = (tool: typeof hadoop, pod: Pod, file: string) =>
      tool(pod, 'fs.FsShell', '-D', `dfs.replication=${askedCopies}`, '-put', '/etc/hostname', file);
    const append = (tool: typeof hadoop, pod: Pod, file: string) =>
      tool(pod, 'fs.FsShell', '-appendToFile', '/etc/hostname', file);
    const lines = async (file: string) =>
      (await hadoop(datanode(), 'fs.FsShell', '-cat', file)).split('\n').filter((it) => it !== '');

    test.each([
      ["FATE Flow's pod", 'hdfs://namenode:9000/table', ofFateFlow, () => fateflow],
      ["a datanode's pod", '/other-table', hadoop, datanode],
    ] as const)('a client in %s appends to what FATE Flow wrote', async (_, file, tool, pod) => {
      await makeTable(tool, pod(), file);
      await append(tool, pod(), file);
      expect(await lines(file)).toHaveLength(2);
    });

    test('a party whose HDFS others run finds the active one of its namenodes, and writes and appends as its user', async () => {
      const namenodes = [{ host: `${addresses.datanodes[0]}` }, { host: 'namenode.example.com', port: 9000 }];
      const datanodes = { ranges: ['192.0.2.0/24'], port: ports.datanode.data };
      const external = { nameservice: { name: 'analytics', namenodes }, datanodes, user: 'fate-30000' };
      const { hdfs, ...elsewhere } = partyPlan({ ...declared, hdfs: { external } });
      if (!hdfs.isExternal) throw new Error('it is its own');
      const client = await startPod({
        statefulSet: 'fateflow',
        container: releases[fate].fateflow.container,
        volumes: { data: fateflowVolume },
        objects: objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, { hdfs, ...elsewhere })),
        secrets: { mysql: { password: 'unused' } },
        image: hdfsClient(fate),
        address: address(105),
        hosts: `${addresses.namenode} namenode.example.com\n`,
      });
      try {
        await ofFateFlow(client, 'fs.FsShell', '-mkdir', fateDirectory(hdfs));
        await makeTable(ofFateFlow, client, `${fateDirectory(hdfs)}/table`);
        await append(ofFateFlow, client, `${fateDirectory(hdfs)}/table`);
        expect(await lines('/fate/table')).toHaveLength(2);
        const listed = await hadoop(datanode(), 'fs.FsShell', '-ls', '/fate');
        expect(listed).toMatch(/ 3 fate-30000 .* \/fate\/table$/m);
        const { asks, judge } = externalHdfs({ hdfs, ...elsewhere }, hdfs, { pod: 'fateflow-0', container: 'any' });
        const [ask] = asks;
        if (ask === undefined || !('execution' in ask)) throw new Error('nothing is run');
        const value = await client.exec(...ask.execution.command);
        const answers = new Map([[ask.id, { value }]]);
        const judged = judge({ ...nothingSeen, answers });
        expect(judged, value.stderr).toMatchObject({
          verdict: 'holds',
          saw: expect.stringMatching(/^\d+ GiB of \d+ GiB left$/),
        });
      } finally {
        await client.stop();
      }
    });

    test('HDFS keeps as many of the copies that FATE Flow asks for as there are datanodes', async () => {
      const report = await hadoop(datanode(), 'hdfs.tools.DFSck', '/table', '-files', '-blocks');
      expect(report).toMatch(/Average block replication:\s+2\.0/);
    });

    test('a largest number of copies at the namenode would end what FATE Flow writes, and not bound it', async () => {
      const most = Number(new Map(defaults()).get('dfs.replication.max'));
      const put = (copies: number) => {
        const options = ['-D', `dfs.replication=${copies}`, '-put', '/etc/hostname', `hdfs://namenode:9000/${copies}`];
        return ofFateFlow(fateflow, 'fs.FsShell', ...options);
      };
      await put(most);
      await expect(put(most + 1)).rejects.toThrow(/put: (file .* on client|Requested replication factor of) /); // of the reason the shell tells the first line
      expect((await hadoop(datanode(), 'fs.FsShell', '-ls', '/')).match(/\/51\d$/gm)).toEqual([`/${most}`]);
    });

    test('where there are to be fewer datanodes, the command that the update shows gives each a copy of all', async () => {
      await hadoop(datanode(), 'fs.FsShell', '-D', 'dfs.replication=1', '-put', '/etc/hostname', '/single');
      const fewer = partyPlan({ ...declared, datanodes: 1, replication: 1 });
      const [, command = ''] = lastingPartyChanges(lastingPartyValues(plan), fewer)[0]?.split('\n') ?? [];
      const [, options = ''] = /-- hdfs dfs (.*)$/.exec(command) ?? [];
      expect(command).toContain('exec namenode-0');
      await hadoop(hdfs.namenode, 'fs.FsShell', ...options.split(' '));
      const report = await hadoop(datanode(), 'hdfs.tools.DFSck', '/single', '-files', '-blocks');
      expect(report).toMatch(/Average block replication:\s+2\.0/);
    });

    test('an append of FATE Flow that is under way when a datanode is lost loses nothing, and the next one is made', async () => {
      const rows = 'hdfs://namenode:9000/rows';
      await makeTable(ofFateFlow, fateflow, rows);
      await fateflow.exec('sh', '-c', 'head -c 3000000 /dev/urandom >/tmp/rows');
      await appendTwice(fate, fateflow, ['/tmp/rows', rows], async () => {
        datanode(1).signal('SIGKILL');
        await datanode(1).ended;
      });
      await hadoop(datanode(), 'fs.FsShell', '-get', '/rows', '/tmp/rows');
      await fateflow.exec('sh', '-c', 'cat /etc/hostname /tmp/rows /tmp/rows >/tmp/expected');
      expect(await digest(datanode(), '/tmp/rows')).toBe(await digest(fateflow, '/tmp/expected'));
      await append(ofFateFlow, fateflow, 'hdfs://namenode:9000/table');
      expect(await lines('/table')).toHaveLength(3);
    });

    test('it starts again on its volumes, under other addresses, with what it had', async () => {
      expect(hdfs.namenode.log()).toMatch(/has been successfully formatted/);
      const { ClusterId } = await bean('NameNodeInfo');
      await hdfs.stop();
      await start({ namenode: address(111), datanodes: [address(112), address(113)] });
      expect(hdfs.namenode.log()).not.toMatch(/formatted/);
      expect((await bean('NameNodeInfo')).ClusterId).toBe(ClusterId);
      await hadoop(datanode(), 'fs.FsShell', '-get', '/file', '/tmp/read');
      expect(await digest(datanode(), '/tmp/read')).toBe(written);
    }, 720_000);

    const noPrometheus = refusal('prometheus');
    test.skipIf(noPrometheus !== undefined)(
      titled('that it has no datanodes is an alert, and that it takes no writes for want of them', noPrometheus),
      async () => {
        const namenode = address(116);
        const exporter = await exporterPod('json', objects, address(117), `${namenode} namenode\n`);
        const record = () => scrape(objects, 'exporter', { pod: exporter.address }, ['namenode']);
        try {
          await hdfs.stop();
          hdfs = await startHdfs(fate, objects, { ...volumes, datanodes: [] }, { namenode, datanodes: [] });
          const alone = await vi.waitFor(
            async () => {
              const recording = await record(); // it answers before it has read what it has
              expect(namesOf(recording)).toEqual([...metrics.hdfs].sort());
              return recording;
            },
            { timeout: 180_000, interval: 500 },
          );
          await expectAlerts(objects, lasting(alone, 12), ['FateDatanodesMissing', 'FateHdfsSafeMode']);
          await hdfs.stop();
          await start({ namenode, datanodes: [address(118), address(119)] });
          const whole = await vi.waitFor(
            async () => {
              const recording = await record();
              expect(namesOf(recording)).not.toContain('fate_hdfs_safe_mode');
              return recording;
            },
            { timeout: 270_000, interval: 1000 },
          );
          await expectAlerts(objects, [...lasting(alone, 12), ...lasting(whole, 2)], []);
        } finally {
          await exporter.stop();
        }
      },
    );

    test('the roots of the volumes keep what the file system has there', () => {
      expect(readdirSync(volumes.namenode).sort()).toEqual(['lost+found', 'name']);
      for (const it of volumes.datanodes) expect(readdirSync(it).sort()).toEqual(['data', 'lost+found']);
    });
  });
});
