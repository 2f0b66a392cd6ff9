import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import { federation, type Transport } from '../../../lib';
import { type AnyObject, fileOf, objectsOf } from '../../support/objects';
import { cache, refusal, titled } from '../support/engines';
import { python, release } from './images';

const refused = refusal('fate');

const flc = (transport: Transport): AnyObject[] => {
  const [plan] = federation({
    domain: 'example.com',
    fate: release,
    transport,
    exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
    parties: [{ id: 30000 }],
  }).parties;
  if (plan === undefined) throw new Error('one party was declared');
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
};

/** What FATE's code makes of the two files. */
async function understood(objects: readonly AnyObject[]) {
  const directory = mkdtempSync(join(tmpdir(), 'fate-'));
  try {
    for (const [configMap, file] of [
      ['fateflow-config', 'service_conf.yaml'],
      ['pulsar-route-table', 'pulsar_route_table.yaml'],
    ] as const)
      writeFileSync(join(directory, file), fileOf(objects, configMap, file));
    const base = join(cache, 'fate/data/projects/fate');
    const PYTHONPATH = `${base}/fate/python:${base}/fate_flow/python`;
    const env = { ...python, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' };
    const { stdout } = await promisify(execFile)('python', [join(__dirname, 'keys.py'), directory], { env });
    return JSON.parse(stdout);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Paths of all keys of a file. */
const keysOf = (value: unknown, path = ''): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, item]) => [`${path}${key}`, ...keysOf(item, `${path}${key}.`)])
    : [];

describe.skipIf(refused !== undefined)(titled(`the files of FATE ${release}`, refused), () => {
  test.each(['mutual-tls', 'open'] as const)("FATE's own code reads each key, with transport %s", async (transport) => {
    const objects = flc(transport);
    const file = parse(fileOf(objects, 'fateflow-config', 'service_conf.yaml'));
    const made = await understood(objects);
    expect(made.read).toEqual(keysOf(file).sort());
    // These it hands on whole: what takes them has a place for each.
    expect(made.federation.metadata.pulsar_config).toMatchObject(file.federation.pulsar);
    const { max_connections: _, stale_timeout: __, ...account } = file.database.mysql;
    expect(made.database).toMatchObject(account);
  });

  test('it takes another party to be behind the exchange, under its name', async () => {
    const { federation } = await understood(flc('mutual-tls'));
    expect(federation.metadata.route_table.default).toEqual({
      proxy: '192.0.2.68:443',
      domain: 'example.com',
      brokerPort: 6650,
      brokerSslPort: 6651,
    });
  });

  test('it keeps tables in HDFS and models on the volume', async () => {
    const { table, model } = await understood(flc('mutual-tls'));
    expect(table).toBe('hdfs://namenode:9000/fate/output/namespace/name');
    expect(model).toBe('/data/projects/fate/fate_flow/model');
  });
});
