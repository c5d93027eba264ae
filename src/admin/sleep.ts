/** Waits. Uses the global timer: importing a module for it would slow down every cold start. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
