"""Puts something of ours in the place of something that MiniStack has."""


def replace(owner, name: str, ours) -> None:
    """Sets an attribute of a module or class, or an entry of a dictionary, that is there already.

    Where MiniStack has nothing of that name, it would never look at ours: the patch would be without effect, in silence.

    Raises LookupError then, which ends the start.
    """
    held = owner if isinstance(owner, dict) else vars(owner)
    if name not in held:
        raise LookupError(f"MiniStack has no {name} (any more), so a patch of {getattr(owner, '__name__', 'its table')} would do nothing.")
    if isinstance(owner, dict):
        owner[name] = ours
    else:
        setattr(owner, name, ours)
