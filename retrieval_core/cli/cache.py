"""The command `cache prune`: what no run needs any more, listed and removed."""

from retrieval_core.workspace import Workspace


def register_cache(actions, command) -> None:
    """Add the command to the actions of `cache`."""
    prune = command(actions, "prune", cache_prune, "list what no run needs: stale maps and indexes, damaged files, decoded pictures, "
                    "locks; remove it with --yes")  # fmt: skip
    prune.add_argument("--yes", action="store_true", help="remove what is listed")
    prune.add_argument("--older", action="store_true", help="also what an older version of the program left")


def cache_prune(workspace: Workspace, options, arguments) -> None:
    """List what can go, and remove it where that is asked for."""
    from retrieval_core.runs.jobs import at_rest
    from retrieval_core.stored.prune import in_megabytes, not_needed, older_results, remove

    found = not_needed(workspace) + (older_results(workspace) if options.older else [])
    for item in found:
        print(f"{item.bytes / 1e6:9.1f} MB  {item.why:40} {item.path}")
    if not found:
        print("Nothing: every file is needed.")
    elif options.yes:
        with at_rest(workspace):
            remove(workspace, found)
        print(f"Removed, {in_megabytes(found)}.")
    else:
        words = ("cache", "prune", *(["--older"] if options.older else []), "--yes")
        print(f"{in_megabytes(found)} in all. Remove it with: {workspace.command(*words)}")
