"""Secrets that are known by their shape, wherever they stand: tokens with a prefix, keys, hashes of passwords."""

from __future__ import annotations

import re
from itertools import pairwise

from lstm_complete.secrets.rules import Rule, always, is_random

# Of neighbouring characters, how many are of different kinds: 0.7 in random base64, 0.2 in names.
_CHANGES = 0.4

_CASE = re.RegexFlag(0)


def _shape(kind: str, letters: str | tuple[str, ...], pattern: str) -> Rule:
    needed = (letters,) if isinstance(letters, str) else letters
    return Rule(kind, needed, pattern, always, _CASE)


def _is_shuffled(value: str) -> bool:
    """Letters of both cases and several digits, which take turns: `q8RtVb2x`, not `CamelCaseName1`."""
    kinds = [(each.isdigit(), each.isupper()) for each in value]
    changes = sum(left != right for left, right in pairwise(kinds))
    both_cases = value.lower() != value != value.upper()  # all of one case, it is the hash of a commit or of a file
    return (
        both_cases and sum(digit for digit, _ in kinds) >= 2 and changes >= len(value) * _CHANGES and is_random(value)
    )


PRIVATE_KEY_BEGINS = r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d"
PRIVATE_KEY_ENDS = r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|^Private-MAC:"

SHAPES = (
    _shape("private key", ("private key", "putty-user-key"), PRIVATE_KEY_BEGINS),
    _shape("AWS key", ("akia", "asia", "abia", "acca", "a3t"), r"\b(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}\b"),
    _shape("GitHub token", "gh", r"\bgh[opsur]_[A-Za-z0-9]{30,}"),
    _shape("GitHub token", "github_pat_", r"\bgithub_pat_\w{20,}"),
    _shape("GitLab token", "gl", r"\bgl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|ffct)-[\w.-]{20,}"),
    _shape("GitLab token", "gr1348941", r"\bGR1348941[\w-]{20,}"),
    _shape("Slack token", ("xox", "xapp-"), r"\b(?:xox[a-z]|xapp)-[\w-]{10,}"),
    _shape("Slack webhook", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows)/[A-Z]\w+/\w+/\w+"),
    _shape("Discord webhook", "/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}"),
    _shape("Discord token", ".", r"\b[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,38}\b"),
    _shape("Stripe key", ("k_live_", "k_test_", "whsec_"), r"\b(?:[prs]k_(?:live|test)|whsec)_[0-9A-Za-z]{16,}"),
    _shape("Google key", "aiza", r"\bAIza[\w-]{35}"),
    _shape("Google token", ("ya29.", "gocspx-"), r"\b(?:ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,})"),
    _shape("API key", "sk-", r"\bsk-(?=[\w-]*\d)[\w-]{20,}"),
    _shape("npm token", "npm_", r"\bnpm_[A-Za-z0-9]{30,}"),
    _shape("PyPI token", "pypi-", r"\bpypi-[\w-]{40,}"),
    _shape("Twilio key", ("sk", "ac"), r"\b(?:SK|AC)[0-9a-f]{32}\b"),
    _shape("SendGrid key", "sg.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    _shape("Mailgun key", "key-", r"\bkey-[0-9a-f]{32}\b"),
    _shape("Mailchimp key", "-us", r"\b[0-9a-f]{32}-us\d{1,2}\b"),
    _shape("Telegram token", ":aa", r"\b\d{8,10}:AA[\w-]{32,}"),
    _shape("Square token", "sq0", r"\bsq0[a-z]{3}-[\w-]{22,}"),
    _shape("Shopify token", "shp", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    _shape("DigitalOcean token", "_v1_", r"\bdo[opr]_v1_[0-9a-f]{40,}"),
    _shape("Hugging Face token", "hf_", r"\bhf_[A-Za-z0-9]{30,}"),
    _shape("Docker token", "dckr_", r"\bdckr_[a-z]+_[\w-]{20,}"),
    _shape("Vault token", ("hvs.", "hvb."), r"\bhv[sb]\.[\w-]{20,}"),
    _shape("Terraform token", ".atlasv1.", r"\b\w{10,}\.atlasv1\.[\w-]{40,}"),
    _shape("Databricks token", "dapi", r"\bdapi[0-9a-f]{32}"),
    _shape("Grafana token", ("glsa_", "glc_"), r"\bgl(?:sa|c)_[\w=-]{30,}"),
    _shape("New Relic key", "nrak-", r"\bNRAK-[A-Z0-9]{20,}"),
    _shape("Sentry token", "sntry", r"\bsntry[su]_[\w=+/-]{30,}"),
    _shape("Linear key", "lin_api_", r"\blin_api_\w{30,}"),
    _shape("Notion token", ("ntn_", "secret_"), r"\b(?:ntn|secret)_[A-Za-z0-9]{40,}"),
    _shape("Tailscale key", "tskey-", r"\btskey-[a-z]+-[\w-]{16,}"),
    _shape("Fly token", ("fo1_", "fm2_", "fm1r_"), r"\b(?:fo1|fm2|fm1r)_[\w+/=-]{20,}"),
    _shape("Postman key", "pmak-", r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{30,}"),
    _shape("Azure key", ("accountkey=", "sharedaccesskey="), r"(?i:(?:Account|SharedAccess)Key)=[\w+/]{40,}=*"),
    _shape("age key", "age-secret-key-", r"AGE-SECRET-KEY-1[A-Z0-9]{40,}"),
    _shape("JSON web token", "eyj", r"\beyJ[\w-]{16,}(?:\.[\w-]+)*"),
    _shape("one-time password", "otpauth://", r"otpauth://\S+"),
    _shape("password hash", "$2", r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}"),
    _shape("password hash", ("$1$", "$5$", "$6$", "$y$", "$apr1$", "$argon2"), r"\$(?:[156y]|apr1|argon2\w*)\$\S{20,}"),
    _shape("password hash", "pbkdf2", r"pbkdf2\w*[$:]\S*\d{3,}[$:]\S{20,}"),
    _shape("password hash", ("{ssha", "{sha}"), r"\{S?SHA\d*\}[\w+/]{20,}=*"),
    _shape("cookie of a site", "_gh_sess", r"_gh_sess=\S{20,}"),
    # Bare words with nothing to name them: 32 letters and digits of both cases in no order that a word has.
    Rule(
        "random string",
        tuple("0123456789"),
        r"(?<![\w/.%+=?&#-])[A-Za-z0-9+/]{32,}={0,2}(?![\w/.+%-])",
        _is_shuffled,
        _CASE,
    ),
)
