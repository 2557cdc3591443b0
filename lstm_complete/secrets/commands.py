"""Secrets that a program is given on its command line, by the place where they stand there."""

from __future__ import annotations

from lstm_complete.secrets.names import KEY, KEY_LETTERS, PASSWORD, PASSWORD_LETTERS, WORD
from lstm_complete.secrets.rules import Rule, is_mixed
from lstm_complete.secrets.values import is_value

# Up to the end of this command: other words, none of which ends it.
_WORDS = r"[^|;&]*?\s"


def _of(program: str, rest: str, *letters: str) -> Rule:
    """What a program takes as a secret; the letters are those of its name."""
    return Rule("password of a command", letters or (program,), rf"(?<![\w/-])(?<!name ){program}\b{rest}")


FLAG = rf"(?<![\w-])(?:--?|/)(?:[\w-]*[-_])?(?:{PASSWORD}|{{key}}|storepass|keypass|pin)"

COMMANDS = (
    Rule("password of a command", PASSWORD_LETTERS, rf"{FLAG.format(key='asplaintext')}(?:=|:|\s+)(?!-){WORD}"),
    Rule("token of a command", KEY_LETTERS, rf"{FLAG.format(key=KEY)}(?:=|:|\s+)(?!-){WORD}"),
    Rule("password of a command", ("storepass", "keypass"), rf"-(?:store|key)pass\s+{WORD}"),
    _of(
        r"(?:mysql\w*|mariadb\S*|mycli|mytop|innobackupex|xtrabackup|mydumper)",
        rf"{_WORDS}-p(?P<secret>\"[^\"]*\"|'[^']*'|[^\s\"'|;&<>()]+)",
        "mysql",
        "mariadb",
        "mycli",
        "mytop",
        "backup",
        "mydumper",
    ),
    _of("sshpass", rf"{_WORDS}-p\s*{WORD}"),
    _of(
        r"(?:curl|https?|xh|wget|lftp|ab|siege|webdav|cadaver)",
        rf"{_WORDS}(?:-u|-U|-a|--user|--auth|--proxy-user|--proxy-auth)[\s=]*[\"']?[^\s:\"',]+[:,](?P<secret>[^\s\"'|;&]+)",
        "curl",
        "http",
        "xh",
        "wget",
        "lftp",
        "ab ",
        "siege",
        "cadaver",
    ),
    _of(
        r"(?:docker|podman|nerdctl|buildah|skopeo|helm|oras|crane|oc|az|cf|ibmcloud|heroku|argocd|twine|bw|op)",
        rf"\s[^|;&]*?\b(?:login|upload|unlock|signin)\b{_WORDS}-p\s*{WORD}",
        "login",
        "upload",
        "unlock",
        "signin",
    ),
    _of(r"(?:vault|bw|rclone|keybase)", rf"\s+(?:login|unlock|obscure)\s+(?!-){WORD}", "login", "unlock", "obscure"),
    _of("htpasswd", rf"{_WORDS}-\w*b\w*\s+(?:\S+\s+){{1,2}}{WORD}\s*$"),
    _of("openssl", rf"\s+passwd\b(?:\s+-(?:salt\s+\S+|\w+))*\s+(?!-){WORD}", "openssl"),
    _of("openssl", rf"{_WORDS}-(?:pass(?:in|out)?\s+[\"']?pass:|[kK]\s+){WORD}", "openssl"),
    _of("mkpasswd", rf"\s+(?:-\w+\s+\S+\s+)*(?!-){WORD}"),
    _of(r"(?:redis-cli|valkey-cli)", rf"{_WORDS}(?:-a|--pass|auth)\s+{WORD}", "redis-cli", "valkey-cli"),
    _of(
        r"(?:mongo\w*|influx|cqlsh|clickhouse\S*|rdesktop|zip|unzip|sqlcmd|bcp|ncftp\w*|ipmitool|nxc|crackmapexec|snowsql)",
        rf"{_WORDS}(?:-p|-P)\s+(?!-){WORD}",
        "mongo",
        "influx",
        "cqlsh",
        "clickhouse",
        "rdesktop",
        "zip",
        "sqlcmd",
        "bcp",
        "ncftp",
        "ipmi",
        "nxc",
        "exec",
        "snowsql",
    ),
    _of(r"(?:7z\w*|rar|unrar)", rf"{_WORDS}-h?p(?P<secret>\S{{4,}})", "7z", "rar"),
    _of(r"(?:ldap\w+)", rf"{_WORDS}-w\s+{WORD}", "ldap"),
    _of(r"(?:snmp\w+)", rf"{_WORDS}-[AXc]\s+{WORD}", "snmp"),
    _of(r"(?:smbclient|rpcclient|net|smbmap|winexe|wmic)", rf"{_WORDS}-U\s*[\"']?[^\s%]+%(?P<secret>[^\s\"']+)", "-u"),
    _of(r"net", rf"\s+use\s+(?:\S+\s+){{1,2}}{WORD}\s+/user", "/user"),
    _of(r"net", rf"\s+user\s+\S+\s+(?!/){WORD}\s+/add", "/add"),
    _of(r"(?:xfreerdp\w*|wfreerdp|cmdkey)", r"[^|;&]*\s/p(?:ass)?:(?P<secret>\S+)", "freerdp", "cmdkey"),
    _of(r"(?:useradd|usermod|adduser)", rf"{_WORDS}(?:-p|--password)\s+{WORD}", "useradd", "usermod", "adduser"),
    _of(
        r"(?:sqlplus|impdp|expdp|rman|imp|exp|sqlldr)",
        r"[^|;&]*?\s[\w.-]+/(?P<secret>[^\s@/\"']+)@",
        "sqlplus",
        "impdp",
        "expdp",
        "rman",
        "imp ",
        "exp ",
        "sqlldr",
    ),
    _of("wpa_passphrase", rf"\s+(?:\"[^\"]*\"|\S+)\s+{WORD}"),
    _of("nmcli", rf"{_WORDS}(?:password|wep-key\d?|\S*psk)\s+{WORD}"),
    _of("iwconfig", rf"{_WORDS}key\s+(?:s:)?{WORD}"),
    _of("psexec", rf"{_WORDS}-p\s+{WORD}"),
    _of("gpg2?", rf"{_WORDS}--passphrase[\s=]+{WORD}", "gpg"),
    _of("security", rf"\s+(?:add|set|unlock)-\S+{_WORDS}-[wp]\s+{WORD}"),
    _of("aws", rf"\s+configure\s+set\s+\S*(?:secret|token|key)\S*\s+{WORD}", "configure"),
    _of("(?:npm|yarn|pnpm)", rf"\s+config\s+set\s+\S*(?:_auth\w*|token|password)[\s=]+{WORD}", "config"),
    _of(
        "(?:gh|glab|doctl|flyctl|fly|netlify|vercel)",
        rf"\s+auth\b{_WORDS}(?:-t|--token|--access-token)\s+{WORD}",
        "auth",
    ),
    _of("pass", rf"\s+insert\b[^|]*<<<\s*{WORD}", "<<<"),
    Rule("password of a command", ("<<<",), rf"(?:login|passw|token|sudo|cryptsetup|gpg)[^|;]*<<<\s*{WORD}"),
    Rule(
        "password on standard input",
        ("echo", "printf"),
        rf"\b(?:echo|printf)\s+(?:-\w+\s+)*{WORD}\s*\|\s*(?:sudo\s+(?:-\w+\s+)*(?:-\w*S|--stdin)|(?:sudo\s+)?(?:passwd|su|"
        r"chpasswd|smbpasswd|cryptsetup|kinit|gpg|docker|podman|helm|gh|vncpasswd|pdbedit|saslpasswd2|ecryptfs)\b)",
    ),
    Rule(
        "password on standard input",
        ("chpasswd",),
        r"\b(?:echo|printf)\s+(?:-\w+\s+)*[\"']?[\w.-]+:(?P<secret>[^\s\"'|]+)[^|]*\|\s*(?:sudo\s+)?chpasswd",
    ),
    Rule("password sent by a script", ("send",), r"\bsend\s+(?:--\s+)?(?P<secret>\"[^\"]+\\[rn]\")", is_mixed),
    Rule("password in a form", ("-d", "--data"), rf"\b(?:{PASSWORD}|{KEY})=(?P<secret>[^\s\"'&]+)", is_value),
)
