/** Options of the commands that look into clusters. */
export const clusterOptions = {
  kubeconfig: {
    type: 'string',
    requiresArg: true,
    describe: 'Kubeconfig of all members',
    defaultDescription: "`access` of the declaration, or kubectl's",
  },
  context: {
    type: 'string',
    array: true,
    requiresArg: true,
    default: [] as string[],
    defaultDescription: "`access` of the declaration, or the kubeconfig's current one",
    describe: 'Context of all members, or <member>=<context> of one: 30000=org1, exchange=shared',
  },
} as const;

/** What was typed. */
export interface ClusterSelection {
  /** File of the declaration, from whose folder the files are that it names. */
  readonly declaration: string;
  readonly kubeconfig?: string;
  readonly context: readonly string[];
}
