# make demo    write the example studies to obstacles-demo/ and make their reports
# make test    lint, types and tests, without those marked slow
# make validate   the slow tests, and the simulated surveys of docs/validation.md, one program after the other (hours)
# make bench   speed and memory beside other programs, to benchmarks/latest.json
# make catalogue   bring the catalogues of messages up to what the code says, and compile them
# make docs    the documentation site, to site/ (read it by: python3 -m http.server -d site)
# make pictures   pages of the example's reports as pictures, to docs/pictures/
BIN = .venv/bin
unexport PYTHONDONTWRITEBYTECODE  # the tests start Python hundreds of times: what is compiled is kept

.PHONY: demo test validate setup dev-setup docs-setup bench catalogue docs pictures clean

demo: setup
	$(BIN)/obstacles demo obstacles-demo

test: dev-setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

SIMULATIONS = validation export_validation change_validation by_group_validation few_units_validation edge_validation regression_validation gap_validation adversary joint_adversary

validate: dev-setup
	$(BIN)/python -m pytest -n auto --dist worksteal -m slow
	for program in $(SIMULATIONS); do echo "benchmarks.$$program"; $(BIN)/python -m benchmarks.$$program || exit 1; done

setup:
	@.ci/setup

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

clean:
	rm -rf .venv site tests/browser/node_modules obstacles-demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
