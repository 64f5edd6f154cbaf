package dev.coatcheck.cli.fleet;

import dev.coatcheck.cli.pickup.Ledger;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Customers of a fleet, and the ledger of what became of their images.
 *
 * <p><b>Threading:</b> a virtual thread for each customer.
 */
final class Load {

  private static final Duration THINKS = Duration.ofMillis(120);

  private final ProcessFleet fleet;
  private final Ledger ledger;
  private final KeySealer sealer;
  private final long seed;
  private final Duration patience;
  private final int mostResumes;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();
  private final AtomicInteger images = new AtomicInteger();
  private final AtomicInteger died = new AtomicInteger();
  private volatile boolean stopped;

  private Load(ProcessFleet fleet, Ledger ledger, long seed, Duration patience, int mostResumes)
      throws IOException {
    this.fleet = fleet;
    this.ledger = ledger;
    this.seed = seed;
    this.patience = patience;
    this.mostResumes = mostResumes;
    sealer = new KeySealer(KeysetFile.open(fleet.keyset)::aead);
  }

  /** Customers who go on until they have their image, if each answer comes in that time. */
  static Load patient(ProcessFleet fleet, Ledger ledger, long seed, Duration patience)
      throws IOException {
    return new Load(fleet, ledger, seed, patience, Integer.MAX_VALUE);
  }

  /** Customers who complain of more breaks than that, and of anything else. */
  static Load strict(ProcessFleet fleet, Ledger ledger, long seed, int mostResumes)
      throws IOException {
    return new Load(fleet, ledger, seed, Gateways.SILENCE, mostResumes);
  }

  /** A customer who wants the next image, and asks for it through the next gateway. */
  LoadClient customer(IntFunction<Order> order) {
    int number = images.incrementAndGet();
    return new LoadClient(
        new Gateways(fleet, ledger, number, patience), ledger, order.apply(number), !isStrict());
  }

  private boolean isStrict() {
    return mostResumes < Integer.MAX_VALUE;
  }

  /** So many customers come, each with one image of any kind after the other. */
  void start(int customers) {
    for (int i = 0; i < customers; i++) {
      Random random = new Random(seed * 1_000_003 + i);
      running.add(
          threads.submit(() -> {
            while (!stopped) {
              serve(customer(number -> Order.any(number, random)));
              Thread.sleep(random.nextLong(2 * THINKS.toMillis()));
            }
            return null;
          }));
    }
  }

  /** No more come, and those that have come are done. */
  void stop() throws InterruptedException, ExecutionException {
    stopped = true;
    for (Future<?> customer : running) {
      customer.get();
    }
    threads.close();
  }

  /** One customer's whole business. */
  void serve(LoadClient customer) throws InterruptedException {
    customer.create();
    if (!customer.location().isEmpty()) {
      customer.pickUp();
    }
    enter(customer);
  }

  /** A customer whose image is complete, and made by that generator. Others have theirs at once. */
  LoadClient customerOf(FleetProcess generator) throws InterruptedException {
    while (true) {
      LoadClient customer = customer(Order::small);
      customer.create();
      customer.awaitComplete();
      if (home(customer).equals(generator.address())) {
        return customer;
      }
      customer.pickUp();
      enter(customer);
    }
  }

  /** One customer more, whose create must be taken within that time, at the first try. */
  void serveSoon(long mostMillis) throws InterruptedException {
    LoadClient customer =
        new LoadClient(
            new Gateways(fleet, ledger, images.incrementAndGet(), patience),
            ledger,
            Order.small(images.get()),
            false);
    long startNanos = System.nanoTime();
    customer.create();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    ledger.most("longest create beside a killed generator, ms", millis);
    if (millis > mostMillis || customer.refusals() > 0) {
      ledger.complain("a create took " + millis + " ms: " + customer);
    }
    customer.pickUp();
    enter(customer);
  }

  /** Enters what became of a customer's image. */
  void enter(LoadClient customer) throws InterruptedException {
    if (customer.location().isEmpty()) {
      died.incrementAndGet(); // there is a complaint of it
      return;
    }
    Ledger.Ending ending = customer.ending();
    if (ending.goneAs().equals(Optional.of("IMAGE_LOST")) && hasDied(customer)) {
      if (ending.fate() == Ledger.Fate.LOST) {
        died.incrementAndGet();
        ledger.count("lost with the generator that was killed, and told so");
        return;
      }
      ledger.count("delivered before the generator was killed that knew of it");
      ending =
          new Ledger.Ending(ending.wholeCopies(), ending.wrong(), Optional.of("IMAGE_DELIVERED"));
    }
    ledger.add(customer.toString(), ending);
    if (isStrict() && (customer.resumes() > mostResumes || customer.refusals() > 0)) {
      ledger.complain("more than " + mostResumes + " resumes: " + customer);
    }
  }

  /** True when the image's generator was killed after the image was asked for. */
  private boolean hasDied(LoadClient customer) {
    String home = home(customer);
    return fleet.generators.stream()
        .anyMatch(generator ->
            generator.address().equals(home) && generator.wasKilledSince(customer.startNanos()));
  }

  private String home(LoadClient customer) {
    String key = customer.location().substring("/v1/images/".length());
    return sealer.open(key).orElseThrow().address();
  }

  /** How many images were delivered, unless the ledger has a complaint. */
  int delivered() {
    return images.get() - died.get();
  }
}
