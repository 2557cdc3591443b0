"""The mixture at run time is the mixture that was trained."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lstm_complete import store
from lstm_complete.errors import ModelFormatError
from lstm_complete.kneser_ney import ORDER
from lstm_complete.predictor import Predictor
from lstm_complete.settings import SESSION_TOKENS, ModelShape
from lstm_complete.text import Vocabulary
from lstm_complete.training.examples import Examples
from lstm_complete.training.held_out import score
from lstm_complete.training.network import Network

TEXT = "git checkout main\ngit checkout -b topic\ngit push origin main\necho main"


@pytest.fixture(scope="module")
def contents(model_path):
    return store.load(model_path)


def sides(contents) -> tuple[Network, Predictor, Vocabulary]:
    """The same weights in torch and in numpy."""
    shape = ModelShape(**contents.metadata["shape"])
    vocabulary = Vocabulary.from_dict(contents.metadata["vocabulary"])
    network = Network(shape, dropout=0.3).eval()
    weights = {
        name.removeprefix("network."): torch.from_numpy(np.array(value))
        for name, value in contents.tensors.items()
        if name.startswith("network.")
    }
    network.load_state_dict({**weights, "output.weight": weights["embedding.weight"]})
    return network, Predictor.from_tensors(contents.tensors, shape, vocabulary.newline), vocabulary


def test_numpy_mixes_as_torch_does(contents) -> None:
    network, predictor, vocabulary = sides(contents)
    documents = [vocabulary.encode(TEXT)]
    assert predictor.recall is not None
    scores = score(predictor.recall, documents, vocabulary.newline)
    examples = Examples.of(documents, vocabulary.newline, scores, len(TEXT))
    with torch.no_grad():
        outputs, _ = network(examples.inputs[None])
        expected = network.losses(outputs[0], examples.targets, examples.known).mixture.numpy()
    state = predictor.initial()
    found = []
    for token in examples.targets.tolist():
        [prediction] = predictor.predict([state])
        assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-3)
        found.append(-np.log(prediction.probabilities[token]))
        [state] = predictor.step([state], [token])
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_frequent_tokens_are_scored_alone_as_among_all_but_for_what_the_rare_ones_take(contents, monkeypatch) -> None:
    monkeypatch.setattr("lstm_complete.predictor._FREQUENT", 100)
    _, predictor, vocabulary = sides(contents)
    state = predictor.read(predictor.initial(), vocabulary.encode("git checkout "))
    [whole], [part] = predictor.predict([state]), predictor.predict([state], whole=False)
    assert whole.whole
    assert not part.whole
    assert predictor._frequent is not None
    frequent, rare = predictor._frequent.tokens, np.setdiff1d(np.arange(len(vocabulary)), predictor._frequent.tokens)
    assert len(frequent) == 100
    assert predictor.recall is not None
    assert predictor.recall.unigram[frequent].min() >= predictor.recall.unigram[rare].max()
    of_lstm = np.array([whole.contributions(token)[0] / whole.shares[0] for token in range(len(vocabulary))])
    alone = [part.contributions(token)[0] / part.shares[0] for token in frequent]
    np.testing.assert_allclose(alone, of_lstm[frequent] / of_lstm[frequent].sum(), rtol=1e-3, atol=1e-6)
    assert all(part.contributions(token)[0] < 1e-6 for token in rare)


def test_reading_at_once_predicts_as_stepping_does(contents) -> None:
    _, predictor, vocabulary = sides(contents)
    stepped = predictor.initial()
    for token in vocabulary.encode(TEXT):
        [stepped] = predictor.step([stepped], [token])
    read = predictor.read(predictor.initial(), vocabulary.encode(TEXT))
    [one], [other] = predictor.predict([stepped]), predictor.predict([read])
    np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-6)


def test_a_batch_predicts_as_its_members_alone(contents) -> None:
    _, predictor, vocabulary = sides(contents)
    states = [predictor.read(predictor.initial(), vocabulary.encode(text)) for text in ("git ", "echo main", "")]
    for together, state in zip(predictor.predict(states), states, strict=True):
        [alone] = predictor.predict([state])
        np.testing.assert_allclose(together.probabilities, alone.probabilities, atol=1e-6)
        assert [together.source_of(token) for token in range(300)] == [alone.source_of(token) for token in range(300)]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("network.gate.inner.bias", r"expected network.gate.inner.bias of shape \(32\), found "),
        ("network.gate.shares.weight", r"expected network.gate.shares.weight of shape \(3, 32\), found "),
        ("recall.followers", r"expected recall.followers of shape \(any\), found "),
        ("recall.starts", r"expected recall.starts of shape \(\d+\), found "),
        ("recall.novelty", r"expected recall.novelty of shape \(\d+\), found "),
    ],
)
def test_a_tensor_that_is_missing_or_of_another_shape_is_named(contents, name: str, message: str) -> None:
    shape = ModelShape(**contents.metadata["shape"])
    tensors = dict(contents.tensors)
    tensors[name] = tensors[name][None]
    with pytest.raises(ModelFormatError, match=message + "shape"):
        Predictor.from_tensors(tensors, shape, 0)
    del tensors[name]
    with pytest.raises(ModelFormatError, match=message + "nothing; retrain the model"):
        Predictor.from_tensors(tensors, shape, 0)


def test_a_long_text_is_read_from_where_it_still_matters(contents) -> None:
    _, predictor, vocabulary = sides(contents)
    tokens = vocabulary.encode("word " * 3000)
    state = predictor.read(predictor.initial(), tokens)
    assert state.recall.matched <= ORDER
    assert len(state.recency.tokens) == SESSION_TOKENS
    [prediction] = predictor.predict([state])
    assert np.isfinite(prediction.probabilities).all()
