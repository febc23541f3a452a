import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.FSDirectory;

/**
 * Lucene with its FrenchAnalyzer on the work of src/main.rs: passages as documents, ten hits with their text.
 *
 * <p>{@code Lucene index PASSAGES.tsv DIR THREADS}, {@code Lucene search DIR QUERIES.tsv PASSES}, {@code Lucene one DIR
 * WORDS}. PASSAGES: id, title and text between tabs, a passage a line, its own line ends written as form feeds.
 */
public final class Lucene {
    private static final Analyzer ANALYZER = new FrenchAnalyzer();

    /** As much as src/main.rs gives the plain engine. */
    private static final double BUFFER_MEGABYTES = 240;

    private static final int HITS = 10;

    /** Passages that a thread takes at once. */
    private static final int BATCH = 128;

    /** Passes over the queries before any is timed: the virtual machine compiles while they run. */
    private static final int WARM_PASSES = 4;

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "index" -> index(Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3]));
            case "search" -> search(Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3]));
            case "one" -> one(Path.of(args[1]), args[2]);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void index(Path passages, Path dir, int threads) throws Exception {
        var config = new IndexWriterConfig(ANALYZER);
        config.setOpenMode(IndexWriterConfig.OpenMode.CREATE).setRAMBufferSizeMB(BUFFER_MEGABYTES);
        try (var reader = Files.newBufferedReader(passages);
                var writer = new IndexWriter(FSDirectory.open(dir), config)) {
            ExecutorService workers = Executors.newFixedThreadPool(threads);
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                done.add(workers.submit(() -> add(reader, writer)));
            }
            for (Future<?> worker : done) {
                worker.get();
            }
            workers.shutdown();
            writer.commit();
        }
    }

    private static Void add(BufferedReader reader, IndexWriter writer) throws IOException {
        for (List<String> lines = take(reader); !lines.isEmpty(); lines = take(reader)) {
            for (String line : lines) {
                String[] parts = line.split("\t", 3);
                var document = new Document();
                document.add(new StringField("id", parts[0], Field.Store.YES));
                document.add(new TextField("title", parts[1], Field.Store.YES));
                document.add(new TextField("text", parts[2].replace('\f', '\n'), Field.Store.YES));
                writer.addDocument(document);
            }
        }
        return null;
    }

    private static List<String> take(BufferedReader reader) throws IOException {
        List<String> lines = new ArrayList<>(BATCH);
        synchronized (reader) {
            for (String line; lines.size() < BATCH && (line = reader.readLine()) != null; ) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static void search(Path dir, Path queries, int passes) throws IOException {
        var searcher = new IndexSearcher(DirectoryReader.open(FSDirectory.open(dir)));
        List<String> lines = Files.readAllLines(queries);
        List<Long> micros = new ArrayList<>();
        for (int pass = 0; pass < WARM_PASSES + passes; pass++) {
            for (String line : lines) {
                long start = System.nanoTime();
                hits(searcher, line.substring(line.indexOf('\t') + 1));
                if (pass >= WARM_PASSES) {
                    micros.add((System.nanoTime() - start) / 1000);
                }
            }
        }
        long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf("{\"p50\": %d, \"p99\": %d}%n", at(sorted, 0.5), at(sorted, 0.99));
    }

    private static long at(long[] sorted, double share) {
        return sorted[(int) ((sorted.length - 1) * share)];
    }

    private static void one(Path dir, String words) throws IOException {
        var searcher = new IndexSearcher(DirectoryReader.open(FSDirectory.open(dir)));
        for (Document hit : hits(searcher, words)) {
            System.out.println(hit.get("id") + "\t" + hit.get("title") + "\n" + hit.get("text"));
        }
    }

    private static List<Document> hits(IndexSearcher searcher, String words) throws IOException {
        List<Document> hits = new ArrayList<>(HITS);
        for (ScoreDoc found : searcher.search(query(words), HITS).scoreDocs) {
            hits.add(searcher.doc(found.doc));
        }
        return hits;
    }

    /** Any of the words, in the title or in the text. */
    private static Query query(String words) throws IOException {
        var query = new BooleanQuery.Builder();
        try (TokenStream tokens = ANALYZER.tokenStream("text", words)) {
            var token = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                for (String field : Arrays.asList("title", "text")) {
                    query.add(new TermQuery(new Term(field, token.toString())), BooleanClause.Occur.SHOULD);
                }
            }
            tokens.end();
        }
        return query.build();
    }
}
