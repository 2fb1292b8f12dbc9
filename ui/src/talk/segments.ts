/** What a text is on the wire. */
export interface Segments {
  encoding: "GSM-7" | "UCS-2";
  segments: number;
  /** Characters that still fit into the last segment. */
  left: number;
}

const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" +
  "abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "^{}\\[~]|€\f";

/** How many segments a text takes; the server counts again when it is sent. */
export function countSegments(text: string): Segments {
  const characters = [...text];
  const isGsm = characters.every((one) => BASIC.includes(one) || EXTENDED.includes(one));
  const weights = characters.map((one) => (isGsm ? (EXTENDED.includes(one) ? 2 : 1) : one.length));
  const total = weights.reduce((sum, one) => sum + one, 0);
  const single = isGsm ? 160 : 70;
  const encoding = isGsm ? "GSM-7" : "UCS-2";
  if (total <= single) return { encoding, segments: total === 0 ? 0 : 1, left: single - total };
  // A character of two units is never cut in half, so a segment may end one unit early.
  const most = isGsm ? 153 : 67;
  let segments = 1;
  let used = 0;
  for (const weight of weights) {
    if (used + weight > most) {
      segments += 1;
      used = 0;
    }
    used += weight;
  }
  return { encoding, segments, left: most - used };
}
