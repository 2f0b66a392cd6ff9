/** Something that a linter says, and that stays as it is. */
export interface Accepted {
  /** The linter's own names for it. */
  readonly checks: readonly string[];
  /** Each `<kind>/<name>` of which it says so, in some example. */
  readonly of: readonly string[];
  readonly why: string;
}

const mysql = ['StatefulSet/mysql', 'StatefulSet/mariadb'];
const hdfs = ['StatefulSet/namenode', 'StatefulSet/datanode'];
const spark = ['Deployment/spark-master', 'Deployment/spark-worker'];
const fate = ['StatefulSet/fateflow', 'Deployment/fateboard', 'StatefulSet/client'];
const proxies = ['Deployment/nginx', 'Deployment/traffic-server'];
const addons = ['Deployment/ingress-nginx-controller', 'DaemonSet/image-disk-mount'];
/** Beside its brokers, of a Pulsar whose image has a user of its own. */
const pulsars = ['StatefulSet/pulsar-zookeeper', 'StatefulSet/pulsar-bookie', 'Deployment/pulsar-proxy'];
const all = [
  ...mysql,
  ...hdfs,
  ...spark,
  ...fate,
  ...proxies,
  ...addons,
  'StatefulSet/pulsar',
  ...pulsars,
  'Deployment/kubefate',
];
const but = (...names: readonly string[]) => all.filter((it) => !names.includes(it));

/** Those that write to their images. */
const writing = but(...mysql, 'Deployment/spark-master', 'DaemonSet/image-disk-mount', 'Deployment/kubefate');
const versioned = but('Deployment/traffic-server');

export const accepted: readonly Accepted[] = [
  {
    checks: ['CKV_K8S_22', 'container-security-context-readonlyrootfilesystem'],
    of: writing,
    why: 'the images write into themselves: lib/kubernetes/rights.ts',
  },
  {
    checks: ['CKV_K8S_23'],
    of: but(...mysql, ...pulsars, 'Deployment/kubefate', 'Deployment/ingress-nginx-controller'),
    why: 'each that is root has its reason: lib/kubernetes/rights.ts',
  },
  {
    checks: ['CKV_K8S_25'],
    of: writing.filter((it) => !pulsars.includes(it)),
    why: 'each capability has its reason: lib/kubernetes/rights.ts',
  },
  {
    checks: ['CKV_K8S_40'],
    of: but(...pulsars, 'Deployment/kubefate'),
    why: 'users are those of the images, and files belong to them',
  },
  { checks: ['container-security-context-user-group-id'], of: all, why: 'the same, and root has no group but its own' },
  {
    checks: ['CKV_K8S_38'],
    of: ['Deployment/ingress-nginx-controller', 'Deployment/kubefate'],
    why: 'they call the Kubernetes API: that is their work',
  },
  { checks: ['CKV_K8S_17'], of: ['DaemonSet/image-disk-mount'], why: 'it sees what its node has mounted' },
  { checks: ['CKV_K8S_8'], of: ['DaemonSet/image-disk-mount'], why: 'a loop of a shell, which nothing waits for' },
  {
    checks: ['CKV_K8S_8', 'CKV_K8S_9'],
    of: ['StatefulSet/pulsar-bookie'],
    why: 'what copies lost messages beside a bookie is called by nobody, and ends by itself when it does not work',
  },
  {
    checks: ['CKV_K8S_29', 'CKV_K8S_31'],
    of: [...proxies, ...mysql, ...fate, 'StatefulSet/pulsar', 'Deployment/kubefate'],
    why: 'an example is of a Kubernetes with PodSecurityPolicies, which refuse a filter that they do not list',
  },
  {
    checks: ['CKV_K8S_35'],
    of: [...mysql, ...fate, 'Deployment/kubefate'],
    why: 'who sees the environment of a container sees its files, too, and start scripts, Jupyter and KubeFATE read it there',
  },
  {
    checks: ['CKV_K8S_15', 'container-image-pull-policy'],
    of: versioned,
    why: 'tags are versions: a node that has one needs no registry to start a pod',
  },
  {
    checks: ['CKV_K8S_14', 'container-image-tag'],
    of: ['Deployment/traffic-server'],
    why: 'published without a version: images.trafficServer takes a digest',
  },
  { checks: ['CKV_K8S_43'], of: but(...addons), why: 'a digest is one registry’s: images takes them' },
  {
    checks: ['container-ephemeral-storage-request-and-limit'],
    of: all,
    why: 'what a job leaves on the disk of a node depends on its data, and a limit would end the pod with all others that it works for',
  },
  {
    checks: ['pod-probes-identical'],
    of: but(...proxies, 'StatefulSet/pulsar-zookeeper', 'DaemonSet/image-disk-mount'),
    why: 'the same question, and another patience: first nobody is sent to a pod, and much later it is restarted',
  },
  {
    checks: ['deployment-replicas'],
    of: ['Deployment/fateboard', 'Deployment/kubefate', 'Deployment/nginx', 'Deployment/spark-master'],
    why: 'one by design: of nginx a party’s, before the one FATE Flow',
  },
  {
    checks: ['deployment-strategy'],
    of: ['Deployment/fateboard', 'Deployment/kubefate', 'Deployment/spark-master'],
    why: 'two at once would share workers, work on the same jobs, or find no room',
  },
  {
    checks: ['deployment-has-host-podantiaffinity'],
    of: [...proxies, 'Deployment/ingress-nginx-controller'],
    why: 'topologySpreadConstraints say it, and still find room on one node',
  },
  {
    checks: ['deployment-has-poddisruptionbudget'],
    of: ['Deployment/spark-worker'],
    why: 'a worker that finds no room would keep every other node from being drained, and Spark computes again what it had. Whoever drains several nodes at once takes several of them',
  },
  {
    checks: ['statefulset-has-servicename'],
    of: ['StatefulSet/mysql', 'StatefulSet/mariadb', 'StatefulSet/namenode', ...fate, 'StatefulSet/pulsar'].filter(
      (it) => it.startsWith('StatefulSet'),
    ),
    why: 'of one pod each, which is found by its Service',
  },
];
