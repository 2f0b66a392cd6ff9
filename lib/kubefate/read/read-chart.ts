import { shown } from '../../input/checks';
import type { Problems } from '../../input/problems';
import { exchangeCharts, partyCharts } from '../charts';
import type { ExchangeChart } from '../charts/exchange-chart';
import type { PartyChart } from '../charts/party-chart';
import { place } from './located';
import type { Source } from './source';

/** The chart that a file is for. */
export type FoundChart =
  | { readonly kind: 'party'; readonly chart: PartyChart }
  | { readonly kind: 'exchange'; readonly chart: ExchangeChart };

/** The chart that the file names; `undefined`, and a problem, when it is none that can be read here. */
export function readChart(problems: Problems, source: Source): FoundChart | undefined {
  const name = source.require('chartName', source.text('chartName'));
  const version = source.require('chartVersion', source.text('chartVersion'));
  if (name !== undefined && name !== 'fate' && name !== 'fate-exchange') {
    const at = place({ line: source.find('chartName')?.line ?? 1, path: 'chartName' });
    problems.add(at, `${shown(name)} is no chart of a federation`, 'use fate or fate-exchange');
    return undefined;
  }
  const line = source.find('chartVersion')?.line ?? 1;
  const find = <Chart extends { readonly version: string }>(charts: readonly Chart[]): Chart | undefined => {
    const chart = charts.find((it) => it.version === version);
    if (chart !== undefined || version === undefined) return chart;
    const known = charts.map((it) => it.version).join(' or ');
    problems.add(
      place({ line, path: 'chartVersion' }),
      `${shown(version)} is not read here`,
      `give a file for ${known}`,
    );
    return undefined;
  };
  if (name === 'fate-exchange') {
    const chart = find(exchangeCharts);
    return chart && { kind: 'exchange', chart };
  }
  const chart = find(partyCharts);
  return chart && { kind: 'party', chart };
}
