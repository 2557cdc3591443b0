"""Lines that hold no secret: what stands in a secret's place only names one, or says where it comes from."""

from __future__ import annotations

HARMLESS = r"""
password=None
password = ""
export DB_PASSWORD=$PASSWORD
export DB_PASSWORD="${PASSWORD:?}"
mysql -u root -p
mysql -u root -p$PASSWORD shop
mysql --password=<password> shop
deploy --password {{ vault_password }}
password = getpass.getpass()
password = getpass()
self.password = password
password: str
password: bool = False,
def login(user: str, password: str) -> None:
is_password=is_password,
token = tokens.pop()
for token in tokens:
max_tokens=4096
api_key = os.environ["API_KEY"]
const secret = process.env.SECRET;
Authorization: Bearer $TOKEN
curl -H "Authorization: Bearer ${TOKEN}" https://example.org
curl -u user:password ftp://host/
https://user:password@host/
git clone git@github.com:user/repo.git
git checkout 9fceb02d0ae598e95dc970b74767f19372d61af8
docker pull image@sha256:9fceb02d0ae598e95dc970b74767f19372d61af89fceb02d0ae598e95dc970b7
read -s -p 'Password: ' password
sudo passwd ann
cat /etc/passwd
grep -r password .
ssh-keygen -t ed25519 -f id_work
The password must have at least eight characters.
password is required
SELECT id, password FROM users WHERE password = ?
SELECT * FROM users WHERE password = :password
alter user ann identified by '...'
Each row is identified by something-unique in the file.
PWD=/tmp/build
echo $API_TOKEN
--password-file /run/secrets/db
docker login -u ann --password-stdin
password: xxxxxxxx
DB_PASSWORD=changeme
raise ValueError("password must not be empty")
cp a.txt ann@host:/srv/
mkdir -p src/app
unzip -p a.zip
tar -pxf a.tar
mysql -h db.example.org -P3306 -u root -p
mysql -h db -P 3306 -u root shop
ssh -p 2222 ann@host
scp -P 2222 a.txt ann@host:
mkdir -p src/passwords
cp -p passwords.txt backup/
docker run -p 8080:80 -e TZ=Europe/Berlin nginx
docker login registry.example.org
docker login -u ann --password-stdin < token.txt
ssh-keygen -t ed25519 -N "" -f id_work
ssh-keygen -l -f id_work.pub
ssh-keygen -R host.example.org
openssl x509 -in a.crt -noout -text
openssl rand -base64 32
openssl enc -aes-256-cbc -in a -out b -pass file:key.txt
curl -u ann https://example.org
curl -u "$USER:$PASSWORD" https://example.org
curl -u ann: https://example.org
curl -H "Authorization: Bearer $(cat token)" https://example.org
htpasswd -c .htpasswd ann
htpasswd -B users ann
zip -r a.zip folder -x '*.git*'
unzip -p a.zip word/document.xml
unzip -P a.zip
7z x a.7z -oout
kubectl get secret db -o yaml
kubectl create secret generic db --from-file=password.txt
kubectl describe secret my-secret-name
helm upgrade x . --set image.tag=v1.2.3 --set auth.existingSecret=db-secret
terraform apply -var-file=prod.tfvars -var region=eu-west-1
ansible-playbook site.yml --ask-become-pass -e env=staging
gh auth login --with-token < token.txt
gh secret set API_KEY < key.txt
gh secret list
aws ssm get-parameter --name /db/password --with-decryption
aws ssm put-parameter --name /app/region --value eu-west-1 --type String
aws secretsmanager get-secret-value --secret-id prod/db
az keyvault secret show --vault-name v --name db
vault kv get secret/db
vault login -method=oidc
pass show mail/work
pass insert mail/work
bw get password github.com
git config --global user.name "Ann Lee"
git config --global user.email ann@example.org
git config credential.helper store
git config --get remote.origin.url
git clone ssh://git@github.com/ann/a.git
git log --author=ann@example.org
pip install --index-url https://pypi.example.org/simple pkg
poetry config virtualenvs.in-project true
poetry config repositories.internal https://pypi.example.org/simple
composer config repositories.x vcs https://github.com/a/b
cargo login
dotnet user-secrets list
dotnet user-secrets set "Db:Host" "localhost"
net user
net use
net user growth this quarter
passwd ann
sudo useradd -m -s /bin/bash ann
rabbitmqctl list_users
sqlplus / as sysdba
sqlplus /nolog
sqlplus ann@orcl
ldapsearch -x -W -D cn=admin -b dc=example,dc=org
export PASSWORD_STORE_DIR=~/.password-store
export GPG_TTY=$(tty)
export PASSWORD_FILE=/run/secrets/db
echo $PASSWORD | sudo -S ls
read -s PASSWORD
unset PASSWORD
PWD=$(pwd)
cd "$OLDPWD"
tests passed: 14
PASS: test_login_form
PASS test_suggest
FAILED tests/test_a.py - assert 3 == 4
def check_password(self, password: str) -> bool:
password: Optional[str] = None
password = input("Password: ")
password = getpass("Enter it, please: ")
password = os.getenv("DB_PASSWORD")
password = config["database"]["password"]
password = config.get("db", "password")
password = kwargs.pop("password")
if password == confirm_password:
if not password: return False
user.set_password(password)
user.set_password(form.cleaned_data["password"])
assert password != ""
token = auth.get_token()
tokens = text.split()
token: Token = self.advance()
key = sorted(names, key=len)
for key, value in items.items():
secret = secrets.token_hex(16)
hashlib.md5(data).hexdigest()
hashlib.sha256(b"hello").hexdigest()
FIELDS = ["username", "password", "address"]
columns = ("name", "password", "email")
password_validators = ["length", "common"]
passwords = []
passwords = load_passwords(path)
parser.add_argument("--password", help="of the database")
parser.add_argument("--token", default=None, metavar="TOKEN")
config.set("password", password)
<input type="password" name="password" placeholder="Your password">
<input type="password" value="{{ password }}">
<label for="password">Password</label>
<string name="password">Password</string>
"password": "Passwort",
"password": {"type": "string"},
"token_type": "bearer",
"token": null,
  password: ${DB_PASSWORD}
  password: !vault |
  password: "{{ vault_db_password }}"
  passwordSecretRef: db-credentials
  secretName: tls-certificate
  key: value
  pass: true
try: pass
    pass  # nothing to do
except KeyError: pass
class Error(Exception): pass
first pass: collect the names
second pass: write them
the first pass = quick, the second = thorough
bypass: true
compass: north
passport: Germany
| password | string | the user's password |
| password | required |
| `password` | The password of the user |
SELECT username, password FROM users;
SELECT md5('hello');
SELECT count(*) FROM users WHERE password IS NULL;
CREATE USER ann IDENTIFIED BY :password;
ALTER TABLE users ADD COLUMN password varchar(255);
UPDATE users SET password = NULL WHERE id = 1;
UPDATE users SET password = md5(name) WHERE id = 1;
INSERT INTO users (name, password) VALUES (?, ?);
INSERT INTO users (name, password) VALUES (%s, %s)
CREATE ROLE ann LOGIN;
PRAGMA key_columns;
PRAGMA foreign_keys = ON;
Password must contain a digit.
Your password: at least 8 characters
Passwords are hashed with argon2.
We hash every password with sha256
How to reset the password for the server
The password for the server is in the vault
Das Passwort muss geändert werden.
Das Passwort ist abgelaufen.
Le mot de passe est obligatoire.
Le mot de passe du compte a été changé : voir le mail
mot de passe oublié ?
PIN 13 of the Arduino
the pin is 5 mm long
pin: 13
door: 4821 Main Street
code: 404
status code: 200
error code 1045
digicode : en panne
login: see below
Login: http://example.org/login
login / logout
Zugangsdaten: siehe unten
identifiants : voir le coffre
username ann is taken
enable secret scanning
enable password authentication
the community string
requirepass
# requirepass foobared
psk is short for pre-shared key
ann@example.org: please call back
root:x:0:0:root:/root:/bin/bash
localhost:8080
http://localhost:8080/path
user@host:~/notes
redis://localhost:6379/0
postgres://localhost/shop
mongodb://localhost:27017
see https://example.org/a?code=new&page=2
commit 9fceb02d0ae598e95dc970b74767f19372d61af8
sha256:9fceb02d0ae598e95dc970b74767f19372d61af89fceb02d0ae598e95dc970b7
uuid 123e4567-e89b-12d3-a456-426614174000
ISBN 978-3-16-148410-0
IBAN DE89 3704 0044 0532 0130 00
call 0049 170 1234567
The token bucket algorithm
token budget: 4096
max_new_tokens: 512
the key is in the drawer
key: ctrl+alt+delete
keyboard: qwertz
api_key: YOUR_API_KEY
api_key = "<your key here>"
API_KEY=your-api-key-here
const token = await getToken();
jwt.decode(token, key, algorithms=["HS256"])
jwt.encode(payload, SECRET, algorithm="HS256")
connect("localhost", 5432)
socket.connect(("localhost", 8080))
pymysql.connect(host=host, user=user, password=password)
DriverManager.getConnection(url, user, password);
new PDO($dsn, $user, $pass);
server.login(user, password)
s.login("ann", password)
os.environ["PATH"] = "/usr/bin"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
send "yes\r"
wpa_passphrase home
nmcli device wifi list
psk=$(pass show wifi)
""".strip("\n").split("\n")
