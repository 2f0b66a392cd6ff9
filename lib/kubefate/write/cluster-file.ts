import { yaml } from '../../formats/yaml';
import { InvalidInput } from '../../input/problems';
import type { ChartLimit } from '../limits/limit';
import { firstFor } from '../service/service-releases';

/** A `cluster.yaml` for KubeFATE's CLI. */
export interface ClusterFile {
  /** Its keys as the chart reads them. Tables by party id are a `Map`, since their keys are YAML integers. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What of the plan is not in it. */
  readonly limits: readonly ChartLimit[];
}

/** The text to give to `kubefate cluster install -f` and `update -f`; begins with comments that name its service and the limits. */
export const clusterYaml = ({ values, limits }: ClusterFile): string =>
  [
    `# Chart ${values['chartName']} ${values['chartVersion']} of KubeFATE, for a service of release ${firstFor(`${values['chartVersion']}`)} or later\n`,
    ...(limits.length > 0 ? ['# What the chart cannot express of the declaration:\n'] : []),
    ...limits.map((limit) => `#   ${limitText(limit)}\n`),
    yaml(values),
  ].join('');

/** One line on a limit, for people. */
export const limitText = ({ path, chart, consequence, fatal }: ChartLimit): string =>
  `${fatal ? 'FATAL ' : ''}${path}: ${chart}; ${consequence}`;

/**
 * Refuses a file that KubeFATE could not install.
 *
 * @throws {InvalidInput} with every fatal limit
 */
export function refuseFatalLimits(subject: string, { limits }: ClusterFile): void {
  const fatal = limits.filter((limit) => limit.fatal);
  if (fatal.length === 0) return;
  const problems = fatal.map(({ path, chart, consequence }) => ({
    path,
    what: `${chart}, so ${consequence}`,
    remedy: "change it, or leave out driver: 'kubefate'",
  }));
  throw new InvalidInput(subject, problems);
}
