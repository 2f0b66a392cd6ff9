import type { PublicService } from '../kubernetes/public-services';

/** Somebody who may call, and the CIDR ranges that its connections come from, where it has declared them. */
interface Caller {
  readonly egress?: readonly string[];
}

/**
 * CIDR ranges outside of which nobody may call a Service. None where its pods do not see the addresses of callers, or where one of
 * those who may call has declared no ranges: anybody may reach the port then.
 */
export function callerRanges(
  { externalTrafficPolicy }: PublicService,
  callers: readonly Caller[],
): readonly string[] | undefined {
  const declared = callers.map(({ egress = [] }) => egress);
  if (externalTrafficPolicy !== 'Local' || declared.length === 0) return undefined;
  return declared.every((ranges) => ranges.length > 0) ? [...new Set(declared.flat())] : undefined;
}
