# What developers run. `just` alone lists the recipes.

_list:
    @just --list --unsorted

# Type-check everything, lints included.
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# Run the tests, the slow ones aside.
test *args:
    cargo test {{args}}

# Run the benches: analysis, passages, tagging, indexing, search, facets; a name picks some of them.
bench *args:
    cargo bench {{args}}

# Measure ranking: `just eval queries.tsv qrels.tsv --index DIR`.
eval queries qrels *args:
    cargo run --release --quiet -- eval --queries {{quote(queries)}} --qrels {{quote(qrels)}} {{args}}

# Race against the plain engine, Lucene (where Java is) and SQLite FTS5 on the same articles: `just race articles.jsonl queries.tsv`.
race articles queries *args:
    python3 race/race.py {{quote(articles)}} {{quote(queries)}} {{args}}

# Build the documentation and open it.
doc:
    cargo doc --no-deps --open

# Exactly what CI runs.
ci:
    .ci/run

# Kill a writer again and again and look at what is left.
torture rounds="200":
    VEILLE_TORTURE_ROUNDS={{rounds}} cargo test --release --test integration torture -- --nocapture
