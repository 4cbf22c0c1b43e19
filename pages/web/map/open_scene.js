import { fetchJson } from "../files.js";
import { Scene } from "./scene.js";
import { TiledScene } from "./tiled_scene.js";

/** Open a scene: what the first picture of a model needs. */
export async function openScene(address, key) {
  const description = await fetchJson(address);
  const scene = new (description.tiled ? TiledScene : Scene)(address, description);
  await scene.prepare(scene.model(key) ?? scene.models.find((one) => one.places));
  return scene;
}
