import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { verification } from '../../../commands/verify/verification';
import { ToyExample } from '../../../constructs';
import { type FederationProps, federation, services } from '../../../lib';
import { releases } from '../../../lib/fate/releases';
import type { AlgorithmName } from '../../../lib/jobs/algorithms';
import type { BenchmarkReport } from '../../../lib/jobs/benchmarks/report';
import { metrics } from '../../../lib/monitoring/metrics';
import type { PairResult } from '../../../lib/reports/pair-results';
import { programOf } from '../../support/notebook';
import { fileOf, objectsOf } from '../../support/objects';
import { createAll } from '../kubernetes/live-objects';
import { exporterPod } from '../monitoring/exporter';
import { expectAlerts, lasting, namesOf, scrape } from '../monitoring/prometheus';
import { mariadbImage } from '../mysql/image';
import { rcloneImage } from '../rclone/image';
import { type Authority, type CertifiedKey, certificateAuthority } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { type ClusterOfPods, noClusterOfPods, startClusterOfPods } from '../support/kubelet';
import { address } from '../support/network';
import type { Pod } from '../support/pod';
import { trafficServerPod } from '../traffic-server/pod';
import { exchangeNginx, exchangeOf } from './exchange';
import { endOf, stateOf, submission, submit, tasksOf, toyExample } from './flow-api';
import { clientImage, release } from './images';
import { type Addresses, type Party, startParty } from './party';
import { type Rows, rowsOf, rowsOfArchive } from './rows';
import { csvOf, labelOf, rows } from './secure-boost';
import { type Tool, toolIn } from './tool';

const refused =
  ['fate', 'pulsar-2.10', 'traffic-server', 'nginx', 'mariadb'].map(refusal).find((it) => it !== undefined) ?? noPods();
const noVerify = noClusterOfPods();
const root = join(__dirname, '../../..');

const gate = { trafficServer: address(171), nginx: address(172) };
const hosts = { 30000: 173, 40000: 179, 50000: 185 } as const;
type Id = keyof typeof hosts;

/** Of a party's pods. Those of nginx and Pulsar are its public ones, too. */
const addressesOf = (id: Id): Addresses => {
  const [nginx, pulsar, mysql, fateflow, client] = Array.from({ length: 5 }, (_, i) => address(hosts[id] + i));
  return { nginx, pulsar, mysql, fateflow, client } as Readonly<Record<keyof Addresses, string>>;
};

const declarationOf = (...ids: readonly Id[]): FederationProps => ({
  domain: 'example.com',
  fate: release,
  exchange: { addresses: gate },
  parties: ids.map((id) => {
    const { nginx, pulsar } = addressesOf(id);
    return {
      id,
      addresses: { nginx, pulsar },
      backup: { to: { claimGiB: 1 } },
      monitoring: { jobHours: 1 },
      workload: 'credit-card',
    };
  }),
});
const federationOf = (...ids: readonly Id[]) => federation(declarationOf(...ids));

/** SecureBoost of one small tree, as the tool is told of it. */
const boost = {
  algorithm: 'hetero-secure-boost',
  guest: { party: 30000, table: { name: 'guest' } },
  hosts: [{ party: 40000, table: { name: 'host' } }],
  resources: { executors: 2 },
};
const boosted = 'hetero_secure_boost_0';

describe.skipIf(refused !== undefined)(titled(`FATE ${release}, which computes by itself here`, refused), () => {
  const directory = refused === undefined ? mkdtempSync('/run/fate-') : '';
  const objects = exchangeOf(federationOf(30000, 40000));
  let certify: Authority;
  let certificate: CertifiedKey;
  let trafficServer: Pod;
  let nginx: Pod;
  let first: Party;
  let second: Party;
  let newcomer: Party | undefined;
  let tool: Tool;
  /** The job of which a model is kept. */
  let trained: string;

  beforeAll(async () => {
    certify = certificateAuthority();
    certificate = certify('proxy.example.com');
    tool = toolIn(directory, declarationOf(30000, 40000));
    [trafficServer, nginx, first, second] = await Promise.all([
      startTrafficServer(),
      startExchangeNginx(),
      start(30000),
      start(40000),
    ]);
  }, 1_800_000);
  afterAll(async () => {
    await Promise.all([first, second, newcomer, nginx, trafficServer].map((it) => it?.stop()));
    tool?.close();
    rmSync(directory, { recursive: true });
  });

  const startTrafficServer = () => trafficServerPod(objects, certificate, gate.trafficServer);
  const startExchangeNginx = () => exchangeNginx(objects, certificate, gate.nginx);
  function start(id: Id): Promise<Party> {
    const [plan] = federationOf(id).parties;
    if (plan === undefined) throw new Error('one party was declared');
    return startParty(plan, addressesOf(id), certify, directory);
  }

  test("FATE's own command runs the toy example with another party, from the client", async () => {
    const command = releases[release].toyExample.command(first.id, second.id);
    const { stdout, stderr } = await first.pods.client.exec(...command);
    expect(stdout, stderr).toMatch(/toy test job \d+ is success/);
  });

  test('the Job of a party runs it alone and with another party, and leaves where the kubelet reads how it went', async () => {
    const { id, plan } = second;
    const objects = objectsOf((app) => {
      const chart = new Chart(app, 'verification', { namespace: plan.namespace });
      new ToyExample(chart, 'toy-example', { plan, with: [first.id] });
      return chart;
    });
    const { name } = objects.find(({ kind }) => kind === 'Job').metadata;
    const pod = await second.run({ objects, job: name }, clientImage, address(hosts[40000] + 5));
    try {
      await pod.ended;
      const lines = ['40000 alone', '40000 with 30000'].map((it) => `${it}: success in \\d+ s\\n`);
      expect(pod.message(), pod.log()).toMatch(new RegExp(`^${lines.join('')}$`));
      expect(pod.exitCode()).toBe(0);
      expect(await stateOf(first.api, `${/40000 with 30000: job (\d+)/.exec(pod.log())?.[1]}`)).toBe('success');
    } finally {
      await pod.stop();
    }
    expect(id).toBe(40000);
  }, 1_200_000);

  const at = (id: Id) => `--party ${id} --url http://${addressesOf(id).fateflow}:${services.fateflow.ports.http}`;

  /** Uploads what a role has, and tells how many rows its table has. */
  async function upload(role: 'guest' | 'host', id: Id, more = ''): Promise<number> {
    writeFileSync(join(directory, `${role}.csv`), csvOf(role));
    const label = role === 'guest' ? '--label y' : '';
    const command = `data upload ${role}.csv ${at(id)} --table ${role} ${label} --partitions 2 ${more} --json`;
    return JSON.parse(await tool.typed(`kubefate-tanzu ${command}`)).rows;
  }
  /** Has the guest submit a job. */
  async function submitByTool(job: object, more = ''): Promise<{ readonly job: string; readonly metrics: unknown }> {
    writeFileSync(join(directory, 'job.yaml'), stringify(job));
    const [, , , url] = at(30000).split(' ');
    return JSON.parse(await tool.typed(`kubefate-tanzu job submit job.yaml --url ${url} ${more} --json`));
  }

  test('hetero SecureBoost trains on what both have uploaded, and the guest reads its metrics', async () => {
    expect(await Promise.all([upload('guest', 30000), upload('host', 40000)])).toEqual([rows, rows]);
    await expect(upload('guest', 30000)).rejects.toThrow(/has a table experiment\.guest;/);
    const { job, metrics } = await submitByTool({ ...boost, parameters: { num_trees: 1, max_depth: 1 } });
    trained = job;
    expect(metrics).toContainEqual({ name: `evaluation.${boosted}.train_set.auc`, value: 1 });
    const losses = await tool.typed(`kubefate-tanzu job metrics ${job} ${at(30000)} --task ${boosted} --json`);
    expect(JSON.parse(losses).figures).toEqual([{ name: expect.stringContaining('loss'), value: expect.any(Number) }]);
    await tool.typed(`kubefate-tanzu job log ${job} ${at(30000)} --to logs.tar.gz && tar -tzf logs.tar.gz`);
  }, 1_200_000);

  const noBackup = refusal('rclone');
  test.skipIf(noBackup !== undefined)(
    titled(
      'a party that has lost its database and its models has its history again, and a model that is of use',
      noBackup,
    ),
    async () => {
      const { api, pods, volumes } = first;
      const [kept, models] = [join(directory, 'backups'), join(volumes.fateflow, 'model')];
      const images = { dump: mariadbImage, store: rcloneImage, fetch: rcloneImage, load: mariadbImage };
      const run = async (cronJob: string, ...containers: readonly (keyof typeof images)[]) => {
        const scratch = mkdtempSync(join(directory, 'scratch-'));
        chmodSync(scratch, 0o777); // an empty volume
        for (const container of containers) {
          const shared = { dump: scratch, data: volumes.fateflow, backups: kept };
          const work = { cronJob, container, volumes: shared };
          const pod = await first.run(work, images[container], address(hosts[30000] + 5));
          await pod.ended;
          const [code, log] = [pod.exitCode(), pod.log()];
          await pod.stop();
          expect(code, log).toBe(0);
        }
      };
      const told = async () => {
        const task = { job_id: trained, role: 'guest', party_id: `${first.id}`, task_name: boosted };
        return {
          jobs: (await api.get<object[]>('job/query', { status: 'success' })).data,
          tasks: (await api.get<object[]>('job/task/query', { job_id: trained })).data,
          table: (await api.get<object>('table/query', { namespace: 'experiment', name: 'guest' })).data,
          model: (await api.get<object>('output/model/query', task)).data,
        };
      };
      const before = await told();
      expect(before).toEqual({
        jobs: expect.any(Array),
        tasks: expect.any(Array),
        table: expect.any(Object),
        model: expect.any(Object),
      });
      await run('backup', 'dump', 'store');

      await Promise.all([pods.fateflow, pods.mysql].map((it) => it.stop()));
      for (const lost of [volumes.mysql, models]) {
        rmSync(lost, { recursive: true });
        mkdirSync(lost);
      }
      await first.restart('mysql');
      await run('restore', 'fetch', 'load');
      await first.restart('fateflow');
      expect(await told()).toEqual(before);

      // Tables are FATE Flow's own here, and gone with its pod as they would not be from HDFS.
      expect(await upload('guest', 30000, '--replace')).toBe(rows);
      const { job } = await submitByTool({ ...boost, model: { job: trained } });
      await tool.typed(`kubefate-tanzu job output ${job} ${at(30000)} --task ${boosted} --to boosted.tar.gz`);
      const predicted = rowsOfArchive(join(directory, 'boosted.tar.gz'));
      expect(predicted).toHaveLength(rows);
      for (const row of predicted) expect(Number(row.get('predict_result'))).toBe(labelOf(Number(row.get('id'))));
    },
  );

  /** When a task of the job is at work at a party. */
  const atWork = (job: string, task: string, { api }: Party = first) =>
    vi.waitFor(async () => expect((await tasksOf(api, job)).get(task)).toBe('running'), {
      timeout: 360_000,
      interval: 500,
    });

  /** Has the host's people make up rows, and the guest's run a benchmark, on as little as shows that it can be. */
  async function measured(benchmark: AlgorithmName): Promise<BenchmarkReport> {
    const small = '--rows 100 --columns 3';
    const [, , , url] = at(30000).split(' ');
    await tool.typed(`kubefate-tanzu benchmark data ${benchmark} ${at(40000)} ${small}`);
    const run = `benchmark run ${benchmark} --guest 30000 --host 40000 ${small} --rounds 1 --executors 2`;
    return JSON.parse(await tool.typed(`kubefate-tanzu ${run} --url ${url} --json`));
  }
  const expectMeasured = ({ waitedSeconds, tookSeconds, tasks, parties, metrics }: BenchmarkReport, model: string) => {
    expect(waitedSeconds).toBeGreaterThanOrEqual(0);
    expect(tasks.map(({ task }) => task)).toEqual(expect.arrayContaining(['reader_0', model, 'evaluation_0']));
    for (const each of tasks) expect(tookSeconds).toBeGreaterThan(Number(each.tookSeconds));
    expect(parties.map(({ rows }) => rows)).toEqual([100, undefined]);
    expect(metrics).toContainEqual({ name: `evaluation.${model}.train_set.auc`, value: expect.any(Number) });
  };

  test('a benchmark is measured, though Traffic Server and then a Pulsar are lost in the middle of it', async () => {
    const disturbed = async () => {
      const job = await vi.waitFor(() => jobAtWork('psi_0'), { timeout: 360_000, interval: 500 });
      await trafficServer.stop();
      trafficServer = await startTrafficServer();
      await atWork(job, boosted);
      await second.restart('pulsar');
    };
    const [report] = await Promise.all([measured('hetero-secure-boost'), disturbed()]);
    expectMeasured(report, boosted);
  }, 1_200_000);

  /** The job of which a task of this name is at work. */
  async function jobAtWork(task: string): Promise<string> {
    const { data: running = [] } = await first.api.get<{ readonly job_id: string }[]>('job/query', {
      status: 'running',
    });
    for (const { job_id } of running) if ((await tasksOf(first.api, job_id)).get(task) === 'running') return job_id;
    throw new Error(`no ${task} is at work`);
  }

  const noPrometheus = refusal('prometheus');
  test.skipIf(noPrometheus !== undefined)(
    titled('a job that runs for longer than is declared is an alert, until somebody ends it', noPrometheus),
    async () => {
      const { fateflow } = addressesOf(first.id as Id);
      const exporter = await exporterPod(
        'json',
        first.objects,
        address(200),
        `${fateflow} ${services.fateflow.name}\n`,
      );
      const told = () => scrape(first.objects, 'exporter', { pod: exporter.address }, [services.fateflow.name]);
      try {
        const job = await submit(first.api, toyExample(first.id, second.id));
        await atWork(job, 'toy_example_0');
        const running = await told();
        expect(namesOf(running)).toEqual(metrics.jobs);
        const [of] = [...running.keys()];
        for (const label of [`job_id="${job}"`, 'role="guest"', 'party_id="30000"']) expect(of).toContain(label);
        expect(running.size).toBe(1);
        await expectAlerts(first.objects, lasting(running, 60), []);
        await expectAlerts(first.objects, lasting(running, 70), ['FateJobRunsLong']);
        await tool.typed(`kubefate-tanzu job stop ${job} ${at(30000)}`);
        expect(await endOf(first.api, job)).toBe('canceled');
        const ended = await told();
        expect(namesOf(ended)).toEqual([]);
        await expectAlerts(first.objects, [...lasting(running, 70), ...lasting(ended, 2)], []);
      } finally {
        await exporter.stop();
      }
    },
  );

  test('a job whose FATE Flow is lost fails, and is run again; until that is taken up another one is measured', async () => {
    const job = await submit(first.api, toyExample(first.id, second.id));
    // At both: of a task that one of them never began it keeps the cores, and the job cannot be run again.
    for (const party of [first, second]) await atWork(job, 'toy_example_0', party);
    await first.restart('fateflow');
    expect(await endOf(first.api, job)).toBe('failed');
    expect(await endOf(second.api, job)).toBe('failed');
    const again = tool.typed(`kubefate-tanzu job rerun ${job} ${at(30000)}`);
    const [report, rerun] = await Promise.all([measured('homo-lr'), again]);
    expect(rerun).toContain(`job ${job}: success`);
    expectMeasured(report, 'homo_lr_0');
  }, 1_200_000);

  test('a job that finds no nginx of the exchange is refused, after three tries without a pause, and the next one runs', async () => {
    await nginx.stop();
    const refusal = await submission(first.api, toyExample(first.id, second.id));
    nginx = await startExchangeNginx();
    expect(refusal.code).not.toBe(0);
    expect(await endOf(first.api, await submit(first.api, toyExample(first.id, second.id)))).toBe('success');
  }, 1_200_000);

  test('a third party is nobody without a route, and a member by its route alone', async () => {
    newcomer = await start(50000);
    const { api, id } = newcomer;
    const refusal = await submission(api, toyExample(id, second.id));
    expect(refusal.code).not.toBe(0);
    expect(refusal.message).toContain('"50000.example.com" is of no party that this exchange has a route to');
    const three = exchangeOf(federationOf(30000, 40000, 50000));
    trafficServer.publish('traffic-server-sni', { 'sni.yaml': fileOf(three, 'traffic-server-sni', 'sni.yaml') });
    nginx.publish(
      'nginx-route-table',
      Object.fromEntries(
        ['route_table.yaml', 'callers.conf'].map((it) => [it, fileOf(three, 'nginx-route-table', it)]),
      ),
    );
    for (const [from, to] of [
      [first, id],
      [newcomer, second.id],
    ] as const)
      await vi.waitFor(async () => expect(await answerOf(from, to)).toBe(`${to}`), { timeout: 90_000, interval: 1000 });
  }, 900_000);

  describe.skipIf(noVerify !== undefined)(titled('the tool, through the API of their clusters', noVerify), () => {
    let cluster: ClusterOfPods;
    const kubeconfig = join(directory, 'kubeconfig');

    beforeAll(async () => {
      cluster = await startClusterOfPods('1.37', 2400);
      writeFileSync(kubeconfig, cluster.kubeconfig);
      for (const { objects, pods } of [first, second, newcomer as Party]) {
        await createAll(
          cluster,
          objects.filter(({ kind }) => kind === 'Namespace'),
        );
        await cluster.show(pods.client, { objects, statefulSet: 'client' });
        await cluster.show(pods.fateflow, { objects, statefulSet: 'fateflow' });
      }
    });
    afterAll(async () => {
      await cluster?.stop();
    });

    async function verify(...pair: readonly string[]) {
      const { parties } = federationOf(30000, 40000, 50000);
      const options = { declaration: 'federation.yaml', kubeconfig, context: [], pair, timeout: 300 };
      const report = await verification({ parties }, options, new AbortController().signal);
      return { ...report, pairs: (report.json as { readonly pairs: readonly PairResult[] }).pairs };
    }

    test('the credit cards go from a file to a prediction as their page says, and the model finds the frauds', async () => {
      const page = readFileSync(join(root, 'examples/credit-card/README.md'), 'utf8');
      const [split = '', guest = '', host = '', jobs = ''] = [...page.matchAll(/^```sh\n([^`]+)\n```/gm)].map(
        ([, lines]) => `${lines}`,
      );
      const [train = '', predict = '', output = ''] = jobs.split('\n');
      const typed = (lines: string) => tool.typed(lines.replace('# FATE 2: ', ''), { KUBECONFIG: kubeconfig });
      /** What is said of a job that is to be filled in: of the one that another line has told of. */
      const of = (told: string, said: string) => said.replace(/\d{21}/, `${/^job (\d+): success$/m.exec(told)?.[1]}`);
      await typed(split);
      await Promise.all([
        typed(guest),
        inNotebook(second, programOf(fileOf(second.objects, 'credit-card', 'host.ipynb'))),
      ]);
      expect(host).toContain('--table dataset_host'); // the same, which the notebook has done
      const trained = await typed(train);
      const prediction = join(directory, 'predict.yaml');
      writeFileSync(prediction, of(trained, readFileSync(prediction, 'utf8')));
      await typed(of(await typed(predict), output));

      const truth = rowsOf(join(directory, 'dataset_guest_scaled.csv'));
      const predicted = rowsOfArchive(join(directory, 'prediction.tar.gz'));
      const labels = (of: Rows, name: string) =>
        new Map(of.map((row) => [Number(row.get('id')), Number(row.get(name))]));
      expect(labels(predicted, 'label')).toEqual(labels(truth, 'y'));
      const scores = (label: number) =>
        predicted.filter((row) => Number(row.get('label')) === label).map((row) => Number(row.get('predict_score')));
      const auc = partAbove(scores(1), scores(0));
      expect(auc).toBeGreaterThan(0.9);
      expect(Number(/auc: ([\d.]+)$/m.exec(trained)?.[1])).toBeCloseTo(auc, 3);

      const asked = `flow.prediction(flow.predict('${/^job (\d+): success$/m.exec(trained)?.[1]}', 40000), 'prediction.csv')`;
      await inNotebook(first, `import flow\nflow.work()\n${asked}`);
      const kept = join(first.volumes.client, 'client/credit-card/prediction.csv');
      expect(rowsOf(kept)).toEqual(predicted);
    }, 1_200_000);

    test('verify has all pairs of three parties succeed, each party alone among them, several at once', async () => {
      const { holds, pairs, text } = await verify();
      expect(
        pairs.filter(({ outcome }) => outcome !== 'success'),
        text,
      ).toEqual([]);
      expect(pairs).toHaveLength(9);
      expect(holds).toBe(true);
    }, 1_800_000);

    test("verify says of a pair that the host's nginx is in its way", async () => {
      second.pods.nginx.signal('SIGKILL');
      await second.pods.nginx.ended;
      const closed = await verify('30000:40000');
      await second.restart('nginx');
      expect(closed.holds).toBe(false);
      expect(closed.pairs[0]?.reasons).toEqual([
        expect.stringMatching(/^FATE Flow of 40000, asked through nginx, does not answer: .*502 Bad Gateway/),
      ]);
    });
  });
});

/** Runs a program where a party's notebook runs that of the credit cards. */
async function inNotebook({ pods }: Party, program: string): Promise<void> {
  const folder = `${releases[release].client.notebooks}/credit-card`;
  const { code, stderr } = await pods.client.exec('sh', '-c', `cd '${folder}' && exec python3 -c "$1"`, 'sh', program);
  expect(code, stderr).toBe(0);
}

/** Who answers when FATE Flow of a party calls another. */
async function answerOf({ pods }: Party, to: number): Promise<unknown> {
  const { name, ports } = services.nginxInternal;
  const headers = ['--header', `dest-party-id: ${to}`, '--header', 'service: fateflow'];
  const { stdout } = await pods.fateflow.exec(
    'curl',
    '--silent',
    ...headers,
    `http://${name}:${ports.http}/v2/site/info/query`,
  );
  return JSON.parse(stdout).data?.party_id;
}

/** Part of the pairs in which the first is the greater one; half of a pair that is even. */
function partAbove(first: readonly number[], second: readonly number[]): number {
  const points = first.flatMap((one) => second.map((other) => (Math.sign(one - other) + 1) / 2));
  return points.reduce((sum, it) => sum + it, 0) / points.length;
}
