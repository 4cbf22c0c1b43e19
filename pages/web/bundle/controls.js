import { button, element } from "../ranking/text.js";

/** A field of a few choices, [[key, words], …]: `field` to be placed, `set` that shows what is chosen, and `fill` for other choices. */
export function select(label, choices, choose) {
  const made = element("select");
  made.setAttribute("aria-label", label);
  const fill = (some) => made.replaceChildren(...some.map(([key, words]) => Object.assign(element("option", "", words), { value: key })));
  fill(choices);
  made.onchange = () => choose(made.value);
  return { field: made, fill, set: (value) => { made.value = value; } };
}

/** The same as buttons beside each other. */
export function segments(label, choices, choose) {
  const field = element("span", "segments");
  field.setAttribute("role", "group");
  field.setAttribute("aria-label", label);
  for (const [key, words] of choices) field.appendChild(button(words, () => choose(key))).dataset.key = key;
  const set = (value) => {
    for (const one of field.children) one.setAttribute("aria-pressed", String(one.dataset.key === value));
  };
  return { field, set };
}

/** A link inside of the bundle. */
export function link(words, address) {
  const made = element("a", "", words);
  made.href = address;
  return made;
}
