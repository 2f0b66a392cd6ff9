import type { CommandGroup } from '../arguments';
import { ca } from './ca';
import { check } from './check';
import { issue } from './issue';
import { request } from './request';
import { sign } from './sign';

/** Certificates of a federation's members, and the authority that certifies them. */
export const certificates: CommandGroup = {
  command: 'certificates',
  describe: 'Make, request, sign and check the certificates of a federation',
  commands: [ca, request, sign, issue, check],
};
