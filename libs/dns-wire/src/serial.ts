// Serial number arithmetic of 32 bits: RFC 1982 section 3.2.

/** Whether `a` is newer than `b`. Serials 2^31 apart are neither newer nor older. */
export const isSerialNewer = (a: number, b: number): boolean => {
  const ahead = (a - b + 2 ** 32) % 2 ** 32;
  return ahead > 0 && ahead < 2 ** 31;
};
