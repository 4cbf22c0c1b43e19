"""Which projection the map shows: its parameters and seed, how long it may take, and the work that makes it."""

import streamlit as st

from pages.state import door, link, loaders
from pages.web.map_choice import MapChoice
from pages.widgets import work
from retrieval_core.presets import get_preset
from retrieval_core.projection.expected_time import expected_time
from retrieval_core.projection.maps import HIGHEST_SEED, METHODS, NAMED_SETTINGS
from retrieval_core.stored.results import list_sheets

ASK_FROM = 15.0  # seconds from which a projection is not begun without a press of a button
ASK_ABOVE = 3_000  # photographs, where no such projection was made before that tells how long it takes


def settings(method: str) -> None:
    """Fields for the parameters of a method and the seed; what is entered goes into the link when it is confirmed."""
    with st.container(horizontal=True):
        for name, (its_method, values) in NAMED_SETTINGS.items():
            words = ", ".join(f"{key.replace('_', ' ')} {value:g}" for key, value in values.items())
            st.button(f"{name[0].upper()}{name[1:]}", help=f"{METHODS[its_method].title}, {words}", on_click=take,
                      args=(its_method, values, 0), key=f"choice {name}")  # fmt: skip
        st.button("Defaults", on_click=take, args=(method, {}, 0))
    choice = MapChoice.read(link.map_parameters())
    defaults = METHODS[method].defaults
    now = dict(defaults) | {name: value for name, value in choice.parameters().items() if name in defaults}
    entered = {}
    columns = st.columns(2)
    for place, (name, default) in enumerate(defaults.items()):
        entered[name] = columns[place % 2].number_input(
            name.replace("_", " "), value=type(default)(now[name]), key=f"{method} {name} {now[name]}"
        )
    seed = columns[len(entered) % 2].number_input("seed", value=choice.seed, min_value=0, max_value=HIGHEST_SEED, step=1)
    st.caption(time_in_words(method, len(loaders.dataset().images)))
    changed = {name: value for name, value in entered.items() if value != defaults[name]}
    if st.button("Show this map", type="primary"):  # no on_click: that would get what was entered before the last field
        take(method, changed, seed)
        st.rerun()
    others = [key for key in loaders.explorable_models()
              if get_preset(key).has_vector and loaders.results(key).map_record(choice.as_stored()) is None]  # fmt: skip
    if others and not work.going_on() and door.button(f"Compute the shown map of {len(others)} more models"):
        work.begin(arguments(others, choice), "look")


def take(method: str, values: dict, seed: int) -> None:
    """Write a choice into the link."""
    text = ",".join(f"{name}={value:g}" for name, value in values.items())
    link.put(method=method, settings=text, seed=str(seed), view="")


def arguments(models: list[str], choice: MapChoice) -> list[str]:
    """The command that makes maps of a choice."""
    return ["project", "--dataset", link.get("dataset"), "--run", choice.run, "--models", ",".join(models), "--method", choice.method,
            "--subset", choice.subset, "--parameters", choice.settings, "--seed", str(choice.seed)]  # fmt: skip


def make_missing(model: str, choice: MapChoice, count: int) -> None:
    """Have made what the map of the chosen model needs and does not have yet; the page ends here meanwhile.

    A projection that may take long is asked for first, and one that failed is not begun again by itself.
    """
    results = loaders.results(model)
    complete = results.map_record(choice.as_stored()) is not None and (
        list_sheets(results.workspace, results.dataset) or not any(image.path for image in results.dataset.images)
    )
    if complete:
        return
    wanted = arguments([model], choice)
    title = f"{METHODS[choice.method].title} of {count:,} photographs under model {model}"
    if work.going_on():
        st.info(f"{title} is not here yet. This is being made:")
        work.watch()
        st.stop()
    again = work.ended_badly(work.last(wanted))
    if door.is_visitor():
        st.info(f"{title} is not computed yet. {door.WHY}")
        st.stop()
    known = _expected(choice.method, count)
    if again or (known[2] > ASK_FROM if known else count > ASK_ABOVE):
        st.info(f"{title} is not computed yet. {time_in_words(choice.method, count)}")
        if not st.button("Try again" if again else "Compute it", type="primary"):
            st.stop()
    work.begin(wanted, "look")


def time_in_words(method: str, count: int) -> str:
    """How long a map takes, by those that were made before."""
    known = _expected(method, count)
    if known is None:
        return f"No {METHODS[method].title} of these photographs was made yet: how long it takes is not known."
    points, seconds, expected = known
    last = f"The last {METHODS[method].title} of {points:,} photographs took {seconds:.1f} s"
    return f"{last}, so one of {count:,} takes {f'about {expected:.0f} s' if expected >= 1 else 'less than a second'}."


def _expected(method: str, count: int) -> tuple[int, float, float] | None:
    made = [(item.n, item.seconds) for state in loaders.model_states() for item in state.maps if item.method == method]
    return expected_time(made, count)
