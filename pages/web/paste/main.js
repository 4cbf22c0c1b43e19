const WRITES = "input, textarea, [contenteditable=true]"; // what a paste is meant for where it is written into

/** The bytes of a file in base64. */
async function encoded(file) {
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  return address.slice(address.indexOf(",") + 1);
}

const links = new WeakMap();

/** What Streamlit calls when the page is drawn: from then on a picture that is pasted is handed to the page. */
export function show({ parentElement, setTriggerValue }) {
  let link = links.get(parentElement);
  if (!link) {
    link = {};
    link.listen = async (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
      if (!file || event.composedPath()[0].closest?.(WRITES)) return;
      event.preventDefault();
      link.tell("picture", { name: file.name || "pasted picture", data: await encoded(file) });
    };
    document.addEventListener("paste", link.listen);
    links.set(parentElement, link);
  }
  link.tell = setTriggerValue;
  return () => {
    document.removeEventListener("paste", link.listen);
    links.delete(parentElement);
  };
}
