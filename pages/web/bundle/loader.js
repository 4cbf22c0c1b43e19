/** Opens a bundle: makes modules of the texts that the file holds, imported ones first, and starts the last. It runs inside the file. */
(async () => {
  const text = (id) => document.getElementById(id).textContent;

  function decoded(base64) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
    const signs = atob(base64);
    const bytes = new Uint8Array(signs.length);
    for (let place = 0; place < signs.length; place++) bytes[place] = signs.charCodeAt(place);
    return bytes;
  }

  const unpacked = (id) => new Response(new Blob([decoded(text(id))]).stream().pipeThrough(new DecompressionStream("gzip")));

  try {
    if (!window.DecompressionStream) throw new Error("This browser is too old for this file: a current Chrome, Edge, Firefox or Safari opens it.");
    const [modules, content, arrays] = await Promise.all([unpacked("modules").json(), unpacked("content").json(), unpacked("arrays").arrayBuffer()]);
    const addresses = new Map();
    for (const [name, pieces] of modules) {
      const whole = pieces.map((piece, place) => (place % 2 ? addresses.get(piece) : piece)).join("");
      addresses.set(name, URL.createObjectURL(new Blob([whole, `\n//# sourceURL=${name}`], { type: "text/javascript" })));
    }
    const { open } = await import(addresses.get(modules.at(-1)[0]));
    await open(content, arrays, text("pictures").split("\n"));
    document.querySelector(".opening").remove();
  } catch (error) {
    document.querySelector(".opening").textContent = `This file cannot be shown: ${error.message}`;
    throw error;
  }
})();
