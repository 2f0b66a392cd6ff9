import { join } from 'node:path';
import { cache } from '../support/engines';

/** Directory of Pulsar's jars. */
export const jars = (release: string): string => join(cache, `pulsar-${release}/lib`);

/** Arguments of `java` that run a program of this folder from its source, with Pulsar's classes at hand. */
export const java = (release: string, program: string, ...args: readonly string[]): string[] => [
  '-cp',
  join(jars(release), '*'),
  '-Xmx1g',
  '-XX:TieredStopAtLevel=1', // they run for seconds
  '-Dlog4j2.level=off',
  '--add-opens=java.base/java.nio=ALL-UNNAMED', // for compression
  join(__dirname, program),
  ...args,
];
