"""Replaces parts of MiniStack by our own."""


def replace(owner, name: str, ours) -> None:
    """Sets an existing attribute of a module or class, or an existing entry of a dictionary.

    Raises LookupError, which ends the start, if MiniStack has nothing of that name: the patch would silently have no effect.
    """
    held = owner if isinstance(owner, dict) else vars(owner)
    if name not in held:
        raise LookupError(f"MiniStack has no {name} (any more), so a patch of {getattr(owner, '__name__', 'its table')} would do nothing.")
    if isinstance(owner, dict):
        owner[name] = ours
    else:
        setattr(owner, name, ours)
