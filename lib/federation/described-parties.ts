import { checkUnique, type Declared } from '../input/checks';
import type { Problems } from '../input/problems';
import type { Agreement } from './agreement';
import type { PartyDescriptor } from './descriptor';
import { checkPartyDescriptor } from './descriptor-checks';
import { checkDistinct, type DeclaredEndpoint, describedEndpoints } from './public-addresses';

/**
 * Parties that a member can lead calls to, by id; what keeps the others out is reported.
 *
 * @param own endpoints of the member, as far as they are known
 */
export function describedParties(
  problems: Problems,
  declared: readonly Declared<PartyDescriptor>[],
  agreement: Agreement,
  own: readonly DeclaredEndpoint[],
): readonly Declared<PartyDescriptor>[] {
  const sound = declared.filter(({ path, value }) => checkPartyDescriptor(problems.at(path), value, agreement));
  const ids = sound.map(({ path, value }) => ({ path: `${path}.id`, value: value.id }));
  checkUnique(problems, ids, 'every party needs its own id');
  checkDistinct(problems, [...own, ...sound.flatMap(({ path, value }) => describedEndpoints(path, value))]);
  return [...sound].sort((a, b) => a.value.id - b.value.id);
}
