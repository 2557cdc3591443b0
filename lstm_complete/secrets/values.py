"""Whether what stands where a secret would stand is one, or only holds its place.

`password=None`, `--token $TOKEN`, `<password>`, `getpass()` and `user:password@host` teach a model no secret.
"""

from __future__ import annotations

import re

_SHORTEST = 4
_SHORTEST_RANDOM = 8
_LONG = 20

# Words that name a secret, its type or its absence. A value made of nothing else is a placeholder.
_NAMES = frozenset(
    """
    a an any api arg args auth authentication aws base64 basic bearer bool boolean bytes change changeme client code
    const contrasena contraseña credential credentials database db de default demo description digest double dummy empty
    enc encrypted entry env environ example false field foo bar baz fichier file float geheim hash head header here
    id in input int integer is jeton kennwort key keyfile list login long master mdp mot my name nan new nil no none not
    null nullable number object off old on option optional or oauth oauth2 parameter pass passe passphrase password
    passwd passwort path phrase pin placeholder plain plaintext private prompt pswd public pwd pw pword read redacted
    replace required root sample secret secrets self senha set some somehost someone something stdin str string
    temporary test text the this token tokens true type undefined url user username value var varchar variable void
    with write your yes
    """.split()  # noqa: SIM905 - a list of 130 strings reads worse
)
_PART = re.compile(r"[A-Z]?[a-z\u00df-\u024f]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+|\d+")
# A variable, a template, markup, a parameter of a query, an elision.
_REFERENCE = re.compile(
    r"(?:[$%&@?<>{\[(|`~]|\.{2,}|…|:\w+$|/|\\[\w(]|-|!(?:vault|secret|env|ref|sub|include)\b)",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"\$[\w({]|\{\{|\}\}|\{\w*\}|<[^<>]*>|%\(\w+\)[sd]|^%(?:s$|\w+%$)|\.{3}|…|\*\*\*|•|#\{")
# Code that gets a secret from somewhere: a call, an index, an attribute.
_EXPRESSION = re.compile(r"(?:await |new |not )?[^\W\d]\w*(?:(?:\.|::|->)\w+)*(?:[(\[].*|(?:(?:\.|::|->)[^\W\d]\w*)+)$")
_ONE_CHARACTER = re.compile(r"(.)\1*")
_QUOTES = "\"'`"


def unquoted(value: str) -> str:
    """A value without its quotes, and without the punctuation of what it stands in."""
    if value[:1] in _QUOTES and value[:1]:
        end = value.find(value[0], 1)
        return value[1:end] if end > 0 else value[1:]
    return value.rstrip(",;)]}\"'`")


def is_value(value: str) -> bool:
    """Whether a value may be somebody's secret: no placeholder, no reference, no expression."""
    quoted = value[:1] in _QUOTES
    inner = unquoted(value)
    if len(inner) < _SHORTEST or _ONE_CHARACTER.fullmatch(inner) or _INSIDE.search(inner):
        return False
    if _REFERENCE.match(inner) and (not quoted or not _is_mixed(inner)):
        return False
    if not quoted and _EXPRESSION.fullmatch(value.rstrip(",;")):
        return False
    return not all(part.lower() in _NAMES for part in _PART.findall(inner))


def is_random(value: str) -> bool:
    """Whether a value looks made by a machine, or by someone who was told to use digits and marks."""
    inner = unquoted(value)
    return is_value(value) and (
        (len(inner) >= _SHORTEST_RANDOM and _is_mixed(inner)) or (len(inner) >= _LONG and inner.isalnum())
    )


def is_mixed(value: str) -> bool:
    """Whether a value is a word that nobody writes in a sentence: letters with digits or marks among them."""
    return is_value(value) and _is_mixed(unquoted(value))


def _is_mixed(text: str) -> bool:
    letters = any(character.isalpha() for character in text)
    digits = any(character.isdigit() for character in text)
    marks = any(character in "!#%^&*+=?~" for character in text.rstrip("!?"))
    return letters and (digits or marks)
