"""How long the frames of the map are while it is moved and zoomed, in the whole page: for bench_map.py.

A frame's length is the time from one requestAnimationFrame to the next, with all that the page and the browser do in it; its script is
what functions of JavaScript took in it: those that the browser calls for a frame, for the mouse and for a timer. Both are times by the
clock, which other programs lengthen; the processor's time of the page's thread, a mean, is not lengthened. What a graphics card would
draw is drawn in another process.
"""

import statistics
from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page

# Before any script of the page runs: what is called for a frame, the mouse or a timer is timed.
WATCH = """() => {
  const frames = (window.frames = { spent: 0, depth: 0, lengths: [], script: [], next: window.requestAnimationFrame.bind(window) });
  const timed = (act) => typeof act !== "function" ? act : function (...rest) {
    const start = performance.now();
    frames.depth++;
    try { return act.apply(this, rest); } finally { if (!--frames.depth) frames.spent += performance.now() - start; }
  };
  for (const name of ["requestAnimationFrame", "setTimeout"]) {
    const before = window[name].bind(window);
    window[name] = (act, ...rest) => before(timed(act), ...rest);
  }
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (kind, act, ...rest) {
    return listen.call(this, kind, ["pointermove", "wheel"].includes(kind) ? timed(act) : act, ...rest);
  };
  frames.begin = () => {
    Object.assign(frames, { lengths: [], script: [], spent: 0, last: performance.now(), going: true });
    const look = (now) => {
      if (!frames.going) return;
      frames.lengths.push(performance.now() - frames.last);
      frames.script.push(frames.spent);
      [frames.last, frames.spent] = [performance.now(), 0];
      frames.next(look);
    };
    frames.next(look);
  };
}"""
LOOKS = {
    "points alone": {"names": False, "thumbnails": False, "colour": "landmark"},
    "names, faces, colouring": {"names": True, "thumbnails": True, "colour": "hubness"},
}
LONG = 50  # milliseconds


@dataclass(frozen=True)
class Frames:
    """Milliseconds of each frame, and of the scripts in it, while the map was moved; `thread`: of the processor, mean of a frame."""

    lengths: list[float]
    script: list[float]
    thread: float

    def words(self) -> str:
        """The figures of a line."""
        long = sum(length > LONG for length in self.lengths)
        return (f"{len(self.lengths):>8}{statistics.median(self.lengths):>11.1f}{max(self.lengths):>11.1f}{long:>9}"
                f"{statistics.median(self.script):>11.2f}{max(self.script):>11.1f}{self.thread:>13.2f}")  # fmt: skip


HEAD = f"{'frames':>8}{'median ms':>11}{'longest':>11}{f'> {LONG} ms':>9}{'script ms':>11}{'longest':>11}{'processor ms':>13}"


def choose(page: Page, look: dict) -> None:
    """Set what is drawn, by the toolbar, and wait until it is there."""
    page.locator("details.menu summary", has_text="Look").click()
    for name in ("names", "thumbnails"):
        page.locator(f'[data-do="{name}"]').set_checked(look[name])
    page.locator('[data-do="colour"]').select_option(look["colour"])
    page.keyboard.press("Escape")
    page.wait_for_timeout(2500)


def moved(page: Page, place: tuple[float, float]) -> Frames:
    """Drag the map to and fro, zoom in to where points become thumbnails and out again, and drag it between; see how long frames are.

    `place` on the screen is what is zoomed to.
    """
    page.mouse.move(*place)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _seconds(devtools)
    page.evaluate("() => frames.begin()")
    for notches in (0, 5, 5, -10):
        for _ in range(abs(notches)):
            page.mouse.wheel(0, -256 if notches > 0 else 256)
            page.wait_for_timeout(30)
        page.mouse.down()
        for across, down in ((180, 90), (-160, -110), (0, 0)):
            page.mouse.move(place[0] + across, place[1] + down, steps=8)
        page.mouse.up()
        page.wait_for_timeout(400)  # it rests
    found = page.evaluate("() => { frames.going = false; return [frames.lengths, frames.script]; }")
    thread = 1000 * (_seconds(devtools) - before) / len(found[0])
    devtools.detach()
    page.locator('[data-do="whole"]').click()
    return Frames(*found, thread)


def _seconds(devtools: CDPSession) -> float:
    """Of the processor, by the page's thread until now."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "TaskDuration")
