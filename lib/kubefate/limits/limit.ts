/** Something of a plan, or of what this library draws of it, that the chart cannot express. */
export interface ChartLimit {
  /** The place in the plan, `sizing.datanodes`, or a property of the native objects, `probes`. */
  readonly path: string;
  /** What the chart does instead. */
  readonly chart: string;
  /** What that means for whoever deploys the file. */
  readonly consequence: string;
  /** Whether the chart cannot be installed, or a party not be reached, for this reason. */
  readonly fatal: boolean;
}

/** A limit that KubeFATE can live with. */
export const limit = (path: string, chart: string, consequence: string): ChartLimit => ({
  path,
  chart,
  consequence,
  fatal: false,
});

export const fatal = (path: string, chart: string, consequence: string): ChartLimit => ({
  path,
  chart,
  consequence,
  fatal: true,
});
