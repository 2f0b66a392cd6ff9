import { type ExchangeImage, type PartyImage, releases } from '../fate/releases';
import { partyImages } from '../fate/releases/party-images';
import { services } from '../fate/services';
import { backupImage, backupName, restoreName } from '../federation/backup';
import { type ExchangePlan, exchangeImages } from '../federation/exchange';
import { pinned } from '../federation/hosting';
import { exporterImages, type Monitoring } from '../federation/monitoring';
import { isJoined } from '../federation/neighbours';
import { type PartyPlan, unpublishedNames } from '../federation/party';
import { retentionName } from '../federation/retention';
import { toyExample } from '../jobs/toy-example';
import { exchangeChart, partyChart } from '../kubefate/charts';
import { chartWorkload } from '../kubefate/charts/workloads';
import { imageKeys, runImages } from '../kubefate/images';
import { type KubeFatePlan, kubeFateImages } from '../kubefate/service/service';
import { kubeFateReleases } from '../kubefate/service/service-releases';
import { mirrored, withoutDigest } from '../kubernetes/images';
import type { ImageDiskMountPlan, IngressControllerPlan } from '../tanzu/cluster';
import { addonImages } from '../tanzu/cluster/addons';
import { ingressNginx } from '../tanzu/cluster/ingress-nginx';
import { client, sparkWorker } from './failures/lines';

/** What pods are drawn of. */
export type PlanWithPods = PartyPlan | ExchangePlan | KubeFatePlan | IngressControllerPlan | ImageDiskMountPlan;

/** A container that runs an image. */
export interface ImageUse {
  /** Whose it is: `party 30000`, `exchange`, `KubeFATE service`, `ingress controller`, `image disk mount`. */
  readonly member: string;
  readonly namespace: string;
  /** As kubectl takes it: `statefulset/mysql`. A Job of the toy example has a name that begins so. */
  readonly workload: string;
  readonly container: string;
  /** Whether it ends before the others start. */
  readonly isInit: boolean;
}

/** An image, and who runs it. */
export interface PlannedImage {
  /** As pods name it. */
  readonly image: string;
  /** As it is published; where that is another name, pods take a copy of it. None of one that was declared. */
  readonly published?: string;
  /** Whether somebody has to build it, since nobody has published it in spite of its name. */
  readonly isUnpublished: boolean;
  readonly uses: readonly ImageUse[];
}

/**
 * Every image that is pulled for some plans, in the order of their names, with all that run it: init containers, Jobs and what
 * KubeFATE's charts add among them. Node images of Tanzu are no images of a registry, and not here.
 */
export function images(plans: readonly PlanWithPods[]): readonly PlannedImage[] {
  const runs = plans.flatMap(runsOf);
  const names = [...new Set(runs.map(({ image }) => image))].sort();
  return names.map((name) => {
    const own = runs.filter(({ image }) => image === name);
    return {
      image: name,
      published: own.find(({ published }) => published !== undefined)?.published,
      isUnpublished: own.some(({ isUnpublished }) => isUnpublished),
      uses: own.map(({ use }) => use),
    };
  });
}

interface Run extends Omit<PlannedImage, 'uses'> {
  readonly use: ImageUse;
}

function runsOf(plan: PlanWithPods): readonly Run[] {
  const { member, namespace, published, containers } = podsOf(plan);
  const unpublished = 'id' in plan ? unpublishedNames(plan) : [];
  return containers.map(({ image, ...container }) => {
    const source = published.find((each) => namesOf(each, plan.registry).includes(withoutDigest(image)));
    const locked = source && pinned(plan.digests, source, withoutDigest(source));
    return {
      image,
      published: locked,
      isUnpublished: unpublished.includes(isCopy({ image, published: source }) ? `${source}` : image),
      use: { member, namespace, ...container },
    };
  });
}

/** Names by which a published image is pulled. */
const namesOf = (published: string, registry: string | undefined): readonly string[] => [
  withoutDigest(published),
  ...(registry === undefined ? [] : [mirrored(published, registry)]),
];

/** Whether pods take it from elsewhere than where it is published. */
export const isCopy = ({ image, published }: Pick<PlannedImage, 'image' | 'published'>): boolean =>
  published !== undefined && withoutDigest(image) !== withoutDigest(published);

interface PlannedPods {
  readonly member: string;
  readonly namespace: string;
  /** What its images may be, or be copies of. */
  readonly published: readonly string[];
  readonly containers: readonly PlannedContainer[];
}

type PlannedContainer = Omit<ImageUse, 'member' | 'namespace'> & { readonly image: string };

function podsOf(plan: PlanWithPods): PlannedPods {
  if ('id' in plan) return podsOfParty(plan);
  if ('connectPorts' in plan) return podsOfExchange(plan);
  if ('chartRepository' in plan) return podsOfKubeFate(plan);
  if ('mountPath' in plan) return podsOfImageDiskMount(plan);
  return podsOfIngressController(plan);
}

function podsOfParty(plan: PartyPlan): PlannedPods {
  const { namespace, fate, compute, monitoring } = plan;
  const scheme = plan.driver === 'kubefate' ? partyChart(plan).images(compute) : undefined;
  const own = scheme
    ? { ...scheme.published, busybox: chartBusybox }
    : { ...partyImages(fate, compute), backup: backupImage, ...exporterImages };
  return {
    member: `party ${plan.id}`,
    namespace,
    published: Object.values(own),
    containers: [
      ...(scheme
        ? chartContainers(plan, runImages(scheme, imageKeys(scheme, plan.images)))
        : [
            ...partyContainers(plan),
            ...backupContainers(plan),
            ...retentionContainer(plan),
            ...exporterContainers(monitoring),
          ]),
      ...(plan.verification ? [run(`job/${toyExample}`, toyExample, plan.images.client)] : []),
    ],
  };
}

function podsOfExchange(plan: ExchangePlan): PlannedPods {
  const { namespace, monitoring } = plan;
  const scheme = plan.driver === 'kubefate' ? exchangeChart(plan).images : undefined;
  return {
    member: 'exchange',
    namespace,
    published: Object.values(scheme?.published ?? { ...exchangeImages(plan), ...exporterImages }),
    containers: scheme
      ? exchangeContainers(runImages(scheme, imageKeys(scheme, plan.images)))
      : [...exchangeContainers(plan.images), ...exporterContainers(monitoring)],
  };
}

const podsOfKubeFate = ({ namespace, images }: KubeFatePlan): PlannedPods => ({
  member: 'KubeFATE service',
  namespace,
  published: Object.values(kubeFateReleases).flatMap(({ service }) => Object.values(kubeFateImages(service))),
  containers: [
    run('statefulset/mariadb', 'mariadb', images.mariadb),
    init('deployment/kubefate', 'wait-for-database', images.mariadb),
    run('deployment/kubefate', 'kubefate', images.kubefate),
  ],
});

const podsOfImageDiskMount = ({ kubernetes, images }: ImageDiskMountPlan): PlannedPods => ({
  member: 'image disk mount',
  namespace: imageDiskMount,
  published: Object.values(addonImages(kubernetes)),
  containers: [run(`daemonset/${imageDiskMount}`, imageDiskMount, images.imageDiskMount)],
});

const imageDiskMount = 'image-disk-mount';

const podsOfIngressController = ({ kubernetes, images }: IngressControllerPlan): PlannedPods => ({
  member: 'ingress controller',
  namespace: ingressNginx.namespace,
  published: Object.values(addonImages(kubernetes)),
  containers: [run(`deployment/${ingressNginx.controller}`, 'controller', images.ingressController)],
});

type Images<Image extends string> = Readonly<Record<Image, string>>;

const run = (workload: string, container: string, image: string): PlannedContainer => ({
  workload,
  container,
  image,
  isInit: false,
});
const init = (...container: Parameters<typeof run>): PlannedContainer => ({ ...run(...container), isInit: true });

function partyContainers(plan: PartyPlan): readonly PlannedContainer[] {
  const { fate, images, mysql, hdfs, spark } = plan;
  const { fateflow, fateboard } = releases[fate];
  return [
    ...(mysql.isExternal ? [] : [run('statefulset/mysql', 'mysql', images.mysql)]),
    init('statefulset/fateflow', 'ping-mysql', images.mysql),
    run('statefulset/fateflow', fateflow.container, images.fateflow),
    run(fateboard.pod === 'fateflow' ? 'statefulset/fateflow' : 'deployment/fateboard', 'fateboard', images.fateboard),
    run(`statefulset/${client}`, client, images.client),
    ...(spark.isExternal ? [] : sparkContainers(images)),
    run('deployment/nginx', 'nginx', images.nginx),
    ...(hdfs.isExternal
      ? []
      : [
          run('statefulset/namenode', 'namenode', images.namenode),
          run('statefulset/datanode', 'datanode', images.datanode),
        ]),
    ...pulsarContainers(plan),
  ];
}

function pulsarContainers(plan: PartyPlan): readonly PlannedContainer[] {
  const { images } = plan;
  const { cluster, isExternal } = plan.pulsar;
  if (isExternal) return [];
  const { pulsar, pulsarBookie, pulsarZookeeper, pulsarProxy } = services;
  const main = (kind: string, { name }: { readonly name: string }) => run(`${kind}/${name}`, name, images.pulsar);
  if (cluster === undefined) return [main('statefulset', pulsar)];
  return [
    main('statefulset', pulsarZookeeper),
    init(`statefulset/${pulsarBookie.name}`, 'metadata', images.pulsar),
    main('statefulset', pulsarBookie),
    run(`statefulset/${pulsarBookie.name}`, 'recovery', images.pulsar),
    init(`statefulset/${pulsar.name}`, 'wait-for-bookie', images.pulsar),
    main('statefulset', pulsar),
    ...(isJoined(plan) ? [main('deployment', pulsarProxy)] : []),
  ];
}

/** What has the same names here and in KubeFATE's charts. */
const sparkContainers = (images: Images<PartyImage>): readonly PlannedContainer[] => [
  run(`deployment/${services.sparkMaster.name}`, services.sparkMaster.name, images.sparkMaster),
  run(`deployment/${sparkWorker}`, sparkWorker, images.sparkWorker),
];

const exchangeContainers = (images: Images<ExchangeImage>): readonly PlannedContainer[] => [
  run(`deployment/${services.trafficServer.name}`, services.trafficServer.name, images.trafficServer),
  run('deployment/nginx', 'nginx', images.nginx),
];

const backupContainers = ({ backup, images }: PartyPlan): readonly PlannedContainer[] =>
  backup === undefined
    ? []
    : [
        init(`cronjob/${backupName}`, 'dump', images.mysql),
        run(`cronjob/${backupName}`, 'store', backup.image),
        init(`cronjob/${restoreName}`, 'fetch', backup.image),
        run(`cronjob/${restoreName}`, 'load', images.mysql),
      ];

const retentionContainer = ({ retention, images }: PartyPlan): readonly PlannedContainer[] =>
  retention === undefined ? [] : [run(`cronjob/${retentionName}`, retentionName, images.mysql)];

const exporterContainers = (monitoring: Monitoring | undefined): readonly PlannedContainer[] =>
  monitoring === undefined
    ? []
    : [
        run(`deployment/${services.exporter.name}`, 'json', monitoring.images.jsonExporter),
        run(`deployment/${services.exporter.name}`, 'blackbox', monitoring.images.blackboxExporter),
      ];

/** @see KubeFATE v1.6.1, v1.11.2 and v2.0.0, `helm-charts/FATE/templates` */
function chartContainers({ fate }: PartyPlan, images: Images<PartyImage>): readonly PlannedContainer[] {
  const { fateflow, fateboard } = releases[fate];
  const python = chartWorkload(fate, 'fateflow');
  const namenode = chartWorkload(fate, 'namenode');
  return [
    run(chartWorkload(fate, 'mysql'), 'mysql', images.mysql),
    init(python, 'ping-mysql', images.mysql),
    run(python, fateflow.container, images.fateflow),
    run(fateboard.pod === 'fateflow' ? python : 'deployment/fateboard', 'fateboard', images.fateboard),
    run(chartWorkload(fate, 'client'), 'client', images.client),
    ...sparkContainers(images),
    run('deployment/nginx', 'nginx', images.nginx),
    init(namenode, 'delete-lost-found', chartBusybox),
    run(namenode, 'namenode', images.namenode),
    run(chartWorkload(fate, 'datanode'), 'datanode', images.datanode),
    run(chartWorkload(fate, 'pulsar'), 'pulsar', images.pulsar),
  ];
}

/** Without tag or registry in all charts, whatever the file says. */
export const chartBusybox = 'busybox';
