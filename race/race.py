"""Races veille against the plain engine, Lucene and SQLite FTS5 on the same articles, in one run, and prints ratios.

usage: race.py ARTICLES.jsonl QUERIES.tsv [--copies N] [--rounds N] [--no-sqlite] [--work DIR]

ARTICLES: one JSON object a line, with id, title, text. QUERIES: identifier, tab, words.
--copies repeats the articles with other words, so that growth can be seen. Rounds alternate between the programs:
a busy machine slows all of them; the median and the spread of each are printed, in milliseconds, seconds or bytes.
Lucene is raced where a JDK and its jars are (Debian: liblucene8-java, default-jdk-headless), and left out with a word
where they are not.
"""

import argparse
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
VEILLE = HERE.parent / "target/release/veille"
PLAIN = HERE / "target/release/plain"

PASSAGE_WORDS = 110
TIMED_QUERIES = 500
SQLITE_QUERIES = 60
COLD_RUNS = 15
PASSES = 3
THREADS = os.cpu_count() or 2

# Where Debian puts the jars; another folder by the environment.
LUCENE_JARS = Path(os.environ.get("LUCENE_JARS", "/usr/share/java"))
LUCENE_PARTS = ("lucene-core", "lucene-analyzers-common")

WORD = re.compile(r"\w+")


def articles(path, copies):
    """The articles, then their copies: frequent words stay, of the others each copy swaps some for neighbours in rank."""
    originals = [json.loads(line) for line in open(path, encoding="utf-8")]
    yield from originals
    if copies < 2:
        return
    counts = Counter(word for article in originals for word in WORD.findall(article["text"]))
    ranked = [word for word, _ in counts.most_common()]
    rank = {word: at for at, word in enumerate(ranked)}
    for copy in range(1, copies):

        def swapped(found, copy=copy):
            at = rank.get(found[0], 0)
            if at < 500 or (at + copy) % 3:
                return found[0]
            return ranked[min(at + 7 * copy, len(ranked) - 1)]

        for article in originals:
            yield {**article, "id": f"{article['id']}-{copy}", "text": WORD.sub(swapped, article["text"])}


def passages(text):
    """Whole lines, put together up to about PASSAGE_WORDS words."""
    run, words = [], 0
    for line in text.split("\n"):
        run.append(line)
        words += len(line.split())
        if words >= PASSAGE_WORDS:
            yield "\n".join(run)
            run, words = [], 0
    if words:
        yield "\n".join(run)


def prepare(args, work):
    corpus, cut, rows = work / "corpus", work / "passages.jsonl", work / "passages.tsv"
    corpus.mkdir()
    size = count = 0
    with (
        open(corpus / "articles.jsonl", "w", encoding="utf-8") as whole,
        open(cut, "w", encoding="utf-8") as parts,
        open(rows, "w", encoding="utf-8") as table,
    ):
        for article in articles(args.articles, args.copies):
            whole.write(json.dumps(article, ensure_ascii=False) + "\n")
            for number, text in enumerate(passages(article["text"])):
                part = {"id": f"{article['id']}#{number}", "title": article.get("title") or "", "text": text}
                parts.write(json.dumps(part, ensure_ascii=False) + "\n")
                table.write("\t".join(one_line(field) for field in part.values()) + "\n")
                size += len(text.encode())
                count += 1
    queries = work / "queries.tsv"
    lines = open(args.queries, encoding="utf-8").read().splitlines()
    queries.write_text("\n".join(lines[:TIMED_QUERIES]) + "\n", encoding="utf-8")
    print(f"{size / 1e6:.1f} MB of text, {count} passages, {min(len(lines), TIMED_QUERIES)} queries, {THREADS} threads")
    return corpus, cut, queries, size


def one_line(text):
    return re.sub(r"[\t\r]", " ", text).replace("\n", "\f")


def lucene(work):
    """The command that runs Lucene, or None with a word on what is missing."""
    jars = [max(LUCENE_JARS.glob(f"{part}-[0-9]*.jar"), default=None) for part in LUCENE_PARTS]
    missing = [part for part, jar in zip(LUCENE_PARTS, jars) if jar is None]
    missing += [program for program in ("java", "javac") if not shutil.which(program)]
    if missing:
        print(f"Lucene is left out: no {', no '.join(missing)}")
        return None
    path = os.pathsep.join(map(str, jars))
    run("javac", "-cp", path, "-d", work, HERE / "Lucene.java")
    return ("java", "-cp", os.pathsep.join([path, str(work)]), "Lucene")


def run(*command):
    """Seconds and output of a process."""
    start = time.perf_counter()
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"failed: {' '.join(map(str, command))}")
    return seconds, done.stdout


# A child counts the memory of the process that started it, so a small one starts it.
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak(*command):
    """Peak memory of a process, in MiB; the pages of mapped files that it touched are part of it."""
    return int(run(sys.executable, "-c", PEAK, *command)[1]) / 1024


def index_sqlite(cut, path):
    Path(path).unlink(missing_ok=True)
    start = time.perf_counter()
    base = sqlite3.connect(path)
    base.execute("create virtual table p using fts5(id unindexed, title, text, tokenize='unicode61')")
    rows = (json.loads(line) for line in open(cut, encoding="utf-8"))
    base.executemany("insert into p values (?, ?, ?)", ((row["id"], row["title"], row["text"]) for row in rows))
    base.commit()
    base.close()
    return time.perf_counter() - start


def search_sqlite(path, queries):
    base = sqlite3.connect(path)
    times = []
    for line in queries.read_text(encoding="utf-8").splitlines()[:SQLITE_QUERIES]:
        words = " OR ".join(f'"{word}"' for word in WORD.findall(line.split("\t")[1].lower()))
        start = time.perf_counter()
        base.execute("select id, title, text from p where p match ? order by rank limit 10", (words,)).fetchall()
        times.append(1e6 * (time.perf_counter() - start))
    times.sort()
    return {"p50": statistics.median(times), "p99": times[int(0.99 * (len(times) - 1))]}


def size_of(path):
    path = Path(path)
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


# Whom veille is raced against, with the heads of their columns.
OTHERS = {"plain": "plain engine", "lucene": "Lucene", "sqlite": "SQLite FTS5"}


class Table:
    """What was measured, line by line: the values of each program over the rounds."""

    def __init__(self):
        self.lines = {}

    def add(self, line, program, value):
        self.lines.setdefault(line, {}).setdefault(program, []).append(value)

    def print(self):
        others = [(name, title) for name, title in OTHERS.items() if any(name in line for line in self.lines.values())]
        heads = "".join(f" {title:>22} {'ratio':>7}" for _, title in others)
        print(f"\n{'':34} {'veille':>22}{heads}")
        for line, programs in self.lines.items():
            cells = [f"{line:34}", self.cell(programs, "veille")]
            for other, _ in others:
                cells += [self.cell(programs, other), self.ratio(programs, other)]
            print(" ".join(cells).rstrip())

    @staticmethod
    def cell(programs, name):
        values = programs.get(name)
        if not values:
            return " " * 22
        spread = f" ({min(values):.4g}–{max(values):.4g})" if len(values) > 1 else ""
        return f"{statistics.median(values):.4g}{spread}".rjust(22)

    @staticmethod
    def ratio(programs, other):
        if other not in programs:
            return " " * 7
        return f"{statistics.median(programs['veille']) / statistics.median(programs[other]):7.2f}"


def race(args, work):
    corpus, cut, queries, size = prepare(args, work)
    places = {name: work / name for name in ("veille", "plain", "lucene", "sqlite")}
    words = queries.read_text(encoding="utf-8").splitlines()[0].split("\t")[1]
    index = {
        "veille": (VEILLE, "rebuild", corpus, "--index", places["veille"]),
        "plain": (PLAIN, "index", cut, places["plain"], THREADS),
    }
    search = {"plain": (PLAIN, "search", places["plain"], queries, PASSES)}
    one = {
        "veille": (VEILLE, "search", words, "--index", places["veille"]),
        "plain": (PLAIN, "one", places["plain"], words),
    }
    if java := lucene(work):
        index["lucene"] = (*java, "index", work / "passages.tsv", places["lucene"], THREADS)
        search["lucene"] = (*java, "search", places["lucene"], queries, PASSES)
        one["lucene"] = (*java, "one", places["lucene"], words)
    with_sqlite = not args.no_sqlite
    table = Table()
    for number in range(args.rounds):
        for program, command in index.items():
            table.add("indexing, MB of text a second", program, size / 1e6 / run(*command)[0])
        if number == 0 and with_sqlite:
            table.add("indexing, MB of text a second", "sqlite", size / 1e6 / index_sqlite(cut, places["sqlite"]))
    for program, command in index.items():
        table.add("indexing, peak memory, MiB", program, peak(*command))
    for program, path in places.items():
        if path.exists():
            table.add("index, bytes a byte of text", program, size_of(path) / size)
    for number in range(args.rounds):
        timed = (VEILLE, "eval", "--queries", queries, "--index", places["veille"], "--passes", PASSES, "--format", "json")
        found = {"veille": json.loads(run(*timed)[1])["latency_us"]}
        found |= {program: json.loads(run(*command)[1]) for program, command in search.items()}
        if number == 0 and with_sqlite:
            found["sqlite"] = search_sqlite(places["sqlite"], queries)
        for program, latency in found.items():
            for share in ("p50", "p99"):
                table.add(f"ten hits, warm, {share}, µs", program, latency[share])
    for _ in range(COLD_RUNS):
        for program, command in one.items():
            table.add("ten hits, a cold process, ms", program, 1000 * run(*command)[0])
        table.add("facets (beside one search), ms", "plain", 1000 * run(*one["plain"])[0])
        table.add("facets (beside one search), ms", "veille", 1000 * run(VEILLE, "facets", "--index", places["veille"])[0])
    for program, command in one.items():
        table.add("one search, peak memory, MiB", program, peak(*command))
    table.print()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles")
    parser.add_argument("queries")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-sqlite", action="store_true", help="SQLite takes minutes on large collections")
    parser.add_argument("--work", help="where files are written; a temporary folder if not given")
    args = parser.parse_args()
    for folder in (HERE.parent, HERE):
        subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=folder, check=True)
    work = Path(tempfile.mkdtemp(prefix="race-", dir=args.work))
    try:
        race(args, work)
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
