import { createHash } from 'node:crypto';
import { withoutDigest } from '../../lib/kubernetes/images';
import { images, type PlanWithPods } from '../../lib/reports/images';

/** A digest for every image of some plans, by the name under which it is pulled: a different one for each. */
export const digestsOf = (...plans: readonly PlanWithPods[]): Record<string, string> =>
  Object.fromEntries(
    images(plans).map(({ image }) => [
      withoutDigest(image),
      `sha256:${createHash('sha256').update(image).digest('hex')}`,
    ]),
  );
