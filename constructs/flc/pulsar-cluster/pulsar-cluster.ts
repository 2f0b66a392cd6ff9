import { Construct } from 'constructs';
import { releases } from '../../../lib/fate/releases';
import { isJoined } from '../../../lib/federation/neighbours';
import { DisruptionBudget } from '../../parts/disruption-budget';
import { Bookies } from './bookies';
import { Brokers } from './brokers';
import type { ClusteredPlan } from './part';
import { Proxies } from './proxies';
import { ZooKeepers } from './zookeepers';

/**
 * Pulsar that survives the loss of a node: ZooKeepers know where everything is, bookies keep messages, brokers take and give them, and
 * proxies lead other parties to the broker of a topic. Brokers are what `pulsar` is where it is one process, by the same Service.
 *
 * @see White paper, "Setting up a vSphere HA Pulsar Cluster"
 */
export class PulsarCluster extends Construct {
  constructor(scope: Construct, id: string, plan: ClusteredPlan) {
    super(scope, id);
    const files = releases[plan.fate].pulsar.clusterFiles(plan);
    const parts = [
      new ZooKeepers(this, 'zookeepers', { plan, file: files['zookeeper.conf'] }),
      new Bookies(this, 'bookies', { plan, file: files['bookkeeper.conf'] }),
      new Brokers(this, 'brokers', { plan, file: files['broker.conf'] }),
      ...(isJoined(plan) ? [new Proxies(this, 'proxies', { plan, file: files['proxy.conf'] })] : []),
    ];
    for (const { workload } of parts) {
      new DisruptionBudget(this, `${workload}-disruption-budget`, { workload, kubernetes: plan.kubernetes });
    }
  }
}
