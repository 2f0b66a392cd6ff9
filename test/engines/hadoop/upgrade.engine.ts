import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, partyPlan, upgradePlan } from '../../../lib';
import { find, objectsOf } from '../../support/objects';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import { startPod } from '../support/pod';
import { type Hdfs, hadoop, hadoopRelease, hdfsImage, hdfsVolumes, startHdfs, type Volumes } from './hdfs';

const [from, to] = ['1.6.1', '1.11.2'] as const satisfies readonly FateRelease[];
const addresses = { namenode: address(131), datanodes: [address(132)] };
const refused = [from, to].map((fate) => refusal(`hadoop-${hadoopRelease(fate)}`)).find(Boolean) ?? noPods();

const planOf = (fate: FateRelease) => partyPlan({ domain: 'example.com', id: 30000, fate, datanodes: 1 });
const objects = (fate: FateRelease) =>
  objectsOf((app) => new FederatedLearningCluster(app, planOf(fate).namespace, planOf(fate)));

/** The Job of the plan, as what the pods of the tests are made from. */
function job() {
  const { steps } = upgradePlan(planOf(from), planOf(to), { accept: ['messages'] });
  const commands = steps.map((step) => step.commands.join('\n')).join('\n');
  const [, manifest = ''] = /<<'END'\n([\s\S]*?)\nEND/.exec(commands) ?? [];
  const { metadata, spec } = parse(manifest);
  delete spec.template.spec.volumes; // the claim is known by its name, as a StatefulSet's is
  const workload = find(objects(to), 'StatefulSet', 'namenode');
  return { ...workload, metadata: { ...workload.metadata, ...metadata }, spec: { ...workload.spec, ...spec } };
}

describe.skipIf(refused !== undefined)(titled('An upgrade of HDFS', refused), () => {
  let volumes: Volumes;
  let hdfs: Hdfs | undefined;
  let written: string;

  const sum = async ({ namenode }: Hdfs) =>
    hadoop(namenode, 'fs.FsShell', '-checksum', '/fate/input_data/experiment/breast');

  beforeAll(async () => {
    volumes = hdfsVolumes(1);
    hdfs = await startHdfs(from, objects(from), volumes, addresses);
    await hdfs.namenode.exec('sh', '-c', 'head -c 3000000 /dev/urandom | base64 > /tmp/breast');
    await hadoop(hdfs.namenode, 'fs.FsShell', '-mkdir', '-p', '/fate/input_data/experiment');
    await hadoop(hdfs.namenode, 'fs.FsShell', '-put', '/tmp/breast', '/fate/input_data/experiment/breast');
    written = await sum(hdfs);
    await hdfs.stop();
    hdfs = undefined;
  }, 900_000);
  afterAll(async () => {
    await hdfs?.stop();
    volumes?.remove();
  });

  test('the namenode of the later release does not start on what the earlier one wrote', async () => {
    const pod = await startPod({
      statefulSet: 'namenode',
      objects: objects(to),
      volumes: { data: volumes.namenode },
      image: hdfsImage(to, 'namenode'),
      address: addresses.namenode,
    });
    try {
      await pod.ended;
      expect(pod.exitCode()).not.toBe(0);
      expect(pod.log()).toMatch(/old layout version[\s\S]*"-upgrade" option/);
    } finally {
      await pod.stop();
    }
  });

  test("the plan's Job takes it over, and ends", async () => {
    const upgrade = job();
    const pod = await startPod({
      statefulSet: upgrade.metadata.name,
      objects: [upgrade],
      volumes: { data: volumes.namenode },
      image: hdfsImage(to),
      address: addresses.namenode,
      hosts: `${addresses.namenode} ${upgrade.metadata.name}\n`,
    });
    try {
      await pod.ended;
      expect(pod.exitCode(), pod.log()).toBe(0);
      expect(existsSync(join(volumes.namenode, 'name/previous'))).toBe(true);
    } finally {
      await pod.stop();
    }
  });

  test('files read as before, through a datanode that followed by itself, and when the upgrade is over', async () => {
    hdfs = await startHdfs(to, objects(to), volumes, addresses);
    await expect.poll(async () => hdfs && sum(hdfs), { timeout: 180_000, interval: 1000 }).toBe(written);
    await hadoop(hdfs.namenode, 'hdfs.tools.DFSAdmin', '-finalizeUpgrade');
    expect(existsSync(join(volumes.namenode, 'name/previous'))).toBe(false);
    expect(await sum(hdfs)).toBe(written);
  }, 900_000);
});
