"""A city's own word for its districts: German grammar by hand, one language everywhere else."""

from __future__ import annotations

import json
import pickle

import pytest

from carelab.inputs.city import load_city, read_info
from carelab.inputs.errors import DataError
from carelab.paths import DATA
from carelab.terms import label, say
from carelab.terms_districts import CityGerman, city_language, in_city_words, language_of_run, read_noun

pytestmark = pytest.mark.unit
VIERTEL = city_language("de", "das Stadtviertel, des Stadtviertels, die Stadtviertel, den Stadtvierteln")
BEZIRK = city_language("de", "der Stadtbezirk, des Stadtbezirks, die Stadtbezirke, den Stadtbezirken")


@pytest.mark.parametrize(
    ("written", "viertel", "bezirk"),
    [
        ("davon ist der Stadtteil bekannt", "davon ist das Stadtviertel bekannt", "davon ist der Stadtbezirk bekannt"),
        ("für keinen Stadtteil sicher", "für kein Stadtviertel sicher", "für keinen Stadtbezirk sicher"),
        ("Jeder Stadtteil für sich", "Jedes Stadtviertel für sich", "Jeder Stadtbezirk für sich"),
        ("den anderen Stadtteil", "das andere Stadtviertel", "den anderen Stadtbezirk"),
        ("ein anderer Stadtteil", "ein anderes Stadtviertel", "ein anderer Stadtbezirk"),
        ("einen anderen Stadtteil", "ein anderes Stadtviertel", "einen anderen Stadtbezirk"),
        ("in einem anderen Stadtteil", "in einem anderen Stadtviertel", "in einem anderen Stadtbezirk"),
        ("Mitte des Stadtteils", "Mitte des Stadtviertels", "Mitte des Stadtbezirks"),
        ("die Stadtteile der Stadt", "die Stadtviertel der Stadt", "die Stadtbezirke der Stadt"),
        ("in den Stadtteilen", "in den Stadtvierteln", "in den Stadtbezirken"),
        ("im Stadtteilladen", "im Stadtteilladen", "im Stadtteilladen"),
    ],
)
def test_words_agree(written: str, viertel: str, bezirk: str) -> None:
    assert say(VIERTEL, written, "") == viertel
    assert say(BEZIRK, written, "") == bezirk
    assert say("de", written, "") == written


def test_the_word_travels_with_the_language_and_the_language_stays_german() -> None:
    assert VIERTEL == "de"
    assert json.dumps({"language": VIERTEL}) == '{"language": "de"}'
    assert pickle.loads(pickle.dumps(VIERTEL)).noun == VIERTEL.noun
    assert label("districts_unknown", VIERTEL) == "Stadtviertel: unbekannt"
    assert city_language("en", VIERTEL.forms) == "en"
    assert not isinstance(city_language("de", ""), CityGerman)
    assert in_city_words("Stadtteil", "en") == "Stadtteil"
    record = {"params": {"language": "de", "cities": None}, "district_forms_de": VIERTEL.forms}
    assert language_of_run(record).noun.plural == "Stadtviertel"
    compared = {**record, "params": {"language": "de", "cities": "halle,magdeburg"}}
    assert not isinstance(language_of_run(compared), CityGerman), "several cities have no one word"


def test_city_yaml_holds_the_forms_of_its_own_word() -> None:
    for city in ("halle", "dessau_rosslau", "hannover"):
        info = load_city(city).info
        noun = read_noun(info.district_forms_de)
        assert noun is not None
        assert noun.singular == info.district_word_de


@pytest.mark.parametrize("forms", ["Stadtviertel", "das Viertel, des Viertels, die Viertel, den Vierteln"])
def test_forms_that_are_none_or_of_another_word_are_refused(
    forms: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = (DATA / "halle" / "city.yaml").read_text(encoding="utf-8")
    old = load_city("halle").info.district_forms_de
    path = tmp_path_factory.mktemp("city") / "city.yaml"
    path.write_text(text.replace(old, forms), encoding="utf-8")
    with pytest.raises(DataError, match="district_forms_de"):
        read_info(path, "halle/city.yaml")
