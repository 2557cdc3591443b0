"""More lines with secrets in them, as a stranger would try them: each is its own name.

{word}, {password}, {key} and {digits} are filled in with made-up secrets, as in secret_kinds.py.
"""

from __future__ import annotations

LINES = r"""
git remote set-url origin https://{key}@github.com/ann/a.git
ssh-keygen -t ed25519 -N {word} -f id_work
ssh-keygen -p -P {word} -N {word} -f id_work
openssl req -new -key a.key -passin "pass:{word} and more"
htpasswd -bB users ann {word} && systemctl reload apache2
htpasswd -nb ann {word} > users
mysqladmin -u root password {word}
curl -u 'ann:{word} and more' https://example.org
curl -u {key}: https://api.stripe.com/v1/charges
export VAULT_TOKEN=s.{key}
pw={word} ./run
db_pass={word}
zip -P{word} a.zip b
qpdf --encrypt {word} {word} 256 -- a.pdf b.pdf
pdftk a.pdf output b.pdf user_pw {word}
pdftk a.pdf input_pw {word} output b.pdf
pdftotext -upw {word} a.pdf
ansible-playbook site.yml -e "ansible_become_pass={word}"
ansible all -m ping -e ansible_ssh_pass={word}
ansible-vault encrypt_string '{word}' --name 'db_password'
terraform apply -var 'db_password={word}'
terraform apply -var="admin_password={word}"
helm install db bitnami/postgresql --set auth.postgresPassword={word}
gh secret set API_KEY --body {word}
gh secret set API_KEY -b {word}
gh secret set API_KEY -b"{word}"
wrangler secret put API_KEY <<< {word}
aws secretsmanager create-secret --name db --secret-string {word}
aws ssm put-parameter --name /db/password --value {word} --type SecureString
aws ssm put-parameter --type SecureString --name /db/pw --value '{word}'
az keyvault secret set --vault-name v --name db --value {word}
vault kv put secret/db value={word}
secret-tool store --label=x service y <<< {word}
net user ann {word}
smbclient //host/share {word} -U ann
mount -t cifs -o user=ann,pass={word} //host/share /mnt
ldapsearch -x -D cn=admin -w{word}
ldappasswd -s {word} uid=ann
kinit ann <<< {word}
mosquitto_pub -h host -u ann -P {word} -t a -m b
mosquitto_passwd -b file ann {word}
rabbitmqctl add_user ann {word}
rabbitmqctl change_password ann {word}
pip install --extra-index-url https://{key}@pypi.example.org/simple x
composer config http-basic.example.org ann {word}
poetry config http-basic.repo ann {word}
poetry publish -u ann -p {word}
poetry config pypi-token.pypi {word}
cargo login {password}
dotnet user-secrets set "Db:Password" "{word}"
java -Djavax.net.ssl.keyStorePassword={word} -jar a.jar
sqlplus system/{word}
sqlcmd -S host -U sa -P{word}
  psk="{word}"
git config --global user.password {word}
git config credential.helper '!f() {{ echo "password={word}"; }}; f'
ALTER ROLE ann WITH PASSWORD E'{word}';
ALTER LOGIN sa WITH PASSWORD=N'{word}';
CREATE LOGIN ann WITH PASSWORD = N'{word}';
EXEC sp_addlogin 'ann', '{word}'
EXEC sp_password 'old', '{word}', 'ann';
insert into users values (1, 'ann', md5('{word}'));
UPDATE users SET passwd=MD5('{word}') WHERE id=1;
UPDATE users SET password=SHA1('{word}') WHERE id=1;
SELECT * FROM dblink('host=db user=ann password={word}', 'select 1');
CREATE SUBSCRIPTION s CONNECTION 'host=db password={word}' PUBLICATION p;
PRAGMA rekey('{word}');
db.changeUserPassword("ann", "{word}")
conn = psycopg2.connect("dbname=x user=ann password={word}")
os.environ.setdefault("SECRET_KEY", "{key}")
os.putenv("DB_PASSWORD", "{word}")
PASSWORDS = ["{word}", "{word}"]
passwords = {{"ann": "{word}"}}
jwt.encode(payload, "{word}", algorithm="HS256")
private static final String DB_PASS = "{word}";
var dbPassword string = "{word}"
pass: '{word}',
  user: 'ann', pass: '{word}' }}
auth: {{ user: "ann@example.org", pass: "{word}" }},
mysqli_connect("localhost", "root", "{word}", "shop");
$conn = new mysqli("localhost", "root", "{word}", "shop");
new PDO('mysql:host=db', 'ann', '{word}');
DriverManager.getConnection(url, "ann", "{word}");
pymysql.connect("db", "ann", "{word}", "shop")
"ConnectionStrings": {{ "Default": "Server=db;Uid=ann;Pwd={word};" }}
jdbc:oracle:thin:ann/{word}@db:1521:orcl
<property name="hibernate.connection.password" value="{word}"/>
<add key="Password" value="{word}" />
<add name="x" connectionString="Server=db;User=ann;Password={word}" />
<input type="password" value="{word}">
      POSTGRES_PASSWORD: {word} # change
  smtp_pass: {word}
{{"login": "ann", "pw": "{word}"}}
{{"user":"ann","pass":"{word}"}}
requirepass {word}
masterauth {word}
rootpw {word}
bindpw {word}
snmp-server community {word} RO
enable password 7 {word}
username ann password {word}
username ann secret {word}
smtp_sasl_password_maps = static:ann:{word}
Wifi-Schlüssel = {word}
Kennwort für den Server: {word}
Zugangsdaten: ann / {word}
Benutzer: ann, Passwort: {word}
PIN vom Handy: {digits}
Geheimzahl: {digits}
EC-Karte PIN {digits}
mot de passe du wifi : {password}
mot de passe wifi : {word}
mon mot de passe c'est {password}
mdp wifi : {word}
identifiant: ann mdp: {word}
clé wifi : {key}
code d'accès : {digits}
digicode : {digits}
password for the server: {word}
password for ann is {password}
pw: {word}
PW: {word}
pass: {word}
user ann, pass {password}
- **Password**: `{word}`
- **Password:** {word}
**Password** {password}
| Password | {word} |
My password's {password}
password → {password}
login: ann / {password}
root:{password}
ann@example.org:{password}
Contraseña del wifi: {word}
wifi code: {password}
recovery codes: {digits}-{digits}
backup code {digits}-{digits}
The root password is "{word}"
pw is {password}
""".strip("\n").split("\n")
