"""A file that is refused as a whole: a stable code and a few figures, no content.

Raised in the reading process, which knows no Django; ``errors.refused`` puts it into words.
"""


class Refused(Exception):
    """``code`` names the reason; ``data`` holds numbers and short names that fill its sentence."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data
