import type { Build, FateRelease, PartyImage } from '../../fate/releases';
import type { PartyContainer, PartyPod, PartyVolume } from '../../fate/sizes';
import type { PartyPlan } from '../../federation/party';
import type { Quantity } from '../../kubernetes/quantities';
import type { PodSecurityLevel } from '../../kubernetes/releases';
import type { ChartModule } from '../chart';
import type { ImageScheme } from '../images';
import type { ChartLimit } from '../limits/limit';
import type { ReasonsByKey } from './reasons';

/**
 * A chart `fate` of KubeFATE: what its files say and in which words, what it does by itself, and what it cannot be told. Writer
 * and reader take it as it is and compare no versions.
 */
export interface PartyChart {
  readonly version: `v${string}`;
  /** The FATE release that it runs. */
  readonly fate: FateRelease;
  /** The last Kubernetes that takes all of its objects. @default none */
  readonly lastKubernetes?: string;
  /** Keys by which a file asks for Spark, Pulsar and HDFS. */
  readonly engines: Readonly<Record<string, string>>;
  /** How a file names the build of FATE's images, by the keys `algorithm` and `device`. @default there is one */
  readonly builds?: {
    readonly algorithm: Readonly<Record<Build['algorithm'], string>>;
    readonly device: Readonly<Record<Build['device'], string>>;
  };
  images(build: Build): ImageScheme<PartyImage>;
  readonly ingress: IngressScheme;
  /** Modules that can be placed, by the pods that they are here. */
  readonly placed: Readonly<Partial<Record<PartyPod, ChartModule>>>;
  /** Modules that take requests and limits. */
  readonly sized: Readonly<Partial<Record<PartyContainer, ChartModule>>>;
  /** Its claims, by the modules that they are of: of a StatefulSet's pods, those of the first. */
  readonly claims: Readonly<Partial<Record<ChartModule, string>>>;
  readonly defaults: ChartDefaults;
  /** Where a file says what not every chart can be told. */
  readonly keys: Readonly<Partial<Record<'datanodes' | 'readMinutes' | 'backlogGiB', string>>>;
  /** The least that a namespace has to allow for its pods. */
  readonly podSecurity: PodSecurityLevel;
  /** What a block of a pod has to repeat of the chart, which loses it where there is such a block. */
  readonly bare: Readonly<Partial<Record<PartyPod, object>>>;
  /** Keys of the file that not every chart has. */
  ownKeys(plan: PartyPlan): OwnKeys;
  /** What the chart cannot be told of the plan, or does otherwise than what is drawn here. */
  limits(plan: PartyPlan): readonly ChartLimit[];
  /** Its keys of which a declaration takes over nothing, and why. */
  readonly reasons: ReasonsByKey;
  /** Keys that came with later charts, and which. */
  readonly later: Readonly<Record<string, string>>;
}

/** Whether pods of a StatefulSet have a claim each. */
export const isPerPod = (claim: string): boolean => claim.endsWith('-0');

/** The claim of another pod; the same where all pods have one. */
export const claimOfPod = (claim: string, pod: number): string => claim.replace(/-0$/, `-${pod}`);

export interface OwnKeys {
  readonly modules?: Readonly<Partial<Record<ChartModule, object>>>;
}

/** FATE Flow's ledger of cores, which refuses jobs that ask for more. */
export const ledger = ({ spark: { workers } }: PartyPlan) => ({
  cores_per_node: workers.cores,
  nodes: workers.count,
});

/** How a file publishes user interfaces: the chart has an Ingress for each. */
export interface IngressScheme {
  /** Key of the class of all Ingresses; without one each names its own in an annotation. */
  readonly classKey?: string;
  /** Annotations of an interface that nobody shall reach. */
  readonly closed: Readonly<Record<string, string>>;
  /** Where the chart publishes an interface that the file does not name: `<interface>.<domain>`, for all parties alike. */
  readonly domain: string;
}

/** What a chart does where the file says nothing. */
export interface ChartDefaults {
  readonly worker: { readonly requests: Quantity; readonly limits?: Quantity };
  readonly datanodes: number;
  readonly volumesGiB: Readonly<Partial<Record<PartyVolume, number>>>;
  readonly readMinutes: number;
  /** Of one topic of Pulsar, whatever its volume. */
  readonly backlogGiB: number;
}
