"""A cell that cannot be what its column is: a stable code, put into words in ``wording``."""


class CellFault(ValueError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
