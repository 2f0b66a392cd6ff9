import { type Report, reportingCommand, whole } from '../arguments';
import { clusterOptions } from '../cluster/options';
import { declarationFile, planDeclared } from '../declaration-file';
import { Mistake } from '../mistake';
import { memberOptions, selected, selectionOptions } from '../selection';

/** Why a federation does not work, and who has to act. */
export const diagnose = reportingCommand({
  command: 'diagnose [declaration]',
  describe: 'Look into the clusters of members, from pods up to cores: what does not hold, why, and who has to act',
  asksClusters: true,
  examples: [
    [
      '$0 diagnose --context 30000=org1 --context 40000=org2 --context exchange=shared',
      'all members of ./federation.yaml',
    ],
    ['$0 diagnose party-30000.yaml --peer 40000 --json', 'one party and its way to another, for a program'],
    ['$0 diagnose --party 30000 --wait 300', 'look again for five minutes, until all of it holds'],
    [
      '$0 diagnose exchange.jws --outside --as certificates/30000.example.com --peer 40000',
      'the exchange as party 30000 sees it from outside, and the way to party 40000',
    ],
  ],
  options: (yargs) =>
    yargs
      .positional('declaration', declarationFile)
      .options(selectionOptions)
      .option('peer', memberOptions.peer)
      .option('wait', {
        type: 'number',
        requiresArg: true,
        default: 0,
        describe: 'Seconds in which to look again, until all of it holds',
        coerce: whole('wait', 0, 86_400),
      })
      .options(clusterOptions)
      .option('outside', {
        type: 'boolean',
        describe:
          'Look at no cluster, but from this machine at the member of a descriptor, in the place of a declaration',
      })
      .option('as', {
        type: 'string',
        requiresArg: true,
        defaultDescription: 'nobody in particular',
        describe: 'Folder of the member as whom is asked from outside',
      })
      .option('ca', {
        type: 'string',
        requiresArg: true,
        defaultDescription: 'those in the folder of --as',
        describe: 'PEM of the authorities of the federation, for what is seen from outside',
      }),
  run: async ({
    declaration,
    party,
    exchange,
    peer = [],
    wait,
    json,
    outside,
    as,
    ca,
    ...clusters
  }): Promise<Report> => {
    if (outside) {
      const isSelected = party !== undefined || exchange === true;
      if (isSelected || clusters.context.length > 0 || clusters.kubeconfig !== undefined)
        throw new Mistake('--outside asks no cluster: leave out --party, --exchange, --context and --kubeconfig');
      if (wait) throw new Mistake('--outside looks once: leave out --wait');
      const { diagnoseOutside } = await import('./outside.js');
      return diagnoseOutside({ source: declaration, peers: peer, as, ca });
    }
    if (as !== undefined || ca !== undefined) throw new Mistake('--as and --ca are for a look from --outside');
    const plans = await planDeclared(declaration);
    const named = selected(plans, { declaration, party, exchange });
    const { memberAccesses } = await import('../cluster/members.js');
    const { diagnoseMembers } = await import('./diagnose-members.js');
    const members = await memberAccesses(plans, { declaration, ...clusters }, named);
    const peers = [...new Set([...plans.parties.map(({ id }) => id), ...peer])];
    return diagnoseMembers(members, { declaration, peers, plans, waitSeconds: wait ?? 0, isLive: json !== true });
  },
});
