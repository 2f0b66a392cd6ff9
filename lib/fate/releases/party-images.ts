import { type Build, type FateRelease, type PartyImage, releases } from './index';

/** Images of a party, as a release names them for a build of FATE's code. */
export function partyImages(fate: FateRelease, { algorithm, device }: Build): Readonly<Record<PartyImage, string>> {
  const { images, builds } = releases[fate];
  const { trafficServer: _, ...usual } = images;
  const build = builds.find((it) => it.algorithm === algorithm && it.device === device);
  return { ...usual, ...build?.images };
}
