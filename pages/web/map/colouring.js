/** What colours the points besides the landmarks, and which of its values are shown; fetched from the app when it is chosen. */

const FIXED = ["landmark", "overlap"]; // what the scene holds already

/** A name in a list of the link, and back: a comma separates them. */
export const written = (name) => name.replaceAll("%", "%25").replaceAll(",", "%2C");
export const read = (text) => text.replace(/%2C/gi, ",").replaceAll("%25", "%");

/** "0.5..0.9" as [0.5, 0.9]; null for anything else. */
export function readRange(text) {
  const ends = text.split("..").map(Number);
  return text && ends.length === 2 && ends.every(Number.isFinite) ? ends : null;
}

export const writtenRange = ([low, high]) => `${Number(low.toPrecision(6))}..${Number(high.toPrecision(6))}`;

/** Where the values that are shown are written, under a model: null for an address that is not needed. */
export function colouringAddress(app, key = app.colour, model = app.model) {
  if (FIXED.includes(key)) return null;
  const parts = [`colour=${encodeURIComponent(key)}`];
  if (key === "rank") parts.push(`query=${encodeURIComponent(app.query?.id ?? "")}`);
  if (key === "bin") parts.push(`bins=${app.bins}`);
  if (key === "hubness") parts.push(`k=${app.k}`);
  return `${model.colouring}&${parts.join("&")}`;
}

/** The smallest and the largest value of an array in which some are null; null where all are. */
export function extent(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/** Where a value lies between the ends of a range, 0 … 1; by ratios where the ramp is not even. */
export function shareOf(value, [low, high], even = true) {
  if (high === low) return 0.5;
  return even ? (value - low) / (high - low) : Math.log(value / low) / Math.log(high / low);
}

/** The numbers of the categories that `only` names. */
export function chosenCategories({ names }, only) {
  const wanted = new Set(only.split(",").filter(Boolean).map(read));
  return new Set(names.map((name, number) => (wanted.has(name) ? number : -1)).filter((number) => number >= 0));
}

/** A mask of the points that every filter lets through, and null where there is none: 1 for a point that passes. */
export function passing(app) {
  const { colouring, only, brush, similarities, hubness } = app;
  const tests = [];
  const within = (values, range) => range && values && tests.push((i) => values[i] !== null && values[i] >= range[0] && values[i] <= range[1]);
  if (colouring && only && colouring.names.length) {
    const chosen = chosenCategories(colouring, only);
    if (chosen.size) tests.push((i) => chosen.has(colouring.values[i]));
  } else if (colouring && only) {
    within(colouring.values, readRange(only));
  }
  within(similarities, brush.similarity);
  within(hubness?.values, brush.hubness);
  if (!tests.length) return null;
  const mask = new Uint8Array(app.scene.count);
  for (let i = 0; i < mask.length; i++) mask[i] = tests.every((test) => test(i)) ? 1 : 0;
  return mask;
}

/** The ranges of the histograms as the link spells them, and back. */
export const writtenBrush = (brush) =>
  Object.entries(brush).filter((entry) => entry[1]).map(([name, range]) => `${name}:${writtenRange(range)}`).join(",");

export function readBrush(text) {
  const found = Object.fromEntries(text.split(",").filter(Boolean).map((part) => part.split(":")));
  return { similarity: readRange(found.similarity ?? ""), hubness: readRange(found.hubness ?? "") };
}
