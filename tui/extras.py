"""What is said where a part of the program is asked for whose library is not installed."""


def lacking(what: str, extra: str) -> str:
    """A sentence with the mend, for each way of installing; `what` is a subject and its verb."""
    named = f"'.[{extra}]'"
    return (
        f"{what} the extra `{extra}`. Install again with it, from the same folder: pip install {named}, "
        f"or pipx install --force {named}, or uv tool install --reinstall {named}."
    )
