package dev.coatcheck.cli;

import com.google.protobuf.Struct;
import dev.coatcheck.client.CoatcheckClient;
import dev.coatcheck.client.CoatcheckException;
import dev.coatcheck.client.ImagePickup;
import dev.coatcheck.contract.IoReason;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.ErrorReason;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code get}: asks for an image, and brings it home whole. */
@Command(
    name = "get",
    description = {
      "Asks a fleet for an image, and writes it to a file as it is made. Goes on by itself when the"
          + " connection breaks, checks every chunk and the whole, and says that it has come.",
      "The file is only there when it is whole; until then its bytes are in FILE.*.part."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:the image is there, whole",
      " 1:it failed for another reason, such as a full disk",
      " 2:it was asked for wrongly: an option, or a spec that the function refuses",
      " 3:there is no such image any more: delivered, expired, deleted, lost or unknown",
      " 4:the function failed, took too long, or made no image",
      " 5:not now, the same may work later: no memory, no gateway, claimed, --timeout is over",
      " 6:other bytes have come than were sent",
      " 130, 143:ended by Ctrl-C, by SIGTERM"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Coatcheck.Version.class)
final class GetCommand implements Callable<Integer> {

  private static final String DEFAULT_GATEWAY = "http://localhost:8080";
  private static final String STANDARD_OUTPUT = "-";

  @Spec private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Option(
      names = "--spec",
      paramLabel = "JSON",
      description = "what to ask the function for, such as '{\"zoom\": 6, \"width\": 4096}'")
  private String imageSpec = "";

  @Option(
      names = "--resume",
      paramLabel = "KEY",
      description = "pick up an image that was asked for before, instead of a new one")
  private String resume = "";

  @Option(
      names = "--claim",
      paramLabel = "CLAIM",
      description = "with --resume: the proof of the pickup that goes on")
  private String claim = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "where to write it; - is standard output")
  private String output = "";

  @Option(
      names = "--gateway",
      paramLabel = "URL",
      description =
          "any gateway: host:port or http://host:port, its port for HTTP, which is asked for the"
              + " one for gRPC; or grpc://host:port (grpcs:// with TLS), which says that; "
              + DEFAULT_GATEWAY
              + " unless said")
  private String gateway = DEFAULT_GATEWAY;

  @Option(names = "--function", paramLabel = "NAME", description = "another function's name")
  private String function = "";

  @Option(
      names = "--transfer",
      paramLabel = "HOW",
      description = "AUTO (unless said), BUFFERED, RESPONSE_STREAM or CALLBACK")
  private CreateImageRequest.Transfer transfer = CreateImageRequest.Transfer.AUTO;

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      description = "the most that the image may have; the fleet's default unless said")
  private long maxBytes;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long it may take at most; as long as it moves unless said")
  private int timeout;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      description = "how long to try again while nothing moves; 60 unless said")
  private int patience = 60;

  @Option(names = "--quiet", description = "say nothing but what went wrong")
  private boolean quiet;

  @Option(
      names = "--json",
      description = "say it as one JSON object a line, on standard output (with -o -, on error)")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    GetTarget target = target();
    GetOutput out = out();
    GatewayAddress address = address();
    CoatcheckClient.Builder builder =
        CoatcheckClient.builder(address.target()).patience(Duration.ofSeconds(patience));
    try (CoatcheckClient client = (address.tls() ? builder.tls() : builder).build()) {
      ImagePickup pickup = pickup(client).acknowledge().listener(out);
      if (timeout > 0) {
        pickup.deadline(Duration.ofSeconds(timeout));
      }
      try (var onSignal = new GetSignal(pickup);
          var size = new GetSize(client, pickup, out)) {
        size.start();
        return receive(target, pickup, out, onSignal);
      }
    }
  }

  private int receive(GetTarget target, ImagePickup pickup, GetOutput out, GetSignal onSignal) {
    int code;
    try {
      target.receive(pickup, out);
      code = ExitCodes.DONE;
    } catch (CoatcheckException e) {
      code = GetFailure.exitCode(e);
      String reason =
          e.reason() == ErrorReason.ERROR_REASON_UNSPECIFIED ? e.kind().name() : e.reason().name();
      out.failed(code, reason, GetFailure.message(e), e.isRetryable() ? resumeCommand(pickup) : "");
    } catch (IOException e) {
      code = ExitCodes.FAILED;
      out.failed(code, "", output + " cannot be written: " + IoReason.of(e), resumeCommand(pickup));
    }
    onSignal.told();
    return code;
  }

  private ImagePickup pickup(CoatcheckClient client) {
    if (!resume.isEmpty()) {
      return client.resume(resume, claim);
    }
    return client.generate(
        CreateImageRequest.newBuilder()
            .setSpec(parsedSpec())
            .setFunction(function)
            .setTransfer(transfer)
            .setMaxBytes(maxBytes)
            .build());
  }

  /** What is wrong is told before anything is called. */
  private GetTarget target() throws Failure {
    if (imageSpec.isEmpty() == resume.isEmpty()) {
      throw wrong("one of --spec and --resume is needed");
    }
    if (!claim.isEmpty() && resume.isEmpty()) {
      throw wrong("--claim goes with --resume");
    }
    if (timeout < 0 || patience < 0 || maxBytes < 0) {
      throw wrong("--timeout, --patience, --max-bytes: (expected: 0 or more)");
    }
    if (!imageSpec.isEmpty()) {
      parsedSpec();
    }
    return output.equals(STANDARD_OUTPUT) ? GetTarget.standardOutput() : GetTarget.of(file());
  }

  private Path file() {
    try {
      if (!output.isEmpty()) {
        return Path.of(output);
      }
    } catch (InvalidPathException e) {
      // Told below.
    }
    throw wrong(
        "--output: "
            + UntrustedText.quote(output)
            + " (expected: the name of a file, or - for standard output)");
  }

  private Struct parsedSpec() {
    try {
      return SpecJson.parse(imageSpec);
    } catch (IllegalArgumentException e) {
      throw wrong("--spec: " + e.getMessage());
    }
  }

  private GatewayAddress address() throws Failure, InterruptedException {
    try {
      return GatewayAddress.of(gateway);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private GetOutput out() {
    Printer err = new Printer(spec.commandLine().getErr());
    if (json) {
      return new GetJson(
          output.equals(STANDARD_OUTPUT) ? err : new Printer(spec.commandLine().getOut()));
    }
    if (quiet) {
      return GetOutput.quiet(err);
    }
    int columns = Integer.getInteger("coatcheck.columns", 0);
    return columns > 0 ? new GetBar(err, columns) : new GetLines(err);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Empty while the image has no name. */
  private String resumeCommand(ImagePickup pickup) {
    if (pickup.name().isEmpty()) {
      return "";
    }
    List<String> words = new ArrayList<>(List.of(CommandName.get() + " get --resume"));
    words.add(pickup.name().substring(pickup.name().indexOf('/') + 1));
    if (!pickup.claim().isEmpty()) {
      words.add("--claim " + pickup.claim());
    }
    words.add("-o " + (output.equals(STANDARD_OUTPUT) ? "FILE" : CommandName.quoted(output)));
    if (!gateway.equals(DEFAULT_GATEWAY)) {
      words.add("--gateway " + CommandName.quoted(gateway));
    }
    return String.join(" ", words);
  }
}
