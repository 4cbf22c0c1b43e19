"""How much of the window the thing takes that people came to a page for."""

# The part of the window that elements cover, each pixel counted once; elements inside of others add nothing.
COVERED = """(elements) => {
  const boxes = elements.map((one) => one.getBoundingClientRect());
  const cell = 4;
  const [columns, rows] = [Math.ceil(innerWidth / cell), Math.ceil(innerHeight / cell)];
  const taken = new Uint8Array(columns * rows);
  for (const box of boxes) {
    const [left, right] = [Math.max(0, Math.round(box.left / cell)), Math.min(columns, Math.round(box.right / cell))];
    for (let row = Math.max(0, Math.round(box.top / cell)); row < Math.min(rows, Math.round(box.bottom / cell)); row++) {
      taken.fill(1, row * columns + left, row * columns + Math.max(left, right));
    }
  }
  return taken.reduce((sum, one) => sum + one, 0) / taken.length;
}"""
# By page: its link, what people came for, and what is there once it is drawn.
PAGES = {
    "start": ("", ".home", '.tile[data-model="2t"][data-painted]'),
    "map": ("map?model=1d", ".stage", ".head[data-chosen]"),
    "map and photographs": ("map?model=1d&selection=brock_tower_000001", ".stage, aside", '.head[data-chosen="brock_tower_000001"]'),
    "ranking": ("query?model=1d&k=48", '.strips, [data-testid="stMain"] .picture', ".strips .card"),
    "machine": ("query?model=1d&show=machine", '.machine, .around, [data-testid="stMain"] .picture', ".machine[data-place]"),
    "flow": ("query?model=1d&show=flow", '.flow, [data-testid="stMain"] .picture', ".line"),
    "why": ("query?model=1d&show=why", ".pair, .told", ".why[data-shown] canvas"),
    "compare": ("compare?rows=all", '[data-testid="stPlotlyChart"], [data-testid="stDataFrame"]', '[data-testid="stDataFrame"]'),
    "ledger": ("ledger", '[data-testid="stPlotlyChart"], [data-testid="stDataFrame"]', ".js-plotly-plot .point path"),
    "laboratory": (
        "laboratory?model=1d",
        '[data-testid="stPlotlyChart"], [data-testid="stDataFrame"]',
        '[data-testid="stAlert"], .st-key-head',
    ),
    "knobs": ("laboratory?part=knobs&model=1d", '[data-testid="stMain"] h3', '[data-testid="stMain"] h3'),
    "variants": ("laboratory?part=variants", '[data-testid="stDataFrame"]', '[data-testid="stMain"] h3'),
    "break it": ("laboratory?part=break&model=1d", '[data-testid="stPlotlyChart"]', '[data-testid="stMain"] .js-plotly-plot'),
    "training": ("laboratory?part=training&model=1f", '[data-testid="stPlotlyChart"]', '[data-testid="stMain"] .js-plotly-plot'),
    "detective": ("unlabelled?guess=detective&votes=1", ".strips", '[data-testid="stMain"] .js-plotly-plot'),
    "duplicates": ("duplicates", ".strips", '[data-testid="stMain"] h1'),
    "failures": ("failures?atlas=stuck&model=1a", ".strips", ".strips .card"),
}


def share(page, selector: str) -> float:
    """The part of the window, 0 to 1, that the elements of a selector cover."""
    return page.locator(selector).evaluate_all(COVERED)
