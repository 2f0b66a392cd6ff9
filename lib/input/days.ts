const msPerDay = 24 * 60 * 60 * 1000;

export const daysAfter = (date: Date, days: number): Date => new Date(date.getTime() + days * msPerDay);

/** Whole ones; negative where the second date is the earlier one. */
export const daysBetween = (from: Date, to: Date): number => Math.floor((to.getTime() - from.getTime()) / msPerDay);

/** `2026-11-26` */
export const day = (date: Date): string => date.toISOString().slice(0, 10);
