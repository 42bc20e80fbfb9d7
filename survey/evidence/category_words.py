"""The category of a printed item: from the table's own column, else guessed from its words: English, Chinese, common
words of German, French and Spanish."""

from __future__ import annotations

import re

from obstacles.text.fold import fold

OWN = {  # categories as others write them -> those of the crosswalk
    "employees and skills": "skills",
    "employees": "skills",
    "people": "skills",
    "people and skills": "skills",
    "人员与技能": "skills",
    "技能": "skills",
    "人员": "skills",
    "data resources": "data",
    "数据资源": "data",
    "数据": "data",
    "thinking and concepts": "thinking",
    "思维与观念": "thinking",
    "观念": "thinking",
    "changing environment": "environment",
    "环境变化": "environment",
    "环境": "environment",
    "技术": "technology",
    "成本": "cost",
    "费用": "cost",
    "规则": "rules",
    "法规": "rules",
    "领导支持": "sponsorship",
    "业务价值": "business case",
    "其他": "other",
}
WORDS = (  # the first that occurs; pairs of a category and its words
    ("staff numbers", r"personalmangel|manque de personnel|falta de personal|"
                      r"head ?count|staff(ing)? (capacity|numbers|shortage)|too few staff|人手不足|编制"),
    ("skills", r"fachkräfte|kompetenz|fähigkeit|compétence|competencia|habilidad|\bformación|\bformation\b|"
               r"skill|talent|expertise|training|qualified|competen|literacy|data scientist|hir(e|ing)|recruit|"
               r"know-?how|技能|人才|培训|专业能力|专业人员"),
    ("rules", r"datenschutz|rechtlich|gesetz|vorschrift|juridi|réglement|vie privée|privacidad|normativ|"
              r"privacy|regulat|legal|law|complian|ethic|\bliabil|bias|confidential|governance|policy|隐私|法律|法规|"
              r"伦理|合规|监管"),
    ("cost", r"kosten|teuer|finanz|budget|coût|\bcher\b|presupuest|cost|fund(ing|s)?\b|money|"
             r"financ|expens|成本|资金|预算|经费|费用"),
    ("data", r"^(the |big )?(data|daten|données|datos)$|datenqualit|datenverf|qualité des données|"
             r"calidad de (los )?datos|"
             r"data (quality|availab|access|standard|complex|silo|shar)|dirty data|quality of (the )?data|silo|"
             r"availability of (good )?data|数据(质量|共享|标准|可得|孤岛|资源)"),
    ("sponsorship", r"leadership|management support|sponsor|executive|support from|politic|领导|高层|支持"),
    ("business case", r"business case|use case|no (identified )?need|not needed|relevan|benefit|value|return|"
                      r"clear question|业务价值|需求|效益|没有必要"),
    ("thinking", r"culture|aware|strateg|mindset|understanding|resist|trust|concept|文化|认识|观念|战略|思维"),
    ("technology", r"technik|sicherheit|sécurité|seguridad|outils|herramient|"
                   r"technolog|tool|infrastructure|legacy|system|integrat|security|software|storage|platform|accura|"
                   r"技术|工具|基础设施|系统|平台|安全"),
    ("environment", r"coordinat|cooperat|environment|market|other (departments|agencies)|协调|环境|合作"),
)  # fmt: skip
TOTAL = re.compile(
    r"(?:grand )?totals?|sum|summe|gesamt|insgesamt|total général|ensemble|suma|合计|合計|总计|總計|小计"
)
NO_OBSTACLE = re.compile(
    r"\bno (identified )?need|not (needed|relevant)|no (barriers|obstacles|challenges)\b|没有(障碍|必要)", re.I
)


def category_of(item: str, own: str, is_skills: str) -> tuple[str, str, bool]:
    """Narrow and wide category of an item, and whether they are a guess from its words.

    Parameters
    ----------
    own : str
        The table's own category; "" = none.
    is_skills : str
        "1" or "0" where the table says whether the item is about skills proper; a category of employees and skills
        without it is one of numbers under the narrow reading.
    """
    if own:
        wide = OWN.get(fold(own), fold(own))
        proper = fold(is_skills) in ("1", "yes", "true", "是")
        if wide == "skills" and fold(is_skills) and not proper:
            return "staff numbers", wide, True
        return ("skills", "skills", wide != "skills") if proper else (wide, wide, False)
    folded = fold(item)
    for name, words in WORDS:
        if re.search(words, folded):
            return (name, "skills" if name == "staff numbers" else name, True)
    return "other", "other", True


def names_a_total(item: str) -> bool:
    """Whether an item is a line of sums, such as "Total"."""
    return TOTAL.fullmatch(fold(item)) is not None


def names_no_obstacle(item: str) -> bool:
    """Whether an item says that there is no obstacle, such as "no need"."""
    return NO_OBSTACLE.search(item) is not None
