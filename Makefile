# make demo    write the example studies to obstacles-demo/ and make their reports
# make test    lint, types and tests, without those marked slow
# make browser   the page of `obstacles serve` in Chromium: journeys by click, axe on every screen
# make validate   the slow tests, and the simulated surveys of docs/validation.md, one program after the other (hours)
# make bench   speed and memory beside other programs, to benchmarks/latest.json
# make catalogue   bring the catalogues of messages up to what the code says, and compile them
# make docs    the documentation site, to site/ (read it by: python3 -m http.server -d site)
# make pictures   pages of the example's reports as pictures, to docs/pictures/
BIN = .venv/bin
unexport PYTHONDONTWRITEBYTECODE  # the tests start Python hundreds of times: what is compiled is kept

.PHONY: demo test browser validate setup web-setup dev-setup docs-setup bench catalogue docs pictures clean

demo: web-setup
	$(BIN)/obstacles demo obstacles-demo
	@echo "The page, for the same in a browser: $(BIN)/obstacles serve"

browser: dev-setup
	@command -v chromedriver >/dev/null || echo "No chromedriver: these tests are skipped (Debian: apt-get install chromium chromium-driver)."
	@[ -d tests/browser/node_modules ] || npm ci --prefix tests/browser --no-audit --no-fund --silent || echo "No axe-core: its tests are skipped."
	$(BIN)/python -m pytest -n 0 -rs -m browser tests/web

test: dev-setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow and not browser"

SIMULATIONS = validation export_validation change_validation by_group_validation few_units_validation edge_validation regression_validation gap_validation adversary joint_adversary

validate: dev-setup
	$(BIN)/python -m pytest -n auto --dist worksteal -m "slow and not browser"
	for program in $(SIMULATIONS); do echo "benchmarks.$$program"; $(BIN)/python -m benchmarks.$$program || exit 1; done

setup:
	@.ci/setup

web-setup:
	@.ci/setup web

dev-setup:
	@.ci/setup dev

docs-setup:
	@.ci/setup docs

bench: dev-setup
	$(BIN)/python -m benchmarks

catalogue: setup
	$(BIN)/python .ci/catalogue.py

docs: docs-setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --clean --quiet

pictures: docs-setup
	$(BIN)/python docs/pages/pictures.py
	$(BIN)/python docs/pages/page_pictures.py

clean:
	rm -rf .venv site tests/browser/node_modules obstacles-demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
