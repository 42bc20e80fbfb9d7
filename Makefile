# make demo    write the example studies to obstacles-demo/ and make their reports
# make test    lint, types and tests
# make bench   speed and memory beside other programs, to benchmarks/latest.json
# make pictures   pages of the demo's report as pictures, to docs/pictures/ (needs pdftoppm)
BIN = .venv/bin

.PHONY: demo test setup bench pictures clean

demo: setup
	$(BIN)/obstacles demo obstacles-demo

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

setup:
	@.ci/setup

bench: setup
	$(BIN)/python -m benchmarks

pictures: demo
	@mkdir -p docs/pictures
	pdftoppm -r 60 -png obstacles-demo/big-data-obstacles/big-data-obstacles-research.pdf docs/pictures/research

clean:
	rm -rf .venv obstacles-demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
