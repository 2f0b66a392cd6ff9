import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type PartyPlan, partyPlan, secrets, services } from '../../../lib';
import { nameForJobs } from '../../../lib/fate/spark';
import { hasExternalPulsar } from '../../../lib/reports/external-pulsar';
import { type AnyObject, containerOf, objectsOf } from '../../support/objects';
import { mariadbImage } from '../mysql/image';
import { startNginx } from '../nginx/pod';
import { pulsarOfOthers } from '../pulsar/others';
import { pulsarPod } from '../pulsar/pod';
import type { Authority, CertifiedKey } from '../support/certified-key';
import { type Files, type Image, type Pod, startPod, untilReady } from '../support/pod';
import { probed } from '../support/probe';
import { type FlowApi, flowApi } from './flow-api';
import { clientImage, fateFlowImage } from './images';
import { type Computing, fateFlowOnSpark, foreignHosts, type SparkAddresses, sparkHosts, startSpark } from './on-spark';

/** Addresses of a party's pods. Those of nginx and Pulsar are the public ones, too. */
export interface Addresses {
  readonly mysql: string;
  readonly fateflow: string;
  readonly client: string;
  readonly nginx: string;
  readonly pulsar: string;
}

export interface Party {
  readonly id: number;
  readonly plan: PartyPlan;
  readonly objects: readonly AnyObject[];
  readonly api: FlowApi;
  readonly pods: Readonly<Record<keyof Addresses, Pod>>;
  /** Where it has Spark. */
  readonly computing?: Computing;
  /** Directories that are the volumes of its pods, which outlive them. */
  readonly volumes: Readonly<Record<'mysql' | 'fateflow' | 'client' | 'pulsar', string>>;
  /** A pod of a Job, beside those of the party. */
  run(work: Work, image: Image, address: string): Promise<Pod>;
  /** Ends a pod as a lost node would, and starts another in its place, with the volume of before. */
  restart(pod: keyof Addresses): Promise<void>;
  stop(): Promise<void>;
}

/** What a pod of a Job is made from. @default of the party's own objects */
type Work = { readonly objects?: readonly AnyObject[] } & (
  | { readonly job: string }
  | { readonly cronJob: string; readonly container: string; readonly volumes: Readonly<Record<string, string>> }
);

/**
 * A party as its files have it, but for FATE Board.
 *
 * @param spark of its Spark and HDFS; without, FATE computes by itself, and keeps its tables by itself
 */
export async function startParty(
  plan: PartyPlan,
  addresses: Addresses,
  authority: Authority,
  directory: string,
  spark?: SparkAddresses,
): Promise<Party> {
  const objects = drawn(plan);
  const certificate = authority(plan.fqdn);
  const volume = (name: string) => {
    const path = join(directory, `${plan.id}`, name);
    mkdirSync(join(path, 'lost+found'), { recursive: true });
    return path;
  };
  const volumes = {
    mysql: volume('mysql'),
    fateflow: volume('fateflow'),
    client: volume('client'),
    pulsar: volume('pulsar'),
  };
  const values = secretsOf(certificate);
  /** By the name that its own pods have for it, and the one that jobs have, which may be computed elsewhere. */
  const pulsar = plan.pulsar.isExternal
    ? `${addresses.pulsar} ${plan.pulsar.host}`
    : `${addresses.pulsar} ${services.pulsar.name} ${nameForJobs(services.pulsar, plan)}`;
  const hosts = [
    `${addresses.mysql} ${plan.mysql.host}`,
    `${addresses.fateflow} ${services.fateflow.name}`,
    `${addresses.nginx} ${services.nginx.name} ${services.nginxInternal.name}`,
    pulsar,
    spark === undefined ? '' : spark.others ? foreignHosts(plan, spark) : sparkHosts(objects, spark),
    '',
  ].join('\n');
  const start = (spark: SparkAddresses): Promise<Computing> => {
    const at = join(directory, `${plan.id}`);
    if (spark.others === undefined) return startSpark(objects, spark, { hosts, directory: at });
    const known = [pulsar, foreignHosts(plan, spark), sparkHosts(spark.others, spark), ''].join('\n');
    return startSpark(spark.others, spark, { hosts: known, directory: at });
  };
  const statefulSet = (name: 'mysql' | 'fateflow' | 'client', image: Image, container?: string, from = objects) =>
    startPod({
      statefulSet: name,
      container,
      volumes: { data: volumes[name] },
      objects: from,
      secrets: values,
      image,
      address: addresses[name],
      hosts,
    });
  const starts: Readonly<Record<keyof Addresses, () => Promise<Pod>>> = {
    mysql: async () => {
      // Whoever else runs it runs one like the party's own would be.
      const from = plan.mysql.isExternal ? drawn({ ...plan, mysql: { ...plan.mysql, isExternal: false } }) : objects;
      const pod = await statefulSet('mysql', mariadbImage, undefined, from);
      const { readinessProbe } = containerOf(from, 'mysql');
      const ready = async () => expect((await pod.exec(...(readinessProbe?.exec?.command ?? []))).code).toBe(0);
      return untilReady(pod, ready);
    },
    fateflow: async () => {
      const pod = await statefulSet('fateflow', spark ? fateFlowOnSpark() : fateFlowImage, 'fateflow');
      const ready = async () => expect(await probed(pod, containerOf(objects, 'fateflow'))).toEqual([200, 200, 200]);
      return untilReady(pod, ready);
    },
    client: async () => untilReady(await statefulSet('client', clientImage), () => answers(addresses.client)),
    nginx: () => startNginx(addresses.nginx, objects, { hosts, secrets: values }),
    pulsar: () => pulsarPod('2.10', pulsarOf(plan, objects), certificate, addresses.pulsar, volumes.pulsar),
  };
  const [computing, broker, nginx, mysql] = await Promise.all([
    spark && start(spark),
    starts.pulsar(),
    starts.nginx(),
    starts.mysql(),
  ]);
  const fateflow = await starts.fateflow();
  const pods = { mysql, fateflow, nginx, pulsar: broker, client: await starts.client() };
  return {
    id: plan.id,
    plan,
    objects,
    api: flowApi(addresses.fateflow),
    pods,
    computing,
    volumes,
    run: (work, image, address) => startPod({ objects, ...work, secrets: values, image, address, hosts }),
    restart: async (pod) => {
      await pods[pod].stop();
      pods[pod] = await starts[pod]();
    },
    stop: async () => {
      await Promise.all([computing, ...Object.values(pods)].map((it) => it?.stop()));
    },
  };
}

const drawn = (plan: PartyPlan): AnyObject[] =>
  objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));

/** The party's own objects, or those of somebody who runs its Pulsar. */
const pulsarOf = (plan: PartyPlan, objects: readonly AnyObject[]): readonly AnyObject[] =>
  hasExternalPulsar(plan) ? pulsarOfOthers(plan, drawn({ ...plan, pulsar: usualPulsar(plan) })) : objects;

const usualPulsar = ({ domain, fate, id }: PartyPlan) => partyPlan({ domain, fate, id }).pulsar;

async function answers(client: string): Promise<void> {
  const { status } = await fetch(`http://${client}:${services.notebook.ports.http}/`);
  expect(status).toBe(200);
}

const secretsOf = ({ cert, key, ca }: CertifiedKey): Readonly<Record<string, Files>> => {
  const { mysql, externalMysql, pulsarCertificate, notebook } = secrets;
  const password = `${randomBytes(9).toString('base64')} $#&<>`;
  return {
    [mysql.name]: { [mysql.keys.password]: password, [mysql.keys.rootPassword]: 'unused' },
    [externalMysql.name]: { [externalMysql.keys.password]: password },
    [notebook.name]: { [notebook.keys.token]: 'unused' },
    [pulsarCertificate.name]: {
      [pulsarCertificate.keys.certificate]: cert,
      [pulsarCertificate.keys.key]: key,
      [pulsarCertificate.keys.ca]: ca,
    },
  };
};
