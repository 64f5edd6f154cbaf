package dev.coatcheck.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.gateway.loop.Loop;
import dev.coatcheck.v1.PickupServiceGrpc;
import dev.coatcheck.v1.ReportProgressRequest;
import dev.coatcheck.v1.ReportProgressResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GeneratorClientTest {

  private static final int LOOPS = 3;
  private static final int CALLS = 50;

  private final EventLoops loops = EventLoops.start(LOOPS);

  /** Answers wait until somebody is there to be told of them. */
  private final Semaphore askedFor = new Semaphore(0);

  private Server server;
  private GeneratorClient client;

  @BeforeEach
  void start() throws Exception {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(
                new PickupServiceGrpc.PickupServiceImplBase() {
                  @Override
                  public void reportProgress(
                      ReportProgressRequest request, StreamObserver<ReportProgressResponse> out) {
                    askedFor.acquireUninterruptibly();
                    out.onNext(ReportProgressResponse.getDefaultInstance());
                    out.onCompleted();
                  }
                })
            .build()
            .start();
    client = GeneratorClient.of("127.0.0.1:" + server.getPort(), loops);
  }

  @AfterEach
  void stop() {
    client.close();
    server.shutdownNow();
    loops.close();
  }

  @Test
  void aCallIsAnsweredOnTheLoopThatMadeIt() throws Exception {
    for (int i = 0; i < CALLS; i++) {
      Loop loop = loops.next();
      var answeredOn = new CompletableFuture<Optional<Loop>>();
      loop.execute(() -> answered(answeredOn));

      assertThat(answeredOn.get(20, TimeUnit.SECONDS)).contains(loop);
    }
  }

  @Test
  void callsFromElsewhereAreAnsweredOnOneLoop() throws Exception {
    var first = new CompletableFuture<Optional<Loop>>();
    answered(first);
    for (int i = 0; i < CALLS; i++) {
      var next = new CompletableFuture<Optional<Loop>>();
      answered(next);

      assertThat(next.get(20, TimeUnit.SECONDS)).isPresent().isEqualTo(first.get());
    }
  }

  @Test
  void afterItsEndALoopThatHadNoChannelGetsNone() throws Exception {
    client.close();

    assertThat(client.reportProgress(ReportProgressRequest.getDefaultInstance()))
        .failsWithin(20, TimeUnit.SECONDS);
  }

  private void answered(CompletableFuture<Optional<Loop>> on) {
    var _ =
        client
            .reportProgress(ReportProgressRequest.getDefaultInstance())
            .whenComplete((_, failure) -> {
              if (failure == null) {
                on.complete(Optional.ofNullable(loops.here()));
              } else {
                on.completeExceptionally(failure);
              }
            });
    askedFor.release();
  }
}
