import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { Exchange, FederatedLearningCluster } from '../../../constructs';
import { exchangePlan, partyPlan, secrets } from '../../../lib';
import { type Capability, type Rights, rights } from '../../../lib/kubernetes/rights';
import { type AnyObject, containerOf, objectsOf } from '../../support/objects';
import { hdfsClient, hdfsImage } from '../hadoop/hdfs';
import { nginxImage } from '../nginx/pod';
import { certifiedKey } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import { type Pod, type PodProps, startPod } from '../support/pod';
import { trafficServerImage } from '../traffic-server/pod';

type Row = keyof typeof rights;

interface Trial {
  readonly row: Row;
  readonly container: string;
  /** What says why it cannot run, when this set-up is refused. */
  readonly engine: string;
  readonly objects: readonly AnyObject[];
  pod(given: Pick<PodProps, 'objects' | 'address'>): PodProps;
  /** What it says without each. */
  readonly without: Readonly<Partial<Record<Capability, RegExp>>>;
}

const domain = 'example.com';
const fate = '1.6.1';
const exchange = objectsOf((app) => new Exchange(app, 'exchange', exchangePlan({ domain, fate, transport: 'open' })));
const plan = partyPlan({ domain, fate, id: 30000 });
const party = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
const { cert, key, ca } = certifiedKey('proxy.example.com');
const { trafficServerCertificate, mysql } = secrets;
const volume = mkdtempSync('/run/rights-');

const trials: readonly Trial[] = [
  {
    row: 'nginx',
    container: 'nginx',
    engine: 'nginx',
    objects: exchange,
    pod: (given) => ({ ...given, deployment: 'nginx', image: nginxImage }),
    without: {
      CHOWN: /chown\(.*\) failed \(1: Operation not permitted\)/,
      SETGID: /setgid\(\d+\) failed \(1: Operation not permitted\)/,
      SETUID: /setuid\(\d+\) failed \(1: Operation not permitted\)/,
    },
  },
  {
    row: 'trafficServer',
    container: 'traffic-server',
    engine: 'traffic-server',
    objects: exchange,
    pod: (given) => ({
      ...given,
      deployment: 'traffic-server',
      image: trafficServerImage,
      secrets: {
        [trafficServerCertificate.name]: {
          [trafficServerCertificate.keys.certificate]: cert,
          [trafficServerCertificate.keys.key]: key,
          [trafficServerCertificate.keys.ca]: ca,
        },
      },
    }),
    without: {
      DAC_OVERRIDE: /unable to access log directory .* Permission denied/,
      NET_BIND_SERVICE: /Unable to bind socket: 443 : Permission denied/,
      SETGID: /failed to initialize supplementary groups/,
      SETUID: /failed to set effective user ID/,
    },
  },
  {
    row: 'namenode',
    container: 'namenode',
    engine: 'hadoop-2.7',
    objects: party,
    pod: (given) => ({
      ...given,
      statefulSet: 'namenode',
      image: hdfsImage(fate, 'namenode'),
      volumes: { data: volume },
    }),
    without: { DAC_OVERRIDE: /couldn't open temporary file \/etc\/hadoop\/\S+: Permission denied/ },
  },
  {
    row: 'fateflow',
    container: 'python',
    engine: 'hadoop-2.7',
    objects: party,
    pod: (given) => ({
      ...given,
      statefulSet: 'fateflow',
      container: 'python',
      image: hdfsClient(fate),
      secrets: { [mysql.name]: { [mysql.keys.password]: 'unused' } },
      volumes: { data: volume },
    }),
    without: { DAC_OVERRIDE: /spark-defaults\.conf: Permission denied/ },
  },
];

/** For files of images that are not here, and as their recipes make them. */
const untried: readonly (readonly [Row, Capability])[] = [
  ['fateboard', 'DAC_OVERRIDE'],
  ['client', 'DAC_OVERRIDE'],
  ['sparkWorker', 'DAC_OVERRIDE'],
  ['retention', 'DAC_OVERRIDE'],
  ['datanode', 'DAC_OVERRIDE'],
  ['pulsar27', 'DAC_OVERRIDE'],
  ['nginx', 'DAC_OVERRIDE'],
  ['ingressController', 'NET_BIND_SERVICE'],
  ['ingressControllerBefore25', 'NET_BIND_SERVICE'],
];

test('whatever is given back is tried here, or is known not to be', () => {
  const rows = Object.entries(rights) as [Row, Rights][];
  const given = rows.flatMap(([row, { capabilities = {} }]) => Object.keys(capabilities).map((it) => `${row} ${it}`));
  const tried = trials.flatMap(({ row, without }) => Object.keys(without).map((it) => `${row} ${it}`));
  expect([...tried, ...untried.map((it) => it.join(' '))].sort()).toEqual(given.sort());
});

/** The same, and what a container is given back but for one capability. */
function deprived({ objects: drawn, container }: Trial, capability: string): readonly AnyObject[] {
  const objects = structuredClone(drawn) as AnyObject[];
  const { capabilities } = containerOf(objects, container).securityContext ?? {};
  if (capabilities?.add?.includes(capability) !== true) throw new Error(`${container} has no ${capability}`);
  capabilities.add = capabilities.add.filter((it) => it !== capability);
  return objects;
}

describe.each(trials)('$row', (trial) => {
  const refused = refusal(trial.engine) ?? noPods();
  let pod: Pod | undefined;
  afterEach(() => pod?.stop());

  test.skipIf(refused !== undefined).each(Object.entries(trial.without))(
    titled('does not come up without %s, and says so', refused),
    async (capability, says) => {
      pod = await startPod(trial.pod({ objects: deprived(trial, capability), address: address(11) }));
      await vi.waitFor(() => expect(pod?.log()).toMatch(says), { timeout: 90_000, interval: 250 });
    },
  );
});

afterAll(() => rmSync(volume, { recursive: true }));
