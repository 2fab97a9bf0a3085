"""What measurement refuses. The code names the reason; whoever shows it has the sentence."""


class MeasurementError(ValueError):
    """The data or the settings do not allow what was asked.

    ``params`` fill the sentence of ``code``; ``item``, where there is one, is the name of the column.
    """

    def __init__(self, code: str, **params: str | int | float) -> None:
        super().__init__(" ".join([code, *(f"{name}={value}" for name, value in params.items())]))
        self.code = code
        self.params = params
