"""The command `lessons sheet`: a lesson on paper, its questions and, in a file of their own, the answers."""

from retrieval_core.cli.options import chosen_run, looking_options
from retrieval_core.errors import RetrievalError
from retrieval_core.paths import absolute
from retrieval_core.workspace import Workspace


def register_sheet(actions, add) -> None:
    """Add the action to those of `lessons`; `add(actions, name, function, text)` makes a parser."""
    command = add(actions, "sheet", sheet, "write a lesson's questions as a sheet to print, and its answers as another")
    command.add_argument("name", help="of the lesson, as lessons list has it")
    command.add_argument("out", metavar="OUT.html", help="the sheet of questions, a new file")
    command.add_argument("--answers", metavar="ANSWERS.html", help="the sheet of answers, a new file")
    command.add_argument("--seed", type=int, default=0, help="chooses examples and the order of answers: the same seed, the same sheet "
                         "(default: 0)")  # fmt: skip
    command.add_argument("--no-photographs", action="store_true", help="leave photographs out, where their terms ask for it")
    looking_options(command, models=False)


def sheet(workspace: Workspace, options, arguments) -> None:
    """Write the sheets and say where they are."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.datasets.texts import write_text
    from retrieval_core.lessons.lesson_files import read_lesson
    from retrieval_core.lessons.sheet import make_sheets
    from retrieval_core.lessons.shown import Shown

    files = [absolute(name) for name in (options.out, options.answers) if name]
    if len(set(files)) < len(files):
        raise RetrievalError("Questions and answers would be one file. Name two.")
    for file in files:
        if file.exists():
            raise RetrievalError(f"{file} exists already. Name a new file.")
        if not file.parent.is_dir():
            raise RetrievalError(f"The folder {file.parent} does not exist. Make it, or name another one.")
    lesson = read_lesson(workspace, options.name).lesson
    open_dataset(workspace, options.dataset)
    shown = Shown(workspace, options.dataset, chosen_run(workspace, options))
    made = make_sheets(shown, lesson, options.seed, not options.no_photographs)
    for file, text in zip(files, (made.questions, made.answers), strict=False):
        write_text(file, text)
        print(file)
