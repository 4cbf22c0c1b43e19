"""The one error that the library raises on purpose."""


class RetrievalError(Exception):
    """Something a person can mend: the message says what is wrong, names the file or option, and gives the remedy.

    The command line prints it as one line and exits with 2; a page shows it in a box. Neither shows a traceback.
    """


def check_choice(name: str, value: str, choices) -> str:
    """Return `value` if it is one of `choices`; otherwise raise a RetrievalError that lists them."""
    options = list(choices)
    if value not in options:
        raise RetrievalError(f"Unknown {name} {value!r}. Choose one of: {', '.join(map(str, options))}.")
    return value
