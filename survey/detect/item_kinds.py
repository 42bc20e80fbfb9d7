"""Options that are no obstacles, by their words: "Other (please specify)", "None of these", "Don't know".

The whole label has to say it: "Other departments do not share data" and "Don't know where to begin" are obstacles.
Known are English, Chinese, Japanese, German, French, Spanish, Italian, Portuguese and Dutch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from obstacles.survey.settings.values import ItemKind
from obstacles.survey.studyfile.checks.item_kinds import NEED_EVERY_ITEM
from obstacles.survey.studyfile.proposal import ProposedItem
from obstacles.text.fold import fold
from obstacles.text.language import N_, _

NOUN = r"(?:obstacle|barrier|challenge|problem|difficult(?:y|ie)|issue|hindrance|reason|concern|factor|option|answer)s?"
HINDERNIS = r"(?:hindernisse?|hürden?|barrieren?|probleme?|gr[üu]nde?|schwierigkeiten|herausforderungen|antworten?)n?"
FREIN = r"(?:obstacles?|freins?|barrières?|difficultés?|problèmes?|raisons?|réponses?|motifs?)"
RAZON = r"(?:obst[áa]culos?|barreras?|razones|raz[óo]n|motivos?|problemas?|dificultad(?:es)?|respuestas?)"
CHINESE_NOUN = r"(?:障碍|困难|问题|原因|因素|阻碍|挑战|选项|情况|方面)"
SAY = (  # what an option of one's own asks for
    r"(?:please|pls|if any|if so|specify|write|free text|text|which|what|open|describe|explain|state|bitte|und zwar|"
    r"angeben|nämlich|namelijk|veuillez|précise|préciser|à préciser|especifi|por favor|indique|cuál|qual|quale|"
    r"specificare|请|請|注明|说明|填写|具体|記入|具体的に|自由)"
)
WORDS: dict[ItemKind, str] = {
    "other": (
        rf"(?:(?:any |some |an)?other(?:s|(?: {NOUN}))?(?: not listed(?: here| above)?)?|something else|"
        rf"sonstige[rsn]?(?: {HINDERNIS})?|andere[rs]?(?: {HINDERNIS})?|etwas anderes|"
        rf"autres?(?: {FREIN})?|autre chose|otr[oa]s?(?: {RAZON})?|otra cosa|altr[oiae](?: motiv[oi])?|"
        rf"outr[oa]s?(?: {RAZON})?|anders|overige?|其他{CHINESE_NOUN}?|其它{CHINESE_NOUN}?|另外|その他)"
        rf"\s*(?:[,;:.(\[\-–—/…、,_。\s]+\s*(?:{SAY}.*)?)?[)\].:_…\s]*"
    ),
    "none": (
        rf"(?:there (?:is|are) )?(?:(?:i|we) (?:have|see|face) )?(?:none(?: of (?:these|them|those|"
        rf"the (?:above|following|listed|"
        rf"options)|the {NOUN} (?:above|listed)|the above {NOUN}|these {NOUN}|this))?(?: apply| applies)?|"
        rf"no(?: particular| major| significant| real| such| specific)? {NOUN}(?: at all)?|"
        rf"nothing(?: of the kind| in particular)?|"
        rf"not any|kein(?:e[rsn]?)?(?: davon| von diesen| der (?:genannten|obigen|"
        rf"aufgeführten)(?: {HINDERNIS})?| {HINDERNIS})?|"
        rf"nichts(?: davon)?|aucun(?:e)?s?(?: {FREIN})?(?: (?:de|parmi) (?:ces|ceux|celles).*|"
        rf" des .*(?:réponses|options|propositions|"
        rf"obstacles).*| d.entre (?:eux|elles))?|rien(?: de tout (?:ça|cela))?|"
        rf"ning[uú]n[oa]?s?(?: {RAZON})?(?: de (?:l[oa]s|est[oa]s|ell[oa]s).*)?|"
        rf"nada(?: de esto)?|nessun[oa]?(?: (?:di questi|di queste|dei precedenti))?|"
        rf"nenhum[a]?(?: (?:dos?|das?|dest[ea]s) .*)?|"
        rf"geen(?: van (?:deze|bovenstaande))?|"
        rf"(?:以上|上述)?(?:都|均|皆|全)?(?:没有|無|无|不是|非)(?:上述|以上)?{CHINESE_NOUN}?|"
        rf"以上(?:皆|均|都|全)(?:非|无|不是|没有|不适用|不符合)|没有任何{CHINESE_NOUN}|特に(?:なし|ない)|なし|(?:どれも|いずれも)(?:ない|当てはまらない|"
        rf"あてはまらない)|(?:あて|当て)はまるものはない)[.!。\s]*"
    ),
    "opt_out": (
        r"(?:(?:i |we )?(?:do not|don.?t|dont|can.?t|cannot|can not) (?:know|say|tell|"
        r"judge)(?: yet)?|dk|unsure|(?:i am |i'm |we are )?not sure|"
        r"no opinion|no answer|(?:i |i'd |i would |we )?(?:would )?(?:prefer|"
        r"rather) not(?: to)?(?: say| answer| disclose| state| tell)?|"
        r"decline(?:d)?(?: to (?:say|answer|state))?|refused?|not applicable|n/?a|does not apply(?: to (?:me|us))?|"
        r"wei(?:ß|ss)(?: ich| es)? nicht|keine (?:angaben?|meinung|antwort)|(?:möchte|"
        r"will) (?:ich )?nicht (?:sagen|antworten)|trifft nicht zu|entfällt|"
        r"(?:je )?(?:ne )?sai[st] pas|sans (?:opinion|réponse|objet)|ne se prononce pas|nsp|"
        r"préfère ne pas (?:répondre|dire)|"
        r"no (?:lo )?s[ée]|no sabe|ns/?nc|prefiero no (?:decir|responder|contestar)(?:lo)?|no aplica|no contesta|"
        r"non so|preferisco non rispondere|não sei|prefiro não (?:responder|dizer)|"
        r"weet (?:ik )?niet|geen mening|zeg ik liever niet|"
        r"不知道|不清楚|说不清(?:楚)?|不确定|无法判断|不便(?:回答|透露)|不愿(?:回答|透露)|不想(?:回答|说)|拒绝回答|拒答|不适用|"
        r"分からない|わからない|答えたくない|回答しない|無回答|該当しない)[.!。\s]*"
    ),
}
KINDS: dict[ItemKind, re.Pattern[str]] = {kind: re.compile(words) for kind, words in WORDS.items()}
EVIDENCE = {
    "other": N_("an answer of one's own: shown with its share, never ranked"),
    "none": N_("means none of the items: shown with its share, never ranked"),
    "opt_out": N_("no answer to the question: shown with its share, never ranked"),
}
PARTS = re.compile(r"\s*/\s*|\s+(?:or|oder|ou|o)\s+|\s*或\s*|\s*、\s*")
BESIDE = re.compile(r"\s*[(\[](?:exclusive|exklusiv|exclusif|单选|互斥|排他)[^)\]]*[)\]]$")


def kind_of_label(label: str) -> ItemKind | None:
    """What an option is instead of an obstacle, by its whole label; None for an obstacle."""
    text = BESIDE.sub("", fold(label).replace("’", "'")).strip(" .\"'“”*-")
    for kind, words in KINDS.items():
        if words.fullmatch(text):
            return kind
    parts = [part for part in PARTS.split(text) if part]
    found = {kind_of_label(part) for part in parts} if 1 < len(parts) <= 4 else set()
    return next(iter(found)) if len(found) == 1 else "opt_out" if found == {"opt_out", "none"} else None


def with_kinds(items: Sequence[ProposedItem], forms: Sequence[str]) -> list[ProposedItem]:
    """The items with the kinds that their labels say; all as they were where too few would be left to rank."""
    if any(form in NEED_EVERY_ITEM for form in forms):
        return list(items)
    kinds = [kind_of_label(item.label) for item in items]
    if kinds.count(None) < 2:
        return list(items)
    return [
        item if kind is None else replace(item, kind=kind, kind_why=_(EVIDENCE[kind]))
        for item, kind in zip(items, kinds, strict=True)
    ]
