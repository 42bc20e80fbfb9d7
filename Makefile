# make demo    write the example studies to obstacles-demo/ and make their reports
# make test    lint, types and tests
# make bench   speed and memory beside other programs, to benchmarks/latest.json
# make catalogue   bring the Chinese texts' catalogue up to what the code says, and compile it
# make docs    the documentation site, to site/ (read it by: python3 -m http.server -d site)
# make pictures   pages of the example's reports as pictures, to docs/pictures/
BIN = .venv/bin

.PHONY: demo test setup bench catalogue docs docs-tools pictures clean

demo: setup
	$(BIN)/obstacles demo obstacles-demo

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist worksteal

setup:
	@.ci/setup

bench: setup
	$(BIN)/python -m benchmarks

catalogue: setup
	$(BIN)/python -m cli.catalogue

docs-tools: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[docs]' 2>/dev/null || \
	  $(BIN)/python -m pip install --constraint constraints.txt --editable '.[docs]'

docs: docs-tools
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --clean --quiet

pictures: docs-tools
	$(BIN)/python docs/pages/pictures.py

clean:
	rm -rf .venv site tests/browser/node_modules obstacles-demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
