"""Secrets as people note them down, in sentences and lists, and as the settings of servers and devices state them."""

from __future__ import annotations

from lstm_complete.secrets.names import PASS, PASS_LETTERS, PASSWORD, PASSWORD_LETTERS
from lstm_complete.secrets.rules import Rule, always, is_mixed
from lstm_complete.secrets.values import is_value

_NAMES = rf"(?:{PASSWORD}|{PASS})"
# Markdown's emphasis and code, which may stand around a name and around a value.
_MARKS = r"[*_`]{0,3}"
_VALUE = rf"{_MARKS}(?P<secret>[^\s\"'`,;&|(){{}}\[\]<>=]+){_MARKS}[.,;]?\s*$"
# No code and no call: what stands before the name in a note.
_NOTED = r"^[^(){}\[\]<>=\"'$\\]*?(?<![^\W_])"
# Whose password it is: `for the server`, `du wifi`, `vom Router`.
_OF = r"\s+(?:for|of|to|on|at|du|de|des|d'|del|da|do|pour|für|vom|von|der|zum|zur|im|wi-?fi|wlan)\b[\w .'@/-]{0,40}?"


def is_word(value: str) -> bool:
    """Whether a value is one word that may be somebody's secret."""
    return " " not in value.strip() and is_value(value)


NOTES = (
    Rule("password", (*PASSWORD_LETTERS, *PASS_LETTERS), rf"{_NOTED}{_NAMES}{_MARKS}\s*:{_MARKS}\s+{_VALUE}"),
    Rule("password", PASSWORD_LETTERS, rf"{_NOTED}{PASSWORD}{_OF}\s*[:=]\s*{_VALUE}"),
    Rule(
        "password",
        PASSWORD_LETTERS,
        rf"{_NOTED}{PASSWORD}(?:{_OF})?(?:\s+(?:is|ist|lautet|est|c['’]est|es)|['’]s)\s+{_VALUE}",  # noqa: RUF001
        is_mixed,
    ),
    Rule(
        "password",
        (*PASSWORD_LETTERS, *PASS_LETTERS),
        rf"(?:^\s*[*+-]?|[,:;/|(])\s*{_MARKS}{_NAMES}{_MARKS}\s+(?:is\s+|→\s*|->\s*)?{_VALUE}",
        is_mixed,
    ),
    Rule("password", PASSWORD_LETTERS, rf"(?<![\w-]){PASSWORD}\s+(?:is|ist|lautet|est|es)\s+(?P<secret>\"[^\"\s]+\")"),
    Rule(
        "password",
        (*PASSWORD_LETTERS, *PASS_LETTERS),
        rf"\|\s*{_MARKS}{_NAMES}{_MARKS}\s*\|\s*`?(?P<secret>[^|`]+?)`?\s*\|",
        is_word,
    ),
    Rule(
        "login",
        ("zugangsdaten", "credentials", "identifiants"),
        r"\b(?:zugangsdaten|credentials|identifiants)\b[^:=/]{0,40}[:=]\s*[^\s/]+\s*/\s*(?P<secret>[^\s/]+)\s*$",
    ),
    Rule("login", ("login", "log in"), r"\blog ?in\b\s*[:=]\s*[^\s/:]+\s*/\s*(?P<secret>[^\s/]+)\s*$", is_mixed),
    Rule("login", ("@",), r"^\s*[\w.+-]+@[\w.-]+\.\w+:(?P<secret>[^\s/:]{4,})\s*$"),
    Rule("login", ("root:", "admin:"), r"^\s*(?:root|admin):(?P<secret>[^\s/:]{6,})\s*$", is_mixed),
    Rule(
        "PIN",
        ("pin", "geheimzahl"),
        r"(?:\b(?-i:PIN)(?:[ -]?[Cc]ode)?\s+(?::\s*)?|\b(?-i:PIN)\b[\w ]{0,24}[:=]\s*|\bgeheimzahl\b\W+)"
        r"(?P<secret>\d{4,8})\b",
        always,
    ),
    Rule(
        "code of a door",
        ("code", "digicode"),
        r"\b(?:digicode|code d['’]acc[eè]s|(?:tür|zugangs)code|(?:door|gate|alarm|access|entry|backup|recovery) codes?)"  # noqa: RUF001
        r"\b\s*[:=]?\s+(?P<secret>(?=[\w-]*\d)[\w-]{4,})",
        always,
    ),
    # Settings of servers and devices: a word and its value.
    Rule(
        "password of a server",
        ("requirepass", "masterauth", "rootpw", "bindpw", "snmp-server", "enable ", "username "),
        r"^\s*(?:requirepass|masterauth|rootpw|bindpw|snmp-server\s+community|enable\s+(?:secret|password)\s+\d"
        r"|username\s+\S+\s+(?:privilege\s+\d+\s+)?(?:secret|password))\s+(?:\d\s+)?(?P<secret>[^\s#]{4,})\s*(?:R[OW])?\s*$",
    ),
    Rule("password of a server", ("enable secret",), r"^\s*enable\s+secret\s+(?P<secret>\S{4,})\s*$", is_mixed),
    Rule("password of a server", ("static:",), r"\bstatic:[^\s:]+:(?P<secret>\S+)"),
    Rule("password of a network", ("psk",), r"^\s*#?\s*(?:wpa[_-])?psk\s*=\s*(?P<secret>\"[^\"]+\"|[^\s#]+)"),
)
