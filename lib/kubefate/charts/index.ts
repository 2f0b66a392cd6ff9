// KubeFATE's charts that this library knows: a file each, and its line here.
import type { FateRelease } from '../../fate/releases';
import { InvalidInput } from '../../input/problems';
import { exchange161 } from './exchange-1.6.1';
import { exchange1112 } from './exchange-1.11.2';
import { exchange200 } from './exchange-2.0.0';
import type { ExchangeChart } from './exchange-chart';
import { chart161 } from './fate-1.6.1';
import { chart1112 } from './fate-1.11.2';
import { chart200 } from './fate-2.0.0';
import type { PartyChart } from './party-chart';

/** Charts `fate`. */
export const partyCharts: readonly PartyChart[] = [chart161, chart1112, chart200];

/** Charts `fate-exchange`. */
export const exchangeCharts: readonly ExchangeChart[] = [exchange161, exchange1112, exchange200];

type Released = { readonly fate: FateRelease };

export const partyChart = ({ fate }: Released): PartyChart => chartOf(partyCharts, fate);

export const exchangeChart = ({ fate }: Released): ExchangeChart => chartOf(exchangeCharts, fate);

/** @throws {InvalidInput} of a release for which KubeFATE has no chart */
function chartOf<Chart extends Released>(charts: readonly Chart[], fate: FateRelease): Chart {
  const chart = charts.find((it) => it.fate === fate);
  if (chart !== undefined) return chart;
  const known = charts.map((it) => `"${it.fate}"`).join(' or ');
  const problem = {
    path: 'fate',
    what: `KubeFATE has no chart for "${fate}"`,
    remedy: `use ${known}, or native objects`,
  };
  throw new InvalidInput('cluster.yaml', [problem]);
}
