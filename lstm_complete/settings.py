"""Every default of lstm_complete, written once: flags, the README and the model file derive from here."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_complete.errors import SettingsError

DEFAULT_NAME = "default"

# A document's worth of text that recency looks at, and the most of a buffer that is ever read at a keystroke.
CONTEXT_CHARACTERS = 4000

# Most tokens of each kind of vocabulary, the 256 bytes among them.
VOCABULARY_SIZES = {"subword": 2304, "char": 1024, "word": 16_384}

# How far back recency looks, in tokens. Training imitates it, so a model and its prompt must agree.
SESSION_TOKENS = 1024

# The phrases to go through where a user asks for others by a key: the next is the first again behind the last.
CANDIDATES = 5

# What is there without us, a host's own menu and ghost, waits for ours no longer than this: a model may be slow, or be
# just being read.
PATIENCE_S = 0.3

# A daemon of which nobody has wanted anything for so long ends.
DAEMON_IDLE_S = 1800.0

# An update takes this share of what the training took, unless it is told otherwise.
UPDATE_SHARE = 0.25

# Under this there is nothing to hold out and nothing to learn from.
MINIMUM_CHARACTERS = 2000

MOST_LAYERS = 3

# Of seeds, what torch takes. Of threads, more than a machine has cores: torch starts as many as it is told to.
MOST_SEED = 2**64 - 1
MOST_THREADS = 1024


@dataclass(frozen=True)
class ModelShape:
    """The sizes of a network, as the model file states them.

    Attributes:
        vocabulary_size: Tokens, the fallback bytes among them.
        embedding_size: Length of a token's learned vector; 0 feeds the tokens in as one-hot vectors.
        hidden_size: Units of each LSTM layer.
        layers: LSTM layers, 1 to MOST_LAYERS.
        tied: Whether the output scores tokens with their embedding (through a projection where the sizes differ).
        gated: Whether recall and recency are mixed in by a learned gate.

    Raises:
        SettingsError: They are no sizes of a network.
    """

    vocabulary_size: int
    embedding_size: int
    hidden_size: int
    layers: int = 1
    tied: bool = True
    gated: bool = True

    def __post_init__(self) -> None:
        sizes = (self.vocabulary_size, self.embedding_size, self.hidden_size, self.layers)
        if not all(type(size) is int and size >= 0 for size in sizes) or not self.hidden_size:
            raise SettingsError("expected the sizes of a network as whole numbers, its units 1 or more; found others")
        if not 1 <= self.layers <= MOST_LAYERS:
            raise SettingsError(f"expected 1 to {MOST_LAYERS} layers, found {self.layers}")


@dataclass(frozen=True)
class TrainingSettings:
    """How a model is fitted. None stands for "chosen from the size of the text and the budget".

    Attributes:
        budget_s: Seconds that a training may take, all of it included.
        start: "starter" for the general weights that come with the package, "scratch" for none. A kind of tokens or a
            size of the network that is given is another one than the starter's, and starts from scratch.
        epochs: Passes over the text; where they are given there is no budget.
        seed: Seeds torch, numpy and random: same text, settings and seed give the same weights on one thread.
        tokens: "subword", "char" or "word".
        vocabulary_size: Most tokens to learn.
        embedding_size: See ModelShape; 0 for one-hot.
        hidden_size: Units of each layer.
        layers: LSTM layers.
        dropout: Share of activations dropped between everything, in training.
        recall: Whether to mix in exact recall and recency; without it the LSTM is alone.
        lines: Whether each line is a document of its own; None decides file by file.
        exclude: Regular expressions of lines to leave out, beside those that hold secrets.
        device: "auto", "cpu", "cuda" or "mps".
        threads: Threads that torch may use; None leaves torch's own choice.
        precision: "auto", "float32" or "bfloat16": arithmetic of the matrix products. "auto" takes bfloat16 where the
            processor multiplies it in hardware (AMX, CUDA), at 2.5 times the speed and the same loss.
    """

    budget_s: float | None = 300.0
    start: str = "starter"
    epochs: int | None = None
    seed: int = 0
    tokens: str = "subword"
    vocabulary_size: int | None = None
    embedding_size: int | None = None
    hidden_size: int | None = None
    layers: int | None = None
    dropout: float | None = None
    recall: bool = True
    lines: bool | None = None
    exclude: tuple[str, ...] = ()
    device: str = "auto"
    threads: int | None = None
    precision: str = "auto"

    @property
    def from_scratch(self) -> bool:
        """Whether the network begins with random weights."""
        sizes = (self.vocabulary_size, self.embedding_size, self.hidden_size, self.layers)
        return self.start == "scratch" or self.tokens != "subword" or any(size is not None for size in sizes)


@dataclass(frozen=True)
class SuggestSettings:
    """How a model is asked.

    Attributes:
        limit: Words in a menu.
        least_in_menu: Least probability of a word in a menu; under it there is more to read than to win.
        precision: Least probability of its first word, or of the part of it that was found, for ghost text to show. Of
            what is shown at 0.6 and 0.55, 71 and 66 % are right in commands kept back, 68 and 64 in notes, 53 and 51
            in Python, for 0.8, 0.1 and 0.1 points of the keys saved by menu and ghost together.
        beam_width: Hypotheses the search carries from token to token.
        phrase_words: Most words in ghost text.
        phrase_share: Least probability of all of it, given its first word.
        context_characters: Most text before the cursor that is read.

    Raises:
        SettingsError: One of them is outside what makes sense.
    """

    limit: int = 5
    least_in_menu: float = 0.01
    precision: float = 0.55
    beam_width: int = 8
    phrase_words: int = 8
    phrase_share: float = 0.2
    context_characters: int = CONTEXT_CHARACTERS

    def __post_init__(self) -> None:
        for name in ("limit", "beam_width", "phrase_words", "context_characters"):
            found = getattr(self, name)
            if type(found) is not int or found < 1:
                raise SettingsError(f"expected {name} to be a whole number of 1 or more, found {found!r}")
        for name in ("least_in_menu", "precision", "phrase_share"):
            found = getattr(self, name)
            if not isinstance(found, int | float) or not 0 <= found <= 1:
                raise SettingsError(f"expected {name} to be a number from 0 to 1, found {found!r}")


# The smallest model: one-hot characters, 50 units, and nothing beside it.
PRESETS: dict[str, dict[str, object]] = {
    "tiny": {"tokens": "char", "embedding_size": 0, "hidden_size": 50, "layers": 1, "recall": False},
}
