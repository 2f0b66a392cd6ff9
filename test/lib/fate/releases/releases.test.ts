import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import {
  exchangeDescriptor,
  exchangePlan,
  type FateRelease,
  FederatedLearningCluster,
  partyPlan,
} from '../../../../index';
import { type AnyObject, objectsOf } from '../../../support/objects';

vi.mock('../../../../lib/fate/releases', async (load) => {
  const known = await load<typeof import('../../../../lib/fate/releases')>();
  const { fate999 } = await import('./fate-9.9.9.js');
  return { ...known, releases: { ...known.releases, '9.9.9': fate999 } };
});

const party = (fate: string): AnyObject[] =>
  objectsOf((app) => {
    const agreement = { domain: 'example.com', fate: fate as FateRelease };
    const addresses = { trafficServer: '192.0.2.68', nginx: '192.0.2.69' };
    const exchange = exchangeDescriptor(exchangePlan({ ...agreement, addresses }));
    return new FederatedLearningCluster(app, 'party', partyPlan({ ...agreement, id: 30000, exchange }));
  });

/** Leaves of data by their path; texts that are YAML of their own are gone into. */
function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => leaves(item, `${path}/${key}`));
  return path.endsWith('.yaml') ? leaves(parse(`${value}`), path) : [[path, value]];
}

const leavesOf = (objects: readonly AnyObject[]) =>
  new Map(objects.flatMap((object) => leaves(object, `${object.kind}/${object.metadata.name}`)));

test('a release that differs in an image, a mount path and a key is one file and one line, and objects differ just there', () => {
  const [before, after] = [leavesOf(party('1.6.1')), leavesOf(party('9.9.9'))];
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const differences = paths.filter((path) => before.get(path) !== after.get(path));
  expect(differences.map((path) => [path, after.get(path)])).toEqual([
    ['StatefulSet/fateflow/spec/template/metadata/annotations/checksum/fateflow-config', expect.any(String)],
    [expect.stringMatching(/^StatefulSet\/fateflow\/.*\/mountPath$/), '/data/projects/fate/fateflow/jobs'],
    ['StatefulSet/client/spec/template/spec/containers/0/image', 'federatedai/client:9.9.9-release'],
    ['ConfigMap/fateflow-config/data/service_conf.yaml/party_id', 30000],
  ]);
});
