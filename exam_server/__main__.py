"""``khaothi``: runs the command line and turns errors into one sentence and an exit code."""

import logging
import os
import sys
import traceback
import warnings
from pathlib import Path
from tempfile import mkdtemp

# The directory for sockets falls back to a temporary one without XDG_RUNTIME_DIR; that is as good here.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")

from exam_server.threads import ONE_THREAD  # noqa: E402 -- after the filter

os.environ.update(ONE_THREAD)

from exam_server.cli.main import app  # noqa: E402 -- the commands import numpy
from exam_server.cli.words import say, sentence  # noqa: E402
from exam_server.errors import KhaoThiError  # noqa: E402

FAILED, INTERRUPTED = 1, 130


def main() -> None:
    """The command ``khaothi``: exit code 0 done, 1 failed, 2 used wrongly."""
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        app(prog_name="khaothi")
    except KhaoThiError as error:
        sys.exit(_fail(_located(error)))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception:  # noqa: BLE001 -- the edge: a user gets a sentence, the log the rest
        sys.exit(_fail(say("unexpected", file=str(_write_crash()))))


def _located(error: KhaoThiError) -> str:
    """The sentence, after the file or option it is about; a field of a message means nothing here."""
    text, place = sentence(error.code, error.params), error.place
    return text if place is None or place.isidentifier() or place in text else f"{place}: {text}"


def _fail(text: str) -> int:
    print(text, file=sys.stderr)  # noqa: T201 -- the command line's own output
    return FAILED


def _write_crash() -> Path:
    directory = Path(os.environ.get("KHAOTHI_DATA") or ".khaothi")
    try:
        return _append_crash(directory)
    except OSError:
        return _append_crash(Path(mkdtemp(prefix="khaothi-")))


def _append_crash(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "crash.log"
    with path.open("a", encoding="utf-8") as file:
        traceback.print_exc(file=file)
    return path


if __name__ == "__main__":
    main()
