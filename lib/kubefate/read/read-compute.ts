import type { Build } from '../../fate/releases';
import { type ComputeProps, gpuResource } from '../../federation/compute';
import type { PartyChart } from '../charts/party-chart';
import type { Located } from './located';
import type { Source } from './source';

/** The build of FATE's images that the file names; the first one where the chart has no other. */
export function readBuild(source: Source, { builds }: PartyChart): Build {
  if (builds === undefined) return { algorithm: 'basic', device: 'cpu' };
  return {
    algorithm: readSpelled(source, 'algorithm', builds.algorithm) ?? 'basic',
    device: readSpelled(source, 'device', builds.device) ?? 'cpu',
  };
}

/** The chart takes any other spelling for the first one, without a word. */
function readSpelled<Name extends string>(
  source: Source,
  path: string,
  spelled: Readonly<Record<Name, string>>,
): Name | undefined {
  const text = source.text(path);
  const found = source.find(path);
  if (text === undefined || found === undefined) return undefined;
  const name = (Object.keys(spelled) as Name[]).find((it) => spelled[it] === text);
  if (name === undefined) source.refuse(found, 'is none', `use ${Object.values(spelled).join(', ')}`);
  return name;
}

/** The same with its GPUs, as it is declared; nothing for the usual one. */
export function readCompute(source: Source, build: Build): ComputeProps | undefined {
  if (build.device === 'gpu') return { ...build, gpus: readGpus(source) } as ComputeProps;
  return build.algorithm === 'basic' && build.device === 'cpu' ? undefined : (build as ComputeProps);
}

function readGpus(source: Source): number | undefined {
  const found = ['limits', 'requests'].flatMap(
    (bound) => source.map(`python.resources.${bound}`).get(gpuResource) ?? [],
  );
  const [first] = found;
  if (first === undefined) {
    source.differ('python.resources', 'nothing', 'FATE Flow is promised a GPU');
    return undefined;
  }
  for (const each of found) if (count(each) === count(first)) source.take(each);
  if (!Number.isInteger(count(first))) source.refuse(first, 'is no number of GPUs', 'use a whole number');
  return count(first);
}

const count = ({ value }: Located): number => (/^\d+$/.test(`${value}`) ? Number(value) : Number.NaN);
