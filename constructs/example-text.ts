import { join } from 'node:path';
import { scriptText } from './parts/script';

/** A file of `examples/`, which is beside this folder and, in the package, beside what is built of it. */
export const exampleText = (file: string): string => scriptText(join(__dirname, '../examples', file));
