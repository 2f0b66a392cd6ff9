// What is trained: a file each, and its line here.
import type { Algorithm } from './algorithm';
import { homoLr } from './homo-lr';
import { homoNn } from './homo-nn';
import { secureBoost } from './secure-boost';

/** By the names that a job's description has for them. */
export const algorithms = {
  'homo-lr': homoLr,
  'hetero-secure-boost': secureBoost,
  'homo-nn': homoNn,
} as const;

/** What a job trains. */
export type AlgorithmName = keyof typeof algorithms;

/** One of them, whose parameters are known to fit it. */
export const algorithmOf = (name: AlgorithmName): Algorithm<object> => algorithms[name] as unknown as Algorithm<object>;
