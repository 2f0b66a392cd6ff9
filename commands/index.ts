// What is typed: the tool `kubefate-tanzu`, a file for each command.
import type { AnyCommand } from './arguments';
import { benchmark } from './benchmark/benchmark';
import { certificates } from './certificates/certificates';
import { check } from './check';
import { data } from './data/data';
import { descriptor } from './descriptor/descriptor';
import { diagnose } from './diagnose/diagnose';
import { firewall } from './firewall';
import { images } from './images';
import { init } from './init';
import { job } from './job/job';
import { monitoring } from './monitoring';
import { pulsar } from './pulsar';
import { remove } from './remove';
import { restore } from './restore';
import { roles } from './roles';
import { runbook } from './runbook/runbook';
import { secrets } from './secrets/secrets';
import { upgrade } from './upgrade';
import { verify } from './verify/verify';

/** In the order of the help. What a command needs beyond the parsing of its options, it loads when it runs. */
export const commands: readonly AnyCommand[] = [
  init,
  check,
  certificates,
  descriptor,
  secrets,
  roles,
  firewall,
  images,
  upgrade,
  verify,
  data,
  job,
  benchmark,
  diagnose,
  runbook,
  monitoring,
  pulsar,
  restore,
  remove,
];
