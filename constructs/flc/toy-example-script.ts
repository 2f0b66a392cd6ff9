import { join } from 'node:path';
import { scriptText } from '../parts/script';

/** The program that runs FATE's toy example and says how it went, in a pod of its own or piece by piece in another. */
export const toyExampleScript: string = scriptText(join(__dirname, 'toy-example.py'));
