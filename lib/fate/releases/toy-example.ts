/**
 * Of a role of the toy example: the least that Spark gives, in the words of its `spark-submit`. Standalone Spark reads the last one
 * only, and FATE Flow's ledger the others.
 */
export const oneCore = { 'num-executors': 1, 'executor-cores': 1, 'total-executor-cores': 1 } as const;

/** Parts of its table, of which one core takes one after the other: as many as FATE's own command has since 1.11. */
export const toyPartitions = 4;
