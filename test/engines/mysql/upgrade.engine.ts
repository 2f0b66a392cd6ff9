import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { partyPlan, secrets, upgradePlan } from '../../../lib';
import { schemaSteps } from '../../../lib/fate/releases/data';
import { containerOf, objectsOf } from '../../support/objects';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import { type Image, type Pod, startPod, untilReady } from '../support/pod';
import { mariadbImage } from './image';

const refused = refusal('mariadb') ?? noPods();

/**
 * In the pod, in the place of `kubectl`: what it would run there. Other pods there are none, so there is nothing to delete.
 */
const kubectl = `#!/bin/sh
case " $* " in *" delete "*) exit 0 ;; esac
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
`;

/** In the place of FATE's repository: the last word of what is asked for is a file of ours. */
const curl = `#!/bin/sh
for url; do :; done
cp "/repository/\${url##*/}" .
`;

/**
 * Files by the names of FATE's, each of which leaves its name. The one that is mended has a statement with the fault of the
 * published one, and leaves it by that.
 */
const repository = Object.fromEntries(
  schemaSteps.files.map((file) => [
    `/repository/${file}`,
    file === schemaSteps.mended.file
      ? `SET @date_ = '20210601';
SET @sql = CONCAT('ALTER TABLE steps_', @date_, 'DROP INDEX by_name');
PREPARE statement FROM @sql;
EXECUTE statement;
INSERT INTO steps_20210601 VALUES ('${file}');
`
      : `INSERT INTO steps_20210601 VALUES ('${file}');\n`,
  ]),
);

const plan = partyPlan({ domain: 'example.com', id: 30000, fate: '1.6.1' });
const upgrade = upgradePlan(plan, partyPlan({ domain: 'example.com', id: 30000, fate: '1.11.2' }), {
  accept: ['messages'],
});
const objects = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
const image: Image = {
  ...mariadbImage,
  files: { ...mariadbImage.files, '/shims/kubectl': kubectl, '/shims/curl': curl, ...repository },
};

describe.skipIf(refused !== undefined)(titled("An upgrade's commands for MySQL", refused), () => {
  let volume: string;
  let server: Pod;

  beforeAll(async () => {
    volume = mkdtempSync('/run/database-');
    const { keys, name } = secrets.mysql;
    server = await startPod({
      statefulSet: 'mysql',
      volumes: { data: volume },
      objects,
      secrets: { [name]: { [keys.password]: 'a', [keys.rootPassword]: 'b $HOME `&|;<>()#%' } },
      image,
      address: address(147),
    });
    const probe = containerOf(objects, 'mysql').readinessProbe?.exec?.command ?? [];
    await untilReady(server, async () => expect((await server.exec(...probe)).code).toBe(0));
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(volume, { recursive: true });
  });

  /** The lines of the one step that has these words among them, as they are typed. */
  async function typed(words: string, steps = upgrade.steps): Promise<string> {
    const [step, ...more] = steps.filter(({ commands }) => commands.join('\n').includes(words));
    expect(more).toEqual([]);
    const lines = ['cd /tmp', 'PATH=/shims:$PATH', ...(step?.commands ?? [])].join('\n');
    const { code, stdout, stderr } = await server.exec('bash', '-eu', '-o', 'pipefail', '-c', lines);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }
  async function rows(statements: string): Promise<readonly string[]> {
    const line = `mysql --user=root --password="$MYSQL_ROOT_PASSWORD" --skip-column-names eggroll_meta`;
    const { code, stdout, stderr } = await server.exec('sh', '-c', `${line} --execute="$0"`, statements);
    expect(code, stderr).toBe(0);
    return stdout.split('\n').filter(Boolean);
  }

  test('show the jobs that are not over', async () => {
    await rows(`CREATE TABLE t_job (f_job_id VARCHAR(25), f_status VARCHAR(50), f_name TEXT) CHARACTER SET utf8mb4;
      CREATE TABLE steps_20210601 (name VARCHAR(30), INDEX by_name (name));
      INSERT INTO t_job VALUES ('1', 'success', 'é€😀'), ('2', 'running', ''), ('3', 'waiting', ''), ('4', 'failed', '')`);
    expect(await typed('f_job_id')).toBe('f_job_id\tf_status\n2\trunning\n3\twaiting\n');
    await rows("UPDATE t_job SET f_status = 'canceled' WHERE f_job_id IN ('2', '3')");
    expect(await typed('f_job_id')).toBe('');
  });

  test('write the database out, to the last line', async () => {
    expect(await typed('mysqldump')).toMatch(/^-- Dump completed/);
  });

  test("apply FATE's files, the mended one in its place", async () => {
    await typed('curl');
    expect(await rows('SELECT name FROM steps_20210601')).toEqual(schemaSteps.files);
  });

  test('end at the first file that fails, and say which', async () => {
    const lines = upgrade.steps.find(({ commands }) => commands.join('\n').includes('curl'))?.commands ?? [];
    const spoilt = lines.filter((line) => !line.startsWith('sed'));
    const { stdout } = await server.exec('bash', '-c', ['cd /tmp', 'PATH=/shims:$PATH', ...spoilt].join('\n'));
    expect(stdout).toBe('1.7.1-1.7.2.sql failed\n');
    expect(await rows('SELECT COUNT(*) FROM steps_20210601')).toEqual(['8']);
  });

  test('go back to the database as it was', async () => {
    await rows("INSERT INTO t_job VALUES ('5', 'success', 'of the later release')");
    await typed('DROP DATABASE', upgrade.back);
    expect(await rows('SELECT f_job_id, f_name FROM t_job ORDER BY 1')).toEqual(['1\té€😀', '2\t', '3\t', '4\t']);
    expect(await rows('SELECT name FROM steps_20210601')).toEqual([]);
    const { code } = await server.exec(
      'mysql',
      '--user=fate',
      '--password=a',
      '--execute=SELECT 1 FROM t_job',
      'eggroll_meta',
    );
    expect(code).toBe(0);
  });
});
