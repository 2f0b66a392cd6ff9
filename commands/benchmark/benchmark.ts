import type { CommandGroup } from '../arguments';
import { data } from './data';
import { run } from './run';

export const benchmark: CommandGroup = {
  command: 'benchmark',
  describe: "Run one of the white paper's benchmarks, and tell what it has measured",
  commands: [data, run],
};
