import { checkKeys, type Keys, readDnsLabel, readFlag, readInteger, readMap } from '../input/checks';
import { Problems } from '../input/problems';
import { planLabels } from '../kubernetes/labels';
import { type Pods, type PodsProps, planPods } from '../kubernetes/pods';
import type { Resources } from '../kubernetes/quantities';
import { checkImages, type ImageSourceProps, planImages } from './hosting';

/** Programs that make metrics of what others tell in another form. */
export type Exporter = 'jsonExporter' | 'blackboxExporter';

/**
 * Objects for a Prometheus and for Grafana: what to scrape, when to alert, what to show. The pods of nginx and of Traffic Server
 * start anew with it, and `exporter` is a pod more.
 */
export interface MonitoringProps {
  /**
   * Whether its operator runs that Prometheus, and the cluster has the operator's definitions. Where it has not, neither monitors nor
   * rules are drawn: `kubefate-tanzu monitoring` writes the same as files.
   * @default true
   */
  readonly operator?: boolean;
  /**
   * Namespace of that Prometheus. From no other one the metrics can be reached, where the cluster's network enforces policies; up
   * to Kubernetes 1.20 they find it by its label `kubernetes.io/metadata.name`, which has to be made.
   * @default 'monitoring'
   */
  readonly namespace?: string;
  /**
   * Labels of monitors and rules by which that Prometheus picks them, for example `{ release: 'prometheus' }`. Without an operator
   * there is nothing that has them.
   * @default {}, for one that takes all
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** Seconds from one scrape to the next. @default 30 */
  readonly intervalSeconds?: number;
  /** Images of the exporters in the place of the published ones. @default {} */
  readonly images?: Readonly<Partial<Record<Exporter, string>>>;
}

/** The same, and when a party's jobs take too long. */
export interface PartyMonitoringProps extends MonitoringProps {
  /** Hours after which a job that still runs is alerted of. FATE ends one after 72, where the job says nothing else. @default 24 */
  readonly jobHours?: number;
}

/** What is drawn for a Prometheus, of a plan. */
export interface Monitoring {
  readonly operator: boolean;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalSeconds: number;
  readonly images: Readonly<Record<Exporter, string>>;
  /** What is said of every pod holds for the exporters', too. */
  readonly pods: Pods<'exporter'>;
}

/** The same of a party's plan. */
export interface PartyMonitoring extends Monitoring {
  readonly jobHours: number;
}

/** @see json_exporter 0.8, blackbox_exporter 0.28 */
export const exporterImages: Readonly<Record<Exporter, string>> = {
  jsonExporter: 'quay.io/prometheuscommunity/json-exporter:v0.8.0',
  blackboxExporter: 'quay.io/prometheus/blackbox-exporter:v0.28.0',
};

/** Of each: they sleep between two scrapes. */
export const exporterResources: Resources = {
  requests: { cpu: 0.01, memoryGiB: 0.03125 },
  limits: { cpu: 0.25, memoryGiB: 0.125 },
};

interface Host extends PodsProps<never>, Pick<ImageSourceProps<never>, 'registry' | 'digests'> {}

/** @param host whose option it is: where images come from, and what is said of all pods */
export function planMonitoring(
  problems: Problems,
  declared: MonitoringProps | undefined,
  host: Host,
): Monitoring | undefined {
  if (declared === undefined) return undefined;
  const props = readMap(problems, '', declared, whole);
  checkKeys(problems, props, keys);
  return planned(problems, props, host);
}

export function planPartyMonitoring(
  problems: Problems,
  declared: PartyMonitoringProps | undefined,
  host: Host,
): PartyMonitoring | undefined {
  if (declared === undefined) return undefined;
  const props = readMap(problems, '', declared, whole);
  checkKeys<PartyMonitoringProps>(problems, props, { ...keys, jobHours: true });
  const { jobHours = 24 } = props;
  return { ...planned(problems, props, host), jobHours: readInteger(problems, 'jobHours', jobHours, 1, 8760) };
}

const whole = 'use {} for one of defaults, or leave it out';

const usual = 'monitoring';

const keys: Keys<MonitoringProps> = {
  operator: true,
  namespace: true,
  labels: true,
  intervalSeconds: true,
  images: true,
};

function planned(problems: Problems, props: Partial<MonitoringProps>, { registry, digests, pods }: Host): Monitoring {
  const images = readMap(problems, 'images', props.images);
  checkImages(problems.at('images'), images, Object.keys(exporterImages));
  const { intervalSeconds = 30 } = props;
  const operator = readFlag(problems, 'operator', props.operator, true);
  if (!operator && props.labels !== undefined)
    problems.add('labels', 'are of objects that only an operator reads', 'leave them out, or have `operator: true`');
  const heard = Problems.none(); // of registry, digests and pods, of which their own options tell
  const { all } = readMap<NonNullable<PodsProps<never>['pods']>>(heard, '', pods);
  return {
    operator,
    namespace: props.namespace === undefined ? usual : readDnsLabel(problems, 'namespace', props.namespace, usual),
    labels: planLabels(problems.at('labels'), props.labels),
    intervalSeconds: readInteger(problems, 'intervalSeconds', intervalSeconds, 5, 3600),
    images: planImages(heard, { registry, digests, images }, exporterImages).images,
    pods: planPods(heard, { all }, ['exporter']),
  };
}
