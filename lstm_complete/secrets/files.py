"""Files whose names say that they hold secrets: they are not opened."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cache

GLOBS = (
    ".env", ".env.*", "*.env", ".envrc", ".netrc", "_netrc", ".pgpass", "pgpass.conf", ".my.cnf", ".mylogin.cnf",
    ".npmrc", ".pypirc", ".git-credentials", ".dockercfg", ".htpasswd", "htpasswd", "*.htpasswd", ".s3cfg", ".boto",
    ".vault-token", ".vault_pass*", "credentials", "credentials.*", "client_secret*.json", "service-account*.json",
    "secrets.yml", "secrets.yaml", "secrets.toml", "secrets.json", "secrets.env", "*.secret", "*.secrets",
    "*.pem", "*.key", "*.p8", "*.p12", "*.pfx", "*.pkcs12", "*.jks", "*.keystore", "*.ppk", "*.asc", "*.gpg", "*.age",
    "*.kdb", "*.kdbx", "*.psafe3", "*.agilekeychain", "*.1pif", "*.ovpn", "*.tfstate", "*.tfstate.backup", "*.tfvars",
    "shadow", "shadow-", "gshadow", "passwd-", "master.passwd", "wpa_supplicant.conf", "terraform.rc", ".terraformrc",
    ".gnupg", ".password-store", "*.rdp", ".pdbrc-token", ".cargo-credentials", "key.properties", "auth.json",
    "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "login.keychain*", "*_rsa", "*_ed25519", "*_ecdsa", "*_dsa",
)  # fmt: skip
# An example is there to be read, and a public key is public.
_HARMLESS = re.compile(r".*\.(?:example|sample|template|dist|pub)", re.IGNORECASE)
_BARE_IDENTITY = re.compile(r"id_[^.]+", re.IGNORECASE)

NAMED_LIKE_A_SECRET = "named like a file of secrets"  # noqa: S105 - the reason that is given


@cache
def _named() -> re.Pattern[str]:
    return re.compile("|".join(translate(glob) for glob in GLOBS), re.IGNORECASE)


def is_named_like_a_secret(name: str) -> bool:
    """Whether a file's name, or a folder's, says that there are secrets in it: .env, id_rsa, server.pem."""
    if _HARMLESS.fullmatch(name):
        return False
    return _named().match(name) is not None or _BARE_IDENTITY.fullmatch(name) is not None
