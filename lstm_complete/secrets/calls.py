"""Secrets that code and SQL hand to a function by their place, and strings that hold settings within them."""

from __future__ import annotations

from lstm_complete.secrets.names import PASS, PASSWORD, PASSWORD_LETTERS
from lstm_complete.secrets.rules import Rule, always, is_random
from lstm_complete.secrets.values import is_value

_STRING = r"""[bBfFrRuUnN]?(?:"[^"]*"|'[^']*')"""
_QUOTED = r"""[bBeEfFrRuUnN@]{0,2}(?P<secret>"[^"]+"|'[^']+'|`[^`]+`)"""
_KEYS = r"(?:secret|token|api_?key|access_?key|private_?key|_key)"
# Functions that keep a value under a name.
_KEEPS = r"(?:putenv|setenv|setdefault|set_?property|set_?item|set_?parameter|set_?header|put|set|store|save|update)"
_HASHES = r"(?:\w+\.)*(?:md5|sha[123]?_?\d*|hash\w*|\w*crypt|scrypt|pbkdf2\w*|\w*password_hash|make_password|b64encode)"


def holds_a_value(value: str) -> bool:
    """Whether one of the strings in a list or a mapping may be somebody's secret."""
    quotes = [quote for quote in "\"'" if quote in value]
    return any(is_value(f"{quote}{part}{quote}") for quote in quotes for part in value.split(quote)[1::2])


CALLS = (
    Rule(
        "credentials",
        ("connect", "mysqli", "pdo("),
        rf"\b(?:(?:mysqli?|pg|oci|odbc)_p?connect|new mysqli|new PDO|getConnection|(?:mysqldb|py\w*sql|psycopg2?|"
        rf"mysql\.connector|\w*oracle\w*|pyodbc|mariadb)\.connect)\(\s*[^,()]+,\s*{_STRING}\s*,\s*{_QUOTED}",
    ),
    Rule(
        "credentials", ("_connect(",), rf"\b(?:oci|odbc|ftp|ssh2)_\w*connect\(\s*[^,()]+,\s*{_STRING}\s*,\s*{_QUOTED}"
    ),
    Rule("credentials", PASSWORD_LETTERS, rf"{PASSWORD}\(\s*{_STRING}\s*,\s*(?:{_STRING}\s*,\s*)?{_QUOTED}"),
    Rule(
        "password",
        PASSWORD_LETTERS,
        rf"\b{_KEEPS}\(\s*[\"'][\w.: -]*{PASSWORD}[\"']\s*,\s*{_QUOTED}",
    ),
    Rule("key", ("secret", "token", "key"), rf"\b{_KEEPS}\(\s*[\"'][\w.: -]*{_KEYS}[\"']\s*,\s*{_QUOTED}", is_random),
    Rule("key", ("jwt",), rf"\bjwt\.(?:encode|decode|sign|verify)\([^,]+,\s*{_QUOTED}"),
    Rule("password", PASSWORD_LETTERS, rf"{PASSWORD}[\"']?\]?\s*(?:=|:=|=>|:|,)\s*{_HASHES}\s*\(\s*{_QUOTED}"),
    Rule(
        "password",
        PASSWORD_LETTERS,
        rf"{PASSWORD}s[\"']?\s*(?:=|:)\s*(?P<secret>[\[{{(].*)",
        holds_a_value,
    ),
    # `"host=db password=sunshine"`, `"Server=db;Pwd=sunshine;"`, `user=ann,pass=sunshine`
    Rule(
        "password in a string of settings",
        ("password", "passwd", "pwd", "pass"),
        r"(?:[;,&\s\"'?](?:password|passwd|pwd)|[;,&](?-i:pass|pw))\s?=\s?(?P<secret>[^\s;,&\"'`<>(){}$+]+)(?=[;\"'])",
    ),
    Rule("password", (*PASSWORD_LETTERS, "pass"), rf"(?:{PASSWORD}|{PASS})[\"'][^<>]*?\bvalue\s*=\s*{_QUOTED}"),
    Rule("password in an address", ("jdbc:oracle",), r"jdbc:oracle:\w+:[\w.-]+/(?P<secret>[^\s@/\"']+)@"),
    Rule(
        "token in an address",
        ("://",),
        r"\b(?:https?|git|ssh)://(?P<secret>[\w-]{16,})@[\w.-]+",
        is_random,
    ),
    # SQL.
    Rule(
        "password in SQL",
        ("sp_",),
        r"\bsp_(?:addlogin|password|addlinkedsrvlogin|adduser)\b[\s(]*(?P<secret>.*'.*)",
        always,
    ),
    Rule(
        "password in SQL",
        ("md5", "sha", "crypt", "password"),
        rf"\b(?:insert|replace|update|where|values)\b.*?\b(?:md5|sha[12]?|sha2?_?\d+|\w*crypt|(?:old_)?password)\s*\(\s*{_QUOTED}",
    ),
    Rule("key in SQL", ("pragma",), rf"\bpragma\s+(?:hex)?(?:re)?key\s*\(\s*{_QUOTED}"),
    Rule("password in a form", ("password\\",), r"password\\[\"']\s*:\s*\\[\"'](?P<secret>[^\\\"']+)"),
)
