import type { Affinity } from 'kubernetes-types/core/v1';
import { type PartyPod, type PartyVolume, partyVolumes } from '../../fate/sizes';
import { withGpus } from '../../federation/compute';
import { ingressAnnotations, type Ui, uiAnnotations } from '../../federation/ingress';
import { isJoined } from '../../federation/neighbours';
import type { PartyPlan } from '../../federation/party';
import { partyNginxRoutes, pulsarRoutes } from '../../federation/routing';
import { spelledResources } from '../../kubernetes/quantities';
import { admitsByLabels } from '../../kubernetes/releases';
import { type ChartModule, ingressClass, ingressKeys, modules, oneWorkerPerNode, unpublished } from '../chart';
import { partyChart } from '../charts';
import type { IngressScheme, PartyChart } from '../charts/party-chart';
import { type ImageKeys, imageKeys } from '../images';
import { initImageLimits } from '../limits/party';
import type { ClusterFile } from './cluster-file';
import { imageLimits } from './images';
import { placement } from './pods';

/**
 * A party as KubeFATE installs it: `cluster.yaml` for the chart `fate` of its release. The same plan makes the native objects.
 *
 * @throws {InvalidInput} of a release for which KubeFATE has no chart
 * @see White paper, "Step 2: Deploying an FLC with Exchange Component"
 * @see KubeFATE, `helm-charts/FATE/values-template.yaml` at the chart's tag
 */
export function clusterFile(plan: PartyPlan): ClusterFile {
  const chart = partyChart(plan);
  const scheme = chart.images(plan.compute);
  const images = imageKeys(scheme, plan.images);
  return {
    values: partyValues(plan, chart, images),
    limits: [
      ...chart.limits(plan),
      ...imageLimits(scheme, plan.images),
      ...initImageLimits(images.registry !== undefined || plan.registry !== undefined),
    ],
  };
}

function partyValues(plan: PartyPlan, chart: PartyChart, { modules: named, ...images }: ImageKeys) {
  const own = chart.ownKeys(plan);
  const of = (pod: PartyPod, affinity?: Affinity) => moduleKeys(plan, chart, pod, affinity);
  const rest = (module: ChartModule) => ({ ...named[module], ...own.modules?.[module] });
  return {
    name: plan.namespace,
    namespace: plan.namespace,
    chartName: 'fate',
    chartVersion: chart.version,
    partyId: plan.id,
    ...images,
    ...pullSecrets(plan),
    persistence: true,
    podSecurityPolicy: podSecurityPolicy(plan),
    modules,
    ...chart.engines,
    ...build(plan, chart),
    ...classOfAll(plan, chart.ingress),
    ingress: ingresses(plan, chart.ingress),
    // A directory of the volume: beside `lost+found` MySQL would not initialise, and this block replaces the chart's default.
    mysql: { subPath: 'mysql', ...of('mysql'), ...rest('mysql') },
    python: {
      ...of('fateflow'),
      resources: withGpus(spelledResources(plan.sizing.containers.fateflow), plan.compute),
      ...rest('python'),
    },
    client: { subPath: 'client', ...of('client'), ...rest('client') },
    ...ifAny('fateboard', { ...of('fateboard'), ...rest('fateboard') }, chart.bare.fateboard),
    spark: {
      ...ifAny('master', { ...of('sparkMaster'), ...rest('spark.master') }, chart.bare.sparkMaster),
      worker: { replicas: plan.sizing.sparkWorkers, ...of('sparkWorker', oneWorkerPerNode), ...rest('spark.worker') },
    },
    hdfs: {
      namenode: { ...of('namenode'), ...rest('hdfs.namenode') },
      datanode: { ...of('datanode'), ...rest('hdfs.datanode') },
    },
    nginx: { ...nginx(plan), ...of('nginx'), ...rest('nginx') },
    pulsar: { ...pulsar(plan), ...of('pulsar'), ...rest('pulsar') },
  };
}

const build = ({ compute }: PartyPlan, { builds }: PartyChart) =>
  builds && { algorithm: builds.algorithm[compute.algorithm], device: builds.device[compute.device] };

/** What all modules say in the same words, as far as the chart takes it. Whatever is left out of a block is empty, or the chart's. */
function moduleKeys(
  { sizing, storageClasses, existingClaims, pods }: PartyPlan,
  chart: PartyChart,
  pod: PartyPod,
  own?: Affinity,
) {
  const settings = pod in chart.placed ? pods[pod] : undefined;
  return {
    ...(pod in chart.sized && { resources: spelledResources(sizing.containers[pod]) }),
    ...(isVolume(pod) && {
      storageClass: storageClasses[pod],
      size: `${sizing.volumesGiB[pod]}Gi`,
      ...(existingClaims[pod] !== undefined && { existingClaim: existingClaims[pod] }),
    }),
    ...(settings && placement(settings, own)),
  };
}

const isVolume = (pod: string): pod is PartyVolume => partyVolumes.some((it) => it === pod);

/** A block that the chart completes by itself while there is none; `bare` is what it leaves out of one that there is. */
const ifAny = (key: string, block: object, bare: object = {}) =>
  Object.keys(block).length === 0 ? {} : { [key]: { ...bare, ...block } };

export const pullSecrets = ({ imagePullSecrets }: { readonly imagePullSecrets: readonly string[] }) =>
  imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) };

export const podSecurityPolicy = ({ kubernetes }: { readonly kubernetes: string }) => ({
  enabled: !admitsByLabels(kubernetes),
});

/** Without an exchange the default is a closed port, in the place of the chart's example address. */
const nginx = (plan: PartyPlan) => {
  const { reserved, peers = [] } = plan;
  const service = plan.services.nginx;
  const routes = partyNginxRoutes(plan);
  const [proxy] = routes.get('default')?.['proxy'] ?? [];
  return {
    type: service.type,
    ...(service.type === 'NodePort' && { httpNodePort: service.nodePorts['http'] }),
    loadBalancerIP: reserved.nginx,
    exchange: { ip: proxy?.host, httpPort: proxy?.http_port },
    ...(peers.length > 0 && { route_table: new Map(peers.map(({ id }) => [id, routes.get(id)])) }), // the own entry is the chart's
  };
};

/**
 * TLS through the exchange. The domain is part of the name under which others are called, and `fate.org` if left out. Without an
 * exchange TLS is switched on by one that is a closed port; the chart has no own entry then beside those of others.
 */
const pulsar = (plan: PartyPlan) => {
  const { domain, exchange, peers = [] } = plan;
  const service = plan.services.pulsar;
  const { address: ip, port } = exchange?.trafficServer ?? nowhere;
  return (
    isJoined(plan) && {
      ...(service.type === 'NodePort'
        ? { type: service.type, httpsNodePort: service.nodePorts['broker-tls'] }
        : { publicLB: { enabled: true } }),
      exchange: { ip, port, domain },
      ...(peers.length > 0 && { route_table: pulsarRoutes(plan) }),
    }
  );
};

const nowhere = { address: '127.0.0.1', port: 9 };

/** The class where one key is for all Ingresses: of those that the plan publishes. */
const classOfAll = ({ ingress }: PartyPlan, { classKey }: IngressScheme) =>
  classKey && { [classKey]: Object.keys(ingress.hosts).length === 0 ? unpublished : ingress.ingressClassName };

/** An Ingress for each interface, since the chart has one for each module: one that the plan does not publish is closed. */
const ingresses = (plan: PartyPlan, scheme: IngressScheme) =>
  Object.fromEntries(Object.entries(ingressKeys).map(([key, ui]) => [key, ingress(plan, ui, scheme)]));

function ingress({ id, domain, ingress: planned }: PartyPlan, ui: Ui, { classKey, closed }: IngressScheme) {
  const published = planned.hosts[ui];
  const secretName = planned.tlsSecrets[ui];
  const name = published ?? `${id}.${ui}.${domain}`;
  const open = classKey === undefined && { [ingressClass]: planned.ingressClassName };
  const annotations = {
    ...(published === undefined
      ? { ...closed, ...uiAnnotations[ui] }
      : { ...open, ...ingressAnnotations(ui, planned) }),
  };
  return {
    annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
    hosts: [{ name, path: '/' }],
    tls: secretName === undefined ? undefined : [{ secretName, hosts: [name] }],
  };
}
