"""Words of survey exports in six languages: obstacles, questions, levels, ordinals, and what is not ranked."""

from __future__ import annotations

ITEMS = {
    "en": ("Lack of skills", "No budget", "Poor data quality", "Legal limits", "Old IT systems", "Weak management support",
           "Unclear strategy", "Too little time", "Missing tools", "Staff turnover", "Data silos", "Vendor lock-in"),
    "fr": ("Manque de compétences", "Pas de budget", "Données de mauvaise qualité", "Limites juridiques",
           "Anciens systèmes", "Direction absente", "Stratégie floue", "Trop peu de temps", "Outils manquants",
           "Rotation du personnel", "Silos internes", "Dépendance aux fournisseurs"),
    "de": ("Fehlende Fähigkeiten", "Kein Budget", "Schlechte Datenqualität", "Rechtliche Grenzen", "Alte Systeme",
           "Leitung hilft nicht", "Unklare Strategie", "Zu wenig Zeit", "Fehlende Werkzeuge", "Personalwechsel",
           "Datensilos", "Bindung an Anbieter"),
    "es": ("Falta de competencias", "Sin presupuesto", "Mala calidad de datos", "Límites legales", "Sistemas viejos",
           "Dirección ausente", "Estrategia confusa", "Falta de tiempo", "Herramientas inadecuadas", "Rotación del personal",
           "Silos internos", "Dependencia de proveedores"),
    "zh": ("人员技能不足", "缺少预算", "数据质量差", "法律限制", "系统老旧", "领导支持不够", "战略不清", "时间太少", "工具缺失",
           "人员流动", "数据孤岛", "供应商锁定"),
    "ja": ("スキル不足", "予算不足", "データの品質", "法的な制約", "古いシステム", "上司の支援", "戦略の不明確さ", "時間の不足",
           "ツールの不足", "離職", "部門の壁", "業者への依存"),
}  # fmt: skip
RANK = {
    "en": "Rank the obstacles", "fr": "Classez les obstacles", "de": "Ordnen Sie die Hürden nach Rang",
    "es": "Ordene los obstáculos", "zh": "请对障碍排序", "ja": "障害に順位をつけてください",
}  # fmt: skip
WHICH = {
    "en": "Which obstacles do you meet?", "fr": "Quels obstacles rencontrez-vous ?", "de": "Welche Hürden gibt es?",
    "es": "¿Qué obstáculos encuentra?", "zh": "您遇到哪些障碍？", "ja": "どの障害がありますか",
}  # fmt: skip
HOW_LARGE = {
    "en": "How large is this obstacle?", "fr": "Quelle est l'ampleur de cet obstacle ?", "de": "Wie groß ist diese Hürde?",
    "es": "¿Qué tan grande es este obstáculo?", "zh": "这个障碍有多严重？", "ja": "この障害はどの程度ですか",
}  # fmt: skip
ORDINALS = {
    "en": ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh", "Twelfth"),
    "fr": ("Premier", "Deuxième", "Troisième", "Quatrième", "Cinquième", "Sixième", "Septième", "Huitième", "Neuvième",
           "Dixième", "Onzième", "Douzième"),
    "de": ("Erster", "Zweiter", "Dritter", "Vierter", "Fünfter", "Sechster", "Siebter", "Achter", "Neunter", "Zehnter",
           "Elfter", "Zwölfter"),
    "es": ("Primero", "Segundo", "Tercero", "Cuarto", "Quinto", "Sexto", "Séptimo", "Octavo", "Noveno", "Décimo",
           "11º", "12º"),
    "zh": ("第一", "第二", "第三", "第四", "第五", "第六", "第七", "第八", "第九", "第十", "第十一", "第十二"),
    "ja": ("1位", "2位", "3位", "4位", "5位", "6位", "7位", "8位", "9位", "10位", "11位", "12位"),
}  # fmt: skip
RANK_N = {"en": "Rank {n}", "fr": "Rang {n}", "de": "Platz {n}", "es": "Puesto {n}", "zh": "第{n}名", "ja": "{n}位"}
SHORT = {"en": "{n}.", "fr": "{n}e", "de": "{n}.", "es": "{n}º", "zh": "第{n}", "ja": "{n}番目"}
MOST = {
    "en": "most severe", "fr": "le plus grave", "de": "am wichtigsten", "es": "más grave", "zh": "最严重", "ja": "最大",
}  # fmt: skip
LEAST = {
    "en": "least severe", "fr": "le moins grave", "de": "am wenigsten wichtig", "es": "menos grave", "zh": "最不严重",
    "ja": "最小",
}  # fmt: skip
PLACES = {  # names of the columns of places
    "en": ("Biggest obstacle", "Second biggest obstacle", "Third biggest obstacle"),
    "fr": ("Premier obstacle", "Deuxième obstacle", "Troisième obstacle"),
    "de": ("Größte Hürde", "Zweitgrößte Hürde", "Drittgrößte Hürde"),
    "es": ("Primer obstáculo", "Segundo obstáculo", "Tercer obstáculo"),
    "zh": ("第一障碍", "第二障碍", "第三障碍"),
    "ja": ("1番目の障害", "2番目の障害", "3番目の障害"),
}
NOT_RANKED = {
    "en": "Not ranked", "fr": "Non classé", "de": "Nicht gewählt", "es": "Sin clasificar", "zh": "未排序", "ja": "選択なし",
}  # fmt: skip
YES = {"en": "Yes", "fr": "Oui", "de": "Ja", "es": "Sí", "zh": "是", "ja": "はい"}
NO = {"en": "No", "fr": "Non", "de": "Nein", "es": "No", "zh": "否", "ja": "いいえ"}
LEVELS = {  # from the least to the most
    "en": (("Not at all", "Slightly", "Moderately", "Very", "Extremely"),
           ("Not a barrier", "Small barrier", "Moderate barrier", "Large barrier", "Very large barrier"),
           ("No obstacle", "Minor obstacle", "Serious obstacle")),
    "fr": (("Pas du tout", "Un peu", "Moyennement", "Fortement", "Extrêmement"),
           ("Aucun obstacle", "Petit obstacle", "Obstacle moyen", "Grand obstacle", "Très grand obstacle")),
    "de": (("Gar nicht", "Wenig", "Mittel", "Stark", "Sehr stark"),
           ("Keine Hürde", "Kleine Hürde", "Mittlere Hürde", "Große Hürde", "Sehr große Hürde")),
    "es": (("Nada", "Poco", "Moderado", "Bastante", "Muchísimo"),
           ("Ningún obstáculo", "Obstáculo leve", "Obstáculo moderado", "Gran obstáculo", "Obstáculo muy grande")),
    "zh": (("完全不严重", "轻微", "中等", "严重", "非常严重"), ("没有障碍", "较小障碍", "一般障碍", "较大障碍", "极大障碍")),
    "ja": (("まったくない", "少し", "ある程度", "かなり", "非常に"),
           ("障害ではない", "小さな障害", "中程度の障害", "大きな障害", "非常に大きな障害")),
}  # fmt: skip
LONG = {  # names of columns of a row per answer: respondent, item, rank, rating
    "en": ("respondent", "obstacle", "rank", "severity rating"), "fr": ("répondant", "obstacle", "rang", "note"),
    "de": ("Befragte", "Hürde", "Rang", "Note"), "es": ("encuestado", "obstáculo", "puesto", "valor"),
    "zh": ("受访者编号", "障碍", "排名", "评分"), "ja": ("回答者ID", "障害", "順位", "評価"),
}  # fmt: skip
