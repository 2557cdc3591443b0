"""Secrets that something is called: assignments in shells and code, settings, headers, addresses, SQL, notes."""

from __future__ import annotations

import re

from lstm_complete.secrets.names import KEY, KEY_LETTERS, PASS, PASS_LETTERS, PASSWORD, PASSWORD_LETTERS
from lstm_complete.secrets.rules import Rule, always, is_mixed, is_random
from lstm_complete.secrets.values import is_value

_QUOTED = r"""(?P<secret>"[^"]+"|'[^']+'|`[^`]+`)"""
_BARE = r"""(?P<secret>[^\s"'`,;&|)\]}]+)"""
_ANY = r"""(?P<secret>"[^"]+"|'[^']+'|[^\s"'`;&|]+)"""
# After a name: `: `, ` = `, `:=`, ` => `, `": "`, `'] = `, and a type between them.
_ASSIGNS = r"""["'\]]{0,2}\s*(?::\s*[\w.<>|\[\]&' ]+=|\sstring\s*=|:=|=>|={1,3}|!==?|:)\s*[bBeEfFnNrRuU@]?"""
# What may stand after the name and leaves it the name of a secret.
_SUFFIX = r"(?:[_-]?(?:\d+|prod|production|dev|test|staging|admin|root|user|db|value|b64|base64|old|new))?"
_IDENTIFIED = r"\bidentified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?"

_EXACTLY = re.RegexFlag(0)


def is_card(value: str) -> bool:
    """Whether sixteen digits have the check digit of a payment card (Luhn)."""
    digits = [int(character) for character in value if character.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(set(digits)) > 3 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_value_of_a_variable(value: str) -> bool:
    """Whether a shell sets a variable to a secret: `s.q8RtVb2x` is one there, and would be an expression in code."""
    return is_value(value) or ("(" not in value and "[" not in value and is_mixed(f'"{value}"'))


ASSIGNMENTS = (
    # PASS=..., export API_TOKEN=..., $env:TOKEN = "...": what is written like this is no code.
    Rule(
        "variable of a shell",
        (*PASSWORD_LETTERS, *KEY_LETTERS, "_pw", "_pat", "_auth", "_key", "pin="),
        r"(?<![\w$.-])(?:\$env:)?(?:[A-Z][A-Z0-9]*_)*[A-Z0-9]*(?:PASS|PASSWORD|PASSWD|PASSPHRASE|PWD|PW|SECRET|TOKEN|KEY|PAT|AUTH"
        rf"|MDP|PASSWORT|KENNWORT|CREDENTIALS?|PIN)(?:_(?!FILE|PATH|URL|URI|NAME|TYPE|TTL|LEN|ID\b|DIR)[A-Z0-9]+)?=(?=\S){_ANY}",
        is_value_of_a_variable,
        _EXACTLY,
    ),
    Rule(
        "variable of a shell",
        (*PASSWORD_LETTERS, *KEY_LETTERS),
        rf"\b(?:set|setx|setenv|typeset|declare)\s+(?:-\w+\s+|-U\s+)*\w*(?:{PASSWORD}|PASS|SECRET|TOKEN|KEY)(?:\s+|=){_ANY}",
    ),
    Rule("password", PASSWORD_LETTERS, rf"{PASSWORD}{_SUFFIX}{_ASSIGNS}{_QUOTED}"),
    Rule("password", PASSWORD_LETTERS, rf"{PASSWORD}{_SUFFIX}{_ASSIGNS}{_BARE}", is_mixed),
    Rule("password", PASSWORD_LETTERS, rf"^[\s\w.-]*{PASSWORD}{_SUFFIX}\s*[=:]\s*{_BARE}\s*(?:\s[#;].*)?$"),
    Rule("password", PASS_LETTERS, rf"{PASS}{_SUFFIX}{_ASSIGNS}{_QUOTED}"),
    Rule("password", PASS_LETTERS, rf"^\s*(?:export\s+|-\s+)?[\w.-]*{PASS}{_SUFFIX}=(?=\S){_ANY}"),
    Rule(
        "password",
        PASS_LETTERS,
        rf"^\s*(?:[\w.-]*[_.-])?(?-i:pass|pw|Pw|PW){_SUFFIX}\s*[=:]\s*{_BARE}\s*(?:\s[#;].*)?$",
    ),
    Rule("password", PASSWORD_LETTERS, rf"(?<![\w-]){PASSWORD}\s+(?:is|ist|lautet|est|es|:)\s+{_ANY}", is_mixed),
    Rule("password", PASSWORD_LETTERS, rf"{PASSWORD}\s*[)>\]]?\s*(?:\(|->|=>|>)\s*{_QUOTED}\s*\)?"),
    Rule("password", PASSWORD_LETTERS, rf"<{PASSWORD}[^<>]*>(?P<secret>[^<>]+)</"),
    Rule("password", ("define",), rf"define\(\s*['\"]\w*(?:{PASSWORD}|KEY|SALT|SECRET|TOKEN)['\"]\s*,\s*{_QUOTED}"),
    Rule("key", KEY_LETTERS, rf"{KEY}{_SUFFIX}{_ASSIGNS}{_QUOTED}", is_random),
    Rule("key", KEY_LETTERS, rf"{KEY}{_SUFFIX}{_ASSIGNS}{_BARE}", is_random),
    Rule("key", KEY_LETTERS, rf"(?<![\w-]){KEY}\s+(?:is|ist|lautet|est|es|:)\s+{_ANY}", is_random),
    Rule("key", KEY_LETTERS, rf"<{KEY}[^<>]*>(?P<secret>[^<>]+)</", is_random),
    Rule(
        "seed phrase",
        ("phrase", "mnemonic"),
        r"\b(?:seed|recovery|mnemonic)(?: phrase)?\b\W+(?P<secret>(?:[a-z]{3,12}[ ,]+){11,}[a-z]{3,12})",
        always,
    ),
    Rule(
        "PIN",
        ("pin", "puk", "cvv", "cvc"),
        r"\b(?:PIN(?:[ -]?code)?|PUK|CVV2?|CVC)\b\s*(?:is|ist|est|:|=)+\s*(?P<secret>\d{3,8})\b",
        always,
    ),
    Rule(
        "payment card",
        tuple("3456"),
        r"(?<![\w.-])(?P<secret>[3-6]\d{3}([ -]?)\d{4}\2\d{4}\2\d{4})(?![\w.-])",
        is_card,
    ),
    Rule(
        "credentials",
        ("auth", "credential", "login", "connect"),
        rf"(?:auth\s*=\s*|Auth|Credentials?|login|authenticate)\(\s*(?:\"[^\"]+\"|'[^']+')\s*,\s*{_QUOTED}\s*[,)]",
    ),
    Rule(
        "secure string",
        ("securestring", "secretstr"),
        rf"(?:ConvertTo-SecureString|SecretStr\()\s*(?:-String\s+)?{_QUOTED}",
    ),
    Rule(
        "WireGuard key",
        ("privatekey", "presharedkey"),
        r"(?:PrivateKey|PresharedKey)\s*=\s*(?P<secret>[\w+/]{40,}=*)",
        always,
    ),
    # Headers.
    Rule(
        "authorization",
        ("bearer", "basic", "token"),
        r"\b(?:Bearer|Basic|Token token=|Authorization[\"']?\s*[:=]\s*[\"']?(?:Token|Digest|ApiKey|Key))"
        r"[ \"']\s*[\"']?(?P<secret>[\w.~+/=:-]{8,})",
        is_mixed,
    ),
    Rule(
        "authorization",
        ("x-", "private-token", "job-token"),
        r"\b(?:X-[\w-]*(?:Key|Token|Secret|Auth|Password)(?:-\w+)?|(?:PRIVATE|JOB|DEPLOY)-TOKEN)[\"']?\s*[:=]\s*[\"']?(?P<secret>[^\s\"',;]+)",
    ),
    Rule(
        "cookie",
        ("cookie",),
        r"\bcookies?\b[^|;]{0,20}?[:=\s][\"']?[\w.-]*(?:sess|sid|auth|token|jwt)[\w.-]*=(?P<secret>[^\s\"';&]{8,})",
        is_mixed,
    ),
    # Addresses.
    Rule("password in an address", ("://",), r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"'<>]*:(?P<secret>[^\s/@\"'<>]+)@[^\s@]"),
    Rule(
        "password in an address",
        ("@",),
        r"(?<![\w/:.@-])(?!mailto|acct|sip|xmpp)[\w.+-]+:(?P<secret>[^\s:/@\"'<>()\[\]{},]{4,})@(?!sha\d|\d+x)(?:tcp\(|[\w.-]+)",
        is_mixed,
    ),
    Rule(
        "key in an address",
        ("=",),
        r"[?&](?:access_token|api_?key|apikey|auth\w*|token|jwt|sig|signature|key|secret|passw\w*|pwd|code|client_secret|x-amz-signature|x-goog-signature)=(?P<secret>[^\s&\"'<>)#]{6,})",
        is_mixed,
    ),
    Rule(
        "password of a remote file",
        ("passw",),
        r"\b(?:password|pass|passwd)=(?P<secret>[^\s,\"']+)(?=,|\s|$)",
        is_value,
    ),
    # Files of passwords.
    Rule(
        "netrc",
        ("password", "passwd"),
        r"^\s*(?:machine\s.*|default\s+|login\s.*|user(?:name)?\s\S+\s+)?\bpassw(?:or)?d\s+(?P<secret>[^\s=:]+)\s*$",
        is_mixed,
    ),
    Rule("netrc", ("login", "machine"), r"\b(?:machine\s+\S+\s+)?login:?\s+\S+\s+password:?\s+(?P<secret>\S+)"),
    Rule("pgpass", (":",), r"^[\w.*-]+:(?:\d{2,5}|\*):[\w*-]+:[\w*.-]+:(?P<secret>\S+)$"),
    Rule("htpasswd", (":",), r"^[\w.@-]+:(?P<secret>\$\S{10,}|\{SHA\}\S+)", always),
    # SQL.
    Rule("password in SQL", ("identified",), rf"{_IDENTIFIED}{_QUOTED}"),
    Rule("password in SQL", ("identified",), rf"\b(?:create|alter|grant|connect|to)\b.*{_IDENTIFIED}{_BARE}"),
    Rule("password in SQL", ("set password",), r"\bset\s+password\b[^=]*=\s*(?:(?:old_)?password\s*\(\s*)?" + _QUOTED),
    Rule(
        "password in SQL",
        ("password",),
        rf"\b(?:encrypted\s+|unencrypted\s+|old_)?password(?:\s+|\s*=\s*|\s*\(\s*)[EN]?{_QUOTED}",
    ),
    Rule(
        "password in SQL",
        ("insert", "replace"),
        r"\b(?:insert|replace)\s+into\b[^()]*\([^()]*(?:passw\w*|pwd|secret|api_?key|token)[^()]*\)\s*values\s*(?P<secret>\(.*'.*)",
        always,
    ),
    Rule("key in SQL", ("pragma",), rf"\bpragma\s+(?:hex)?(?:re)?key\s*=\s*{_QUOTED}"),
    Rule("key in SQL", ("attach",), rf"\battach\b.*\bkey\s+{_QUOTED}"),
    Rule(
        "key in SQL",
        ("crypt(", "encrypt", "decrypt"),
        r"\b(?:(?:pgp_sym_|aes_)(?:en|de)crypt\s*\([^,]*,\s*|\bcrypt\s*\(\s*)" + _QUOTED,
    ),
    Rule("key in SQL", ("secret",), rf"\b(?:secret|secret_key|key_id)\s+{_QUOTED}", is_random),
    Rule("password of a container", ("--from-literal",), r"--from-literal[= ][\w.-]+=(?P<secret>[^\s]+)"),
)
