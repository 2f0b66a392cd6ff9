import type { App } from 'cdk8s';
import { Party } from './stand-in';

/** Draws the parties of a federation, one chart each. */
export function drawParties(app: App, count: number): void {
  for (let index = 0; index < count; index++) new Party(app, `${30000 + index}`);
}
