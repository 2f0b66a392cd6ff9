import type { CommandGroup } from '../arguments';
import { upload } from './upload';

export const data: CommandGroup = {
  command: 'data',
  describe: 'Give a party the data that it trains on',
  commands: [upload],
};
