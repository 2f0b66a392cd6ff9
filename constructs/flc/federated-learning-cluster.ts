import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PartyPlan } from '../../lib/party';
import { PodSecurityNamespace } from '../namespace';
import { Client } from './client';
import { FateFlow } from './fateflow';
import { Hdfs } from './hdfs';
import { Mysql } from './mysql';
import { Nginx } from './nginx';
import { Pulsar } from './pulsar';
import { Spark } from './spark';
import { UserInterfaces } from './user-interfaces';

/**
 * Federated Learning Cluster (FLC): everything that one party runs, in one namespace. The Secrets it reads must be
 * there before its pods: `mysql`, `fateboard`, `notebook`, and `pulsar-cert` when it has an exchange.
 */
export class FederatedLearningCluster extends Chart {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
    super(scope, id, {
      namespace: plan.namespace,
      labels: { 'app.kubernetes.io/part-of': 'fate', 'app.kubernetes.io/instance': plan.namespace },
    });
    new PodSecurityNamespace(this, 'namespace', {
      name: plan.namespace,
      kubernetes: plan.kubernetes,
      level: 'baseline',
    });
    new Mysql(this, 'mysql', plan);
    new FateFlow(this, 'fateflow', plan);
    new Client(this, 'client', plan);
    new Spark(this, 'spark', plan);
    new Hdfs(this, 'hdfs', plan);
    new Nginx(this, 'nginx', plan);
    new Pulsar(this, 'pulsar', plan);
    new UserInterfaces(this, 'user-interfaces', plan);
  }
}
