"""Histories of database prompts, as psql, mysql and sqlite3 themselves write them."""

from hosts import needs
from typed_history import server, talk_mysql, talk_postgres, type_into

from lstm_complete.corpus import read_corpus


def texts(history):
    return [document.text for document in read_corpus([], histories=[history]).documents]


@needs("psql")
def test_psql_with_newlines_inside_statements(tmp_path):
    with server(tmp_path / ".s.PGSQL.5432", talk_postgres):
        type_into(
            ["psql", "-X", "-h", tmp_path, "-U", "me", "-d", "d", "-v", "PROMPT1=@@ ", "-v", "PROMPT2=@@ "],
            ["select 'é';", "select 2", "  from t", "where x = 1;", " select hidden;", "\\echo a\\\\b"],
            prompt="@@ ",
            end="\\q\r",
            home=tmp_path,
        )
    assert texts(f"psql:{tmp_path}/.psql_history") == [
        "select 'é';",
        "select 2\n  from t\nwhere x = 1;",
        "\\echo a\\\\b",
        "\\q",
    ]


@needs("mysql")
def test_mysql_in_the_encoding_of_libedit_with_each_statement_once(tmp_path):
    with server(tmp_path / "socket", talk_mysql):
        type_into(
            ["mysql", "--no-defaults", "--socket", tmp_path / "socket", "--prompt=@@ "],
            ["select 'é' \\\\ 1;", "select 2", "  from t", "where x = 1;", "select 2;", "select 2;"],
            prompt=r"@@ |    -> ",
            end="exit\r",
            home=tmp_path,
            MYSQL_HISTFILE=tmp_path / "history",
        )
    assert (tmp_path / "history").read_bytes().startswith(b"_HiStOrY_V2_\n")
    assert texts(f"mysql:{tmp_path}/history") == [
        "select 'é' \\\\ 1;",
        "select 2   from t where x = 1;",
        "select 2;",
    ]


@needs("sqlite3")
def test_sqlite3(tmp_path):
    type_into(
        ["sqlite3"],
        ["select 'é';", "select 1", "  from sqlite_master", ";"],
        prompt=r"(sqlite>|\.\.\.>) ",
        end=".quit\r",
        home=tmp_path,
        SQLITE_HISTORY=tmp_path / "history",
    )
    history = f"sqlite3:{tmp_path}/history"
    assert texts(history) == ["select 'é';", "select 1", "  from sqlite_master", ";", ".quit"]
