"""What a city could ask for (data/asks.yaml): who has it, its form, the sentence for the letter, its template."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from carelab import paths
from carelab.inputs.city import read_yaml
from carelab.terms import Language, label, say


@dataclass(frozen=True)
class Ask:
    """One file that could be asked for; texts in both languages, ``columns`` of its template (none: not a table)."""

    key: str
    holder_de: str
    holder_en: str
    form_de: str
    form_en: str
    letter_de: str
    letter_en: str
    add_as: str
    columns: list[str]

    def title(self, language: Language) -> str:
        """Return what the file is called."""
        return label(f"ask_{self.key}", language)

    def holder(self, language: Language) -> str:
        """Return who has it."""
        return say(language, self.holder_de, self.holder_en)

    def form(self, language: Language) -> str:
        """Return the form in which it is wanted."""
        return say(language, self.form_de, self.form_en)

    def letter(self, place: str, language: Language) -> str:
        """Return the sentence for the letter of a city."""
        return say(language, self.letter_de, self.letter_en).format(place=place)


@cache
def asks() -> dict[str, Ask]:
    """Return all asks by key, in the order of data/asks.yaml."""
    return {key: Ask(key=key, **fields) for key, fields in read_yaml(paths.DATA / "asks.yaml", "asks.yaml").items()}
