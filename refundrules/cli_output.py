"""What commands write to files: whole or not at all, and never over what they read or a person wrote."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from refundrules.shell import refuse

_YAML = (".yaml", ".yml")


def spare(option: str, name: str, inputs: Iterable[str]) -> None:
    """Refuse to write to what is read: a file among `inputs`, or a YAML file of a pack's folder among them."""
    target = Path(name)
    if not target.exists():
        return
    for source in map(Path, inputs):
        is_of_pack = source.is_dir() and target.suffix in _YAML and source.resolve() in target.resolve().parents
        if is_of_pack or (source.exists() and not _is_stream(source) and target.samefile(source)):
            raise refuse(option, f"`{name}` is read by this command", "nothing was written; name another file")


def spare_all(option: str, name: str) -> None:
    """Refuse to write over any file: what it holds is for a person to change."""
    if Path(name).is_file():
        raise refuse(option, f"`{name}` is there already", "nothing was written; name a new file")


def write(name: str, text: str) -> None:
    """Write a text file, whole or not at all."""
    with _told(name), written(name) as stream:
        stream.write(text)


@contextmanager
def written(name: str) -> Iterator[TextIO]:
    """Write a file under another name first, so that what is there stays until the new one is whole."""
    path = Path(os.path.realpath(name))
    is_replaced = path.is_file() or not path.exists()  # a device or a pipe is not
    half = path.with_name(f".{path.name}.{os.getpid()}.part") if is_replaced else path
    with _told(name):
        stream = half.open("w", encoding="utf-8", newline="")
    try:
        with stream:
            yield stream
        if is_replaced:
            with _told(name):
                half.replace(path)
    finally:
        if is_replaced:
            half.unlink(missing_ok=True)


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise refuse(name, f"cannot be written: {(error.strerror or str(error)).lower()}") from None


def _is_stream(path: Path) -> bool:
    return not (path.is_file() or path.is_dir())
