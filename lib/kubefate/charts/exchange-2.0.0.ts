import { exchange1112 } from './exchange-1.11.2';
import type { ExchangeChart } from './exchange-chart';

/** There is no later chart, and nothing of it depends on the parties' release. @see KubeFATE v2.0.0, `helm-charts/FATE-Exchange` */
export const exchange200: ExchangeChart = { ...exchange1112, fate: '2.0.0' };
