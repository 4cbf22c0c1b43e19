"""The commands about lessons: `lessons list`, `show`, `check`, `copy`, `import`, `export`, `remove`."""

import sys

from retrieval_core.errors import Failed
from retrieval_core.paths import absolute
from retrieval_core.workspace import Workspace


def register_lessons(actions, command) -> None:
    """Add the commands to the actions of `lessons`; `command(actions, name, function, text)` makes a parser."""
    command(actions, "list", lessons_list, "print the lessons that come with the program, and your own")
    show = command(actions, "show", lessons_show, "print a lesson as text")
    check = command(actions, "check", lessons_check, "say what is wrong with a lesson, and what a run lacks for it")
    copy = command(actions, "copy", lessons_copy, "copy a lesson under a new name, to change it")
    take = command(actions, "import", lessons_import, "keep the lesson of a file")
    export = command(actions, "export", lessons_export, "write a lesson as one file")
    remove = command(actions, "remove", lessons_remove, "remove a lesson of your own")
    for one in (show, copy, export, remove):
        one.add_argument("name", help="the name of the lesson")
    copy.add_argument("new", help="the name of the copy")
    check.add_argument("lesson", metavar="FILE-or-NAME", help="a file, or the name of a lesson that is kept")
    check.add_argument("--dataset", default="town", help="dataset that it is shown on (default: town)")
    check.add_argument("--run", metavar="NAME", help="the run to look at (default: quick, else the first that there is)")
    take.add_argument("file", help="the file")
    take.add_argument("--name", help="the name of the lesson (default: that of the file)")
    export.add_argument("file", help="the file to write, which must be new")


def lessons_list(workspace: Workspace, options, arguments) -> None:
    """A line for every lesson; a damaged one is said with its remedy."""
    from retrieval_core.lessons.lesson_files import list_lessons

    for one in list_lessons(workspace):
        if one.kept:
            lesson = one.kept.lesson
            origin = "shipped" if one.shipped else "own"
            print(f"{one.name:24} {origin:8} {len(lesson.cards):>3} cards  {lesson.title}")
        else:
            print(f"{one.name} is damaged: {one.error}", file=sys.stderr)


def lessons_show(workspace: Workspace, options, arguments) -> None:
    """The text of a lesson, as it is exported."""
    from retrieval_core.lessons.lesson_files import read_lesson
    from retrieval_core.lessons.lesson_text import write_lesson

    print(write_lesson(read_lesson(workspace, options.name).lesson), end="")


def lessons_check(workspace: Workspace, options, arguments) -> None:
    """A line for whatever is wrong or missing; Failed if there is anything."""
    from retrieval_core.cli.options import chosen_run
    from retrieval_core.lessons.check import check_lesson
    from retrieval_core.lessons.lesson_files import read_file, read_lesson
    from retrieval_core.lessons.shown import Shown

    notes: list[str] = []
    is_file = "/" in options.lesson or "\\" in options.lesson or options.lesson.endswith(".md")
    lesson = read_file(absolute(options.lesson), notes) if is_file else read_lesson(workspace, options.lesson).lesson
    for note in notes:
        print(note, file=sys.stderr)
    run = chosen_run(workspace, options)
    found = check_lesson(Shown(workspace, options.dataset, run), lesson)
    for line in found:
        print(line)
    if found:
        raise Failed(f"{len(found)} remarks on {len(lesson.cards)} cards of {lesson.name}, shown on {options.dataset}, run {run}. Do "
                     "what they say, or choose another dataset or run.")  # fmt: skip
    print(f"{lesson.name}: all {len(lesson.cards)} cards can be shown on {options.dataset}, run {run}.")


def lessons_copy(workspace: Workspace, options, arguments) -> None:
    """Copy a lesson."""
    from retrieval_core.lessons.lesson_files import copy_lesson

    kept = copy_lesson(workspace, options.name, options.new)
    print(f"{kept.lesson.name}: {len(kept.lesson.cards)} cards, copied from {options.name}.")


def lessons_import(workspace: Workspace, options, arguments) -> None:
    """Keep the lesson of a file."""
    from retrieval_core.lessons.lesson_files import file_bytes, import_lesson

    notes: list[str] = []
    file = absolute(options.file)
    kept = import_lesson(workspace, file_bytes(file), str(file), options.name or "", notes)
    for note in notes:
        print(note, file=sys.stderr)
    print(f"{kept.lesson.name}: {len(kept.lesson.cards)} cards.")


def lessons_export(workspace: Workspace, options, arguments) -> None:
    """Write a lesson as one file."""
    from retrieval_core.lessons.lesson_files import export_lesson

    file = absolute(options.file)
    export_lesson(workspace, options.name, file)
    print(f"{options.name}: {file}")


def lessons_remove(workspace: Workspace, options, arguments) -> None:
    """Remove a lesson."""
    from retrieval_core.lessons.lesson_files import remove_lesson

    remove_lesson(workspace, options.name)
    print(f"Removed {options.name}.")
