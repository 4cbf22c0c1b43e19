/**
 * What the app serves beside its pages, asked for in one place.
 *
 * A page that is one file, opened without the app, has these files in itself: it says so here, and nothing else knows of it.
 */

let held = null;

/** From now on `files` answers instead of the app: `files.json(address)`, `files.bytes(address)` and `files.picture(address)`. */
export function hold(files) {
  held = files;
}

async function fetched(address, how) {
  const answer = await fetch(address, how).catch(() => {
    throw new Error("The app does not answer. Is it still running, and is the network there?");
  });
  if (!answer.ok) throw new Error((await answer.text()).slice(0, 400));
  return answer;
}

export const fetchJson = async (address, how) => (held ? held.json(address) : (await fetched(address, how)).json());
export const fetchBytes = async (address) => (held ? held.bytes(address) : (await fetched(address)).arrayBuffer());

/** Where a picture of an address is to be had; "" for one that is left out. */
export const pictureAt = (address) => (held ? held.picture(address) : address);
