import { z } from 'zod';

/** One line, as a person writes it, without control characters; shown as text only. */
export const personName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{C}+$/u);
