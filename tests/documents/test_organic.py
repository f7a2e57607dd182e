"""Whether a text names a product as organic, in six languages, and not where it says the contrary."""

import pytest

from nopic.documents.organic import named_organic


@pytest.mark.parametrize(
    "text",
    [
        "Organic green coffee", "CAFÉ VERDE ORGÁNICO", "cafe organico", "quinua ecológica", "producto biológico",
        "Café vert biologique", "graines BIO", "produits biologiques", "café orgânico verde", "produto biológico",
        "ökologischer Rohkaffee", "aus biologischem Anbau", "Bio-Kaffee", "Kaffee, bio", "caffè verde biologico",
        "prodotti biologici", "100%-organic", "Lot no. 5, organic",
    ],
)  # fmt: skip
def test_it_is_named_in_six_languages(text: str) -> None:
    assert named_organic([(1, text)]) is not None


@pytest.mark.parametrize(
    "text",
    [
        "inorganic fertiliser", "non organic coffee", "non-organic", "not organic", "not certified organic",
        "no orgánico", "no es orgánico", "non biologique", "não orgânico", "nicht biologisch", "kein Bio",
        "non biologico", "biological control", "biodegradable bags", "bio-degradable bags", "biography",
        "volatile organic compounds", "conventional", "",
    ],
)  # fmt: skip
def test_the_contrary_and_what_only_sounds_like_it_do_not_count(text: str) -> None:
    assert named_organic([(1, text)]) is None


def test_page_and_words_around_are_kept() -> None:
    hit = named_organic([(1, "Bill of lading"), (2, "320 bags of\nnon-organic husk and café   orgánico verde, Peru")])
    assert hit is not None
    assert (hit.page, hit.snippet) == (2, "320 bags of non-organic husk and café orgánico verde, Peru")


COMPANIES = ("Asociación de Bananeros Orgánicos Río Chira", "Northshore Organic Foods Inc.", "Organic", "Nordhof")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ASOCIACION DE BANANEROS\n  ORGANICOS RIO CHIRA sells bananas to Northshore Organic Foods Inc.", ""),
        ("Northshore Organic Foods Inc., 1,080 boxes of organic bananas", "organic bananas"),
        ("Asociación de Productores Orgánicos, bananas", "Orgánicos, bananas"),  # nobody that we know
        ("Organic bananas", "Organic bananas"),
    ],
)
def test_a_company_with_the_word_in_its_name_does_not_name_the_product(text: str, found: str) -> None:
    hit = named_organic([(1, text)], COMPANIES)
    assert hit is not None if found else hit is None
    assert hit is None or hit.snippet.endswith(found)
