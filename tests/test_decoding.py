"""Bytes to text: every encoding gives the same text, and none gives a lone surrogate."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete.corpus.decoding import Decoded, decode


@pytest.mark.parametrize(
    "data",
    [
        "á\n日本\n".encode(),
        b"\xef\xbb\xbf" + "á\n日本\n".encode(),
        "\ufeffá\r\n日本\r\n".encode("utf-16-le"),
        "\ufeffá\n日本\n".encode("utf-16-be"),
        "á\r\n日本\r\n".encode(),
    ],
)
def test_every_encoding_gives_the_same_text(data):
    assert decode(data) == Decoded("á\n日本\n", 0)


@settings(max_examples=300)
@given(st.one_of(st.binary(), st.binary().map(lambda data: b"\xff\xfe" + data), st.text().map(str.encode)))
def test_whatever_is_decoded_has_no_lone_surrogate(data):
    content = decode(data)
    if isinstance(content, Decoded):
        content.text.encode()
        assert content.replaced >= 0
