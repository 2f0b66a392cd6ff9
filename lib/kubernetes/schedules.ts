import { isWithin, shown } from '../input/checks';
import type { Problems } from '../input/problems';

/** The schedule that was declared; the fallback, and a problem, for anything else. */
export function readSchedule(problems: Problems, path: string, declared: unknown, fallback: string): string {
  if (declared === undefined) return fallback;
  if (typeof declared === 'string' && isSchedule(declared)) return declared;
  const remedy = `use minute, hour, day, month and weekday in numbers, such as "${fallback}"`;
  problems.add(path, `${shown(declared)} is no schedule of cron`, remedy);
  return fallback;
}

/** Five fields as Kubernetes' controller reads them, without names and macros. */
function isSchedule(text: string): boolean {
  const fields = text.split(' ');
  return fields.length === bounds.length && fields.every((field, i) => isField(field, bounds[i] ?? { from: 0, to: 0 }));
}

/** Of minute, hour, day, month and weekday. */
const bounds = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12 },
  { from: 0, to: 6 },
] as const;

const isField = (field: string, within: { readonly from: number; readonly to: number }): boolean =>
  field.length <= 200 && field.split(',').every((item) => isItem(item, within));

function isItem(item: string, { from, to }: { readonly from: number; readonly to: number }): boolean {
  const found = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(item);
  if (found === null) return false;
  const [first = from, last = found[1] === undefined ? to : first, step = 1] = found
    .slice(1)
    .map((number) => (number === undefined ? undefined : Number(number)));
  return from <= first && first <= last && last <= to && isWithin(step, { from: 1, to });
}
