"""Message catalogues of the slices: extract, compile, check. Babel does the work, no system gettext.

tools/messages.py update SLICE...   extract into the slice's .po, keep translations, drop what is gone
tools/messages.py update --all      the same for every slice
tools/messages.py compile           write every .mo that is older than its .po
tools/messages.py check             fail on missing, fuzzy or stale entries and on placeholders that differ
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from guibin.config.catalogues import compile_catalogues

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "guibin"
LOCALE = "zh_Hans"
CATALOGUE = Path("locale", LOCALE, "LC_MESSAGES", "django.po")
TEMPLATE_SUFFIXES = {".html", ".txt", ".svg"}
# Function name -> which arguments are singular, plural; (n, "c") marks the context.
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"(?<!%)(?:%%)*(%\(\w+\)[\d.]*[a-zA-Z]|%[sdrf](?![a-zA-Z]))")


@dataclass(frozen=True, slots=True)
class Found:
    """One message in the source: its text or (singular, plural), context and file."""

    text: str | tuple[str, str]
    context: str | None
    path: str
    comments: tuple[str, ...]


def slices() -> list[str]:
    """Every package of the product, in name order."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def extract(name: str) -> Iterator[Found]:
    """Every marked message of one slice, Python first, then templates, in path order."""
    root = PACKAGE / name
    python = sorted(path for path in root.rglob("*.py") if "tests" not in path.relative_to(root).parts)
    templates = sorted(
        path
        for folder in root.rglob("templates")
        for path in folder.rglob("*")
        if path.suffix in TEMPLATE_SUFFIXES
    )
    for path in [*python, *templates]:
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            source = _template_source(source, path)
        yield from _extract_source(source, path.relative_to(PACKAGE.parent).as_posix())


def _template_source(source: str, path: Path) -> str:
    """A template as Python-like source; leading blanks go, for the tokenizer would read them as indents."""
    return "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())


def _extract_source(source: str, path: str) -> Iterator[Found]:
    stream = io.BytesIO(source.encode())
    options = {"encoding": "utf-8"}
    for _line, function, arguments, comments in extract_python(stream, KEYWORDS, ["Translators:"], options):
        values = [*arguments] if isinstance(arguments, tuple) else [arguments]
        spec = KEYWORDS[function]
        context = values.pop(0) if spec is not None and isinstance(spec[0], tuple) else None
        plural = spec is not None and len(spec) - (context is not None) == 2
        wanted = values[: 2 if plural else 1]
        if any(not isinstance(value, str) or not value for value in wanted):
            continue  # a variable handed on, not a text
        text = (wanted[0], wanted[1]) if plural else wanted[0]
        yield Found(text, context, path, tuple(comments))
    if path.endswith(".py"):
        yield from _within_f_strings(source, path)


def _within_f_strings(source: str, path: str) -> Iterator[Found]:
    """Messages marked inside f-strings, which the tokenizer of older Pythons hands over in one piece."""
    pieces = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr))
    for call in (inner for piece in pieces for inner in ast.walk(piece)):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id in {"_", "gettext"}
        ):
            word = call.args[0] if call.args else None
            if isinstance(word, ast.Constant) and isinstance(word.value, str):
                yield Found(word.value, None, path, ())


def read_catalogue(name: str) -> Catalog:
    """The slice's catalogue as stored, or an empty one."""
    path = PACKAGE / name / CATALOGUE
    if not path.exists():
        return Catalog(locale=LOCALE, charset="utf-8")
    with path.open("rb") as stream:
        return read_po(stream, locale=LOCALE)


def update(name: str) -> tuple[int, int]:
    """Write the slice's .po anew; returns (messages, untranslated)."""
    old = read_catalogue(name)
    new = Catalog(locale=LOCALE, charset="utf-8")
    for found in extract(name):
        new.add(
            found.text,
            locations=[(found.path, 0)],
            auto_comments=found.comments,
            context=found.context,
        )
    missing = 0
    for message in _messages(new):
        known = old.get(message.id, context=message.context)
        if known is not None and _filled(known):
            message.string = known.string
            message.user_comments = known.user_comments
            message.flags |= known.flags & {"fuzzy"}
        missing += not _filled(message)
    if not len(new):
        return 0, 0
    path = PACKAGE / name / CATALOGUE
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, new, width=0, include_lineno=False, omit_header=True)
    path.write_bytes(_header(name) + buffer.getvalue())
    return len(new), missing


def _header(name: str) -> bytes:
    """A header without dates or tool versions, so that an update changes only what changed."""
    return (
        f"# Words of {name} in simplified Chinese.\n"
        'msgid ""\n'
        'msgstr ""\n'
        '"Language: zh_Hans\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    ).encode()


def check(name: str) -> list[str]:
    """What is wrong with the slice's catalogue, one sentence each."""
    catalogue = read_catalogue(name)
    wanted = {(found.text, found.context) for found in extract(name)}
    faults = []
    for text, context in sorted(wanted, key=repr):
        message = catalogue.get(text, context=context)
        label = f"{name}: {text!r}"
        if message is None or not _filled(message):
            faults.append(f"{label} has no translation")
        elif message.fuzzy:
            faults.append(f"{label} is marked fuzzy")
        else:
            faults += [f"{label} and {string!r} differ in placeholders" for string in _differing(message)]
    known = {(_as_text(message), message.context) for message in _messages(catalogue)}
    faults += [f"{name}: {text!r} is no longer used" for text, _context in sorted(known - wanted, key=repr)]
    return faults


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _as_text(message: Message) -> str | tuple[str, str]:
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else [*(message.string or ())]


def _filled(message: Message) -> bool:
    strings = _strings(message)
    return bool(strings) and all(strings)


def _placeholders(text: str) -> list[str]:
    return sorted(match.group(1) for match in PLACEHOLDER.finditer(text))


def _differing(message: Message) -> list[str]:
    """Translations whose placeholders are not those of the original (its plural, where it has one)."""
    original = message.id if isinstance(message.id, str) else message.id[1]
    expected = set(_placeholders(original))
    return [string for string in _strings(message) if set(_placeholders(string)) != expected]


def clashes() -> list[str]:
    """Messages that two slices translate differently: only one of them would ever be shown."""
    seen: dict[tuple[object, object], tuple[str, list[str]]] = {}
    notes = []
    for name in slices():
        for message in _messages(read_catalogue(name)):
            if not _filled(message):
                continue
            key = (_as_text(message), message.context)
            other, strings = seen.setdefault(key, (name, _strings(message)))
            if strings != _strings(message):
                notes.append(f"{name}: {key[0]!r} is {_strings(message)} here and {strings} in {other}")
    return notes


def main(arguments: list[str]) -> int:
    match arguments:
        case ["update", *names] if names:
            for name in slices() if names == ["--all"] else names:
                total, missing = update(name)
                print(f"{name}: {total} messages, {missing} untranslated")
            return 0
        case ["compile"]:
            print(f"{len(compile_catalogues(PACKAGE))} catalogues compiled")
            return 0
        case ["check", *names]:
            faults = [fault for name in names or slices() for fault in check(name)]
            print("\n".join([*faults, *(f"note: {note} (give it a context)" for note in clashes())]))
            print(f"{len(faults)} faults in the message catalogues")
            return 1 if faults else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
