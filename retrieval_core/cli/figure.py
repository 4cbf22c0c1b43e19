"""The command `figure`: a figure of a lesson, or whether what a lesson claims holds, on the run that is looked at."""

import sys

from retrieval_core.cli.options import chosen_run, looking_options
from retrieval_core.errors import Failed
from retrieval_core.workspace import Workspace


def register_figure(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("figure", figure, "print a figure as lessons name it, or whether a claim holds; without one, list the figures")
    command.add_argument("text", nargs="?", help="what stands between braces in a lesson, as 'step 1c 1d', or a claim, as "
                         "'step 1c 1d > 0'")  # fmt: skip
    looking_options(command, models=False)


def figure(workspace: Workspace, options, arguments) -> None:
    """Print the figure, and below it the command that repeats what it stands on."""
    from retrieval_core.lessons.chosen_queries import FORMS
    from retrieval_core.lessons.claims import MISSING, is_claim, judge
    from retrieval_core.lessons.figures import FIGURES
    from retrieval_core.lessons.figures import figure as read
    from retrieval_core.lessons.shown import Shown

    if options.text is None:
        width = max(len(f"{name} {one.words}") for name, one in FIGURES.items())
        print("\n".join(f"{f'{name} {one.words}':{width}}  {one.about}" for name, one in FIGURES.items()), f"QUERY: {FORMS}", sep="\n")
        return
    shown = Shown(workspace, options.dataset, chosen_run(workspace, options))
    if is_claim(options.text):
        verdict = judge(shown, options.text)
        if verdict.state == MISSING:
            raise Failed(verdict.words)
        print(verdict.words)
        again = verdict.command
    else:
        found = read(shown, options.text)
        if found.missing:
            raise Failed(found.missing)
        print(f"{found.title}: {found.words}")
        again = found.command
    if " figure " not in again:
        print(f"It stands on: {again}", file=sys.stderr)
