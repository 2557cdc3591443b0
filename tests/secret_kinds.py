"""Secrets of every kind that people type, as lines; the secret in each is made up when the tests run.

Nothing in this file has the shape of a secret, so that no scanner of the repository takes it for one.
"""

from __future__ import annotations

import base64
import random
import string
from typing import NamedTuple

from secret_lines import LINES

LETTERS = string.ascii_letters + string.digits


class Kind(NamedTuple):
    """A line, and the secret in it."""

    name: str
    line: str
    secret: str


class _Maker:
    """Made-up secrets, the same on every run."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same on every run

    def some(self, characters: str, length: int) -> str:
        return "".join(self._random.choices(characters, k=length))

    def password(self) -> str:
        """Letters, digits and a mark, as people are told to."""
        return f"{self.some(string.ascii_lowercase, 6)}{self.some(string.digits, 2)}{self.some('!#%+', 1)}x"

    def word(self) -> str:
        """A password as people choose them: letters, and nothing that looks made up."""
        return self._random.choice(("sunshine", "schnecke", "papillon", "iloveyou", "monkeybars"))

    def key(self, length: int = 40) -> str:
        """Letters and digits, at least two digits and both cases among them."""
        return f"aB3{self.some(LETTERS, length - 6)}9zK"

    def hexadecimal(self, length: int) -> str:
        return f"7f{self.some('0123456789abcdef', length - 2)}"

    def web_token(self) -> str:
        parts = ('{"alg":"HS256","typ":"JWT"}', f'{{"sub":"{self.some(string.digits, 10)}"}}', self.some(LETTERS, 32))
        return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


# {password}, {word}, {key}, {hex} and {upper} are filled in; what is filled in is the secret.
COMMANDS = {
    "flag": "deploy --user ann --password {password}",
    "flag of a word": "deploy --password {word} --verbose",
    "flag with equals": "backup.sh --db-password={word}",
    "quoted flag": "tool --passphrase '{password} and more'",
    "one dash": "java -jar app.jar -password {word}",
    "token flag": "helm repo add x https://charts.example.org --token {key}",
    "api key flag": "flarectl --api-key={hex} zone list",
    "mysql": "mysql -u root -p{word} shop",
    "mysql quoted": "mysql -h db -u root -p'{password}' shop",
    "mysqldump": "mysqldump --all-databases -uadmin -p{password} > all.sql",
    "mariadb": "mariadb -uroot -p{word}",
    "sshpass": "sshpass -p {word} ssh ann@host",
    "sshpass together": "sshpass -p{password} scp a.txt ann@host:",
    "curl": "curl -u ann:{password} https://example.org/api",
    "curl long": "curl --user ann:{word} https://example.org/api",
    "httpie": "http -a ann:{password} example.org/api",
    "docker login": "docker login -u ann -p {password} registry.example.org",
    "podman login": "podman login registry.example.org --username ann -p {word}",
    "htpasswd": "htpasswd -b /etc/nginx/users ann {password}",
    "htpasswd to the screen": "htpasswd -nbB ann {word}",
    "openssl passwd": "openssl passwd -6 {word}",
    "openssl passwd salted": "openssl passwd -1 -salt ab12 {password}",
    "openssl pass": "openssl rsa -in a.key -passin pass:{word} -out b",
    "openssl enc": "openssl enc -aes-256-cbc -in a -out b -k {word}",
    "redis": "redis-cli -h cache -a {password} ping",
    "mongo": "mongosh -u ann -p {word} --host db",
    "ldap": "ldapsearch -x -D cn=admin -w {password} uid=ann",
    "samba": "smbclient //server/share -U ann%{password}",
    "windows share": "net use Z: \\\\server\\share {password} /user:ann",
    "remote desktop": "xfreerdp /u:ann /p:{password} /v:host",
    "zip": "zip -P {word} -r a.zip folder",
    "7z": "7z x a.7z -p{password}",
    "sudo from echo": "echo {word} | sudo -S apt update",
    "passwd from echo": "echo '{word}' | passwd --stdin ann",
    "chpasswd": "echo 'ann:{word}' | sudo chpasswd",
    "useradd": "useradd -m -p {password} ann",
    "docker from echo": "echo {password} | docker login -u ann --password-stdin",
    "here string": "gh auth login --with-token <<< {key}",
    "oracle": "sqlplus scott/{word}@orcl",
    "aws configure": "aws configure set aws_secret_access_key {key}",
    "npm config": "npm config set //registry.example.org/:_authToken {key}",
    "wifi": "nmcli device wifi connect home password {word}",
    "wpa": "wpa_passphrase home {word}",
    "vault": "vault login {key}",
    "keystore": "keytool -list -keystore a.jks -storepass {word}",
    "kubernetes": "kubectl create secret generic db --from-literal=password={word}",
    "gpg": "gpg --batch --passphrase {word} -d a.gpg",
    "snmp": "snmpwalk -v3 -u ann -A {password} host",
    "form": "curl -d 'user=ann&password={word}' https://example.org/login",
    "powershell": "$p = ConvertTo-SecureString '{password}' -AsPlainText -Force",
    "mount": "mount -t cifs //server/share /mnt -o username=ann,password={word}",
    "expect": 'send "{password}\\r"',
    "cookie": "curl -b 'sessionid={key}' https://example.org",
}
VARIABLES = {
    "variable": "PASS={word} ./run",
    "exported": "export DB_PASSWORD={word}",
    "exported in quotes": 'export SMTP_PASSWORD="{password}"',
    "postgres": "PGPASSWORD={word} psql -h db -U ann",
    "mysql variable": "MYSQL_PWD={word} mysql -u root",
    "token": "export GITHUB_TOKEN={key}",
    "api key": "OPENAI_API_KEY={key} python ask.py",
    "powershell variable": '$env:API_TOKEN = "{key}"',
    "set": "set API_SECRET={key}",
    "fish": "set -x BORG_PASSPHRASE {word}",
    "docker environment": "docker run -e POSTGRES_PASSWORD={word} postgres",
    "env file": "SECRET_KEY={key}",
    "heroku": "heroku config:set STRIPE_SECRET={key}",
}
ADDRESSES = {
    "address": "git clone https://ann:{password}@example.org/a.git",
    "address with a word": "psql postgres://ann:{word}@db.example.org/shop",
    "token for a user": "git clone https://oauth2:{key}@git.example.org/a.git",
    "mongo address": "mongosh mongodb+srv://ann:{word}@cluster.example.org/shop",
    "redis without a user": "redis-cli -u redis://:{password}@cache:6379",
    "without a scheme": 'db, err := sql.Open("mysql", "ann:{password}@tcp(db:3306)/shop")',
    "key in a query": "curl 'https://example.org/v1/rows?api_key={hex}'",
    "token in a query": "wget https://example.org/file?access_token={key}",
    "signature": "https://account.blob.example.org/box?sv=2020&sig={key}%3D",
}
HEADERS = {
    "bearer": "curl -H 'Authorization: Bearer {key}' https://example.org",
    "basic": "curl -H 'Authorization: Basic {key}' https://example.org",
    "token header": 'curl -H "Authorization: Token {hex}" https://example.org',
    "key header": "curl -H 'X-Api-Key: {key}' https://example.org",
    "private token": "curl -H 'PRIVATE-TOKEN: {key}' https://example.org",
    "bearer in code": 'headers = {{"Authorization": "Bearer {key}"}}',
}
CODE = {
    "python": 'password = "{word}"',
    "python attribute": "self.password = '{password}'",
    "dictionary": 'config = {{"user": "ann", "password": "{word}"}}',
    "keyword argument": 'connect(host="db", user="ann", password="{word}")',
    "annotated": 'password: str = "{word}"',
    "json": '  "client_secret": "{key}",',
    "yaml": "  password: {word}",
    "yaml key": "api_key: {hex}",
    "ini": "password = {word}",
    "toml": 'token = "{key}"',
    "javascript": "const apiKey = '{key}';",
    "go": 'password := "{word}"',
    "ruby": "password => '{word}'",
    "php": "define('DB_PASSWORD', '{word}');",
    "java": 'user.setPassword("{password}");',
    "xml": "<password>{word}</password>",
    "requests": "requests.get(url, auth=('ann', '{password}'))",
    "comparison": 'if password == "{password}":',
    "terraform": '  master_password = "{word}"',
    "pydantic": 'key = SecretStr("{key}")',
    "wireguard": "PrivateKey = {key}aB3dE=",
    "npmrc": "//registry.example.org/:_authToken={key}",
}
SQL = {
    "identified by": "CREATE USER 'ann'@'%' IDENTIFIED BY '{word}';",
    "identified with": "alter user ann identified with caching_sha2_password by '{word}';",
    "set password": "SET PASSWORD FOR 'ann'@'localhost' = '{word}';",
    "set password function": "set password = password('{word}');",
    "create role": "CREATE ROLE ann LOGIN PASSWORD '{word}';",
    "alter user": "ALTER USER ann WITH ENCRYPTED PASSWORD '{word}';",
    "create login": "CREATE LOGIN ann WITH PASSWORD = '{password}';",
    "update": "UPDATE users SET password = '{word}' WHERE name = 'ann';",
    "where": "SELECT * FROM users WHERE name = 'ann' AND password = '{word}';",
    "insert": "INSERT INTO users (name, password) VALUES ('ann', '{word}');",
    "crypt": "SELECT crypt('{word}', gen_salt('bf'));",
    "pragma": "PRAGMA key = '{word}';",
    "encrypt": "SELECT pgp_sym_encrypt('text', '{word}');",
    "mapping": "CREATE USER MAPPING FOR ann SERVER s OPTIONS (user 'ann', password '{word}');",
}
NOTES = {
    "note": "Password: {word}",
    "note in a sentence": "the wifi password is {password}",
    "German": "Passwort: {word}",
    "German in a sentence": "Das Kennwort lautet {password}",
    "French": "mot de passe : {word}",
    "Spanish": "contraseña: {word}",
    "login": "login: ann password: {word}",
    "token in a note": "my token is {key}",
    "PIN": "PIN: {digits}",
    "seed phrase": "seed phrase: " + " ".join(["{word}"] * 12),
    "netrc": "machine example.org login ann password {word}",
    "pgpass": "db.example.org:5432:shop:ann:{password}",
    "random string": "the new one: {key}",
    "Japanese": "パスワード: {password}",
}


def _shapes(make: _Maker) -> dict[str, str]:
    """Tokens that are known by how they begin; begun here in two pieces."""
    upper = string.ascii_uppercase + string.digits
    return {
        "AWS": "AK" + "IA" + make.some(upper, 16),
        "AWS session": "AS" + "IA" + make.some(upper, 16),
        "GitHub": "gh" + "p_" + make.key(36),
        "GitHub fine-grained": "github_" + "pat_" + make.key(60),
        "GitLab": "gl" + "pat-" + make.key(20),
        "Slack": "xo" + "xb-" + make.some(string.digits, 12) + "-" + make.key(24),
        "Slack webhook": "https://hooks.slack" + ".com/services/T" + make.some(upper, 8) + "/B1AB/" + make.key(24),
        "Stripe": "sk_" + "live_" + make.key(24),
        "Google": "AI" + "za" + make.key(35),
        "Google OAuth": "ya" + "29." + make.key(60),
        "OpenAI": "sk" + "-proj-" + make.key(48),
        "npm": "np" + "m_" + make.key(36),
        "PyPI": "py" + "pi-" + make.key(80),
        "SendGrid": "S" + "G." + make.key(22) + "." + make.key(43),
        "Twilio": "S" + "K" + make.hexadecimal(32),
        "Telegram": make.some(string.digits[1:], 9) + ":A" + "A" + make.key(33),
        "Shopify": "shp" + "at_" + make.hexadecimal(32),
        "Hugging Face": "h" + "f_" + make.key(34),
        "Docker": "dckr" + "_pat_" + make.key(27),
        "DigitalOcean": "do" + "p_v1_" + make.hexadecimal(64),
        "Vault": "hv" + "s." + make.key(24),
        "Discord": "https://discord.com/api/web" + "hooks/17" + make.some(string.digits, 9) + "/" + make.key(60),
        "age": "AGE-SECRET" + "-KEY-1" + make.some(upper, 58),
        "JSON web token": make.web_token(),
        "one-time password": "otp" + "auth://totp/x?secret=" + make.some(string.ascii_uppercase, 16),
        "bcrypt": "$2" + "b$12$" + make.some(LETTERS, 53),
        "shadow": "ann:$" + "6$" + make.key(16) + "$" + make.key(86) + ":19000:0:99999:7:::",
        "htpasswd line": "ann:$" + "apr1$" + make.key(8) + "$" + make.key(22),
        "Azure": "AccountKey=" + make.key(86) + "==",
        "private key": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
        "PGP key": "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----",
    }  # fmt: skip


def kinds(seed: int = 0) -> list[Kind]:
    """All of them."""
    make = _Maker(seed)
    made = []
    for texts in (COMMANDS, VARIABLES, ADDRESSES, HEADERS, CODE, SQL, NOTES, dict(zip(LINES, LINES, strict=True))):
        for name, text in texts.items():
            values = {
                "password": make.password(),
                "word": make.word(),
                "key": make.key(),
                "hex": make.hexadecimal(40),
                "digits": make.some(string.digits, 4),
            }
            [used] = {field for _, field, _, _ in string.Formatter().parse(text) if field}
            made.append(Kind(name, text.format(**values), values[used]))
    made += [Kind(name, f"{before}{token}", token) for name, token in _shapes(make).items() for before in ("", "use ")]
    return made
