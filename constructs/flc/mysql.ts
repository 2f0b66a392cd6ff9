import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import type { PartyPlan } from '../../lib/federation/party';
import { dataVolume } from '../../lib/kubernetes/data-volume';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { mysqlUser, rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { containerPorts, secretVariable, servicePorts, variables } from '../parts/container';
import { podTemplate } from '../parts/pod';
import { volumeOf } from '../parts/security-context';
import { claimTemplates, existingVolumes } from '../parts/volume-claim';

/** MySQL: FATE Flow's jobs, models and their state. FATE Flow creates the tables itself. */
export class Mysql extends Construct {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
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

  private statefulSet(plan: PartyPlan) {
    new Manifest<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'mysql', {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 60,
            securityContext: volumeOf(mysqlUser),
            containers: [
              {
                name,
                image: plan.images.mysql,
                // MySQL 8 keeps a log of 30 days for replicas, on the same volume. There are none.
                args: ['--skip-log-bin'],
                ports: containerPorts(ports),
                env: [
                  ...variables({ MYSQL_DATABASE: plan.mysql.name, MYSQL_USER: plan.mysql.user }),
                  secretVariable('MYSQL_PASSWORD', secret, secret.keys.password),
                  secretVariable('MYSQL_ROOT_PASSWORD', secret, secret.keys.rootPassword),
                ],
                // A directory of the volume: the volume's own root has `lost+found`, where MySQL wants an empty one.
                volumeMounts: [{ name: dataVolume, mountPath: '/var/lib/mysql', subPath: 'mysql' }],
                resources: spelledResources(plan.sizing.containers.mysql),
                // Killed while it initialises, MySQL leaves a directory that never starts again: ten minutes for slow disks.
                startupProbe: { ...answers, periodSeconds: 5, failureThreshold: 120 },
                readinessProbe: { ...answers, periodSeconds: 10 },
                livenessProbe: { ...answers, periodSeconds: 10, failureThreshold: 6 },
                rights: rights.mysql,
              },
            ],
            volumes: existingVolumes(plan, 'mysql'),
          },
        }),
        volumeClaimTemplates: claimTemplates(plan, 'mysql'),
      },
    });
  }
}

const { name, ports } = services.mysql;
const labels = { 'app.kubernetes.io/name': name };
const secret = secrets.mysql;
/** Over TCP, which the temporary server of the initialisation does not listen to. Needs no password to be answered. */
const answers: Probe = { exec: { command: ['mysqladmin', 'ping', '--host=127.0.0.1'] }, timeoutSeconds: 5 };
