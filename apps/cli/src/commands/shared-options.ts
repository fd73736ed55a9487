import { SubjectInvalid } from '@sekisho/subject';
import type { Command } from 'commander';
import { UsageFault } from '../failure.js';

export interface JsonOption {
  readonly json?: true;
}
export interface DirectoryOption {
  readonly dir?: string;
}

export const withDirectory = (command: Command): Command =>
  command.option('--dir <dir>', "the member's directory (default: member in SEKISHO_DATA_DIR)");

export const withJson = (command: Command): Command => command.option('--json', 'print JSON');

export const withExample = (command: Command, ...examples: readonly string[]): Command =>
  command.addHelpText(
    'after',
    `\nExample${examples.length > 1 ? 's' : ''}:\n${examples.map((line) => `  $ ${line}\n`).join('')}`.trimEnd(),
  );

export const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** `sekisho report ip` */
export function commandPath(command: Command): string {
  return command.parent ? `${commandPath(command.parent)} ${command.name()}` : command.name();
}

/** A parser for an option or argument whose fault is a wrong use of this command. */
export function usage<T>(command: Command, read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof SubjectInvalid || error instanceof RangeError) {
        throw new UsageFault(error.message, `${commandPath(command)} --help`);
      }
      throw error;
    }
  };
}

/** A whole number in a range. @throws {RangeError} */
export function readInteger(name: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new RangeError(`${name}: not a whole number from ${min} to ${max}: ${JSON.stringify(text)}`);
  };
}

/** A moment in ISO 8601; without an offset it is local time. @throws {RangeError} */
export function readMoment(name: string): (text: string) => Date {
  return (text) => {
    const isWritten = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/i.test(text);
    const date = new Date(isWritten ? text.replace(' ', 'T').toUpperCase() : Number.NaN);
    if (!Number.isNaN(date.getTime())) return date;
    throw new RangeError(`${name}: not a time: ${JSON.stringify(text)}. Example: 2026-11-20T10:10:00+09:00`);
  };
}
