import type { Construct } from 'constructs';
import { certificateName } from '../../lib/federation/certificates';
import { flowsOf } from '../../lib/federation/flows';
import type { PartyPlan } from '../../lib/federation/party';
import { hasCertificate } from '../../lib/federation/pulsar';
import { partyChart } from '../../lib/kubefate/charts';
import { clusterFile } from '../../lib/kubefate/write/party-file';
import { WholeChart } from '../app/whole-chart';
import { KubeFateCluster } from '../kubefate/cluster-file';
import { IssuedCertificate } from '../parts/issued-certificate';
import { memberLabels, PodSecurityNamespace, partOf } from '../parts/namespace';
import { NetworkPolicies } from '../parts/network-policies';
import { Backup } from './backup/backup';
import { Client } from './client';
import { FateBoard } from './fateboard';
import { FateFlow } from './fateflow';
import { Hdfs } from './hdfs';
import { Monitoring } from './monitoring';
import { Mysql } from './mysql';
import { Nginx } from './nginx';
import { Pulsar } from './pulsar';
import { PulsarCluster } from './pulsar-cluster/pulsar-cluster';
import { Retention } from './retention';
import { Spark } from './spark';
import { SparkDriver } from './spark-driver';
import { ToyExample } from './toy-example';
import { UserInterfaces } from './user-interfaces';

/**
 * Federated Learning Cluster (FLC): everything that one party runs, in one namespace. The Secrets it reads must be
 * there before its pods: `mysql`, or `external-mysql` where somebody else runs that, `fateboard`, `notebook`,
 * `pulsar-cert` when it meets others and no
 * cert-manager makes another one in its place, and `backup-bucket` when its backups go to a bucket.
 *
 * Driven by KubeFATE it is the namespace, and the file from which KubeFATE makes the rest of it.
 */
export class FederatedLearningCluster extends WholeChart {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
    super(scope, id, {
      namespace: plan.namespace,
      labels: { ...partOf, 'app.kubernetes.io/instance': plan.namespace },
    });
    new PodSecurityNamespace(this, 'namespace', {
      name: plan.namespace,
      labels: memberLabels('party'),
      kubernetes: plan.kubernetes,
      level: plan.driver === 'kubefate' ? partyChart(plan).podSecurity : 'baseline',
    });
    if (plan.driver === 'kubefate') {
      new KubeFateCluster(this, 'kubefate-cluster', { namespace: plan.namespace, file: clusterFile(plan) });
      this.verify(plan);
      return;
    }
    if (hasCertificate(plan) && plan.certManager) {
      const commonName = certificateName(plan.id, plan.domain);
      new IssuedCertificate(this, 'issued-certificate', { commonName, certManager: plan.certManager });
    }
    if (!plan.mysql.isExternal) new Mysql(this, 'mysql', plan);
    new FateFlow(this, 'fateflow', plan);
    const { fateboard } = plan.pods;
    if (fateboard) new FateBoard(this, 'fateboard', { ...plan, pods: { ...plan.pods, fateboard } });
    new Client(this, 'client', plan);
    this.compute(plan);
    if (!plan.hdfs.isExternal) new Hdfs(this, 'hdfs', plan);
    new Nginx(this, 'nginx', plan);
    const { pulsar } = plan;
    if (pulsar.cluster) {
      const { cluster } = pulsar;
      new PulsarCluster(this, 'pulsar-cluster', { ...plan, pulsar: { ...pulsar, cluster } });
    } else if (!pulsar.isExternal) new Pulsar(this, 'pulsar', { ...plan, pulsar });
    new UserInterfaces(this, 'user-interfaces', plan);
    const { backup } = plan;
    if (backup) new Backup(this, 'backup', { ...plan, backup });
    const { retention } = plan;
    if (retention) new Retention(this, 'retention', { ...plan, retention });
    const { monitoring } = plan;
    if (monitoring) new Monitoring(this, 'monitoring', { ...plan, monitoring });
    this.verify(plan);
    if (plan.networkPolicies) new NetworkPolicies(this, 'network-policies', { ...plan, flows: flowsOf(plan) });
  }

  private compute(plan: PartyPlan) {
    const { spark } = plan;
    if (!spark.isExternal) new Spark(this, 'spark', plan);
    else if ('ranges' in spark.network && spark.network.driver)
      new SparkDriver(this, 'spark-driver', { ...spark.network.driver, ...spark, ranges: spark.network.ranges });
  }

  private verify(plan: PartyPlan) {
    if (plan.verification) new ToyExample(this, 'toy-example', { plan, ...plan.verification });
  }
}
