package dev.coatcheck.cli.bench;

/** One named benchmark: starts what it needs, measures, and stops it. */
interface Benchmark {

  void run(Report report) throws Exception;
}
