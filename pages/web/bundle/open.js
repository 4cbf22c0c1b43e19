import { hold } from "../files.js";
import { Frame } from "./frame.js";
import { Held } from "./held.js";

/** Show what a bundle holds: `content` as messages.py says, `arrays` in bytes, `pictures` in base64. */
export async function open(content, arrays, pictures) {
  const held = new Held(content, arrays, pictures);
  hold(held);
  await new Frame(document.body, held).follow();
}
