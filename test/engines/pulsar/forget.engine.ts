import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, partyPlan, services } from '../../../lib';
import { exchangeDescriptorOf } from '../../support/declarations';
import { fileOf, objectsOf } from '../../support/objects';
import { certificateAuthority } from '../support/certified-key';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import type { Pod } from '../support/pod';
import { adminApi } from './admin-api';
import { type Fate, startFate } from './fate';
import { pulsarPod } from './pod';

const own = address(67);
const id = 30000;
const tenant = 'tenants/fl-tenant';

describe.each<[string, FateRelease]>([
  ['2.7', '1.6.1'],
  ['2.10', '1.11.2'],
])('Pulsar %s', (release, fate) => {
  const refused = refusal(`pulsar-${release}`) ?? noPods();
  describe.skipIf(refused !== undefined)(titled(`A party that has left, at Pulsar ${release}`, refused), () => {
    const admin = adminApi(`http://${own}:${services.pulsar.ports.admin}`);
    let volume: string;
    let pod: Pod;
    let party: Fate;

    beforeAll(async () => {
      volume = mkdtempSync('/run/pulsar-');
      const plan = partyPlan({ domain: 'example.com', id, fate, exchange: exchangeDescriptorOf({ fate }) });
      const objects = objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
      pod = await pulsarPod(release, objects, certificateAuthority()(plan.fqdn), own, volume);
      party = startFate(release, id, own, fileOf(objects, 'pulsar-route-table', 'pulsar_route_table.yaml'));
      await party.meet('job', [{ id: 40000 }, { id: 50000 }]);
    }, 1_800_000);
    afterAll(async () => {
      await party?.stop();
      await pod?.stop();
      rmSync(volume, { recursive: true, force: true });
    });

    test('keeps another one out, where only its record is deleted', async () => {
      await admin.delete('clusters/50000');
      await expect(party.meet('next', [{ id: 60000 }])).rejects.toThrow(/tenants\/fl-tenant: 412/);
    });

    test('is forgotten as the steps of its removal have it, and another one is met', async () => {
      await admin.post(tenant, { adminRoles: [], allowedClusters: ['standalone', '40000'] });
      await party.meet('next', [{ id: 40000 }, { id: 60000 }]);
      const { allowedClusters = [] } = (await admin.get<{ allowedClusters?: string[] }>(tenant)) ?? {};
      expect(allowedClusters.sort()).toEqual(['40000', '60000', 'standalone']);
    });

    test('is forgotten while it may still be met, and comes back as anybody does', async () => {
      await party.meet('again', [{ id: 50000 }]);
      await admin.post(tenant, { adminRoles: [], allowedClusters: ['standalone', '40000', '60000'] });
      await admin.delete('clusters/50000');
      // A broker remembers for a moment what it has read.
      await vi.waitFor(async () => expect(await admin.get<string[]>('clusters')).not.toContain('50000'), 30_000);
      await party.meet('at-last', [{ id: 50000 }, { id: 40000 }]);
    });
  });
});
