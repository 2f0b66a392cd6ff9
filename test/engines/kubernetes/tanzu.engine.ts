import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { TanzuKubernetesCluster } from '../../../constructs';
import { type TanzuClusterProps, tanzuClusterPlan, type WorkerPoolProps } from '../../../lib';
import { type AnyObject, objectsOf } from '../../support/objects';
import { refusal, titled } from '../support/engines';
import { type ApiServer, startApiServer } from './api-server';
import { definitionOf } from './definitions';
import { apply, createAll, read, remove } from './live-objects';

type Declared = Pick<TanzuClusterProps, 'platform' | 'api'>;

const everything = (pool: WorkerPoolProps): Partial<TanzuClusterProps> => ({
  controlPlane: { volumes: [{ name: 'etcd', mountPath: '/var/lib/etcd', capacityGiB: 8 }] },
  workers: [pool],
  network: {
    cni: 'calico',
    proxy: { httpProxy: 'http://192.0.2.3:3128', httpsProxy: 'http://192.0.2.3:3128', noProxy: ['localhost'] },
  },
  storageClasses: ['vsan-default-storage-policy', 'archive'],
  trust: [{ name: 'example-ca', certificate: `${rootCertificates[0]}` }],
});
const labelled: WorkerPoolProps = {
  name: 'fate',
  labels: { pool: 'fate' },
  taints: [{ key: 'fate', value: 'only', effect: 'NoSchedule' }],
};
const zoned: WorkerPoolProps = { ...labelled, failureDomain: 'zone-1' };
const autoscaled: WorkerPoolProps = { ...zoned, replicas: { min: 1, max: 3 } };

/** Each API, with a pool that has all that can be said there. */
const vocabularies: readonly [string, Declared, WorkerPoolProps][] = [
  ['v1alpha1', { platform: 'vSphere 7.0' }, {}],
  ['v1alpha2', { platform: 'vSphere 7.0 U3' }, labelled],
  ['v1alpha3', { platform: 'vSphere 8.0' }, zoned],
  [
    'tanzukubernetescluster',
    { platform: 'vSphere 8.0', api: { apiVersion: 'cluster.x-k8s.io/v1beta1', class: 'tanzukubernetescluster' } },
    autoscaled,
  ],
  ['builtin-generic in v1beta1', { platform: 'VKS 3.2' }, autoscaled],
  ['builtin-generic, shared, in v1beta1', { platform: 'VCF 9.0' }, autoscaled],
  ['builtin-generic in v1beta2', { platform: 'VCF 9.1' }, autoscaled],
];

const refused = refusal('kubernetes-1.37') ?? refusal('cluster-api');

describe.skipIf(refused !== undefined)(
  titled('An API server with the definitions of a Supervisor takes a cluster', refused),
  () => {
    let server: ApiServer;

    beforeAll(async () => {
      server = await startApiServer('1.37');
      await createAll(server, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fate' } }]);
    });
    afterAll(() => server?.stop());

    describe.each(vocabularies)('of %s', (_, declared, pool) => {
      const reference = draw(declared);
      const rich = draw(declared, everything(pool));
      const cluster = clusterIn(reference);
      const custom = rich.filter(({ kind }) => kind !== 'Secret');
      let definitions: readonly AnyObject[];

      beforeAll(async () => {
        definitions = custom.map(({ kind, apiVersion }) => definitionOf(kind, [apiVersion]));
        await createAll(server, definitions);
        for (const { kind, apiVersion } of custom) {
          await vi.waitFor(async () => {
            const { status, body } = await server.call('GET', `/apis/${apiVersion}`);
            expect({ status, kind: body.resources?.[0]?.kind }).toEqual({ status: 200, kind });
          }, soon);
        }
      });
      afterAll(async () => {
        for (const definition of definitions) {
          await remove(server, definition);
          await vi.waitFor(async () => expect((await read(server, definition)).status).toBe(404), soon);
        }
      });

      test.each([
        ['that is the one of the paper', reference],
        ['with everything that can be declared', rich],
      ])('%s, as written, and applied again without a change', async (_, objects) => {
        for (const object of objects) {
          const collection = await server.collectionOf(object);
          const answer = await server.call('POST', `${collection}?fieldValidation=Strict`, object);
          expect(answer).toMatchObject({ status: 201, warnings: remarksOn(object) });
          const { body } = await read(server, object);
          expect(body).toMatchObject(object);
          const first = await apply(server, object);
          const second = await apply(server, object);
          expect(first.metadata.generation).toBe(body.metadata.generation);
          expect(second).toEqual(first);
        }
        for (const object of objects) await remove(server, object);
      });

      test('and no field that is misspelt, missing or of another type', async () => {
        const collection = `${await server.collectionOf(cluster)}?fieldValidation=Strict&dryRun=All`;
        const { topology, ...spec } = cluster.spec;
        const create = (topology: AnyObject) =>
          server.call('POST', collection, { ...cluster, spec: { ...spec, topology } });
        const refusal = (status: number, text: string) => ({
          status,
          body: { message: expect.stringContaining(text) },
        });
        expect(await create(topology)).toMatchObject({ status: 201 });
        expect(await create({ ...topology, nodePool: [] })).toMatchObject(
          refusal(400, 'unknown field "spec.topology.nodePool"'),
        );
        expect(await create({ ...topology, controlPlane: { ...topology.controlPlane, replica: 3 } })).toMatchObject(
          refusal(400, 'unknown field "spec.topology.controlPlane.replica"'),
        );
        expect(await create({ ...topology, controlPlane: 3 })).toMatchObject(
          refusal(422, 'spec.topology.controlPlane: Invalid value'),
        );
        expect(await create({})).toMatchObject(refusal(422, 'Required value'));
      });
    });
  },
);

const soon = { timeout: 90_000, interval: 100 };

function draw(declared: Declared, more: Partial<TanzuClusterProps> = {}): AnyObject[] {
  const plan = tanzuClusterPlan({
    name: 'party-30000',
    kubernetes: 'v1.21.2+vmware.1-tkg.1.ee25d55',
    ...declared,
    ...more,
  });
  return objectsOf((app) => new TanzuKubernetesCluster(app, 'cluster', plan));
}

const clusterIn = (objects: readonly AnyObject[]): AnyObject => objects.find(({ spec }) => spec?.topology);

/** Cluster API marks its older version as deprecated. */
const remarksOn = ({ apiVersion, kind }: AnyObject): readonly string[] =>
  apiVersion === 'cluster.x-k8s.io/v1beta1' ? [`${apiVersion} ${kind} is deprecated`] : [];
