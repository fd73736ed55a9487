const COLOUR = '\\u001b\\[[\\d;]*m';
const CONTROL = new RegExp(`(?:(?!${COLOUR})[\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029])+`, 'g');

/** What a member or the hub wrote must not move the cursor nor fake a second line; colours may stay. */
export const onOneLine = (text: string): string => text.replace(CONTROL, ' ');
