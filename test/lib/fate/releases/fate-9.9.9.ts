// A release that nobody has published: 1.6.1, but for an image, a mount path and a key of a configuration.
import { fate161 } from '../../../../lib/fate/releases/fate-1.6.1';
import type { Release } from '../../../../lib/fate/releases/release';

export const fate999 = {
  ...fate161,
  images: { ...fate161.images, client: 'federatedai/client:9.9.9-release' },
  fateflow: {
    ...fate161.fateflow,
    directories: { ...fate161.fateflow.directories, jobs: '/data/projects/fate/fateflow/jobs' },
    serviceConf: (party) => ({ ...fate161.fateflow.serviceConf(party), party_id: party.id }),
  },
} satisfies Release;
