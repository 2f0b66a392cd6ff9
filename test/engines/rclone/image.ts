import { join } from 'node:path';
import { cache } from '../support/engines';
import type { Image } from '../support/pod';

const applets = ['sh', 'date', 'dirname', 'grep', 'gzip', 'head', 'printf', 'rm', 'sed', 'sort', 'tail', 'tar'];

/** rclone's image: on Alpine, whose programs are busybox's. */
export const rcloneImage: Image = {
  links: {
    ...Object.fromEntries(applets.map((applet) => [`/bin/${applet}`, join(cache, 'busybox/bin/busybox')])),
    '/usr/local/bin/rclone': join(cache, 'rclone/rclone'),
  },
  env: { PATH: '/bin:/usr/local/bin:/usr/sbin:/usr/bin', XDG_CONFIG_HOME: '/config' },
};
