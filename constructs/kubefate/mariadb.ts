import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import { secrets } from '../../lib/fate/secrets';
import { labelsOf, mariaDb } from '../../lib/kubefate/service/names';
import type { KubeFatePlan } from '../../lib/kubefate/service/service';
import { dataVolume } from '../../lib/kubernetes/data-volume';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { mysqlUser, rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { containerPorts, secretVariable, servicePorts, variables } from '../parts/container';
import { podTemplate } from '../parts/pod';
import { volumeOf } from '../parts/security-context';
import { volumeClaim } from '../parts/volume-claim';

/** MariaDB: users, clusters, jobs and charts of the KubeFATE service. */
export class MariaDb extends Construct {
  constructor(scope: Construct, id: string, plan: KubeFatePlan) {
    super(scope, id);
    this.service();
    this.statefulSet(plan);
  }

  private service() {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: servicePorts(ports) },
    });
  }

  private statefulSet(plan: KubeFatePlan) {
    new Manifest<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'mariadb', {
          metadata: { labels },
          spec: {
            securityContext: volumeOf(mysqlUser),
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                name,
                image: plan.images.mariadb,
                ports: containerPorts(ports),
                env: [
                  ...variables({ MYSQL_DATABASE: mariaDb.database }),
                  secretVariable('MYSQL_USER', secret, secret.keys.databaseUsername),
                  secretVariable('MYSQL_PASSWORD', secret, secret.keys.databasePassword),
                  secretVariable('MYSQL_ROOT_PASSWORD', secret, secret.keys.databaseRootPassword),
                ],
                volumeMounts: [{ name: dataVolume, mountPath: '/var/lib/mysql', subPath: 'mysql' }],
                resources: spelledResources(plan.resources.mariadb),
                // Killed while it initialises, it leaves a directory that never starts again: ten minutes for slow disks.
                startupProbe: { ...answers, periodSeconds: 10, failureThreshold: 60 },
                readinessProbe: { ...answers, periodSeconds: 10 },
                livenessProbe: { ...answers, periodSeconds: 10, failureThreshold: 6 },
                rights: rights.mariadb,
              },
            ],
          },
        }),
        volumeClaimTemplates: [volumeClaim(plan.storageClass, plan.volumeGiB)],
      },
    });
  }
}

const { name, ports } = mariaDb;
const labels = labelsOf(mariaDb);
const secret = secrets.kubeFate;
/** Over TCP, which the temporary server of the initialisation does not listen to. Needs no password to be answered. */
const answers: Probe = { exec: { command: ['mysqladmin', 'ping', '--host=127.0.0.1'] }, timeoutSeconds: 5 };
