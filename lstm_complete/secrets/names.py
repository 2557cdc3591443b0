"""The names that people give to secrets, in the languages that they name them in; parts of patterns."""

from __future__ import annotations

# What names a secret and hardly anything else.
PASSWORD = "(?:pass(?:word|wd|wort|phrase|code)|passwd?|pwd|kennwort|losung|mot[ _-]?de[ _-]?passe|mdp"  # noqa: S105
PASSWORD += (
    r"|contrase(?:ñ|n)a|senha"
    r"|palavra[ _-]?passe|parola d'ordine|wachtwoord|lösenord|losenord|adgangskode|hasło|пароль|パスワード|密码"
    r"|(?:wi-?fi|wlan)[ -]?(?:key|schlüssel|code|pass)|clé[ -](?:du )?(?:wi-?fi|wep|wpa2?)\b)"
)
PASSWORD_LETTERS = (
    "pass", "pwd", "kennwort", "losung", "mdp", "contrase", "senha", "parola", "wachtwoord", "senord", "adgangskode",
    "hasło", "пароль", "パスワード", "密码", "wifi", "wi-fi", "wlan", "clé",
)  # fmt: skip

# Short names, which stand inside longer words, too: only as a word of their own, `db_pass` and `dbPass` among these.
# `PASS` alone is what tests say.
PASS = r"(?-i:(?<![^\W_])(?:[Pp]ass|[Pp]w|PW)|(?<=_)PASS|(?<=[a-z])(?:Pass|Pw))"  # noqa: S105 - a pattern
PASS_LETTERS = ("pass", "pw")

# What names a secret, and also things that are none: a value has to look like one.
KEY = (
    r"(?:secret|token|jeton|geheimnis|api[ _-]?key|access[ _-]?key|auth[ _-]?key|account[ _-]?key|private[ _-]?key"
    r"|secret[ _-]?key|client[ _-]?key|encryption[ _-]?key|signing[ _-]?key|master[ _-]?key|license[ _-]?key"
    r"|clé[ _-]?(?:api|secrète|d'api)|schlüssel|authorization|credentials?|session[ _-]?id|recovery code|seed phrase)"
)
KEY_LETTERS = ("secret", "token", "jeton", "geheim", "key", "clé", "schlüssel", "authori", "credential", "session",
               "recovery code", "seed phrase")  # fmt: skip

# A word of a command line, in quotes or not.
WORD = r"""(?P<secret>"[^"]*"|'[^']*'|[^\s"'|;&<>()]+)"""
