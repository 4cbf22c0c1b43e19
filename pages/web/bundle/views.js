/** What the views of a ranking are given: the JSON of ranking/messages.py, put together from what the bundle holds. */

const WORDS = { g: "good", o: "ok", j: "junk" };
const MOST_WALKED = 1000;

const addressed = (held, kind, id) => `files/${kind}/${held.about.dataset}/${id.split("/").map(encodeURIComponent).join("/")}`;
export const cropAt = (held, query) => addressed(held, "crop", query);

/** What the ground truth of a query says of a point; nothing judges it without one. */
export function word(held, veil, query, point) {
  if (!query || veil.has("verdicts")) return "none";
  for (const one of ["junk", "good", "ok"]) if (query[one].includes(point)) return one;
  return held.landmark(point) === "" ? "unlabelled" : "wrong";
}

const photographOf = (held, veil, point) => ({ id: held.ids[point], name: veil.landmark(held.landmark(point)), src: addressed(held, "photograph", held.ids[point]),
  ...veil.called(`photograph ${point + 1}`) });

export function pickView(held, veil, current) {
  const queries = held.content.truth.map(({ id, label }) => ({ id, label: veil.landmark(label), ap: veil.has("ap") ? null : held.content.queries[id].hardness,
    src: cropAt(held, id), ...veil.called(veil.query(id)) }));
  return { kind: "pick", current, queries, models: veil.models };
}

export function pictureView(held, veil, query, point) {
  const src = query ? cropAt(held, query.id) : addressed(held, "photograph", held.ids[point]);
  return { kind: "picture", name: query ? veil.query(query.id) : veil.has("labels") ? `photograph ${point + 1}` : held.ids[point], src, size: null, box: null, own: null };
}

/** Cards of the first k; junk has no rank. */
function cards(held, veil, query, { points, similarities }, k) {
  let rank = 0;
  return [...points.subarray(0, Math.min(k, similarities.length))].map((point, place) => {
    const junk = query?.junk.includes(point);
    if (!junk) rank += 1;
    return { ...photographOf(held, veil, point), word: word(held, veil, query, point), own: query?.point === point, rank: junk ? null : rank, similarity: similarities[place] };
  });
}

/** The ranking of a query, or of a photograph: it comes first for itself. */
function ranking(held, model, query, point) {
  if (query) return held.head(model, query.id);
  const { points, similarities } = held.neighbours(model, point);
  return { points: Uint32Array.of(point, ...points), similarities: Float32Array.of(1, ...similarities) };
}

/** Ranks by point, as far as the bundle holds the ranking; junk is not counted. */
function ranks(held, query, { points }) {
  const junk = new Set(query?.junk);
  return new Map([...points].filter((point) => !junk.has(point)).map((point, place) => [point, place + 1]));
}

export function stripsView(held, veil, models, query, point, k, beside) {
  const found = models.map((model) => ranking(held, model, query, point));
  const strips = models.map((model, number) => ({
    title: models.length > 1 ? veil.model(model, held.content.models.find((one) => one.key === model).title) : "",
    note: query && !veil.has("ap") ? held.content.queries[query.id].words[model] : "", cards: cards(held, veil, query, found[number], k),
  }));
  if (beside) {
    strips.forEach((strip, number) => {
      const other = ranks(held, query, found[1 - number]);
      const there = new Set(strips[1 - number].cards.map((card) => card.id));
      for (const card of strip.cards) Object.assign(card, { other: other.get(held.numbers.get(card.id)) ?? null, only: !there.has(card.id) });
    });
  }
  const note = veil.has("verdicts")
    ? "What the ground truth says of these answers is hidden until the card of the lesson is answered. Click one to enlarge it."
    : query
    ? "✓ good (thick green) · ~ ok (thin green) · ∅ junk (grey, hatched, not counted) · ✗ wrong (orange) · ? unlabelled, counts as wrong (dotted). Click a photograph to enlarge it."
    : "No ground truth judges these answers; each says its landmark. Click one to enlarge it.";
  return { kind: "strips", beside, width: models.length > 1 ? 120 : 150, strips, note };
}

/** Photographs whose rank moved. */
export function movedView(held, veil, query, moved) {
  const strips = [{ cards: moved.map(({ point, before, after }) => ({
    ...photographOf(held, veil, point), word: word(held, veil, query, point), own: point === query.point, caption: `${before ?? "–"} → ${after ?? "–"}` })) }];
  return { kind: "strips", width: 150, strips };
}

export function machineView(held, veil, model, query) {
  const { length, counted, left_out } = held.content.queries[query.id].machines[model];
  const walk = [...held.head(model, query.id).points.subarray(0, MOST_WALKED)].map((point) => ({ ...photographOf(held, veil, point), word: word(held, veil, query, point) }));
  return { kind: "machine", walk, length, counted: curve(counted), left_out: left_out && curve(left_out) };
}

function curve({ positives, ap, word: words, ...columns }) {
  const events = [...words].map((letter, number) => ({
    word: WORDS[letter], ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[number]])) }));
  return { positives, ap, events };
}

export function flowView(held, veil, query) {
  const { models, points, ranks: found, count } = held.content.queries[query.id].flow;
  const lines = points.map((point, number) => ({ ...photographOf(held, veil, point), word: word(held, veil, query, point), ranks: found[number] }));
  return { kind: "flow", models: models.map((key) => veil.model(key)), lines, count };
}
