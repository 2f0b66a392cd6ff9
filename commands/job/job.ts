import type { CommandGroup } from '../arguments';
import { log } from './log';
import { metrics } from './metrics';
import { output } from './output';
import { rerun } from './rerun';
import { status } from './status';
import { stop } from './stop';
import { submit } from './submit';

export const job: CommandGroup = {
  command: 'job',
  describe: 'Train models and have them predict, by FATE Flow of a party',
  commands: [submit, status, stop, rerun, log, metrics, output],
};
