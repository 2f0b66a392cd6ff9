import { certificatesIn, isIssuedBy } from '../../lib/input/pem';
import { Mistake } from '../mistake';
import {
  type Authorities,
  type AuthorityOptions,
  makeNextAuthority,
  readAuthorities,
  retireAuthority,
  spreadTrust,
  switchAuthority,
} from './authorities';
import { memberCertificates, prepare } from './folder';
import { shownName } from './pem';

/** Steps by which one authority takes the place of another, each followed by a round of all members. */
export type RotationStep = 'next' | 'switch' | 'retire';

export interface Rotated {
  readonly authorities: Authorities;
  /** Whether the step was still to be done. */
  readonly isNew: boolean;
  /** Members' files of authorities that changed. */
  readonly spread: readonly string[];
}

/**
 * Does a step, or finishes one that was interrupted.
 *
 * @throws {Mistake} when it is not its turn
 */
export async function rotate(folder: string, step: RotationStep, options: AuthorityOptions): Promise<Rotated> {
  const isNew = await steps[step](folder, readAuthorities(folder), options);
  prepare(folder);
  const authorities = readAuthorities(folder);
  return { authorities, isNew, spread: spreadTrust(folder, authorities) };
}

type Step = (folder: string, authorities: Authorities, options: AuthorityOptions) => Promise<boolean> | boolean;

const steps: Readonly<Record<RotationStep, Step>> = {
  async next(folder, { signing, next, old }, options) {
    if (old !== undefined)
      throw new Mistake(`${shownName(old.certificate)} is still trusted; finish with --retire first`);
    if (next !== undefined) return false;
    if (signing === undefined) throw new Mistake('there is no authority yet; make one without --next');
    await makeNextAuthority(folder, signing, options);
    return true;
  },

  switch(folder, { next, old }) {
    if (next === undefined && old !== undefined) return false;
    if (next === undefined) throw new Mistake('there is no next authority; make one with --next');
    switchAuthority(folder);
    return true;
  },

  retire(folder, { signing, old }) {
    if (old === undefined) return false;
    if (signing === undefined) throw new Mistake('--switch was interrupted; run it again first');
    const left = memberCertificates(folder).flatMap((text) => {
      const [certificate] = certificatesIn(text) ?? [];
      return certificate && !isIssuedBy(certificate, signing.certificate) ? shownName(certificate) : [];
    });
    if (left.length > 0)
      throw new Mistake(
        `${left.join(', ')}: has a certificate of the old authority; \`certificates issue --renew\` first`,
      );
    retireAuthority(folder, old);
    return true;
  },
};
