import { join } from 'node:path';
import type { Construct } from 'constructs';
import type { DaemonSet } from 'kubernetes-types/apps/v1';
import { rights } from '../../lib/kubernetes/rights';
import type { ImageDiskMountPlan } from '../../lib/tanzu/cluster/addons';
import { Manifest } from '../app/manifest';
import { WholeChart } from '../app/whole-chart';
import { ConfigFiles } from '../parts/config-files';
import { variables } from '../parts/container';
import { PodSecurityNamespace } from '../parts/namespace';
import { podTemplate } from '../parts/pod';
import { scriptText } from '../parts/script';

/**
 * Keeps a node's image disk mounted after a restart. Tanzu mounts the volume while it creates a node, and on vSphere 7
 * records that nowhere: after a restart the directory is an empty one on the small root disk. A DaemonSet therefore adds
 * the volume to every node's `/etc/fstab`.
 *
 * It prepares the next restart and mounts nothing itself. A pod is ready once its node is prepared, so that
 * `kubectl -n image-disk-mount rollout status daemonset/image-disk-mount` ends when all nodes are. The chart can be deleted
 * then; left in place it also serves the nodes that come later. A node without the volume never gets ready, and neither
 * does one that has already lost it: the pod's log says which.
 *
 * The pods run as root and may write all of `/etc`: a node may replace its fstab by a new file, which a mount of the file
 * alone would not show. They have no capability and no access to devices or to the Kubernetes API.
 *
 * @see White paper, "Host and VM Failures"
 */
export class ImageDiskMount extends WholeChart {
  constructor(scope: Construct, id: string, plan: ImageDiskMountPlan) {
    super(scope, id, { namespace: name });
    new PodSecurityNamespace(this, 'namespace', { name, kubernetes: plan.kubernetes, level: 'privileged' }); // the nodes' directories and processes
    const script = new ConfigFiles(this, name, { [scriptFile]: scriptText(join(__dirname, scriptFile)) });
    this.daemonSet(plan, script);
  }

  private daemonSet(plan: ImageDiskMountPlan, script: ConfigFiles) {
    const { mountPath, interval, controlPlane } = plan;
    const etcd = mountPath === '/var/lib/etcd';
    new Manifest<DaemonSet>(this, 'daemon-set', {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, labels },
      spec: {
        selector: { matchLabels: labels },
        // Nobody waits for these pods, and one that cannot get ready must not keep a new version from the others.
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
        template: podTemplate(plan, 'imageDiskMount', {
          metadata: { labels },
          spec: {
            hostPID: true,
            nodeSelector: {
              'kubernetes.io/os': 'linux',
              ...(etcd && { 'node-role.kubernetes.io/control-plane': '' }),
            },
            tolerations: etcd || controlPlane ? controlPlaneTolerations : undefined,
            priorityClassName: 'system-node-critical',
            terminationGracePeriodSeconds: 5,
            containers: [
              {
                name,
                image: plan.images.imageDiskMount,
                command: ['sh', `${scriptDirectory}/${scriptFile}`, 'watch'],
                env: variables({
                  MOUNT_PATH: mountPath,
                  FSTAB: '/host/etc/fstab',
                  MOUNTINFO: '/proc/1/mountinfo',
                  BY_UUID: '/host/dev/disk/by-uuid',
                  ADDED: addedOptions.join(),
                  INTERVAL: String(interval),
                }),
                readinessProbe: {
                  exec: { command: ['sh', `${scriptDirectory}/${scriptFile}`, 'recorded'] },
                  periodSeconds: 30,
                  timeoutSeconds: 5,
                },
                resources: {
                  requests: { cpu: '5m', memory: '16Mi' },
                  limits: { cpu: '100m', memory: '32Mi' },
                },
                rights: rights.imageDiskMount,
                volumeMounts: [
                  script.mountAt(scriptDirectory),
                  { name: 'etc', mountPath: '/host/etc' },
                  { name: 'disks', mountPath: '/host/dev/disk', readOnly: true },
                ],
              },
            ],
            volumes: [
              script.volume,
              { name: 'etc', hostPath: { path: '/etc', type: 'Directory' } },
              { name: 'disks', hostPath: { path: '/dev/disk', type: 'Directory' } },
            ],
          },
        }),
      },
    });
  }
}

const name = 'image-disk-mount';
const labels = { 'app.kubernetes.io/name': name };

const scriptFile = 'image-disk-mount.sh';
const scriptDirectory = `/opt/${name}`;

/**
 * A node whose volume is gone boots all the same. systemd waits for such a mount only where told to, and containerd or
 * the kubelet must not begin on the directory below it.
 */
const addedOptions = ['nofail', 'x-systemd.before=containerd.service', 'x-systemd.before=kubelet.service'];

/** `master` is what Kubernetes up to 1.23 taints a control plane with. */
const controlPlaneTolerations = ['control-plane', 'master'].map((role) => ({
  key: `node-role.kubernetes.io/${role}`,
  operator: 'Exists',
  effect: 'NoSchedule',
}));
