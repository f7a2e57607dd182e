"""What happened in the demo: one row per request, from an empty draft to a cancelled certificate.

Days are working days of the certifier's office, counted from today: `sent` so many ago, `leaves` so many ahead (below
zero: the day has passed). Quantities are packages of the verified list, so that kilograms always add up.
"""

from typing import NamedTuple


class Way(NamedTuple):
    """How an exporter's goods travel to one US port."""

    mode: str
    place: str
    country: str
    port: str  # code of the US port of entry
    carrier: str
    vessel: str
    days: int
    owner: str  # of the containers; empty: none


class Goods(NamedTuple):
    """One line: a product by its code, and packages by who they come from (`own` or a seller's key)."""

    code: str
    packages: tuple[tuple[str, int], ...]


class Story(NamedTuple):
    """One request. `end` is the last thing that happens to it; see nopic.demo.seed.walking."""

    exporter: str
    key: str
    end: str
    buyer: str
    way: str
    leaves: int
    sent: int | None
    goods: tuple[Goods, ...]
    fault: str = ""  # what its papers get wrong
    late_reason: str = ""
    said: str = ""  # the text of the end: why it is refused, returned, withdrawn or cancelled
    reason: str = ""  # the code of the policy that goes with it
    reviewer: int = 0  # which of the office's reviewers


WAYS = {
    "callao-oakland": Way("sea", "Callao", "Peru", "2811", "Andes Pacific Line", "Andes Courier, voyage 0648N", 17, "APLU"),
    "callao-newark": Way("sea", "Callao", "Peru", "4601", "Andes Pacific Line", "Inca Trader, voyage 231N", 16, "APLU"),
    "callao-long-beach": Way("sea", "Callao", "Peru", "2709", "Pacific Crane Lines", "Crane Callao, voyage 88N", 15, "PCLU"),
    "callao-seattle": Way("sea", "Callao", "Peru", "3001", "Pacific Crane Lines", "Crane Puget, voyage 41N", 21, "PCLU"),
    "lima-miami": Way("air", "Lima, Jorge Chavez airport", "Peru", "5201", "Vuelo Carga SA", "VC 8214", 0, ""),
    "paita-philadelphia": Way("sea", "Paita", "Peru", "1101", "Humboldt Reefer", "Humboldt Star, voyage 77N", 12, "HBRU"),
    "arica-newark": Way("sea", "Arica", "Chile", "4601", "Andes Pacific Line", "Inca Trader, voyage 232N", 19, "APLU"),
    "arica-baltimore": Way("sea", "Arica", "Chile", "1303", "Andes Pacific Line", "Nevado, voyage 19N", 20, "APLU"),
    "montevideo-houston": Way("sea", "Montevideo", "Uruguay", "5301", "Rio de la Plata Line", "Plata Norte, voyage 506", 24, "RPLU"),
    "montevideo-baltimore": Way("sea", "Montevideo", "Uruguay", "1303", "Rio de la Plata Line", "Plata Este, voyage 114", 26, "RPLU"),
    "laredo": Way("road", "Nuevo Laredo", "Mexico", "2304", "Transportes Purépecha", "plates 52-AK-9F", 1, ""),
    "pharr": Way("road", "Reynosa", "Mexico", "2305", "Transportes Purépecha", "plates 17-UB-3K", 1, ""),
    "tema-newark": Way("sea", "Tema", "Ghana", "4601", "Gulf of Guinea Lines", "Volta, voyage 340W", 22, "GGLU"),
    "abidjan-newark": Way("sea", "Abidjan", "Côte d'Ivoire", "4601", "Gulf of Guinea Lines", "Comoé, voyage 341W", 21, "GGLU"),
    "napoli-newark": Way("sea", "Napoli", "Italy", "4601", "Tirrenia Atlantic", "Partenope, voyage 12W", 15, "TIAU"),
}  # fmt: skip


def _own(code: str, packages: int) -> Goods:
    return Goods(code, (("own", packages),))


_COFFEE = Goods("PV-03", (("own", 210), ("el-huabo", 110)))
_CONTAINER_LATE = "The container was cleaned again by the carrier and came two days after it was booked."

STORIES = (
    # --- Valle Verde, the exporter whose people one signs in as ---
    Story("valle-verde", "coffee-oakland", "issued", "bay-bridge", "callao-oakland", 4, 4,
          (Goods("PV-03", (("own", 400), ("el-huabo", 240))),)),
    Story("valle-verde", "coffee-newark", "issued", "northshore", "callao-newark", 5, 3, (_COFFEE,)),
    Story("valle-verde", "quinoa-cancelled", "cancelled", "northshore", "callao-newark", 6, 5,
          (_own("PV-05", 480),), reason="goods_not_shipped",
          said="The buyer took the order back before the container was loaded."),
    Story("valle-verde", "cocoa-attention", "attention", "pacific-crest", "callao-seattle", 7, 2, (_own("PV-01", 200),)),
    Story("valle-verde", "coffee-draft-bl", "checked", "bay-bridge", "callao-oakland", 4, 2, (_COFFEE,),
          fault="draft_bl_weighs_less"),
    Story("valle-verde", "quinoa-returned", "returned", "northshore", "callao-newark", 8, 3,
          (Goods("PV-05", (("own", 200), ("cabana", 400))),),
          said="12: Lot numbers on the transaction certificate and in the request are not the same. Which are right?\n"
               "18: The packing list is a draft. Add the final one, or say when it comes."),
    Story("valle-verde", "two-products", "complete", "northshore", "callao-newark", 12, None,
          (_COFFEE, Goods("PV-05", (("own", 160), ("cabana", 240))))),
    Story("valle-verde", "coffee-withdrawn", "withdrawn", "bay-bridge", "callao-oakland", 6, 3, (_COFFEE,),
          said="Sent twice by mistake; the goods are in another request."),
    Story("valle-verde", "coffee-sent", "sent", "bay-bridge", "callao-oakland", 6, 1,
          (Goods("PV-03", (("own", 640),)),)),
    Story("valle-verde", "begun", "empty", "", "", 0, None, ()),
    Story("valle-verde", "coffee-all-autumn", "framed", "bay-bridge", "callao-oakland", 0, 4, (_own("PV-03", 1000),)),
    Story("valle-verde", "cocoa-asked", "asked", "northshore", "callao-newark", 9, 3,
          (Goods("PV-01", (("own", 160), ("own", 160))),), fault="declaration_lacks_a_lot"),
    Story("valle-verde", "coffee-weighed-less", "revised", "bay-bridge", "callao-oakland", 5, 5, (_own("PV-03", 320),),
          said="Two bags broke at loading and stayed behind: 318 bags left."),
    # --- Jengibre Junín ---
    Story("jengibre-junin", "ginger-late", "sent", "northshore", "callao-long-beach", 1, 0, (_own("GN-01", 1500),),
          late_reason=_CONTAINER_LATE),
    Story("jengibre-junin", "ginger-by-air", "issued", "northshore", "lima-miami", 3, 2, (_own("GN-01", 150),),
          fault="packing_list_not_needed", reviewer=1),
    Story("jengibre-junin", "turmeric-refused", "refused", "northshore", "callao-long-beach", 6, 4,
          (_own("GN-02", 300),), fault="packing_list_not_organic", reason="not_marked_organic", reviewer=1,
          said="The packing list says “fresh turmeric” without the word organic. Correct it and send a new request."),
    Story("jengibre-junin", "turmeric-late", "issued", "northshore", "callao-long-beach", 1, 1, (_own("GN-02", 600),),
          late_reason=_CONTAINER_LATE, said="Accepted once: the booking shows that the carrier moved the date."),
    Story("jengibre-junin", "ginger-half", "half", "northshore", "callao-long-beach", 15, None, (_own("GN-01", 1500),)),
    # --- Río Chira ---
    Story("rio-chira", "bananas-passed", "sent", "northshore", "paita-philadelphia", -1, 4, (_own("BA-01", 1080),)),
    Story("rio-chira", "bananas-issued", "issued", "northshore", "paita-philadelphia", 3, 3, (_own("BA-01", 2160),)),
    Story("rio-chira", "bananas-cancelled", "cancelled", "northshore", "paita-philadelphia", 4, 4,
          (_own("BA-01", 1080),), reason="exporter_request", reviewer=1,
          said="The association asks for it: the boxes go to another market."),
    Story("rio-chira", "mangoes-sent", "sent", "northshore", "paita-philadelphia", 1, 3, (_own("BA-02", 5400),)),
    Story("rio-chira", "bananas-and-limes", "issued", "northshore", "paita-philadelphia", 5, 2,
          (_own("BA-01", 1080), _own("BA-03", 1000)), reviewer=1),
    Story("rio-chira", "bananas-problems", "problems", "northshore", "paita-philadelphia", 9, None, (_own("BA-01", 1080),)),
    Story("rio-chira", "bananas-left", "left", "northshore", "paita-philadelphia", -1, 5, (_own("BA-01", 1080),),
          reason="already_departed", said="The bananas left before the request was decided. Nothing can be issued now."),
    # --- Quinua Altiplano ---
    Story("quinua-altiplano", "lot-missing", "answered", "northshore", "arica-newark", 3, 2,
          (Goods("QU-01", (("own", 640), ("salinas", 320))),), fault="declaration_lacks_a_lot",
          said="The lot was added by hand on the signed declaration; the clean copy follows today."),
    Story("quinua-altiplano", "partly", "partly", "northshore", "arica-baltimore", 4, 3,
          (_own("QU-01", 560), _own("QU-02", 320)), reviewer=1),
    Story("quinua-altiplano", "red-withdrawn", "withdrawn_draft", "northshore", "arica-baltimore", 10, None,
          (_own("QU-02", 320),), said="The order was not confirmed."),
    Story("quinua-altiplano", "red-photo", "sent", "northshore", "arica-baltimore", 2, 2, (_own("QU-02", 800),),
          fault="packing_list_is_a_photo"),
    Story("quinua-altiplano", "tricolour-complete", "complete", "northshore", "arica-newark", 20, None, (_own("QU-03", 720),)),
    # --- Sésamo del Chaco ---
    Story("sesamo-chaco", "sesame-sent", "sent", "northshore", "montevideo-houston", 5, 1,
          (Goods("SE-01", (("own", 360), ("loma-plata", 400))),)),
    Story("sesamo-chaco", "chia-issued", "issued", "northshore", "montevideo-houston", 7, 4, (_own("SE-02", 960),)),
    Story("sesamo-chaco", "sugar-review", "taken", "northshore", "montevideo-baltimore", 6, 2, (_own("SE-03", 500),)),
    Story("sesamo-chaco", "sesame-and-chia", "mixed", "northshore", "montevideo-houston", 8, 4,
          (_own("SE-01", 400), _own("SE-02", 400)), reason="volume_unsupported",
          said="Harvest records on file cover the sesame, not the chia. Send the purchase records with a new request."),
    # --- Aguacates Tancítaro ---
    Story("aguacates", "avocado-sent", "sent", "northshore", "laredo", 2, 1, (_own("AG-01", 1680),)),
    Story("aguacates", "limes-late", "seconded", "northshore", "pharr", 1, 1, (_own("AG-02", 1000),), reviewer=1,
          late_reason="The buyer moved the loading forward by two days because of the frost in Texas.",
          said="Accepted once: the buyer's message of the same day is with the papers."),
    Story("aguacates", "avocado-again", "again", "northshore", "laredo", 4, 4, (_own("AG-01", 1680),),
          said="14: The seal on the waybill is not the one in the request."),
    # --- Nordhof: Ecofruits du Sahel ---
    Story("ecofruits", "mango-sent", "sent", "northshore", "abidjan-newark", 5, 1,
          (Goods("EF-01", (("own", 700), ("sya-mangue", 500))),)),
    Story("ecofruits", "mango-issued", "issued", "northshore", "tema-newark", 6, 4,
          (Goods("EF-01", (("own", 800), ("sya-mangue", 400))),)),
    Story("ecofruits", "cashew-over", "taken", "northshore", "abidjan-newark", 7, 2, (_own("EF-04", 2600),)),
    Story("ecofruits", "frozen-raised", "issued", "northshore", "abidjan-newark", 8, 3, (_own("EF-02", 6200),),
          said="Harvest record of the drying unit at Orodara, 3,100 kg more than estimated."),
    Story("ecofruits", "sesame-half", "half", "northshore", "tema-newark", 25, None, (_own("EF-03", 380),)),
    # --- Nordhof: Conserve del Vesuvio ---
    Story("vesuvio", "tomato-issued", "issued", "northshore", "napoli-newark", 5, 5, (_own("VE-01", 95),)),
    Story("vesuvio", "oil-review", "confirmed", "northshore", "napoli-newark", 4, 2, (_own("VE-02", 3000),)),
    Story("vesuvio", "cocoa-refused", "refused", "northshore", "napoli-newark", 6, 4,
          (Goods("VE-04", (("cooproca", 800),)),), reason="tc_missing_or_spent",
          said="The transaction certificate from Cooperativa Cacao Yamasá is used up by earlier requests."),
    Story("vesuvio", "almonds-sent", "sent", "northshore", "napoli-newark", 6, 1, (_own("VE-03", 1500),)),
)  # fmt: skip
