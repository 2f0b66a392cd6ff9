/** FATE Flow makes them of the time and a counter. */
export const isJobId = (text: string): boolean => /^\d{18,30}$/.test(text);
