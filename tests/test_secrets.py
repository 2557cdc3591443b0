"""What is taken for a secret, what is not, and what is cut out of text before a model reads it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from harmless_lines import HARMLESS
from secret_kinds import kinds

from lstm_complete.corpus import read_corpus
from lstm_complete.errors import CorpusError, SettingsError
from lstm_complete.secrets import (
    SecretFilter,
    Span,
    exclusions,
    find_secrets,
    first_secret,
    is_named_like_a_secret,
    masked,
)

KINDS = kinds()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_secret_of_each_kind_is_seen_by_our_own_rules_and_masked(kind):
    span = first_secret(kind.line)
    assert span is not None
    first = min(find_secrets(kind.line))
    assert kind.secret[-5:] not in masked(kind.line, first.start)


def test_there_are_far_more_than_sixty_kinds():
    assert len({kind.name for kind in KINDS}) > 290


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_names_a_secret_is_none(line):
    assert SecretFilter().first(line) is None


def test_a_secret_is_seen_wherever_it_stands_in_a_long_line():
    for before in (0, 1990, 9990):
        line = "word " * (before // 5) + "mysql -uroot -psunshine " + "word " * 900
        assert [span.kind for span in find_secrets(line)] == ["password of a command"]


@pytest.mark.parametrize(
    "part",
    ["password", "a:", "x=", "curl -u a", "'", "pass='", "A1b", "set -x ", "-----BEGIN ", "pass ", "-e a_",
     "| password |",
     "password for ", "htpasswd -b ", "vault put secret a=b ", "https://a", "insert md5 "],
)  # fmt: skip
def test_a_secret_is_seen_behind_what_patterns_may_try_over_and_over(part):
    """A pattern that backtracks over such a line would not come to its end before the tests are given up."""
    line = (part * 20_000)[:100_000]
    whole = f"{line}; mysql -uroot -psunshine"
    assert find_secrets(whole)[-1] == Span(len(whole) - len("sunshine"), len(whole), "password of a command")
    assert SecretFilter().first(whole) is not None


def test_the_mask_covers_what_looks_like_another_secret_before_the_first_one_known():
    line = "weird x9f8a7b6c5 --password sunshine"
    [span] = find_secrets(line)
    assert masked(line, span.start) == "weird ******** --password ********"


@pytest.mark.parametrize(
    "name",
    [".env", ".env.local", "prod.env", "server.pem", "tls.key", "id_rsa", "id_work", ".netrc", ".pgpass", "credentials",
     "credentials.json", "vault.kdbx", ".npmrc", "terraform.tfvars", "ID_ED25519", "secrets.yaml", ".gnupg"],
)  # fmt: skip
def test_a_file_is_known_by_its_name(name):
    assert is_named_like_a_secret(name)


@pytest.mark.parametrize(
    "name",
    ["notes.md", "keys.py", "id_rsa.pub", ".env.example", "id_map.py", "keyboard.txt", "environment.md", "a.keys"],
)
def test_an_ordinary_name_is_none_of_a_file_of_secrets(name):
    assert not is_named_like_a_secret(name)


def texts(corpus):
    return [document.text for document in corpus.documents]


def test_every_kind_is_cut_out_of_a_history_and_the_rest_is_kept(tmp_path):
    lines = [line for number, kind in enumerate(KINDS) for line in (f"git commit -m {number}", kind.line.lstrip())]
    (tmp_path / ".bash_history").write_text("\n".join(lines))
    corpus = read_corpus([tmp_path / ".bash_history"])
    assert texts(corpus) == [line for line in lines if line.startswith("git commit")]
    assert len(corpus.cut) == len(KINDS)
    assert corpus.characters == sum(map(len, texts(corpus)))


def test_a_document_is_cut_at_its_secrets_and_its_pieces_know_their_lines(tmp_path):
    (tmp_path / "a.py").write_text('import db\n\npassword = "sunshine"\n\ndb.connect()\n')
    corpus = read_corpus([tmp_path])
    assert [(document.line, document.text) for document in corpus.documents] == [
        (1, "import db\n"),
        (4, "\ndb.connect()\n"),
    ]
    [cut] = corpus.cut
    assert (cut.line, cut.kind, cut.shown) == (3, "password", "password = ********")
    assert corpus.files[0].left_out == (("lines that hold a secret", 1),)


@pytest.mark.parametrize("suffix", ["md", "history"])
@pytest.mark.parametrize("end", ["", "-----END RSA " + "PRIVATE KEY-----\n"])
def test_a_private_key_is_cut_whole(tmp_path, suffix, end):
    body = "Proc-Type: 4,ENCRYPTED\n\nMIIEpAIBAAKCAQEA\nAQABAoIBAQC7\nshort==\n"
    text = "before the key\n-----BEGIN RSA " + "PRIVATE KEY-----\n" + body + end + "after the key, a sentence\n"
    path = tmp_path / f"a.{suffix}"
    path.write_text(text)
    left = "\n".join(texts(read_corpus([path], lines=suffix == "history")))
    assert left.split() == ["before", "the", "key", "after", "the", "key,", "a", "sentence"]


def test_a_secret_on_the_next_line_of_a_command_is_cut_with_it(tmp_path):
    (tmp_path / "a.md").write_text("Run this:\n\n    mysql -u root \\\n      -psunshine \\\n      shop\n\nand wait.\n")
    corpus = read_corpus([tmp_path])
    assert "".join(texts(corpus)).split() == ["Run", "this:", "and", "wait."]
    assert "sunshine" not in str(corpus.cut)


def test_a_secret_on_the_next_line_is_cut_with_its_command_where_each_line_is_a_text_of_its_own(tmp_path):
    (tmp_path / "a.txt").write_text("ls \\\n  -l\nmysql -u root \\\n  -psunshine \\\n  shop\npwd\\")
    corpus = read_corpus([tmp_path], lines=True)
    assert [(document.line, document.text) for document in corpus.documents] == [
        (1, "ls \\"),
        (2, "  -l"),
        (6, "pwd\\"),
    ]
    assert [(cut.line, cut.shown) for cut in corpus.cut] == [(3, "mysql -u root    -p********")]


def test_a_file_named_like_a_secret_is_not_opened_even_when_it_is_named(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / ".env").write_text("harmless words\n" * 9)
    (tmp_path / "in" / "a.txt").write_text("harmless words\n" * 9)
    corpus = read_corpus([tmp_path / "in"])
    assert [(skipped.path, skipped.reason) for skipped in corpus.skipped] == [
        (str(tmp_path / "in" / ".env"), "named like a file of secrets")
    ]
    with pytest.raises(CorpusError, match="named like a file of secrets"):
        read_corpus([tmp_path / "in" / ".env"])


@pytest.fixture
def own_file(tmp_path, monkeypatch):
    """The user's own exclusions."""
    monkeypatch.setenv("LSTM_COMPLETE_CONFIG", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    return tmp_path / "config" / "exclude"


def test_the_patterns_of_the_users_file_and_of_the_command_are_cut(tmp_path, own_file):
    own_file.write_text("# what nobody should read\nproject-x\n\n")
    (tmp_path / "a.txt").write_text("one\nabout project-x\ntwo\nfor Bob\nthree\n")
    corpus = read_corpus([tmp_path / "a.txt"], secrets=SecretFilter.of_user(["[Bb]ob"]), lines=True)
    assert texts(corpus) == ["one", "two", "three"]
    assert [cut.shown for cut in corpus.cut] == ["about ********", "for ********"]


def test_the_mark_that_windows_puts_before_utf_8_is_no_part_of_the_first_pattern(own_file):
    own_file.write_text("project-x\n", encoding="utf-8-sig")
    assert [pattern.pattern for pattern in exclusions()] == ["project-x"]


def test_without_a_file_there_are_no_own_patterns(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_COMPLETE_CONFIG", str(tmp_path / "nowhere"))
    assert exclusions() == ()
    assert not (tmp_path / "nowhere").exists()


def test_a_pattern_that_is_none_is_refused_with_its_place(own_file):
    own_file.write_text("fine\n(\n")
    with pytest.raises(SettingsError) as caught:
        exclusions()
    assert str(caught.value).startswith(f"{own_file}, line 2: expected a regular expression, found '('")


def test_the_dry_run_shows_what_is_cut_and_never_the_secret(tmp_path, printed):
    path = tmp_path / ".bash_history"
    path.write_text("\n".join(["ls", *(kind.line.lstrip() for kind in KINDS)]))
    shown = printed("train", path, "--dry-run")
    assert f"line 2: {'password of a command'}: deploy --user ann --password ********" in shown
    for kind in KINDS:
        assert kind.secret not in shown
    assert f"{len(KINDS):,} lines cut that hold secrets" in shown


def test_detectors_are_asked_without_a_connection_or_a_setting():
    """detect-secrets can verify what it found with the service that issued it: here nothing may open a socket."""
    code = (
        "import sys, socket\n"
        "def refuse(event, arguments):\n"
        "    if event.startswith('socket.'): raise SystemExit(event)\n"
        "sys.addaudithook(refuse)\n"
        "sys.path.insert(0, 'tests')\n"
        "from secret_kinds import kinds\n"
        "from lstm_complete.secrets.detectors import detected\n"
        "assert 'requests' not in sys.modules\n"
        "print(sum(1 for kind in kinds() if any(detected(kind.line))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 40
