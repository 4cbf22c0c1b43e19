"""The command `starts build`: teach the backbones that networks start from, and put them where the program takes them from."""

from retrieval_core.cli.options import work
from retrieval_core.errors import check_choice
from retrieval_core.networks.distilled_files import TAUGHT
from retrieval_core.workspace import Workspace


def register_starts(actions, command) -> None:
    """Add the command to the actions of `starts`."""
    build = command(actions, "build", starts_build, "teach backbones the features of EfficientNet-Lite0, hours each; a lesson that "
                    "was stopped goes on")  # fmt: skip
    build.add_argument("backbones", nargs="*", metavar="BACKBONE", help="alexnet, resnet18 or resnet50 (default: all)")


def starts_build(workspace: Workspace, options, arguments) -> None:
    """Teach the chosen backbones."""
    chosen = [check_choice("backbone", name, TAUGHT) for name in options.backbones or TAUGHT]

    def steps():
        from retrieval_core.runs.build_starts import build_starts

        yield from build_starts(workspace, chosen)

    work(workspace, arguments, steps)
