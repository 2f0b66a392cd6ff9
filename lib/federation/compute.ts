import { type Build, type FateRelease, releases } from '../fate/releases';
import { checkKeys, readInteger, readMap, readOneOf } from '../input/checks';
import type { Problems } from '../input/problems';
import type { spelledResources } from '../kubernetes/quantities';

/**
 * What FATE's code computes, and on what: one of the builds of its images. FATE 1.6.1 has the first alone.
 *
 * @see KubeFATE v1.11.2, `docs/FATE_Algorithm_and_Computational_Acceleration_Selection.md`
 */
export type ComputeProps = BasicCompute | NeuralCompute | GpuCompute;

interface BasicCompute {
  /** All but neural networks. @default 'basic' */
  readonly algorithm?: 'basic';
  /** `ipcl` is Intel's library for Paillier encryption, on CPUs with AVX-512. @default 'cpu' */
  readonly device?: 'cpu' | 'ipcl';
  /** With device `gpu` alone. @default none */
  readonly gpus?: never;
}

interface NeuralCompute {
  /** Neural networks too. */
  readonly algorithm: 'nn';
  /** Without GPUs. @default 'cpu' */
  readonly device?: 'cpu';
  /** With device `gpu` alone. @default none */
  readonly gpus?: never;
}

interface GpuCompute {
  /** Neural networks too; `all` has FATE-LLM beside. */
  readonly algorithm: 'nn' | 'all';
  /** NVIDIA's, on a node with its device plugin. FATE Flow's pod alone computes there. */
  readonly device: 'gpu';
  /** GPUs of FATE Flow's pod. @default 1 */
  readonly gpus?: number;
}

/** What FATE's images compute, decided. */
export interface Compute extends Build {
  /** GPUs of FATE Flow's pod. */
  readonly gpus: number;
}

export function planCompute(problems: Problems, declared: ComputeProps | undefined, fate: FateRelease): Compute {
  const props: Partial<Record<keyof GpuCompute, unknown>> = readMap(problems, '', declared);
  const algorithm = readOneOf(problems, 'algorithm', props.algorithm as Build['algorithm'], algorithms, 'basic');
  const device = readOneOf(problems, 'device', props.device as Build['device'], devices, 'cpu');
  checkBuild(problems, { algorithm, device }, fate);
  checkKeys<GpuCompute>(problems, props, { algorithm: true, device: true, gpus: true });
  if (device !== 'gpu') {
    if (props.gpus !== undefined)
      problems.add('gpus', 'is for device "gpu" alone', 'add device: "gpu", or leave it out');
    return { algorithm, device, gpus: 0 };
  }
  const { gpus = 1 } = props;
  return { algorithm, device, gpus: readInteger(problems, 'gpus', gpus, 1, mostGpus) };
}

/** Resources of the container that computes. GPUs are promised whole, and to one pod: what is requested is the limit. */
export function withGpus({ requests, limits }: ReturnType<typeof spelledResources>, { gpus }: Compute) {
  const counted: Readonly<Record<string, string>> = gpus === 0 ? {} : { [gpuResource]: `${gpus}` };
  return { requests: { ...requests, ...counted }, limits: { ...limits, ...counted } };
}

export const gpuResource = 'nvidia.com/gpu';

const algorithms = ['basic', 'nn', 'all'] as const satisfies readonly Build['algorithm'][];
const devices = ['cpu', 'ipcl', 'gpu'] as const satisfies readonly Build['device'][];

/** Devices of a virtual machine. @see Broadcom, "Configuring VMDirectPath I/O passthrough devices": ESXi 8.0u2 */
export const mostGpus = 128;

function checkBuild(problems: Problems, { algorithm, device }: Build, fate: FateRelease): void {
  const { builds } = releases[fate];
  if (builds.some((build) => build.algorithm === algorithm && build.device === device)) return;
  const known = builds.map((build) => `${build.algorithm} on ${build.device}`);
  problems.add('', `${algorithm} on ${device} is no build of FATE ${fate}`, `use ${known.join(', ')}`);
}
