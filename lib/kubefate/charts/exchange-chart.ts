import type { ExchangeImage, FateRelease } from '../../fate/releases';
import type { ImageScheme } from '../images';
import type { ReasonsByKey } from './reasons';

/** A chart `fate-exchange` of KubeFATE, which differs from release to release in images alone. */
export interface ExchangeChart {
  readonly version: `v${string}`;
  readonly fate: FateRelease;
  readonly images: ImageScheme<ExchangeImage>;
  readonly reasons: ReasonsByKey;
  readonly later: Readonly<Record<string, string>>;
}
