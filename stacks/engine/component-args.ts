import { isMap, type Keys, readConfig } from '../../lib/input/checks';
import { plain } from '../../lib/input/plain';
import { Problems } from '../../lib/input/problems';
import { refuseIfAny } from './refuse';

/**
 * What a component is made from, where its caller may be a program without types: what cannot be read is refused, and what
 * can is read once.
 *
 * @param makes what a plan is best made by, for messages
 * @throws {pulumi.RunError} where there is no plan, or a key that the component does not have
 */
export function readArgs<Args extends { readonly plan: object }>(
  subject: string,
  args: Args,
  known: Keys<Args>,
  makes: string,
): Args {
  const problems = Problems.none();
  const read = readConfig(problems, args, known);
  if (!isMap(plain(read.plan))) problems.add('plan', 'is none', `use what ${makes} returns`);
  refuseIfAny(problems, subject);
  return read;
}
