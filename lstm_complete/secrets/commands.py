"""Secrets that a program is given on its command line, by the place where they stand there."""

from __future__ import annotations

from lstm_complete.secrets.names import KEY, KEY_LETTERS, PASS, PASS_LETTERS, PASSWORD, PASSWORD_LETTERS, WORD
from lstm_complete.secrets.rules import Rule, is_mixed
from lstm_complete.secrets.values import is_value

# Up to the end of this command: other words, none of which ends it.
_WORDS = r"[^|;&]*?\s"
_OPTIONS = r"(?:\s+-\w+(?:\s+\d+)?)*"


def _of(program: str, rest: str, *letters: str) -> Rule:
    """What a program takes as a secret; the letters are those of its name."""
    start = r"(?:(?<![\w/-])|(?<=bin/))(?<!name )"
    return Rule("password of a command", letters or (program,), rf"{start}{program}\b{rest}")


# An option that sets what has a name: `-e db_pass=...`, `--set auth.password=...`, `-o user=ann,pass=...`.
_SETS = (
    r"(?<![\w-])(?:-e|--extra-vars|--?var|--set(?:-string)?|--env|--build-arg|--?config|--conf|--option|-[DPoOcf])"
    r"[\s=]*[\"']?(?:[\w.,=/:-]*[^\W_]?[_.,:-]|[\w.]*?)"
)
_SET_TO = r"(?P<secret>[^\s\"',;&|<>()]+)"

FLAG = rf"(?<![\w-])(?:--?|/)(?:[\w-]*[-_])?(?:{PASSWORD}|{{key}}|storepass|keypass|pin)"

COMMANDS = (
    Rule("password of a command", PASSWORD_LETTERS, rf"{FLAG.format(key='asplaintext')}(?:=|:|\s+)(?!-){WORD}"),
    Rule("token of a command", KEY_LETTERS, rf"{FLAG.format(key=KEY)}(?:=|:|\s+)(?!-){WORD}"),
    Rule("password of a command", ("storepass", "keypass"), rf"-(?:store|key)pass\s+{WORD}"),
    _of(
        r"(?:mysql\w*|mariadb\S*|mycli|mytop|innobackupex|xtrabackup|mydumper)",
        rf"{_WORDS}(?-i:-p){WORD}",
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
    # A password with a space in it, and a key in place of a user.
    _of("curl", rf"{_WORDS}(?:-u|--user|--proxy-user)[\s=]*(?P<quote>[\"'])[^\s:\"']+:(?P<secret>[^\"']+)(?P=quote)"),
    Rule(
        "password of a command",
        ("curl",),
        rf"\bcurl\b{_WORDS}(?:-u|--user)[\s=]*[\"']?(?P<secret>[\w.-]{{8,}}):(?=[\s\"'])",
        is_mixed,
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
    _of("htpasswd", rf"(?=[^|;&]*\s-\w*b)(?=[^|;&]*\s-\w*n){_OPTIONS}\s+(?!-)\S+\s+{WORD}"),
    _of("htpasswd", rf"(?=[^|;&]*\s-\w*b)(?![^|;&]*\s-\w*n){_OPTIONS}\s+(?!-)\S+\s+\S+\s+{WORD}"),
    _of("openssl", rf"\s+passwd\b(?:\s+-(?:salt\s+\S+|\w+))*\s+(?!-){WORD}", "openssl"),
    _of("openssl", rf"{_WORDS}-(?:pass(?:in|out)?\s+[\"']?pass:|[kK]\s+){WORD}", "openssl"),
    _of("openssl", rf"{_WORDS}-pass(?:in|out|word)?\s+(?P<quote>[\"'])pass:(?P<secret>[^\"']+)(?P=quote)"),
    _of("mkpasswd", rf"\s+(?:-\w+\s+\S+\s+)*(?!-){WORD}"),
    _of(r"(?:redis-cli|valkey-cli)", rf"{_WORDS}(?:-a|--pass|auth)\s+{WORD}", "redis-cli", "valkey-cli"),
    _of(
        r"(?:mongo\w*|influx|cqlsh|clickhouse\S*|rdesktop|ncftp\w*|ipmitool|nxc|crackmapexec|snowsql)",
        rf"{_WORDS}(?:-p|-P)\s+(?!-){WORD}",
        "mongo",
        "influx",
        "cqlsh",
        "clickhouse",
        "rdesktop",
        "ncftp",
        "ipmi",
        "nxc",
        "exec",
        "snowsql",
    ),
    _of(
        r"(?:zip|unzip|sqlcmd|bcp|mosquitto_\w+)",
        rf"{_WORDS}(?-i:-\w*P)\s*(?!-){WORD}",
        "zip",
        "sqlcmd",
        "bcp",
        "mosquitto",
    ),
    _of("ssh-keygen", rf"{_WORDS}(?-i:-[NP])\s*{WORD}"),
    _of("(?:mysqladmin|mariadb-admin)", rf"{_WORDS}password\s+(?!-){WORD}", "mysqladmin", "mariadb-admin"),
    _of("qpdf", rf"{_WORDS}--encrypt\s+{WORD}"),
    _of(r"(?:pdftk|pdfto\w+|pdfinfo|pdfimages)", rf"{_WORDS}(?:\w+_pw|-[uo]pw)\s+{WORD}", "pdf"),
    _of(r"(?:7z\w*|rar|unrar)", rf"{_WORDS}-h?p(?P<secret>\S{{4,}})", "7z", "rar"),
    _of(r"ldap\w+", rf"{_WORDS}(?-i:-w)\s*(?!-){WORD}", "ldap"),
    _of("ldappasswd", rf"{_WORDS}(?-i:-[as])\s+{WORD}"),
    _of(r"(?:snmp\w+)", rf"{_WORDS}-[AXc]\s+{WORD}", "snmp"),
    _of(r"(?:smbclient|rpcclient|net|smbmap|winexe|wmic)", rf"{_WORDS}-U\s*[\"']?[^\s%]+%(?P<secret>[^\s\"']+)", "-u"),
    _of(r"smbclient", rf"\s+[\"']?(?://|\\\\)\S+\s+(?!-){WORD}"),
    Rule("password of a command", ("net user",), rf"^\s*(?:sudo\s+)?net\s+user\s+\S+\s+(?!/){WORD}\s*$"),
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
    _of("sqlplus", r"\s(?:-\w+\s+)*[\w.-]+/(?P<secret>[^\s@/\"']+)\s*$"),
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
    _of("(?:composer|poetry)", rf"\s+config{_WORDS}http-basic\.\S+\s+\S+\s+{WORD}", "http-basic"),
    _of("(?:composer|poetry)", rf"\s+config{_WORDS}\S*(?:token|oauth)\S*\s+(?!-){WORD}", "config"),
    _of("poetry", rf"\s+publish{_WORDS}-p\s+{WORD}"),
    _of("cargo", rf"\s+login\s+(?!-){WORD}"),
    _of("git", rf"\s+config{_WORDS}[\w.-]*(?:password|passwd|token|secret)\s+(?!-){WORD}"),
    _of("dotnet", rf"\s+user-secrets\s+set\s+\S*(?:{PASSWORD}|{KEY}|Key)\S*\s+{WORD}", "user-secrets"),
    _of(r"rabbitmqctl", rf"{_WORDS}(?:add_user|change_password|authenticate_user)\s+\S+\s+{WORD}"),
    _of("mosquitto_passwd", rf"{_WORDS}-\w*b\w*\s+\S+\s+\S+\s+{WORD}"),
    _of("ansible-vault", rf"\s+encrypt_string\s+(?:--?\w\S*\s+)*(?!-){WORD}"),
    # Stores of secrets, which are given one to keep.
    _of("gh", rf"\s+secret\s+set\b{_WORDS}(?:--body[\s=]|-b)\s*{WORD}", "secret set"),
    _of("aws", rf"{_WORDS}--secret-string[\s=]+{WORD}", "--secret-string"),
    _of("aws", rf"(?=.*SecureString)[^|;&]*?\s--value[\s=]+{WORD}", "securestring"),
    _of("az", rf"\s+keyvault\s+secret\s+set\b{_WORDS}--value[\s=]+{WORD}", "keyvault"),
    _of("vault", rf"\s+(?:kv\s+)?(?:put|patch|write)\s+\S*secret\S*\s+(?:\S+\s+)*?[\w-]+=(?!@){WORD}", "vault"),
    Rule(
        "password of a command",
        ("docker", "podman"),
        rf"\b(?:echo|printf)\s+(?:-\w+\s+)*{WORD}\s*\|\s*(?:sudo\s+)?(?:docker|podman)\s+secret\s+create",
    ),
    Rule("password of a command", (*PASSWORD_LETTERS, *PASS_LETTERS), rf"{_SETS}(?:{PASSWORD}|{PASS})={_SET_TO}"),
    Rule("token of a command", KEY_LETTERS, rf"{_SETS}{KEY}={_SET_TO}", is_mixed),
    _of("pass", rf"\s+insert\b[^|]*<<<\s*{WORD}", "<<<"),
    Rule(
        "password of a command",
        ("<<<",),
        rf"(?:login|passw|token|secret|vault|keyring|kinit|sudo|cryptsetup|gpg)[^|;]*<<<\s*{WORD}",
    ),
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
