import { type TanzuClusterProps, tanzuClusterPlan } from '../../../../lib/tanzu/cluster';
import { problemsOf } from '../../../support/declarations';

/** A cluster of defaults, in a vocabulary that can say nearly everything. */
export const reference = {
  name: 'party-30000',
  platform: 'VCF 9.1',
  kubernetes: 'v1.33.1+vmware.1-fips-vkr.2',
} as const satisfies TanzuClusterProps;

export const plan = (more: Partial<TanzuClusterProps> = {}) => tanzuClusterPlan({ ...reference, ...more });

/** What is wrong with the reference cluster and `more`, which may be of any shape. */
export const problems = (more: object) =>
  problemsOf(() => tanzuClusterPlan({ ...reference, ...more } as TanzuClusterProps));

export const paths = (more: object) => problems(more).map(({ path }) => path);
