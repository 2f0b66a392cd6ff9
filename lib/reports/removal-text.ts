import type { Removal } from '../operations/removal';
import { numbered } from './steps-text';

/** How something goes, as Markdown. */
export const describeRemoval = ({ what, steps }: Removal): string => [`## ${what}`, ...numbered(steps)].join('\n');
