import { join } from 'node:path';
import { Construct } from 'constructs';
import { type Release, releases } from '../../lib/fate/releases';
import type { PartyPlan } from '../../lib/federation/party';
import { type RetentionPlan, retentionName, retentionResources } from '../../lib/federation/retention';
import { dataVolume } from '../../lib/kubernetes/data-volume';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { ConfigFiles } from '../parts/config-files';
import { variables } from '../parts/container';
import { cronJobVersion, oneAtATime, type ScheduledJob } from '../parts/cron-job';
import { fateFlowVolume, likeFateFlow, nextToFateFlow } from '../parts/fateflow-volume';
import { mysqlVariables } from '../parts/mysql-client';
import { podTemplate } from '../parts/pod';
import { scriptText } from '../parts/script';

/** A party that does not keep for ever what jobs leave. */
export interface RetainingParty extends PartyPlan {
  readonly retention: RetentionPlan;
}

/**
 * Deletes by schedule what FATE Flow has written of jobs that ended long ago. Of its volume the pod has the two directories of jobs
 * alone: models are out of its reach.
 */
export class Retention extends Construct {
  constructor(scope: Construct, id: string, plan: RetainingParty) {
    super(scope, id);
    const { logsDays, jobsDays, schedule } = plan.retention;
    const { jobTables }: Release = releases[plan.fate];
    const config = new ConfigFiles(this, 'retention-config', { 'retention.sh': script });
    new Manifest<ScheduledJob>(this, retentionName, {
      apiVersion: cronJobVersion(plan),
      kind: 'CronJob',
      metadata: { name: retentionName },
      spec: {
        schedule,
        ...oneAtATime,
        jobTemplate: {
          spec: {
            backoffLimit: 1,
            activeDeadlineSeconds: 3600, // what is left then the next one deletes
            template: podTemplate(likeFateFlow(plan), 'fateflow', {
              metadata: { labels: { 'app.kubernetes.io/name': retentionName } },
              spec: {
                restartPolicy: 'Never',
                affinity: { podAffinity: nextToFateFlow },
                containers: [
                  {
                    name: retentionName,
                    image: plan.images.mysql,
                    command: [
                      '/bin/sh',
                      `${configuration}/retention.sh`,
                      ...[mounts.logs, `${logsDays}`],
                      ...[mounts.jobs, `${jobsDays}`],
                    ],
                    env: [...mysqlVariables(plan), ...variables({ JOB_TABLES: jobTables.join(' ') })],
                    volumeMounts: [
                      config.mountAt(configuration),
                      ...Object.entries(mounts).map(([subPath, mountPath]) => ({
                        name: dataVolume,
                        mountPath,
                        subPath,
                      })),
                    ],
                    resources: spelledResources(retentionResources),
                    terminationMessagePolicy: 'FallbackToLogsOnError',
                    rights: rights.retention,
                  },
                ],
                volumes: [config.volume, fateFlowVolume(plan)],
              },
            }),
          },
        },
      },
    });
  }
}

const configuration = '/opt/kubefate-tanzu';
/** Directories of FATE Flow's volume, of every release, and where they are here. */
const mounts = { logs: '/data/logs', jobs: '/data/jobs' } as const satisfies Partial<
  Record<keyof Release['fateflow']['directories'], string>
>;
const script = scriptText(join(__dirname, 'retention.sh'));
