import type { AccessLevel } from '../lib/reports/access-roles';
import { command } from './arguments';
import { declarationFile, membersOf } from './declaration-file';
import { Mistake } from './mistake';
import { declaredPlans, selectionOptions } from './selection';

/** What whoever keeps a cluster gives to whoever looks after a member on it. */
export const roles = command({
  command: 'roles [declaration]',
  describe: 'Print the least Roles by which somebody may look into the namespaces of members, as manifests',
  examples: [
    ['$0 roles > roles.yaml', 'to look at objects, events and logs'],
    [
      '$0 roles --for ask --group fate-operators > roles.yaml',
      'and to run commands in pods, as `verify` does, for a group',
    ],
    ['$0 roles --for ask --party 30000 --user jane@example.com', 'the same of one party, for one user'],
    ['$0 roles --for submit --party 30000 --group scientists', 'to submit jobs of one party, and to upload data'],
  ],
  options: (yargs) =>
    yargs
      .positional('declaration', declarationFile)
      .option('for', {
        choices: ['look', 'ask', 'submit'] as const satisfies readonly AccessLevel[],
        default: 'look' as const,
        describe:
          'What they allow: to see objects and logs, to run commands in pods too, or to submit jobs; none to read Secrets',
      })
      .option('user', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        defaultDescription: 'nobody',
        describe: 'User who gets them; may be repeated',
      })
      .option('group', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        defaultDescription: 'nobody',
        describe: 'Group that gets them; may be repeated',
      })
      .options(selectionOptions),
  run: async ({ for: level, user: users, group: groups, ...selection }) => {
    const { accessRoles } = await import('../lib/reports/access-roles.js');
    const { manifestYaml } = await import('../lib/formats/yaml.js');
    const declared = membersOf(await declaredPlans(selection));
    // The exchange has no FATE Flow.
    const members = level === 'submit' ? declared.filter(({ plan }) => 'id' in plan) : declared;
    if (members.length === 0) throw new Mistake('the exchange takes no jobs; name a party for --for submit');
    const manifests = members.flatMap(({ plan }) => accessRoles(plan.namespace, level, { users, groups }));
    return { text: manifests.map((each) => `---\n${manifestYaml(each)}`).join('') };
  },
});
