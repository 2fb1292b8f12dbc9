"""What a YAML parser complains about, said to somebody who does not write parsers."""

from __future__ import annotations

import re
from typing import Any

from ringline.workflow.reading import Place

_BARE_BRACES = re.compile(r"(?:^|[:\-\[,]\s+)(\{\{[^}]*(?:\}\})?)")
_QUOTES = "Put the whole value in quotes."

# What ruamel.yaml says, the sentence, the fix; the first that occurs is taken.
_SENTENCES: tuple[tuple[str, str, str], ...] = (
    (r"found character '\t'", "A tab stands at the start of the line; YAML indents with blanks.", "Use blanks."),
    ("found character '%'", "A value cannot begin with `%`.", _QUOTES),
    ("found character '@'", "A value cannot begin with `@`.", _QUOTES),
    ("found character '`'", "A value cannot begin with a backtick.", _QUOTES),
    ("that cannot start any token", "A value cannot begin with this character.", _QUOTES),
    ("mapping values are not allowed here", "There is a second `: ` in this value, or the line is indented too far.",
     "Put the whole value in quotes, or line the key up with its neighbours."),
    ("could not find expected ':'", "A `:` is missing after a key, or a text goes on in a line that is not indented.",
     "Write `key: value`, and indent the lines of a long text."),
    ("sequence entries are not allowed here", "A list cannot begin on this line.",
     "Begin the list on the next line, or put the value in quotes."),
    ("mapping keys are not allowed here", "A value cannot begin with `? `.", _QUOTES),
    ("found unexpected end of stream", "A quoted text is not closed.", "Add the closing quote."),
    ("found unexpected document separator", "A quoted text is not closed before `---`.", "Add the closing quote."),
    ("found unknown escape character", "A backslash between double quotes is followed by a character without meaning.",
     r"Write `\\` for a backslash, or use single quotes."),
    ("expected escape sequence", "An escape such as `\\u00e9` is not complete.",
     r"Write all its digits, or `\\` for a backslash."),
    ("found undefined alias", "A value that begins with `*` points at a name that is not defined.", _QUOTES),
    ("while scanning an alias", "A value cannot begin with `*`.", _QUOTES),
    ("while scanning an anchor", "A value cannot begin with `&`.", _QUOTES),
    ("found undefined tag handle", "A value that begins with `!` is read as a tag.", _QUOTES),
    ("while scanning a tag", "A value that begins with `!` is read as a tag.", _QUOTES),
    ("while scanning a block scalar", "After `|` or `>` the text begins on the next line.",
     "Move the text to the next line."),
    ("expected <block end>, but found '-'", "A list entry is not lined up with the others.", "Line up the dashes."),
    ("expected <block end>", "This line is not lined up with the lines it belongs to, or follows a closed quote.",
     "Line the keys up, and put the whole value inside the quotes."),
    ("expected ',' or ']'", "A list in `[ ]` is not closed, or lacks a comma.", "Add the comma or the `]`."),
    ("expected ',' or '}'", "A mapping in `{ }` is not closed, or lacks a comma.", "Add the comma or the `}`."),
    ("expected the node content", "A value is missing here, or begins with a sign that YAML keeps for itself.",
     _QUOTES),
    ("expected a single document", "The file holds a second document after `---`.", "Write one workflow per file."),
    ("maximum depth", "The document is nested deeper than 100 levels.", "Nest less deeply."),
    ("directive", "A line that begins with `%` is read as a directive.", "Remove the line."),
    ("expected '<document start>'", "There is text before the document begins.", "Remove it, or put it after a `#`."),
)  # fmt: skip


def explain(error: Exception, text: str) -> tuple[str, str, Place | None]:
    """Sentence, fix and place of an error that ruamel.yaml raised over *text*."""
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    if isinstance(error, ReaderError):
        position = int(error.position)
        line = text.count("\n", 0, position) + 1
        column = position - (text.rfind("\n", 0, position) + 1) + 1
        character = error.character if isinstance(error.character, int) else ord(error.character)
        return (f"The invisible character U+{character:04X} may not stand in a YAML text.",
                "Delete it, or write it as an escape in double quotes.", (line, column))  # fmt: skip
    if not isinstance(error, MarkedYAMLError):
        return "The text is not valid YAML: an escape or directive in it has no meaning.", "Remove it.", None
    mark = error.problem_mark or error.context_mark
    # Of an open quote or bracket, the place to look at is where it was opened.
    if "quoted scalar" in str(error.context) or "flow" in str(error.context):
        mark = error.context_mark or mark
    place: Place | None = (mark.line + 1, mark.column + 1) if mark is not None else None
    for line in _lines_of(error, text):
        if braces := explain_bare_braces(text, line):
            return braces
    said = f"{error.context or ''} {error.problem or ''}"
    for needle, message, fix in _SENTENCES:
        if needle in said:
            return message, fix, place
    return f"The text is not valid YAML: {error.problem or error.context}.", _QUOTES, place


def explain_bare_braces(text: str, line: int) -> tuple[str, str, Place] | None:
    """Sentence, fix and place of an unquoted ``{{…}}`` at the start of a value in that line, if there is one."""
    lines = text.splitlines()
    if not 1 <= line <= len(lines):
        return None
    found = _BARE_BRACES.search(lines[line - 1])
    if found is None:
        return None
    braces = found[1]
    quote = "'" if '"' in braces else '"'
    return (
        "A value that begins with `{{` must stand in quotes: YAML takes the brace for its own.",
        f"Put the whole value in quotes, as in {quote}{braces}{quote}.",
        (line, found.start(1) + 1),
    )


def _lines_of(error: Any, text: str) -> list[int]:
    """Lines to look at: where the trouble showed, where it began, and the last one with words before that."""
    lines = [mark.line + 1 for mark in (error.problem_mark, error.context_mark) if mark is not None]
    if lines:
        before = text.splitlines()[: lines[0] - 1]
        # After ``{{#`` the line is a comment to YAML, so it complains about the next one.
        lines += [number for number, line in enumerate(before, start=1) if line.strip()][-1:]
    return lines
