import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../support/pod';

/** Debian's MariaDB, and a stand-in for the entry points of the images. */
export const mariadbImage = {
  engine: 'mariadb',
  command: ['/entrypoint.sh'],
  files: { '/entrypoint.sh': readFileSync(join(__dirname, 'entrypoint.sh'), 'utf8') },
  directories: ['/run/mysqld'],
} as const satisfies Image;
