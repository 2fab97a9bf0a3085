"""The error of every reader of files."""


class UnreadableFile(Exception):
    """The file as a whole cannot be read; nothing of it is taken.

    ``code`` is a key of the catalogue's ``warnings`` section, ``params`` fill its braces.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
