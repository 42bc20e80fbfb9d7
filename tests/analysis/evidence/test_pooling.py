"""Random effects by their formulas, votes of series, verdicts, and the shipped surveys against what was typed."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats

from obstacles.analysis.evidence.counts import clopper_pearson
from obstacles.analysis.evidence.evidence import EvidenceError, evidence
from obstacles.analysis.evidence.pooling import given, one_vote, pool, random_effects, verdict_of
from obstacles.analysis.evidence.result import Counts, Effect, Evidence, Pool, SurveyEvidence
from obstacles.survey.evidence.load import EvidenceFiles, load_evidence
from obstacles.survey.evidence.printed import PrintedSurvey

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "skills-first"
SOURCE = Path("/work/shared/data/evidence/evidence.csv")


def by_formula(d: np.ndarray, v: np.ndarray) -> dict[str, float]:
    """Paule and Mandel: tau^2 at which Q is k - 1. Hartung and Knapp: the weighted spread of residuals, at least 1."""
    k = len(d)

    def generalised_q(tau2: float) -> float:
        w = 1 / (v + tau2)
        return float((w * (d - (w * d).sum() / w.sum()) ** 2).sum())

    tau2 = 0.0 if generalised_q(0) <= k - 1 else optimize.brentq(lambda t: generalised_q(t) - (k - 1), 0, 100)
    w = 1 / (v + tau2)
    mean = (w * d).sum() / w.sum()
    error = math.sqrt(max(1.0, (w * (d - mean) ** 2).sum() / (k - 1)) / w.sum())
    half, reach = stats.t.ppf(0.975, k - 1) * error, stats.t.ppf(0.975, k - 2) * math.sqrt(tau2 + error**2)
    q = generalised_q(0)
    return {
        "mean": mean,
        "error": error,
        "low": mean - half,
        "high": mean + half,
        "tau": math.sqrt(tau2),
        "q": q,
        "i2": max(0.0, 1 - (k - 1) / q),
        "prediction_low": mean - reach,
        "prediction_high": mean + reach,
    }


@pytest.mark.parametrize("spread", [0.0, 0.002, 0.1, 0.4])
def test_random_effects_are_those_of_the_formulas(spread: float) -> None:
    rng = np.random.default_rng(3)
    v = rng.uniform(1e-5, 4e-3, 8)
    d = rng.normal(0.03, np.sqrt(v) * 0.5 + spread)
    made = random_effects(d, v)
    for name, value in by_formula(d, v).items():
        assert getattr(made, name) == pytest.approx(value, rel=1e-4, abs=1e-7), name


def effects(values: list[float], variance: float = 1e-4) -> list[tuple[str, Effect]]:
    return [(f"S{j}", Effect("leading", "cost", d, variance / 2, variance)) for j, d in enumerate(values)]


def test_fewer_than_five_are_not_pooled() -> None:
    assert pool(effects([0.1] * 4)) is None
    assert pool(effects([0.1, 0.2, 0.1, 0.2, 0.1])) is not None


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([0.20, 0.21, 0.19, 0.22, 0.20, 0.2], "reproduced"),
        ([-0.20, -0.21, -0.19, -0.22, -0.20, -0.2], "refuted"),
        ([0.20, -0.21, 0.19, -0.22, 0.20, 0.0], "leading group"),
        ([0.05, 0.3, 0.02, 0.4, 0.2, 0.1], "leading group"),
    ],
)
def test_a_verdict_needs_the_whole_prediction_interval(values: list[float], verdict: str) -> None:
    pooled = pool(effects(values))
    assert pooled is not None
    low, high = pooled.prediction
    assert (low > 0, high < 0) == (verdict == "reproduced", verdict == "refuted")
    assert verdict_of(pooled, counted(6, 4)) == verdict
    if verdict == "leading group":
        assert verdict_of(pooled, counted(6, 3)) == "not established"


def test_no_pool_never_says_reproduced_or_refuted() -> None:
    assert verdict_of(None, counted(6, 6)) == "leading group"
    assert verdict_of(None, counted(6, 0)) == "not established"


def test_the_leading_group_is_earned() -> None:
    """By five lists of more than three categories, and never where the category is surely behind in all that tell."""
    assert verdict_of(None, counted(4, 4)) == "not established"
    assert verdict_of(None, counted(6, 6, surely_not=6)) == "not established"
    assert verdict_of(None, counted(6, 6, surely_not=5)) == "leading group"
    assert verdict_of(None, counted(0, 0)) == "not established"


def counted(listed: int, in_three: int, *, surely_not: int = 0) -> Counts:
    return Counts(9, 0, 0, listed, in_three, 6, 0, surely_not, 0.0, 1.0)


@pytest.mark.parametrize("values", [[0.1] * 5, [0.1, 0.11, 0.1, 0.11, 0.1]])
def test_surveys_that_agree_by_chance_do_not_reproduce(values: list[float]) -> None:
    """Five surveys of 20 with 50 against 40 %: their agreement is no interval of width 0."""
    pooled = pool([(f"S{j}", Effect("leading", "cost", d, 0.09 / 20, 0.89 / 20)) for j, d in enumerate(values)])
    assert pooled is not None
    assert pooled.largest.error == pytest.approx(math.sqrt(0.89 / 20 / 5))
    assert pooled.prediction[0] < 0 < pooled.prediction[1]
    assert verdict_of(pooled, counted(0, 0)) == "not established"


def test_surveys_of_fewer_than_ten_respondents_are_not_pooled(narrow: Evidence) -> None:
    able = next(survey for survey in narrow.surveys if survey.effect("leading") is not None)
    assert len(given([replace(able, n=10.0)])) == 1
    assert given([replace(able, n=9.0)]) == []


@pytest.mark.parametrize(("k", "m"), [(0, 9), (9, 32), (12, 40), (5, 5)])
def test_exact_interval(k: int, m: int) -> None:
    low, high = clopper_pearson(k, m)
    assert k == 0 or stats.binom.sf(k - 1, m, low) == pytest.approx(0.025)
    assert k == m or stats.binom.cdf(k, m, high) == pytest.approx(0.025)


# ---------- the shipped surveys -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files() -> EvidenceFiles:
    return load_evidence([EXAMPLE / "surveys.csv", ROOT / "examples" / "eurostat-ai"])


@pytest.fixture(scope="module")
def narrow(files: EvidenceFiles) -> Evidence:
    return evidence(files)


def of(e: Evidence, name: str, year: int) -> SurveyEvidence:
    return next(survey for survey in e.surveys if survey.survey.startswith(name) and survey.year == year)


def test_the_example_is_large_enough_and_clean(files: EvidenceFiles) -> None:
    printed = [entry.survey for entry in files.surveys]
    assert files.problems == ()
    assert len(printed) == 40
    assert len({entry.series for entry in files.surveys if entry.survey.population == "government"}) >= 8


def test_figures_are_those_that_were_read(files: EvidenceFiles) -> None:
    if not SOURCE.is_file():
        pytest.skip("the table of sources is not here")
    with SOURCE.open(encoding="utf-8", newline="") as lines:
        read = {(row["survey"], int(row["year"]), row["item"]): row for row in csv.DictReader(lines)}
    looked = 0
    for entry in files.surveys:
        survey = entry.survey
        if not isinstance(survey, PrintedSurvey) or survey.file != "surveys.csv":
            continue
        assert survey.year is not None
        rows = [row for (name, year, _item), row in read.items() if (name, year) == (survey.survey, survey.year)]
        assert len(rows) == len(survey.items), "every row of a survey is there"
        for item, place in zip(survey.items, entry.places, strict=True):
            row = read[survey.survey, survey.year, item.text]
            assert "doubtful" not in row["confidence"]
            assert survey.n == (float(row["n"]) if row["n"] else None)
            assert (survey.population, survey.source) == (row["population"], row["source"])
            assert (place.narrow == "skills") == (row["is_skills"] == "1")
            if survey.survey.startswith("Gartner"):
                continue  # one printed share beside two named leaders: an order
            assert item.value == (float(row["value"]) if row["value"] else None)
            assert survey.kind == row["kind"]
            looked += 1
    assert looked > 130


def test_the_count_by_hand(narrow: Evidence) -> None:
    """Of the 32 blocks counted by hand skills lead alone in 9 and tie in 2."""
    later = {
        "MeriTalk",
        "Google Public Sector / GovExec federal",
        "ICMA",
        "Gartner",
        "Statistics Canada",
        "eurostat-ai",
    }
    chosen = [survey for survey in narrow.surveys if not survey.survey.startswith(tuple(later))]
    assert len(chosen) == 32
    assert sum(survey.standing == "first" for survey in chosen) == 9
    assert sorted(survey.survey[:3] for survey in chosen if survey.standing == "tied") == ["GBC", "NAO"]
    assert narrow.counts.first == 9 + 3  # and three years of Eurostat


@pytest.mark.parametrize(
    ("name", "year", "p", "q", "n", "place", "standing"),
    [
        ("NASCIO / McKinsey", 2024, 0.53, 0.49, 49, 1, "first"),
        ("SAS / Total", 2024, 0.63, 0.67, 170, 2, "not first"),
        ("McKinsey", 2018, 0.42, 0.43, 1646, 2, "not first"),
        ("IBM Roadblock", 2020, 0.37, 0.31, 4514, 1, "first"),
        ("DSIT", 2025, 0.60, 0.71, 3500, 2, "not first"),
        ("Unisys", 2015, 0.35, 0.73, 100, 2, "not first"),
    ],
)
def test_differences_by_hand(
    narrow: Evidence, name: str, year: int, p: float, q: float, n: int, place: int, standing: str
) -> None:
    survey = of(narrow, name, year)
    d = survey.difference
    assert d is not None
    assert (survey.n, survey.place, survey.standing) == (n, place, standing)
    assert d.value == pytest.approx(p - q)
    largest = math.sqrt((p + q - 2 * max(0, p + q - 1) - (p - q) ** 2) / n)
    added = ((n * abs(p - q) + 2) / (n + 2) - (n * (p - q) / (n + 2)) ** 2) / (n + 2)  # an answer to either side
    smallest = math.sqrt(max((abs(p - q) - (p - q) ** 2) / n, added))
    assert (d.smallest_error, d.largest_error) == pytest.approx((smallest, largest))
    assert (d.low, d.high) == pytest.approx(
        (p - q - 0.01 - 1.959964 * largest, p - q + 0.01 + 1.959964 * largest), abs=1e-6
    )


def test_joint_answers_are_used_where_they_were_counted(narrow: Evidence) -> None:
    """Kaggle 2017: 7,376 people, 1,448 named only talent and 2,022 only dirty data (McNemar's variance)."""
    d = of(narrow, "Kaggle 2017 - all", 2017).difference
    assert d is not None
    assert d.joint_known
    only, other, n = 1448, 2022, 7376
    assert d.largest_error == pytest.approx(math.sqrt(only + other - (only - other) ** 2 / n) / n, rel=2e-3)
    assert d.largest_error == pytest.approx(0.008, abs=2e-4)


def test_a_near_census_has_hardly_any_error(narrow: Evidence) -> None:
    d = of(narrow, "NAO", 2023).difference
    assert d is not None
    assert d.largest_error == pytest.approx(math.sqrt(0.6 / 87 * 2 / 88))


def test_several_items_of_a_rival_leave_first_place_open(narrow: Evidence) -> None:
    survey = of(narrow, "EC / Ipsos", 2020)  # skills 57; cost 52 and 49
    cost = next(share for share in survey.shares if share.category == "cost")
    assert (cost.lead, cost.low, cost.high) == pytest.approx((0.52, 0.52, 1.0))
    assert (survey.any_low, survey.any_high) == pytest.approx((-0.43, 0.05))
    assert (survey.standing, survey.sure) == ("first", "not sure")


def test_single_answers_add_up(narrow: Evidence) -> None:
    survey = of(narrow, "Google Public Sector / GovExec federal", 2025)
    technology = survey.shares[0]
    assert (technology.category, technology.low, technology.high) == ("technology", 0.83, 0.83)
    assert survey.censored
    assert survey.sure == "surely not first"


def test_cut_lists_are_bounds_and_not_gaps(narrow: Evidence) -> None:
    survey = of(narrow, "MeriTalk", 2012)
    assert survey.censored
    assert (survey.share.low, survey.share.high, survey.place, survey.or_later) == (0, 0.34, 3, True)
    high, low = survey.effect("cut_high"), survey.effect("cut_low")
    assert high is not None
    assert low is not None
    assert (high.value, low.value) == pytest.approx((-0.06, -0.40))


def test_an_order_has_a_place_and_no_error(narrow: Evidence) -> None:
    japan = of(narrow, "Japan MIC AI", 2024)
    assert (japan.place, japan.standing, japan.sure, japan.places, japan.effects) == (1, "first", "no error", None, ())


def test_the_pool_by_formula(narrow: Evidence) -> None:
    """Government: the five surveys and differences of the table, worked out from printed shares only."""
    part = next(part for part in narrow.parts if part.name == "government")
    assert part.pool is not None
    assert part.poolable == 5
    shares = [
        (0.35, 0.73, 100, 1.0),
        (0.5025, 0.5076, 396, 1.0),
        (0.7, 0.7, 87, 2 / 88),
        (0.63, 0.67, 170, 1.0),
        (0.53, 0.49, 49, 1.0),
    ]
    d = np.array([p - q for p, q, _n, _f in shares])
    v = np.array([(p + q - 2 * max(0, p + q - 1) - (p - q) ** 2) / n * f for p, q, n, f in shares])
    v[1] = (146 / 396 - d[1] ** 2) / 396  # 72 + 74 named only one of the two
    v += 2 * 0.005**2 / 3
    v[1] += 2 * (0.00005**2 - 0.005**2) / 3
    worked = by_formula(d, v)
    for name, value in worked.items():
        assert getattr(part.pool.largest, name) == pytest.approx(value, rel=2e-3, abs=1e-4), name
    assert part.verdict == "leading group"


def test_lists_of_two_or_three_categories_put_nobody_in_the_leading_group(narrow: Evidence) -> None:
    chosen = [survey for survey in narrow.surveys if len(survey.shares) > 3]
    assert (narrow.counts.listed, narrow.counts.in_three) == (len(chosen), 14) == (18, 14)
    assert sum(survey.place <= 3 and not survey.or_later for survey in narrow.surveys) == 29


def test_ranks_of_a_list_cut_short_are_open_above(narrow: Evidence) -> None:
    assert of(narrow, "MeriTalk", 2012).places == (1, None)
    assert of(narrow, "Google Public Sector / GovExec federal", 2025).places == (2, None)
    assert of(narrow, "IBM Roadblock", 2020).places == (1, 1)
    assert of(narrow, "McKinsey", 2018).places == (1, 2)  # surely before two that were printed


def test_the_answer_and_its_sensitivity(narrow: Evidence, files: EvidenceFiles) -> None:
    assert narrow.verdict == "leading group"
    assert narrow.pool is not None
    assert narrow.pool.k == narrow.poolable == len(narrow.without) == 10
    assert narrow.pool.prediction[0] < 0 < narrow.pool.prediction[1]
    ways = {part.name: part for part in narrow.sensitivity}
    wide = evidence(files, reading="wide")
    assert ways["wide"].counts == wide.counts
    assert ways["narrow"].counts == narrow.counts
    apart = ways["without no need"].counts
    assert (apart.first, apart.surveys) == (narrow.counts.first, 39)  # DSIT printed no other obstacle
    assert (wide.counts.first, wide.counts.surveys, len(wide.no_rival)) == (13, 39, 1)
    assert of(wide, "County Councils", 2025).standing == "tied"
    assert of(wide, "Bitkom", 2021).standing == "first"
    assert ways["each series once"].counts == narrow.series_counts
    assert all(part.verdict == "leading group" for part in narrow.sensitivity)


def test_a_series_has_one_vote(narrow: Evidence) -> None:
    voters = one_vote(narrow.surveys)
    assert len(voters) == len({survey.series for survey in narrow.surveys}) == 32
    ibm = [survey.survey for survey in voters if survey.series == "IBM AI adoption"]
    assert ibm == ["IBM Global AI Adoption Index"]
    japan = next(survey for survey in voters if survey.series == "Japan MIC")
    assert japan.standing == "not first"  # of two alike the one that says less for the category
    assert len(given(narrow.surveys)) == 10


def test_another_category_is_shown_as_plainly(files: EvidenceFiles) -> None:
    cost = evidence(files, category="cost")
    assert cost.verdict in ("leading group", "not established", "refuted")
    assert cost.counts.first < cost.counts.surveys
    assert of(cost, "SAS / Total", 2024).standing == "first"
    assert of(cost, "IBM Roadblock", 2020).censored


def test_wrong_words_are_refused(files: EvidenceFiles) -> None:
    with pytest.raises(EvidenceError, match='Did you mean "skills"'):
        evidence(files, category="skill")
    with pytest.raises(EvidenceError, match="narrow"):
        evidence(files, reading="broad")
    with pytest.raises(EvidenceError, match="level"):
        evidence(files, level=1.5)


def test_the_record_is_plain(narrow: Evidence) -> None:
    import json

    record = json.loads(json.dumps(narrow.to_dict(), allow_nan=False))
    assert record["verdict"] == "leading group"
    assert record["pool"]["k"] == 10
    assert len(record["surveys"]) == 40


def test_pools_of_one_value_have_no_spread() -> None:
    pooled = pool(effects([0.0] * 6, variance=0.0))
    assert isinstance(pooled, Pool)
    assert pooled.largest.mean == 0
    assert math.isfinite(pooled.prediction[0])
