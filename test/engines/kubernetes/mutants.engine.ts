import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { InvalidInput } from '../../../lib';
import { isMap } from '../../../lib/input/checks';
import { type Entrance, entrances, objectsOf } from '../../support/entrances';
import { changes, keysOf, mutated } from '../../support/mutants';
import type { AnyObject } from '../../support/objects';
import { refusal, titled } from '../support/engines';
import { type ApiServer, startApiServer } from './api-server';
import { certManagerDefinitions, definitionOf, prometheusDefinitions } from './definitions';
import { createAll } from './live-objects';

/** Mutants of each declaration; one in ten is accepted. `MUTANTS=5000 FUZZ_SEED=7 test/engines/run.sh mutants` */
const numRuns = Number(process.env['MUTANTS'] ?? 100);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

const keys = keysOf(entrances);
/** Objects of what was accepted, each once, with the changes that they come of. */
const drawn = new Map<string, { readonly object: AnyObject; readonly of: string }>();

for (const [name, { sound, plan, share }] of Object.entries<Entrance>(entrances)) {
  for (const some of [[], ...fc.sample(changes, { numRuns: Math.ceil(numRuns * share), seed })]) {
    const of = `${name} with ${fc.stringify(some)}`;
    for (const object of accepted(() => objectsOf(plan(...(mutated(sound, some, keys) as never[]))))) {
      const key = JSON.stringify(object);
      if (!drawn.has(key)) drawn.set(key, { object, of });
    }
  }
}

function accepted(draw: () => readonly AnyObject[]): readonly AnyObject[] {
  try {
    return draw();
  } catch (error) {
    if (error instanceof InvalidInput) return [];
    throw error; // which is for the library's own fuzz to tell
  }
}

interface Spoiling {
  readonly kind: string;
  readonly with: AnyObject;
  /** Of the server's answer. */
  readonly answer: string;
}

const container = (container: AnyObject): AnyObject => ({ spec: { template: { spec: { containers: [container] } } } });

/** One value more or another one in an object that is sound, each of what another part of the server looks at. */
const spoilt: Readonly<Record<string, Spoiling>> = {
  'a key that it does not know': { kind: 'ConfigMap', with: { dta: {} }, answer: '.dta: field not declared' },
  'a value of another type': { kind: 'ConfigMap', with: { data: { more: 7 } }, answer: '.data.more: expected string' },
  'a label that is none': { kind: 'Service', with: { metadata: { labels: { a: 'b c' } } }, answer: 'metadata.labels' },
  'a port that is none': {
    kind: 'Service',
    with: { spec: { ports: [{ port: 65536 }] } },
    answer: 'spec.ports[0].port',
  },
  'a container without a name': { kind: 'Deployment', with: container({ name: '' }), answer: 'containers[0].name' },
  'a quantity that is none': {
    kind: 'StatefulSet',
    with: container({ resources: { requests: { cpu: '1x' } } }),
    answer: 'quantities must match',
  },
  'a topology that is none': {
    kind: 'TanzuKubernetesCluster',
    with: { spec: { topology: 7 } },
    answer: '.spec.topology: expected map',
  },
};

const kinds = refusal('cluster-api') ?? refusal('cert-manager-definitions') ?? refusal('prometheus');

for (const release of ['1.37', '1.24']) {
  const refused = refusal(`kubernetes-${release}`) ?? refusal('kubernetes-1.37') ?? kinds;
  describe.skipIf(refused !== undefined)(titled(`Kubernetes ${release}`, refused), () => {
    let server: ApiServer;

    beforeAll(async () => {
      // Nothing is kept, and so there is no namespace that the objects could be in.
      server = await startApiServer(release, { flags: { 'disable-admission-plugins': 'NamespaceLifecycle' } });
      await createAll(server, [...definitions, ...certManagerDefinitions(), ...prometheusDefinitions()]);
      const served = [...drawn.values()]
        .map(({ object }) => object)
        .filter(({ apiVersion }) => !apiVersion.includes('beta') || clusterApi.includes(apiVersion));
      await vi.waitFor(async () => {
        for (const object of served) expect(await server.collectionOf(object), object.kind).toBeDefined();
      }, soon);
    });
    afterAll(() => server?.stop());

    test.each(Object.entries(spoilt))('refuses %s', async (_, { kind, with: more, answer }) => {
      const sound = [...drawn.values()].find(({ object }) => object.kind === kind)?.object;
      expect(await dryRun(server, sound)).toBeUndefined();
      expect(await dryRun(server, merged(sound, more))).toContain(answer);
    });

    test(`takes ${drawn.size} objects of mutants that were accepted`, async () => {
      const refusals: string[] = [];
      await atOnce(8, [...drawn.values()], async ({ object, of }) => {
        const answer = await dryRun(server, object);
        if (answer !== undefined) refusals.push(`${object.kind} ${object.metadata.name}: ${answer}; of ${of}`);
      });
      expect(refusals).toEqual([]);
    });
  });
}

const tanzu = ['v1alpha1', 'v1alpha2', 'v1alpha3'].map((version) => `run.tanzu.vmware.com/${version}`);
const clusterApi = ['v1beta1', 'v1beta2'].map((version) => `cluster.x-k8s.io/${version}`);
const definitions = [
  definitionOf('TanzuKubernetesCluster', tanzu),
  definitionOf('Cluster', clusterApi),
  definitionOf('ClusterBootstrap', ['run.tanzu.vmware.com/v1alpha3']),
  definitionOf('CalicoConfig', ['cni.tanzu.vmware.com/v1alpha1']),
];
const soon = { timeout: 90_000, interval: 250 };

/** Maps and the first items of lists are gone into; what stands there else is replaced. */
function merged(into: AnyObject, more: AnyObject): AnyObject {
  if (Array.isArray(more)) return [merged(into?.[0], more[0]), ...(into?.slice(1) ?? [])];
  if (!isMap(more)) return more;
  return {
    ...into,
    ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key, merged(into?.[key], value)])),
  };
}

/** Why the object is refused, as `kubectl apply --server-side --dry-run=server` says it. */
async function dryRun(server: ApiServer, object: AnyObject): Promise<string | undefined> {
  const collection = await server.collectionOf(object);
  // Betas are drawn for releases that have nothing newer.
  if (collection === undefined) return object.apiVersion.includes('beta') ? undefined : 'is not served';
  const query = 'dryRun=All&fieldManager=test&force=true&fieldValidation=Strict';
  const path = `${collection}/${encodeURIComponent(object.metadata.name)}?${query}`;
  const { status, body } = await server.call('PATCH', path, object, { contentType: 'application/apply-patch+yaml' });
  return status < 300 ? undefined : `${status} ${body.message ?? body}`;
}

/** As many as this at a time. */
async function atOnce<T>(limit: number, items: T[], run: (item: T) => Promise<void>): Promise<void> {
  const work = async () => {
    for (let item = items.pop(); item !== undefined; item = items.pop()) await run(item);
  };
  await Promise.all(Array.from({ length: limit }, work));
}
