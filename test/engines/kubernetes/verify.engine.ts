import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verification } from '../../../commands/verify/verification';
import { FederatedLearningCluster } from '../../../constructs';
import { partyPlan, secrets } from '../../../lib';
import { type AccessLevel, accessRoles } from '../../../lib/reports/access-roles';
import type { PairResult } from '../../../lib/reports/pair-results';
import { exchangeDescriptorOf } from '../../support/declarations';
import { type AnyObject, objectsOf } from '../../support/objects';
import { titled } from '../support/engines';
import { type ClusterOfPods, noClusterOfPods, startClusterOfPods } from '../support/kubelet';
import { address } from '../support/network';
import { type Pod, startPod } from '../support/pod';
import { createAll } from './live-objects';

const refused = noClusterOfPods();
const fate = '2.2.0';
const own = address(202);

/** In the place of Jupyter: answers in the place of FATE Flow and of nginx, as they do for whom all is well but a party 50000. */
const flow = `#!/usr/bin/env python3
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Flow(BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        gone = self.headers.get("dest-party-id") == "50000"
        data = [{"status": "success"}] if self.path.startswith("/v2/job/query?") else {"party_id": "30000"}
        body = "<html><title>502 Bad Gateway</title></html>" if gone else json.dumps({"code": 0, "data": data, "job_id": "1"})
        self.send_response(502 if gone else 200)
        self.end_headers()
        self.wfile.write(body.encode())
    do_GET = do_POST = answer

for port in (9301, 9380):
    threading.Thread(target=ThreadingHTTPServer(("", port), Flow).serve_forever).start()
`;

describe.skipIf(refused !== undefined)(titled('kubefate-tanzu verify in a cluster', refused), () => {
  const plan = partyPlan({
    domain: 'example.com',
    fate,
    id: 30000,
    exchange: exchangeDescriptorOf({ fate }),
    verification: { with: [40000, 50000] },
  });
  const { namespace } = plan;
  const objects = objectsOf((app) => new FederatedLearningCluster(app, namespace, plan));
  let folder: string;
  let cluster: ClusterOfPods;
  let pod: Pod;

  beforeAll(async () => {
    folder = mkdtempSync('/run/verify-');
    cluster = await startClusterOfPods();
    const data = join(folder, 'data');
    mkdirSync(data);
    const programs = Object.fromEntries(['flow', 'pipeline'].map((it) => [`/usr/local/bin/${it}`, '#!/bin/sh\n']));
    const client = { objects, statefulSet: 'client' };
    pod = await startPod({
      ...client,
      volumes: { data },
      secrets: { [secrets.notebook.name]: { [secrets.notebook.keys.token]: 'unused' } },
      image: { files: { ...programs, '/usr/local/bin/jupyter': flow } },
      address: own,
      hosts: `${own} fateflow nginx-internal\n`,
    });
    await createAll(
      cluster,
      objects.filter(({ kind }) => kind === 'Namespace'),
    );
    await cluster.show(pod, client);
  });
  afterAll(async () => {
    await pod?.stop();
    await cluster?.stop();
    rmSync(folder, { recursive: true });
  });

  /** As somebody with a Role that is printed, and a token of its own. */
  async function verifyAs(level: AccessLevel) {
    const user = `system:serviceaccount:${namespace}:${level}`;
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: level, namespace } };
    const roles = accessRoles(namespace, level, { users: [user], groups: [] }) as AnyObject[];
    await createAll(cluster, [account, ...roles]);
    const kubeconfig = join(folder, level);
    writeFileSync(kubeconfig, await cluster.kubeconfigOf(namespace, level));
    const options = { declaration: 'party.yaml', kubeconfig, context: [], pair: [], timeout: 60 };
    const { holds, json } = await verification({ parties: [plan] }, options, new AbortController().signal);
    const { pairs } = json as { readonly pairs: readonly PairResult[] };
    return { holds, pairs: pairs.map(({ host, outcome, reasons }) => [host, outcome, ...reasons]) };
  }

  test('who may ask in pods verifies what a party can start, and hears what is in the way of a pair', async () => {
    expect(await verifyAs('ask')).toEqual({
      holds: false,
      pairs: [
        [30000, 'success'],
        [40000, 'success'],
        [50000, 'failed', expect.stringMatching(/^FATE Flow of 50000, asked through nginx, .*: 502 Bad Gateway$/)],
      ],
    });
  });

  test('who may only look is told the right that is missing', async () => {
    const right = /does not let you create pods\/exec in namespace fate-30000; have a Role there with the rule/;
    const { holds, pairs } = await verifyAs('look');
    expect(holds).toBe(false);
    expect(pairs[0]).toEqual([30000, 'failed', expect.stringMatching(right)]);
  });
});
